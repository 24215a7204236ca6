"""When a series takes place: what a rule may say, and on which days and at which instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.core.periods import Period
from booking.reservations.recurrence import WallPeriod, read_rule
from booking.reservations.recurrence_errors import (
    BadRecurrence,
    NoDates,
    NotWholeMinutes,
    SeriesTooLong,
    SeriesWithoutEnd,
)
from tests.values import MONDAY, ZONE, a_period, at

EVENING = WallPeriod(18 * 60, 120)
TUESDAY = MONDAY + timedelta(days=1)


def days_of(rule, first=TUESDAY, wall=EVENING, without=()):
    return read_rule(rule).days(first, wall, ZONE, without)


# ── Which days ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["2027-01-12", "2027-01-13", "2027-01-14"]),
        ("FREQ=DAILY;INTERVAL=10;COUNT=2", ["2027-01-12", "2027-01-22"]),
        ("FREQ=WEEKLY;COUNT=3", ["2027-01-12", "2027-01-19", "2027-01-26"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", ["2027-01-12", "2027-01-14", "2027-01-19"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270208", ["2027-01-12", "2027-01-26"]),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", ["2027-01-18", "2027-01-25"]),
        ("FREQ=MONTHLY;COUNT=2", ["2027-01-12", "2027-02-12"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["2027-01-31", "2027-03-31", "2027-05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", ["2027-01-31", "2027-02-28"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["2027-01-12", "2027-02-09"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", ["2027-01-29", "2027-02-26"]),
        ("rrule:freq=weekly;byday=tu;count=1", ["2027-01-12"]),
    ],
)  # fmt: skip
def test_a_rule_means_these_days(rule, expected):
    assert [day.isoformat() for day in days_of(rule)] == expected


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "WEEKLY",
        "FREQ=SECONDLY;COUNT=2",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=YEARLY;COUNT=2",
        "FREQ=WEEKLY;COUNT=2;COUNT=3",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=-1",
        "FREQ=WEEKLY;COUNT=two",
        "FREQ=WEEKLY;COUNT=²",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=2",
        "FREQ=WEEKLY;BYDAY=2TU;COUNT=2",
        "FREQ=WEEKLY;BYDAY=;COUNT=2",
        "FREQ=WEEKLY;BYDAY=TUE;COUNT=2",
        "FREQ=WEEKLY;BYHOUR=9;COUNT=2",
        "FREQ=WEEKLY;BYSETPOS=1;BYDAY=TU;COUNT=2",
        "FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2",
        "FREQ=MONTHLY;BYDAY=0TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=TU;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2",
        "FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=13;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20270230",
        "FREQ=WEEKLY;UNTIL=tomorrow",
        "FREQ=WEEKLY;WKST=XX;COUNT=2",
        "FREQ=WEEKLY;COUNT=2;X=" + "1" * 300,
    ],
)
def test_what_no_habit_needs_is_refused(rule):
    with pytest.raises(BadRecurrence):
        read_rule(rule)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=2;UNTIL=20270301"])
def test_a_series_has_one_end(rule):
    with pytest.raises(SeriesWithoutEnd):
        read_rule(rule)


@pytest.mark.parametrize(
    ("rule", "last"),
    [("FREQ=DAILY;UNTIL=20290112", "2029-01-12"), ("FREQ=WEEKLY;COUNT=105", "2029-01-09")],
)
def test_a_series_lasts_two_years_at_most(rule, last):
    assert days_of(rule)[-1].isoformat() == last


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;UNTIL=20290113", "FREQ=WEEKLY;COUNT=106", "FREQ=DAILY;COUNT=1000"]
)
def test_a_longer_series_is_refused(rule):
    with pytest.raises(SeriesTooLong):
        days_of(rule)


def test_two_years_after_a_leap_day_are_the_last_of_february():
    leap_day = date(2028, 2, 29)
    assert days_of("FREQ=DAILY;UNTIL=20300228", leap_day)[-1] == date(2030, 2, 28)
    with pytest.raises(SeriesTooLong):
        days_of("FREQ=DAILY;UNTIL=20300301", leap_day)


def test_days_that_are_left_out_do_not_take_place_and_count_all_the_same():
    assert days_of("FREQ=WEEKLY;COUNT=3", without=[TUESDAY]) == [
        TUESDAY + timedelta(days=7),
        TUESDAY + timedelta(days=14),
    ]


@pytest.mark.parametrize(
    ("rule", "without"),
    [("FREQ=WEEKLY;COUNT=1", [TUESDAY]), ("FREQ=WEEKLY;UNTIL=20270111", [])],
)
def test_a_series_without_any_day_is_refused(rule, without):
    with pytest.raises(NoDates):
        days_of(rule, without=without)


@pytest.mark.parametrize(
    ("until", "count"),
    [
        ("20270119", 2),  # the whole day
        ("20270119T180000", 2),  # by the wall clock, to the minute
        ("20270119T175959", 1),
        ("20270119T160000Z", 2),  # 18:00 in Hamina, in winter
        ("20270119T155959Z", 1),
    ],
)
def test_until_includes_the_start_that_falls_on_it(until, count):
    assert len(days_of(f"FREQ=WEEKLY;UNTIL={until}")) == count


# ── Which instants ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "start", "length", "expected"),
    [
        # an evening keeps its hour in winter and in summer
        (date(2027, 3, 27), "18:00", 120, "2027-03-27T16:00/2027-03-27T18:00"),
        (date(2027, 3, 28), "18:00", 120, "2027-03-28T15:00/2027-03-28T17:00"),
        # a night over spring's change ends at its hour, an hour shorter
        (date(2027, 3, 27), "22:00", 480, "2027-03-27T20:00/2027-03-28T03:00"),
        # and over autumn's an hour longer
        (date(2027, 10, 30), "22:00", 480, "2027-10-30T19:00/2027-10-31T04:00"),
        # spring skips 03:00 to 04:00: neither start nor end can lie there
        (date(2027, 3, 28), "03:00", 60, None),
        (date(2027, 3, 28), "02:30", 60, None),
        (date(2027, 3, 28), "03:59", 60, None),
        (date(2027, 3, 28), "04:00", 60, "2027-03-28T01:00/2027-03-28T02:00"),
        (date(2027, 3, 28), "02:00", 60, None),
        (date(2027, 3, 28), "02:00", 120, "2027-03-28T00:00/2027-03-28T01:00"),
        # autumn has 03:00 to 04:00 twice: the first is meant
        (date(2027, 10, 31), "03:30", 60, "2027-10-31T00:30/2027-10-31T02:30"),
        (date(2027, 10, 31), "02:00", 90, "2027-10-30T23:00/2027-10-31T00:30"),
        # midnight is the next day's 00:00
        (date(2027, 1, 12), "22:00", 120, "2027-01-12T20:00/2027-01-12T22:00"),
        (date(2026, 12, 31), "22:00", 240, "2026-12-31T20:00/2027-01-01T00:00"),
    ],
)
def test_a_wall_time_on_a_day_is_these_instants(day, start, length, expected):
    hours, minutes = map(int, start.split(":"))
    period = WallPeriod(hours * 60 + minutes, length).on(day, ZONE)
    told = period and f"{period.starts_at:%Y-%m-%dT%H:%M}/{period.ends_at:%Y-%m-%dT%H:%M}"
    assert told == expected


def test_the_wall_time_of_a_period_is_read_back_from_it():
    assert WallPeriod.of(a_period("18:00", "20:00", TUESDAY), ZONE) == (TUESDAY, EVENING)
    night = Period(at("22:00", date(2027, 3, 27)), at("06:00", date(2027, 3, 28)))
    assert WallPeriod.of(night, ZONE) == (date(2027, 3, 27), WallPeriod(22 * 60, 480))


def test_a_series_is_of_whole_minutes():
    half = timedelta(seconds=30)
    with pytest.raises(NotWholeMinutes):
        WallPeriod.of(Period(at("18:00") + half, at("20:00")), ZONE)


FIRST = date(2026, 1, 1)
rules = st.one_of(
    st.builds(
        "FREQ=DAILY;INTERVAL={};COUNT={}".format, st.integers(1, 9), st.integers(1, 80)
    ),
    st.builds(
        "FREQ=WEEKLY;INTERVAL={};BYDAY={};COUNT={}".format,
        st.integers(1, 4),
        st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1,
                 max_size=4, unique=True).map(",".join),
        st.integers(1, 25),
    ),
    st.builds(
        "FREQ=MONTHLY;BYDAY={}{};COUNT={}".format,
        st.sampled_from([1, 2, 3, 4, -1, -2]),
        st.sampled_from(["MO", "WE", "SU"]),
        st.integers(1, 22),
    ),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={};COUNT={}".format, st.integers(1, 28), st.integers(1, 22)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rules, st.integers(0, 365), st.integers(4 * 60, 23 * 60), st.integers(15, 600))
def test_the_instants_are_those_of_an_independent_reader_of_calendars(rule, offset, start, length):
    """Across the changes of the clocks of 2026 to 2028; nights that end while the clocks skip are
    ours alone, for RFC 5545 keeps the exact length where we keep the hour of the end."""
    wall = WallPeriod(start, length)
    read = read_rule(rule)
    first = next(iter(read.days(FIRST + timedelta(days=offset), wall, ZONE)))
    days = read.days(first, wall, ZONE)
    event = icalendar.Event()
    begins = datetime.combine(first, datetime.min.time(), tzinfo=ZONE) + timedelta(minutes=start)
    event.add("dtstart", begins)
    event.add("duration", timedelta(minutes=length))
    event.add("rrule", icalendar.vRecur.from_ical(read.text))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    last = days[-1] + timedelta(days=2)
    others = recurring_ical_events.of(calendar).between(first, last)
    theirs = sorted(one["DTSTART"].dt.astimezone(UTC) for one in others)
    assert [wall.on(day, ZONE).starts_at for day in days if wall.on(day, ZONE)] == [
        instant for instant, day in zip(theirs, days, strict=True) if wall.on(day, ZONE) is not None
    ]
    for day in days:
        if (period := wall.on(day, ZONE)) is not None:
            shown = period.ends_at.astimezone(ZONE).replace(tzinfo=None)
            midnight = datetime.combine(day, datetime.min.time())
            assert shown == midnight + timedelta(minutes=start + length)
