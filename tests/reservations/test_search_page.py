"""The page of a search: addresses that keep all, filters that come off, the map, the ways on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from booking.app import create_app
from tests.installations import engine_of
from tests.places import a_space, a_unit, ask
from tests.reservations.test_series import SERIES
from tests.statements import counted
from tests.values import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
WHEN = {"date": str(TUESDAY), "start": "18:00", "end": "20:00"}


def page_of(client, **query):
    answer = client.get("/en/spaces", query_string=query)
    assert answer.status_code == 200
    return unescape(answer.text)


def links(page, part):
    return [href for href in re.findall(r'href="([^"]+)"', page) if part in href]


@pytest.fixture
def room(session):
    unit = a_unit(session, location_precision="exact")
    found = a_space(session, unit=unit, policy_series=SERIES)
    session.commit()
    return found


def test_what_the_search_knew_is_carried_into_the_ways_on(client, room):
    page = page_of(client, q="meeting", people="4", **WHEN)
    (reserve,) = links(page, "/reserve?")
    for part in ("date=2027-01-12", "start=18:00", "end=20:00", "people=4", "title=meeting"):
        assert part in reserve
    (space,) = links(page, f"/spaces/{room.slug}?")
    for part in ("week=2027-01-12", "date=2027-01-12", "start=18:00", "people=4", "title=meeting"):
        assert part in space


@pytest.mark.parametrize(
    ("verified", "anyone", "told"), [(2, 0, 1), (2, 1, 2), (0, 1, 0)], ids=["all", "some", "none"]
)
def test_what_is_only_for_verified_organisations_is_said_once_where_it_goes_for_all(
    client, session, verified, anyone, told
):
    for who, count in (("verified_organisation", verified), ("anyone", anyone)):
        for _number in range(count):
            a_space(session, policy_series={**SERIES, "who": who})
    session.commit()
    page = page_of(client, weekday="tue", until=str(TUESDAY + timedelta(days=14)), **WHEN)
    assert "Free on all 3 dates" in page
    assert page.count("Only organisations that the city has verified") == told


def test_every_filter_in_use_is_a_link_that_takes_only_it_away(client, room):
    page = page_of(client, kind="meeting-room", outdoor="1", people="4", **WHEN)
    chosen = re.search(r'<ul class="chosen".*?</ul>', page, re.S)[0]
    kind, outdoor = links(chosen, "/spaces?")
    assert "kind=" not in kind
    assert "outdoor=1" in kind
    assert "people=4" in kind
    assert "outdoor=" not in outdoor
    assert "kind=meeting-room" in outdoor


def test_chosen_filters_stay_when_one_more_is_added(client, room):
    page = page_of(client, kind="meeting-room", sort="largest", at="60.5,27.2")
    for name, value in (("kind", "meeting-room"), ("sort", "largest"), ("at", "60.5,27.2")):
        assert f'<input type="hidden" name="{name}" value="{value}" form="need">' in page


def test_a_need_of_every_week_is_shown_again_with_its_dates_and_its_price_each_time(client, room):
    page = page_of(client, weekday=["tue", "thu"], until="2027-01-21", **WHEN)
    assert "Free on all 4 dates" in page
    assert re.search(r'value="tue" checked', page)
    assert not re.search(r'value="wed" checked', page)
    assert '<details class="hint need-weekly" open>' in page
    assert "Every week: Tuesday, Thursday" in page


def test_dates_that_cant_be_had_are_named(client, session, room):
    ask(session, room, "19:00", "20:00", day=TUESDAY + timedelta(days=7))
    session.commit()
    page = page_of(client, weekday="tue", until="2027-01-26", **WHEN)
    assert "Free on 2 of 3 dates" in page
    assert "Tue 19 Jan 2027" in page


def test_a_word_that_nothing_says_is_named(client, room):
    assert "No space says “xyzzy”, so it was left out." in page_of(client, q="meeting xyzzy")


def test_a_pin_stands_only_where_the_place_is_exact_and_the_address_always(client, session, room):
    page = page_of(client)
    assert 'class="map-pin"' in page
    assert 'class="map-area"' not in page
    room.unit.location_precision = "approximate"
    session.commit()
    other = a_space(session, unit=a_unit(session, location_precision="approximate"))
    session.commit()
    page = page_of(client)
    assert 'class="map-area"' in page
    assert f'href="#space-{other.slug}"' in page
    assert "49400" in page


def test_a_result_says_how_far_it_is_and_why_it_costs_what_it_does(client, room):
    page = page_of(client, at="60.5,27.2", **WHEN)
    assert re.search(r"[\d.]+ km from the place you chose", page)
    assert "Free of charge for everyone" in page or "Price for a private person" in page


def test_an_empty_result_teaches_what_to_loosen(client, room):
    page = page_of(client, people="9999", q="meeting")
    assert "Search for any number of people: 1 space" in page


def test_the_page_asks_the_database_as_often_for_many_spaces_as_for_few(app, client, session):
    series = {"policy_series": SERIES}
    room = a_space(session, **series)
    ask(session, room, "18:00", "20:00", day=TUESDAY)
    session.commit()
    queries = [
        {"q": "meeting", "people": "40", **WHEN},
        {"weekday": "tue", "until": "2027-03-30", **WHEN},
        {"people": "999", "kind": "meeting-room", **WHEN},
    ]

    def cost(query):
        page_of(client, **query)
        with counted(engine_of(app)) as sent:
            page_of(client, **query)
        return len(sent)

    few = [cost(query) for query in queries]
    for _number in range(4):
        ask(session, a_space(session, **series), "18:00", "20:00", day=TUESDAY)
    session.commit()
    assert [cost(query) for query in queries] <= few
    assert max(few) <= 25


# ── A tile server, where one is set ───────────────────────────────────────────────────────────

TILES = "https://tiles.example/{z}/{x}/{y}.png"


def test_without_a_tile_server_nothing_is_loaded_from_outside(client, room):
    answer = client.get("/en/spaces")
    assert "img-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "<image" not in answer.text


def test_with_one_its_tiles_lie_under_the_map_and_only_its_host_is_allowed(app, room):
    settings = replace(
        app.config["SETTINGS"], map_tiles_url=TILES, map_tiles_attribution="© Mappers"
    )
    other = create_app(settings)
    answer = other.test_client().get("/en/spaces")
    engine_of(other).dispose()
    assert "img-src 'self' https://tiles.example;" in answer.headers["Content-Security-Policy"]
    assert re.search(r'<image href="https://tiles\.example/\d+/\d+/\d+\.png"', answer.text)
    assert "© Mappers" in answer.text
