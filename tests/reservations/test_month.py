"""The month of a space: a day that can be pressed can be booked on, and what can't says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.catalogue.opening import OpeningHours, Pattern
from booking.catalogue.rules import TimeSpan
from booking.core.periods import Period
from booking.reservations.availability import shortest_length
from booking.reservations.month import DayState, day_of, month_after, weeks_of_month
from booking.reservations.week import CLOSED, MINE, Entry
from tests.values import (
    MONDAY,
    a_period,
    a_place,
    a_policy,
    a_timetable,
    a_week,
    at,
    some_hours,
)

TUESDAY = MONDAY + timedelta(days=1)


def tuesday(policy=None, *, taken=(), entries=(), place=None):
    return day_of(a_timetable(policy, taken=taken, place=place), TUESDAY, entries)


def test_a_day_of_which_nothing_is_taken_is_free():
    face = tuesday()
    assert (face.state, face.free, face.taken_share) == (DayState.FREE, timedelta(hours=14), 0)


def test_a_day_of_which_something_is_taken_tells_what_is_left():
    face = tuesday(taken=[a_period("10:00", "17:00", TUESDAY)])
    assert (face.state, face.free, face.taken_share) == (DayState.PARTLY, timedelta(hours=7), 0.5)


def test_set_up_and_clean_up_are_not_free():
    policy = a_policy(before=timedelta(minutes=30), after=timedelta(minutes=30))
    face = tuesday(policy, taken=[a_period("10:00", "17:00", TUESDAY)])
    assert face.free == timedelta(hours=6)


@pytest.mark.parametrize(("until", "state"), [("21:30", "partly"), ("21:31", "taken")])
def test_a_day_is_full_once_the_shortest_booking_has_no_room(until, state):
    assert tuesday(taken=[a_period("08:00", until, TUESDAY)]).state == state


def test_what_is_left_between_bookings_and_too_short_is_not_counted():
    taken = [a_period("08:00", "12:00", TUESDAY), a_period("12:15", "20:00", TUESDAY)]
    assert tuesday(taken=taken).free == timedelta(hours=2)


def test_a_day_without_opening_hours_and_one_closed_by_staff_are_closed():
    hours = OpeningHours((Pattern(a_week()),), ())
    assert tuesday(place=a_place(hours=hours)).state is DayState.CLOSED
    whole = a_period("00:00", "24:00", TUESDAY)
    assert tuesday(taken=[whole], entries=[Entry(whole, CLOSED)]).state is DayState.CLOSED


def test_a_day_closed_for_some_hours_is_not_closed():
    some = a_period("08:00", "21:00", TUESDAY)
    assert tuesday(taken=[some], entries=[Entry(some, CLOSED)]).state is DayState.PARTLY


def test_past_days_days_too_soon_and_days_too_far_say_so():
    policy = a_policy(notice=TimeSpan(days=2), horizon_days=3)
    table = a_timetable(policy, days=10)
    states = [day_of(table, MONDAY + timedelta(days=n)).state for n in range(-1, 5)]
    assert states == ["past", "too_soon", "too_soon", "free", "free", "too_far"]


def test_today_only_what_is_left_of_it_counts():
    today = day_of(a_timetable(), MONDAY)
    assert (today.state, today.free) == (DayState.FREE, timedelta(hours=12))
    assert day_of(a_timetable(now=at("21:31")), MONDAY).state is DayState.TOO_SOON
    assert day_of(a_timetable(now=at("22:00")), MONDAY).state is DayState.PAST


def test_a_day_of_mine_says_so():
    mine = a_period("10:00", "11:00", TUESDAY)
    assert tuesday(taken=[mine], entries=[Entry(mine, MINE)]).is_mine
    assert not tuesday(taken=[mine], entries=[Entry(mine, "taken")]).is_mine


@pytest.mark.parametrize(
    ("day", "length"), [(date(2027, 3, 28), 14), (date(2027, 10, 31), 14), (date(2027, 3, 29), 14)]
)
def test_on_days_when_the_clocks_change_the_hours_are_right(day, length):
    policy = a_policy(horizon_days=400)
    table = a_timetable(policy, first=day, days=1, place=a_place(policy, hours=some_hours()))
    assert day_of(table, day).free == timedelta(hours=length)
    night = a_place(policy, hours=some_hours(0, 24))
    hours = {date(2027, 3, 28): 23, date(2027, 10, 31): 25}.get(day, 24)
    table = a_timetable(policy, first=day, days=1, place=night)
    assert day_of(table, day).free == timedelta(hours=hours)


@given(
    st.lists(st.tuples(st.integers(0, 47), st.integers(1, 30)), max_size=8),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_a_day_is_free_or_partly_so_exactly_if_something_can_start_on_it(spans, halves, buffer):
    policy = a_policy(
        shortest=timedelta(minutes=30) * halves,
        before=timedelta(minutes=10) * buffer,
        after=timedelta(minutes=10) * buffer,
    )
    half = timedelta(minutes=30)
    midnight = at("00:00", TUESDAY)
    taken = [Period(midnight + half * one, midnight + half * (one + n)) for one, n in spans]
    table = a_timetable(policy, taken=taken)
    starts = [midnight + half * n for n in range(48)]
    can = any(table.can_be_had(Period(one, one + shortest_length(policy))) for one in starts)
    state = day_of(table, TUESDAY).state
    assert can is (state in {DayState.FREE, DayState.PARTLY})


def test_a_month_is_whole_weeks_from_monday():
    weeks = weeks_of_month(date(2027, 2, 1))
    assert [week[0] for week in weeks] == [date(2027, 2, day) for day in (1, 8, 15, 22)]
    assert len(weeks_of_month(date(2027, 5, 1))) == 6
    assert {len(week) for week in weeks} == {7}


def test_months_follow_each_other_across_the_year():
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2027, 1, 1), -1) == date(2026, 12, 1)
