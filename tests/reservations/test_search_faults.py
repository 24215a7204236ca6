"""What is wrong with a need of every week or with a place is told, and nothing typed is lost."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from booking.database import writing
from tests.builders import a_person, an_organisation
from tests.places import a_space, a_unit
from tests.reservations.test_series import SERIES
from tests.values import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(weeks=1)
EVENING = {"date": str(TUESDAY), "start": "18:00", "end": "20:00"}
WEEKLY = {**EVENING, "weekday": "tue", "until": str(TUESDAY + 3 * WEEK)}


@pytest.fixture
def look(client):
    """`look(…)`: the page of a search in English."""

    def ask_for(lang="en", **query):
        page = client.get(f"/{lang}/spaces", query_string=query)
        assert page.status_code == 200
        return page.text

    return ask_for


def rows(page):
    """By slug, the text of each result of a page, in their order."""
    found = re.findall(r'<li class="find" id="space-(.*?)">(.*?)\n</li>', page, re.S)
    return {
        slug: " ".join(html.unescape(re.sub(r"<[^>]*>", " ", row)).split()) for slug, row in found
    }


@pytest.mark.parametrize("lacking", ["start", "end"])
def test_every_week_asks_for_the_times_and_loses_nothing_of_what_was_said(look, session, lacking):
    a_space(session)
    session.commit()
    page = look(**{name: value for name, value in WEEKLY.items() if name != lacking})
    assert "For every week, write from when to when each time" in page
    assert f'aria-describedby="need-{lacking}-error"' in page
    assert re.search(r'id="need-tue"[^>]* checked', page)
    assert re.search(rf'id="need-until"[^>]* value="{WEEKLY["until"]}"', page)


def test_a_weekday_that_is_none_is_told_and_the_others_stay(look, session):
    a_space(session, policy_series=SERIES)
    session.commit()
    page = look(**{**WEEKLY, "weekday": ["xyz", "tue"]})
    assert "Name weekdays as mon, tue" in page
    assert re.search(r'id="need-tue"[^>]* checked', page)
    assert "Free on all 4 dates" in page


def test_a_last_day_before_the_first_is_told_and_kept(look, session):
    a_space(session)
    session.commit()
    page = look(**{**WEEKLY, "until": str(MONDAY)})
    assert "The last day must not be before the first." in page
    assert re.search(rf'id="need-until"[^>]* value="{MONDAY}"', page)


@pytest.fixture
def two_houses(session):
    """A room in each of two houses, near enough for one map."""
    far = a_unit(session, latitude=60.583, longitude=27.19, location_precision="exact")
    near = a_unit(session, latitude=60.58, longitude=27.19, location_precision="exact")
    for unit in (far, near):
        a_space(session, unit=unit)
    session.commit()


def test_a_place_that_is_none_is_told_beside_its_field(look, two_houses):
    page = look(near="atlantis")
    assert "There is no such site or district." in page
    assert 'href="#filter-near"' in page
    assert re.search(r'id="filter-near"[^>]*aria-describedby="need-near-error"', page)
    assert len(rows(page)) == 2


def test_the_nearest_first_asks_from_where(look, two_houses):
    assert "For the nearest first, choose from where." in look(sort="nearest")
    assert "choose from where" not in look(sort="nearest", near="centre")
    only_position = look(sort="nearest", at="north")
    assert "Write a position as degrees" in only_position
    assert "choose from where" not in only_position


def test_each_number_of_a_row_is_on_the_map_and_leads_back_to_its_row(look, two_houses):
    page = look()
    numbers = {row: re.search(r"On the map: (\d+)", text)[1] for row, text in rows(page).items()}
    marks = dict(re.findall(r'<a href="#space-(.*?)" aria-label="(\d+): ', page))
    assert marks == numbers
    assert len(set(numbers.values())) == 2


def test_half_price_says_whose_and_why(app, client, look, session):
    with writing():
        room = a_space(session)
        person = a_person(session, email="secretary@example.com", password="right horse")
        an_organisation(session, members=[person])
        session.commit()
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/en/sign-in", data={"email": person.email, "password": "right horse"})
    found = rows(look(**EVENING))[room.slug]
    assert "€10.00" in found
    assert "Half price for Haminan Sähly ry: K3 (K3)" in found
