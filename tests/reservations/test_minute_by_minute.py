"""Periods, open and free time, and what is accepted, against a count of every single minute.

A minute is its number since the Unix epoch. The days are an ordinary week and both changes of the
clocks, with bookings and hours across midnight.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.catalogue.opening import OpeningHours, Pattern, Week
from booking.catalogue.rules import TimeSpan
from booking.core.periods import Period, clipped, merged, minus
from booking.reservations.availability import busy_time
from booking.reservations.rules import broken_rules
from tests.values import (
    MONDAY,
    ZONE,
    a_place,
    a_policy,
    a_request,
    a_timetable,
    circumstances,
)

MINUTE = timedelta(minutes=1)
DAYS = 3
KNOWN_DAYS = DAYS + 3
"""Of so many days the hours are known: the longest booking that begins in the first few ends."""
FIRST_DAYS = [MONDAY, date(2027, 3, 27), date(2027, 10, 30)]
"""An ordinary Monday, and the Saturdays before the clocks go forward and back."""


def moment(minute):
    return datetime.fromtimestamp(minute * 60, UTC)


def minute_of(instant):
    return int(instant.timestamp()) // 60


def midnight(day):
    return minute_of(datetime(day.year, day.month, day.day, tzinfo=ZONE))


def minutes_of(*periods):
    """All the minutes of these periods."""
    return {m for one in periods for m in range(minute_of(one.starts_at), minute_of(one.ends_at))}


def runs(minutes):
    """The minutes as the fewest periods, in order."""
    starts = sorted(one for one in minutes if one - 1 not in minutes)
    ends = sorted(one + 1 for one in minutes if one + 1 not in minutes)
    return [Period(moment(start), moment(end)) for start, end in zip(starts, ends, strict=True)]


# ── The algebra of periods ────────────────────────────────────────────────────────────────────

edges = st.tuples(st.integers(0, 120), st.integers(1, 40))
lists = st.lists(edges.map(lambda pair: (pair[0], sum(pair))), max_size=6)
bases = st.sampled_from([midnight(day) + 170 for day in FIRST_DAYS])


def periods_at(base, pairs):
    return [Period(moment(base + start), moment(base + end)) for start, end in pairs]


@given(bases, lists, lists, edges)
def test_union_rest_and_common_time_are_those_of_their_minutes(base, some, others, edge):
    one, other = periods_at(base, some), periods_at(base, others)
    [window] = periods_at(base, [(edge[0], sum(edge))])
    inside = minutes_of(window)
    assert merged([*one, *other]) == runs(minutes_of(*one) | minutes_of(*other))
    assert minus(one, other) == runs(minutes_of(*one) - minutes_of(*other))
    assert merged(clipped(one, window)) == runs(minutes_of(*one) & inside)
    assert busy_time(one, window) == runs(minutes_of(*one) & inside)


@given(bases, st.tuples(edges, edges))
def test_two_periods_overlap_cover_and_meet_as_their_minutes_do(base, pair):
    one, other = periods_at(base, [(start, start + length) for start, length in pair])
    mine, theirs = minutes_of(one), minutes_of(other)
    assert one.overlaps(other) == bool(mine & theirs)
    assert one.covers(other) == (theirs <= mine)
    assert [one.within(other)] == (runs(mine & theirs) or [None])
    assert all(one.holds(moment(m)) == (m in mine) for m in theirs)


# ── Open time, by a walk along the clock on the wall ──────────────────────────────────────────


@cache
def first_shown(day):
    """When the walls first show each minute of a local day, the next midnight included; what
    spring skips is shown an hour later."""
    found = {}
    for minute in range(midnight(day), midnight(day + timedelta(days=1))):
        wall = moment(minute).astimezone(ZONE)
        found.setdefault(wall.hour * 60 + wall.minute, minute)
    found[1440] = midnight(day + timedelta(days=1))
    return lambda wall: found[wall] if wall in found else found[wall + 60]


def open_minutes(week, first):
    """Every open minute of the days, and of one more on each side."""
    days = [first + timedelta(days=number) for number in range(-1, KNOWN_DAYS + 1)]
    return {
        minute
        for day in days
        for start, end in week.days[day.weekday()]
        for minute in range(first_shown(day)(start), first_shown(day)(end))
    }


quarters = st.integers(0, 96).map(lambda number: number * 15)


def as_intervals(edges):
    edges = sorted(set(edges))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


hours_of_a_day = st.one_of(
    st.just(((0, 1440),)),
    st.just(((0, 120), (1080, 1440))),
    st.lists(quarters, min_size=2, max_size=4).map(as_intervals),
)
weeks = st.lists(hours_of_a_day, min_size=7, max_size=7).map(lambda days: Week(tuple(days)))
first_days = st.sampled_from(FIRST_DAYS)


def of_whole(*minutes):
    return st.sampled_from(minutes).map(lambda number: timedelta(minutes=number))


policies = st.builds(
    a_policy,
    start_interval=of_whole(15, 30, 60),
    shortest=of_whole(15, 30, 60, 90),
    longest=of_whole(60, 120, 240, 720, 2880),
    before=of_whole(0, 15, 60),
    after=of_whole(0, 15, 60),
    notice=st.one_of(
        st.integers(0, 24).map(lambda n: TimeSpan(hours=n)),
        st.integers(0, 3).map(lambda n: TimeSpan(days=n)),
    ),
    horizon_days=st.integers(0, 4),
    may_span_closed_hours=st.booleans(),
)
taken_times = st.lists(st.tuples(st.integers(0, DAYS * 1440), st.integers(1, 600)), max_size=5)
nows = st.integers(-1440, 1440)


class Case:
    """A room with its hours, policy and bookings, as the product has it and minute by minute."""

    def __init__(self, first, week, policy, taken, now):
        base = midnight(first)
        self.first, self.base, self.policy, self.now = first, base, policy, base + now
        taken = [Period(moment(base + s), moment(base + s + n)) for s, n in taken]
        hours = OpeningHours((Pattern(week),))
        place = a_place(policy, hours=hours)
        around = {"taken": taken, "days": KNOWN_DAYS, "first": first, "place": place}
        self.table = a_timetable(policy, now=moment(self.now), **around)
        self.circumstances = circumstances(policy, now=moment(self.now), **around)
        self.open, self.busy = open_minutes(week, first), minutes_of(*taken)

    def in_reach(self, minute):
        """Whether a booking may start then, by notice and horizon; days are those of the wall."""
        notice, today = self.policy.notice, self.day_of(self.now)
        soon = minute - self.now >= (notice.hours or 0) * 60
        days = (self.day_of(minute) - today).days
        return (
            soon and minute >= self.now and (notice.days or 0) <= days <= self.policy.horizon_days
        )

    def day_of(self, minute):
        return moment(minute).astimezone(ZONE).date()

    @cached_property
    def blocked(self):
        """Every minute at which no booking can lie, for somebody else's and the set-up between."""
        before, after = (int(one / MINUTE) for one in (self.policy.before, self.policy.after))
        return {
            minute
            for run in runs(self.busy)
            for minute in range(minute_of(run.starts_at) - after, minute_of(run.ends_at) + before)
        }

    @cached_property
    def opening_of(self):
        """Of every open minute, when what is open then began to be."""
        found = {}
        for minute in sorted(self.open):
            found[minute] = found.get(minute - 1, minute)
        return found

    def accepts(self, start, end):
        policy = self.policy
        interval, shortest, longest = (
            int(one / MINUTE) for one in (policy.start_interval, policy.shortest, policy.longest)
        )
        if start not in self.open or not self.in_reach(start):
            return False
        length = end - start
        ends_well = end - 1 in self.open or end in self.open
        spans = policy.may_span_closed_hours and ends_well
        return (
            (start - self.opening_of[start]) % interval == 0
            and shortest <= length <= longest
            and length % interval == 0
            and (spans or self.open.issuperset(range(start, end)))
            and self.blocked.isdisjoint(range(start, end))
        )


