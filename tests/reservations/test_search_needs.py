"""The need in an address: of every week, near a place, in an order; and what nearly fits it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from booking.catalogue.finding import Criteria
from booking.catalogue.geography import Spot
from booking.catalogue.queries import get_catalogue
from booking.reservations.search import find_spaces, metres_to, origin_of
from booking.reservations.search_near import (
    LESS_ROOM,
    NEIGHBOUR,
    OTHER_TIME,
    loosenings,
    near_misses,
)
from booking.reservations.search_need import Search
from tests.places import a_hall, a_space, a_unit, ask
from tests.reservations.test_series import SERIES
from tests.values import MONDAY, NOW, ZONE

TUESDAY = MONDAY + timedelta(days=1)
EVENING = {"start": "18:00", "end": "20:00"}


def need(**values) -> Search:
    return Search.of(MultiDict({"date": str(TUESDAY), **values}))


def found(session, search, page=1):
    return find_spaces(session, get_catalogue(session), search, page, NOW)


def slugs(session, search):
    return [hit.place.slug for hit in found(session, search).hits]


# ── Every week ────────────────────────────────────────────────────────────────────────────────


def test_a_need_of_every_week_is_one_of_its_weekdays_until_its_last_day():
    search = need(weekday=["thu", "tue"], until=str(TUESDAY + timedelta(days=9)), **EVENING)
    assert search.repeats
    assert search.first_day(NOW, ZONE) == TUESDAY
    assert search.rule(NOW, ZONE) == "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270121"


def test_its_first_date_is_the_first_such_weekday_from_the_date_on():
    search = need(weekday=["mon"], **EVENING)
    assert search.first_day(NOW, ZONE) == MONDAY + timedelta(days=7)
    assert search.last_day(NOW, ZONE) == MONDAY + timedelta(weeks=13)


def test_without_a_weekday_it_is_that_of_the_date_and_without_a_date_from_today_on():
    assert "BYDAY=TU" in need(until="2027-05-31", **EVENING).rule(NOW, ZONE)
    assert need(date="", weekday=["mon"], **EVENING).first_day(NOW, ZONE) == MONDAY


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"weekday": "tue"}, "field_required", "start"),
        ({"weekday": "tue", "start": "18:00"}, "field_required", "end"),
        ({"until": "2027-05-31"}, "field_required", "start"),
        ({"weekday": "tisdag", **EVENING}, "invalid_value", "weekday"),
        ({"until": str(MONDAY), **EVENING}, "end_before_start", "until"),
        ({"until": "31.2.2027", **EVENING}, "invalid_value", "until"),
        ({"at": "60.5"}, "invalid_value", "at"),
        ({"at": "90,27"}, "invalid_value", "at"),
        ({"at": "nan,27"}, "invalid_value", "at"),
        ({"sort": "best"}, "invalid_value", "sort"),
    ],
)
def test_what_it_lacks_is_told_and_the_search_goes_on_by_the_rest(typed, code, field):
    search = need(**typed)
    assert [(fault.code, fault.field) for fault in search.faults] == [(code, field)]
    assert not search.repeats
    assert search.day == TUESDAY


def test_a_last_day_that_is_the_first_one_is_no_fault():
    search = need(until=str(TUESDAY), **EVENING)
    assert (search.faults, search.repeats) == ((), True)


def test_results_say_on_which_dates_and_those_with_most_come_first(session):
    busy, free = (a_space(session, policy_series=SERIES) for _number in range(2))
    ask(session, busy, "19:00", "21:00", day=TUESDAY + timedelta(days=7))
    search = need(weekday=["tue"], until=str(TUESDAY + timedelta(days=14)), **EVENING)
    hits = found(session, search).hits
    assert [(hit.place.slug, len(hit.had)) for hit in hits] == [(free.slug, 3), (busy.slug, 2)]
    assert hits[1].missed == [TUESDAY + timedelta(days=7)]


def test_a_need_that_goes_on_for_too_long_is_told_beside_its_last_day(session):
    a_space(session, policy_series=SERIES)
    (fault,) = found(session, need(until="2029-05-31", **EVENING)).faults
    assert (fault.code, fault.field) == ("too_far", "until")


# ── Nearness, price, order ────────────────────────────────────────────────────────────────────


def test_distances_are_from_the_position_else_the_site_else_the_middle_of_the_district(session):
    unit = a_unit(session, latitude=60.58, longitude=27.2)
    a_space(session, unit=unit)
    city = get_catalogue(session)
    assert origin_of(city, need(near=unit.slug, at="60.5,27")).spot == Spot(60.5, 27.0, True)
    assert origin_of(city, need(near=unit.slug)).spot.latitude == 60.58
    assert origin_of(city, need(near="centre")) is not None
    assert origin_of(city, need(near="nowhere")) is None


def test_nearest_largest_and_cheapest_come_first_when_asked_for(session):
    near = a_space(session, unit=a_unit(session, latitude=60.57, longitude=27.2), capacity=10)
    far = a_space(session, unit=a_unit(session, latitude=60.60, longitude=27.2), capacity=90)
    assert slugs(session, need(at="60.57,27.2", sort="nearest")) == [near.slug, far.slug]
    assert slugs(session, need(at="60.60,27.2", sort="nearest")) == [far.slug, near.slug]
    assert slugs(session, need(sort="largest")) == [far.slug, near.slug]
    city = get_catalogue(session)
    origin = origin_of(city, need(at="60.57,27.2"))
    assert metres_to(city.places[far.slug], origin) == pytest.approx(3336, rel=0.01)


def test_free_of_charge_is_as_the_payers_group_pays(city_session):
    city = get_catalogue(city_session)
    search = Search(Criteria(q="liikuntasali"), is_free_of_charge=True)
    counts = {
        slug: find_spaces(city_session, city, search, 1, NOW, city.price_groups[slug]).count
        for slug in ("K1", "K4")
    }
    assert city.price_groups["K1"].share == Decimal(0)
    assert counts["K1"] > 0
    assert counts["K4"] == 0


def test_outdoors_is_only_outdoors(city_session):
    city = get_catalogue(city_session)
    search = Search(Criteria(outdoor=True))
    hits = find_spaces(city_session, city, search, None, NOW).hits
    assert hits
    assert all(hit.place.is_outdoor for hit in hits)


# ── What misses by little ─────────────────────────────────────────────────────────────────────


def misses(session, search):
    city = get_catalogue(session)
    hits = find_spaces(session, city, search, 1, NOW)
    return [
        (miss.why, miss.hit.place.slug) for miss in near_misses(session, city, search, hits, NOW)
    ]


def test_what_is_free_at_another_time_of_the_day_is_offered_with_the_nearest_one(session):
    room = a_space(session)
    ask(session, room, "17:00", "19:00", day=TUESDAY)
    search = need(**EVENING)
    assert misses(session, search) == [(OTHER_TIME, room.slug)]
    city = get_catalogue(session)
    hits = find_spaces(session, city, search, 1, NOW)
    (miss,) = near_misses(session, city, search, hits, NOW)
    assert miss.hit.offer.starts_at.astimezone(ZONE).hour == 19


@pytest.mark.parametrize(("capacity", "offered"), [(60, True), (59, False)])
def test_a_space_with_room_for_three_in_five_is_offered_as_smaller(session, capacity, offered):
    room = a_space(session, capacity=capacity)
    expected = [(LESS_ROOM, room.slug)] if offered else []
    assert misses(session, need(people="100", **EVENING)) == expected


def test_a_free_section_beside_the_one_that_is_meant_is_offered(session):
    _hall, (one, other) = a_hall(session, 2)
    one.name, other.name = ({"fi": name} for name in ("Pohjoispääty", "Keskiosa"))
    ask(session, one, "18:00", "20:00", day=TUESDAY)
    assert (NEIGHBOUR, other.slug) in misses(session, need(q="pohjoispääty", **EVENING))


def test_where_enough_is_free_nothing_else_is_offered(session):
    for _number in range(5):
        a_space(session)
    taken = a_space(session)
    ask(session, taken, "18:00", "20:00", day=TUESDAY)
    assert misses(session, need(**EVENING)) == []


def test_what_to_loosen_says_how_many_it_finds_and_that_is_so(session):
    room = a_space(session, capacity=30)
    ask(session, room, "18:00", "20:00", day=TUESDAY)
    a_space(session, capacity=10)
    search = need(people="20", **EVENING)
    assert found(session, search).count == 0
    city = get_catalogue(session)
    looser = loosenings(session, city, search, NOW, None)
    assert {one.part: one.count for one in looser} == {"people": 1, "start": 1, "date": 1}
    for one in looser:
        assert find_spaces(session, city, one.search, 1, NOW).count == one.count


def test_where_no_one_thing_helps_the_words_alone_and_the_time_alone_do(session):
    a_space(session, name={"fi": "Paja"}, capacity=5)
    search = need(q="paja", people="50", outdoor="1", **EVENING)
    looser = loosenings(session, get_catalogue(session), search, NOW, None)
    assert [(one.part, one.count) for one in looser] == [("all_but_words", 1), ("all_but_time", 1)]
