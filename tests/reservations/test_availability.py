"""Free time: what is offered is what is accepted."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.catalogue.finding import Criteria
from booking.catalogue.rules import TimeSpan
from booking.core.periods import Period
from booking.reservations.availability import shortest_length, usual_length
from booking.reservations.rules import broken_rules
from booking.reservations.search import Search, free_on
from booking.reservations.week import Entry, week_of
from tests.values import (
    MONDAY,
    NOW,
    ZONE,
    a_period,
    a_place,
    a_policy,
    a_request,
    a_timetable,
    at,
    circumstances,
    some_hours,
)

TUESDAY = MONDAY + timedelta(days=1)
DAY = Period(at("00:00"), at("24:00"))
QUARTER = timedelta(minutes=15)


def test_free_time_is_open_time_less_what_is_taken():
    table = a_timetable(taken=[a_period("12:00", "14:00")])
    assert table.free_time(DAY) == [a_period("10:00", "12:00"), a_period("14:00", "22:00")]


def test_free_time_keeps_its_own_set_up_and_clean_up_away_from_others():
    policy = a_policy(before=timedelta(minutes=30), after=timedelta(minutes=15))
    table = a_timetable(policy, taken=[a_period("12:00", "14:00")])
    assert table.free_time(DAY) == [a_period("10:00", "11:45"), a_period("14:30", "22:00")]


def test_free_time_begins_with_the_notice_and_ends_with_the_horizon():
    policy = a_policy(notice=TimeSpan(days=1), horizon_days=1)
    table = a_timetable(policy)
    window = Period(at("00:00"), at("24:00", MONDAY + timedelta(days=2)))
    assert table.free_time(window) == [a_period("08:00", "22:00", TUESDAY)]


def test_the_next_start_is_on_the_grid_and_long_enough():
    table = a_timetable(taken=[a_period("10:00", "12:10"), a_period("13:00", "21:45")])
    assert table.next_start(timedelta(minutes=30), NOW) == at("12:30")
    assert table.next_start(timedelta(hours=1), NOW) == at("08:00", TUESDAY)


def test_no_start_is_offered_where_there_is_none():
    table = a_timetable(taken=[Period(at("00:00"), at("24:00", MONDAY + timedelta(days=5)))])
    assert table.next_start(timedelta(hours=1), NOW) is None


policies = st.builds(
    a_policy,
    start_interval=st.sampled_from([15, 30, 60]).map(lambda n: timedelta(minutes=n)),
    shortest=st.sampled_from([15, 30, 60, 90]).map(lambda n: timedelta(minutes=n)),
    longest=st.sampled_from([60, 120, 240, 720]).map(lambda n: timedelta(minutes=n)),
    before=st.sampled_from([0, 15, 60]).map(lambda n: timedelta(minutes=n)),
    after=st.sampled_from([0, 15, 60]).map(lambda n: timedelta(minutes=n)),
    notice=st.one_of(
        st.integers(0, 24).map(lambda n: TimeSpan(hours=n)),
        st.integers(1, 3).map(lambda n: TimeSpan(days=n)),
    ),
    horizon_days=st.integers(0, 4),
    may_span_closed_hours=st.booleans(),
)
minutes = st.integers(0, 3 * 1440)
taken_times = st.lists(
    st.tuples(minutes, st.integers(1, 600)).map(
        lambda pair: Period(
            DAY.starts_at + timedelta(minutes=pair[0]),
            DAY.starts_at + timedelta(minutes=sum(pair)),
        )
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(policies, taken_times, minutes, st.integers(1, 60))
def test_what_is_offered_is_accepted_and_what_is_not_offered_is_refused(
    policy, taken, start, quarters
):
    """The offer (search, week, next start) and the judgement of a request agree, whatever the
    policy and whatever is taken."""
    starts_at = DAY.starts_at + timedelta(minutes=start)
    length = timedelta(minutes=15 * quarters)
    period = Period(starts_at, starts_at + length)
    around = circumstances(policy, taken=taken, days=7)
    request = a_request(starts_at=period.starts_at, ends_at=period.ends_at)
    table = a_timetable(policy, taken=taken, days=7)
    judged = not broken_rules(request, [around])
    assert table.can_be_had(period) == judged


@settings(max_examples=200, deadline=None)
@given(policies, taken_times, minutes)
def test_the_next_start_that_is_told_would_be_accepted(policy, taken, start):
    not_before = DAY.starts_at + timedelta(minutes=start)
    length = max(policy.shortest, policy.start_interval)
    length = policy.start_interval * -(-length // policy.start_interval)
    if length > policy.longest:
        return
    found = a_timetable(policy, taken=taken, days=7).next_start(length, not_before)
    if found is None:
        return
    around = circumstances(policy, taken=taken, days=7)
    request = a_request(starts_at=found, ends_at=found + length)
    assert broken_rules(request, [around]) == []
    assert found >= not_before


@settings(max_examples=200, deadline=None)
@given(policies, taken_times, minutes)
def test_no_earlier_start_than_the_next_one_told_would_be_accepted(policy, taken, start):
    not_before = DAY.starts_at + timedelta(minutes=start)
    length = shortest_length(policy)
    around = circumstances(policy, taken=taken, days=7)
    found = around.timetable.next_start(length, not_before)
    quarters = (not_before + n * QUARTER for n in range(3 * 96))
    accepted = (
        one
        for one in quarters
        if not broken_rules(a_request(starts_at=one, ends_at=one + length), [around])
    )
    earlier = next((one for one in accepted if found is None or one < found), None)
    assert earlier is None or length > policy.longest


def test_the_usual_length_is_a_whole_number_of_intervals():
    policy = a_policy(start_interval=timedelta(minutes=60), longest=timedelta(minutes=90))
    assert usual_length(policy) == timedelta(hours=1)
    quarters = a_policy(start_interval=timedelta(minutes=30), longest=timedelta(minutes=45))
    assert usual_length(quarters) == timedelta(minutes=30)


places = st.sampled_from([(8, 22), (0, 24), (6, 24)]).map(
    lambda hours: a_place(hours=some_hours(*hours))
)


@settings(max_examples=200, deadline=None)
@given(policies, places, taken_times, st.integers(0, 3), st.integers(0, 24))
def test_search_free_time_and_week_offer_what_is_accepted_and_miss_nothing(
    policy, place, taken, day_number, hour
):
    """Where the shortest booking is accepted the search finds the day and free time holds the
    start; and whatever search and week offer is accepted."""
    day = MONDAY + timedelta(days=day_number)
    around = circumstances(policy, taken=taken, days=7, place=place)
    table, shortest = around.timetable, shortest_length(policy)

    def accepted(period):
        request = a_request(starts_at=period.starts_at, ends_at=period.ends_at)
        return broken_rules(request, [around]) == []

    first = at(f"{hour}:00", day)
    until = at("24:00", day)
    starts = [first + n * timedelta(minutes=15) for n in range((until - first) // QUARTER)]
    had = [start for start in starts if accepted(Period(start, start + shortest))]
    hits = free_on([place], {"room": table}, Search(Criteria(), day, hour * 60), NOW, ZONE)
    hit = hits[0] if hits else None
    found = hit.free if hit else ()
    assert {piece.starts_at for piece in found[:1]} == set(had[:1])
    assert all(accepted(Period(one.starts_at, one.starts_at + shortest)) for one in found)
    assert hit is None or accepted(hit.offer)
    free_time = table.free_time(Period(at("00:00", day), until))
    assert all(any(piece.holds(start) for piece in free_time) for start in had)
    week = week_of(table, MONDAY, MONDAY, [Entry(one, "taken") for one in taken])
    offers = [cell.offer for one in week.days for cell in one.cells if cell.offer]
    assert all(accepted(offer) for offer in offers)