lengths = st.tuples(
    st.integers(1, 16).map(lambda number: number * 15),
    st.integers(4, 48).map(lambda number: number * 60),
)
cases = st.builds(Case, first_days, weeks, policies, taken_times, nows)


@settings(max_examples=80, deadline=None)
@given(cases)
def test_free_time_is_open_time_less_what_is_taken_within_notice_and_horizon(case):
    begin, end = case.base, midnight(case.first + timedelta(days=DAYS))
    whole = Period(moment(begin), moment(end))
    free = {m for m in case.open - case.blocked if begin <= m < end and case.in_reach(m)}
    assert case.table.free_time(whole) == runs(free)
    assert list(case.table.busy) == runs(case.busy)


@settings(max_examples=80, deadline=None)
@given(cases, lengths, st.sampled_from([0, 0, 5]))
def test_every_offered_start_is_accepted_and_every_other_one_is_refused(case, lengths, offset):
    """Whatever hours, policy and bookings: each quarter hour, and some starts off the grid."""
    starts = range(case.base + offset, midnight(case.first + timedelta(days=DAYS)), 15)
    for start, length in product(starts, lengths):
        period = Period(moment(start), moment(start + length))
        request = a_request(starts_at=period.starts_at, ends_at=period.ends_at)
        accepted = not broken_rules(request, [case.circumstances])
        assert accepted == case.table.can_be_had(period) == case.accepts(start, start + length)


# ── The two nights themselves, for the eye ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "hours", "opens", "closes", "lasts"),
    [
        # by the wall           in UTC                          real minutes
        ("2027-01-12", "02:00-05:00", "00:00", "03:00", 180),
        ("2027-03-28", "02:00-05:00", "00:00", "02:00", 120),  # an hour is missing
        ("2027-03-28", "03:30-05:00", "01:30", "02:00", 30),  # 03:30 is not there: 04:30
        ("2027-10-31", "02:00-05:00", "23:00", "03:00", 240),  # an hour comes twice
        ("2027-10-31", "03:30-05:00", "00:30", "03:00", 150),  # the first 03:30
        ("2027-10-31", "02:00-03:30", "23:00", "00:30", 90),  # until the first 03:30
    ],
)
def test_hours_in_the_nights_when_the_clocks_change(day, hours, opens, closes, lasts):
    day = date.fromisoformat(day)
    edges = [int(one[:2]) * 60 + int(one[3:]) for one in hours.split("-")]
    week = Week((((edges[0], edges[1]),),) * 7)
    found = next(
        period
        for period in OpeningHours((Pattern(week),)).open_periods(day, day, ZONE)
        if period.ends_at > moment(midnight(day))
    )
    assert (f"{found.starts_at:%H:%M}", f"{found.ends_at:%H:%M}") == (opens, closes)
    assert found.length == lasts * MINUTE
