"""Which spaces could be booked at a time, or on the dates of a series."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.api.conftest import DAY
from tests.places import a_space, ask
from tests.reservations.test_series import SERIES

WEEKLY = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture
def rooms(session):
    """Three rooms: free throughout, taken on the second date, and not for series."""
    free, busy = (a_space(session, policy_series=SERIES) for _number in range(2))
    single = a_space(session, policy_series={"allowed": False})
    ask(session, busy, day=DAY + timedelta(days=7))
    session.commit()
    return free.slug, busy.slug, single.slug


def search(api, rule=None, start="18:00", end="20:00", **more):
    query = {
        "starts_at": f"{DAY}T{start}:00+02:00",
        "ends_at": f"{DAY}T{end}:00+02:00",
        **({"rrule": rule} if rule else {}),
        **more,
    }
    return api("GET", f"/availability?{urlencode(query)}")


def found(answer):
    return [one["slug"] for one in answer.json["items"]]


def test_without_a_rule_all_that_are_free_then_are_found(api, rooms):
    answer = search(api)
    assert set(found(answer)) == set(rooms)
    assert {one["dates"] for one in answer.json["items"]} == {None}


def test_with_a_rule_those_with_most_dates_come_first_and_each_says_which_it_lacks(api, rooms):
    free, busy, _single = rooms
    answer = search(api, WEEKLY)
    assert found(answer) == [free, busy]
    assert [one["dates"] for one in answer.json["items"]] == [
        {"wanted": 3, "free": 3, "not_free": []},
        {"wanted": 3, "free": 2, "not_free": [str(DAY + timedelta(days=7))]},
    ]


def test_a_search_agrees_with_what_asking_would_give(api, rooms, token, a_wish):
    for slug in found(search(api, WEEKLY)):
        preview = api("POST", "/series/preview", token, a_wish(slug, rrule=WEEKLY))
        [hit] = [one for one in search(api, WEEKLY).json["items"] if one["slug"] == slug]
        assert [one["date"] for one in preview.json["skipped"]] == hit["dates"]["not_free"]


def test_a_list_goes_on_where_it_was_cut(api, rooms):
    first = search(api, WEEKLY, limit="1")
    rest = search(api, WEEKLY, limit="1", cursor=first.json["next"])
    assert [*found(first), *found(rest)] == list(rooms[:2])
    assert rest.json["next"] is None


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY;COUNT=2", "FREQ=DAILY", "nonsense"])
def test_a_rule_that_is_none_is_told(api, rooms, rule):
    answer = search(api, rule)
    assert answer.status_code == 422
    assert answer.json["violations"][0]["code"]


def test_a_series_that_is_longer_than_the_space_allows_is_not_found(api, session):
    slug = a_space(session, policy_series={**SERIES, "max_occurrences": 2}).slug
    session.commit()
    assert found(search(api, "FREQ=WEEKLY;COUNT=2")) == [slug]
    assert found(search(api, WEEKLY)) == []


def test_the_last_date_lies_within_the_horizon_of_series(api, session):
    slug = a_space(session, policy_series={**SERIES, "horizon_days": 15}).slug
    session.commit()
    assert found(search(api, WEEKLY)) == [slug]
    assert found(search(api, "FREQ=WEEKLY;COUNT=4")) == []


# ── The same filters as the search page ───────────────────────────────────────────────────────


def test_spaces_are_searched_for_every_week_as_on_the_page(api, rooms):
    week = {"date": str(DAY), "start": "18:00", "end": "20:00", "weekday": DAY.strftime("%a")}
    query = urlencode({**week, "until": str(DAY + timedelta(days=14))})
    assert found(api("GET", f"/spaces?{query}")) == list(rooms[:2])


@pytest.mark.parametrize("path", ["/spaces?", "/availability?"])
def test_both_searches_take_words_filters_and_an_order(api, rooms, session, path):
    big = a_space(session, capacity=500).slug
    session.commit()
    when = {"starts_at": f"{DAY}T18:00:00+02:00", "ends_at": f"{DAY}T20:00:00+02:00"}
    common = when if "availability" in path else {}

    def asked(**query):
        return found(api("GET", path + urlencode({**common, **query})))

    assert asked(sort="largest")[0] == big
    assert asked(outdoor="true") == []
    assert asked(q="xyzzy") == []
    assert set(asked(district="centre", near="centre", sort="nearest")) == {*rooms, big}


@pytest.mark.parametrize(
    ("name", "value"),
    [("at", "60.5"), ("sort", "best"), ("weekday", "tisdag"), ("until", "31.2.2027")],
)
def test_what_cant_be_read_of_them_is_refused_and_named(api, rooms, name, value):
    answer = api("GET", f"/spaces?{urlencode({name: value})}")
    assert answer.status_code == 422
    assert answer.json["violations"][0]["field"] == name
