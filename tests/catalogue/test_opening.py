"""When a place is open: patterns and exceptions by wall time, and what they are in instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.catalogue.opening import (
    HoursException,
    OpeningHours,
    Pattern,
    Week,
)
from booking.core.holidays import is_public_holiday, named_day
from booking.core.periods import Period

ZONE = ZoneInfo("Europe/Helsinki")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = date(2027, 1, 11)
ON_MONDAY = {"type": "dated_ranges", "ranges": [{"from": "2027-01-11", "to": "2027-01-11"}]}
DAY, SHORT_DAY = [[480, 1320]], [[600, 720]]
ALWAYS = [[0, 1440]]
HOLIDAYS_OF_2027 = """
    2027-01-01 2027-01-06 2027-03-26 2027-03-28 2027-03-29 2027-05-01 2027-05-06 2027-05-16
    2027-06-26 2027-11-06 2027-12-06 2027-12-25 2027-12-26
"""


def week(every=DAY, **days):
    """A week that is the same every day but for the days that are named."""
    return Week.of({day: days.get(day, every) for day in WEEKDAYS})


def hours(*exceptions, pattern=None):
    return OpeningHours((Pattern(pattern or week()),), exceptions)


def closed(when):
    return HoursException(when, "closed")


def latest(end, when=ON_MONDAY):
    return HoursException(when, "latest_end", latest_end=end)


def other_week(pattern, when=ON_MONDAY):
    return HoursException(when, "week", week=pattern)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


# ── Which exception wins ──────────────────────────────────────────────────────────────────────


def test_without_exceptions_the_pattern_holds():
    assert hours().open_minutes(MONDAY) == ((480, 1320),)
    assert hours(pattern=week(mon=[])).open_minutes(MONDAY) == ()


def test_closed_wins_over_all_whatever_the_order():
    others = (latest(1200), other_week(week(ALWAYS)))
    assert hours(closed(ON_MONDAY), *others).open_minutes(MONDAY) == ()
    assert hours(*others, closed(ON_MONDAY)).open_minutes(MONDAY) == ()


def test_a_week_replaces_the_pattern_and_then_the_latest_end_cuts():
    longer = other_week(week(ALWAYS))
    assert hours(longer, latest(1260)).open_minutes(MONDAY) == ((0, 1260),)
    assert hours(latest(1260), longer).open_minutes(MONDAY) == ((0, 1260),)


def test_of_several_latest_ends_the_earliest_cuts():
    assert hours(latest(1260), latest(1200)).open_minutes(MONDAY) == ((480, 1200),)


def test_what_begins_at_the_latest_end_or_later_is_gone():
    two = week([[480, 720], [780, 1320]])
    assert hours(latest(780), pattern=two).open_minutes(MONDAY) == ((480, 720),)
    assert hours(latest(781), pattern=two).open_minutes(MONDAY) == ((480, 720), (780, 781))
    assert hours(latest(480)).open_minutes(MONDAY) == ()


def test_a_latest_end_after_closing_time_changes_nothing():
    assert hours(latest(1440)).open_minutes(MONDAY) == ((480, 1320),)


def test_an_exception_holds_on_its_own_days_only():
    shut = hours(closed(ON_MONDAY))
    for day in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)):
        assert shut.open_minutes(day) == ((480, 1320),)


def test_a_week_of_an_exception_is_read_by_the_same_weekday():
    changed = hours(other_week(week(DAY, mon=SHORT_DAY)))
    assert changed.open_minutes(MONDAY) == ((600, 720),)


# ── On which days ─────────────────────────────────────────────────────────────────────────────


def test_both_ends_of_an_annual_range_belong_to_it():
    july = closed({"type": "annual_range", "from": "07-01", "to": "07-31"})
    days = [(6, 30), (7, 1), (7, 31), (8, 1)]
    for year in (2026, 2027, 2028):
        assert [july.falls_on(date(year, *day)) for day in days] == [False, True, True, False]


def test_an_annual_range_may_lie_over_new_year():
    winter = closed({"type": "annual_range", "from": "10-01", "to": "04-30"})
    days = [(9, 30), (10, 1), (12, 31), (1, 1), (4, 30), (5, 1)]
    assert [winter.falls_on(date(2027, *day)) for day in days] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]


def test_an_annual_range_of_one_day_is_that_day():
    day = closed({"type": "annual_range", "from": "12-06", "to": "12-06"})
    assert [day.falls_on(date(2027, 12, number)) for number in (5, 6, 7)] == [False, True, False]


def test_a_range_to_the_leap_day_ends_with_february():
    range_ = closed({"type": "annual_range", "from": "02-01", "to": "02-29"})
    assert range_.falls_on(date(2028, 2, 29))
    assert range_.falls_on(date(2027, 2, 28))
    assert not range_.falls_on(date(2027, 3, 1))


def test_both_ends_of_dated_ranges_belong_to_them():
    breaks = closed(
        {
            "type": "dated_ranges",
            "ranges": [
                {"from": "2026-12-20", "to": "2027-01-06"},
                {"from": "2027-03-01", "to": "2027-03-05"},
            ],
        }
    )
    inside = ["2026-12-20", "2027-01-06", "2027-03-01", "2027-03-05"]
    outside = ["2026-12-19", "2027-01-07", "2027-02-28", "2027-03-06", "2027-12-20"]
    assert all(breaks.falls_on(date.fromisoformat(day)) for day in inside)
    assert not any(breaks.falls_on(date.fromisoformat(day)) for day in outside)


@pytest.mark.parametrize("day", HOLIDAYS_OF_2027.split())
def test_public_holidays_are_those_of_finland(day):
    assert is_public_holiday(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-06-25", "2027-12-24", "2027-12-31", "2027-03-27"])
def test_eves_are_no_public_holidays(day):
    on_holidays = hours(closed({"type": "public_holidays"}), pattern=week(ALWAYS))
    assert not is_public_holiday(date.fromisoformat(day))
    assert on_holidays.open_minutes(date.fromisoformat(day)) == ((0, 1440),)


def test_eves_are_closed_only_where_they_are_named():
    eves = closed({"type": "named_days", "days": ["midsummer_eve", "christmas_eve"]})
    shut = hours(eves, pattern=week(ALWAYS))
    assert shut.open_minutes(date(2027, 6, 25)) == ()
    assert shut.open_minutes(date(2027, 12, 24)) == ()
    assert shut.open_minutes(date(2027, 12, 31)) == ((0, 1440),)
    assert shut.open_minutes(date(2027, 6, 26)) == ((0, 1440),)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2020, 19), (2021, 25), (2024, 21), (2026, 19), (2027, 25), (2028, 23), (2031, 20)],
)
def test_midsummer_eve_is_the_friday_of_19_to_25_june(year, day):
    assert named_day("midsummer_eve", year) == date(year, 6, day)
    assert named_day("midsummer_eve", year).weekday() == 4


def test_an_unknown_day_or_exception_is_an_error():
    with pytest.raises(ValueError, match="no such day"):
        named_day("easter_eve", 2027)
    with pytest.raises(ValueError, match="no such exception"):
        closed({"type": "full_moon"}).falls_on(MONDAY)


# ── Patterns in time ──────────────────────────────────────────────────────────────────────────


def test_a_pattern_holds_from_its_first_day_to_its_last():
    dated = Pattern(week(), date(2027, 1, 11), date(2027, 1, 17))
    days = [10, 11, 17, 18]
    assert [dated.holds_on(date(2027, 1, day)) for day in days] == [False, True, True, False]


def test_an_open_end_holds_for_ever():
    assert Pattern(week()).holds_on(date(1990, 1, 1))
    assert Pattern(week(), first=MONDAY).holds_on(date(2090, 1, 1))
    assert not Pattern(week(), last=MONDAY).holds_on(MONDAY + timedelta(days=1))


def test_where_no_pattern_holds_it_is_closed_unless_an_exception_has_a_week():
    later = (Pattern(week(), first=date(2027, 2, 1)),)
    assert OpeningHours(later).open_minutes(MONDAY) == ()
    assert OpeningHours(later, (other_week(week(SHORT_DAY)),)).open_minutes(MONDAY) == ((600, 720),)


def test_the_pattern_of_each_day_is_the_one_that_holds_then():
    both = OpeningHours(
        (
            Pattern(week(DAY), last=date(2027, 1, 10)),
            Pattern(week(SHORT_DAY), first=date(2027, 1, 11)),
        )
    )
    assert both.open_minutes(date(2027, 1, 10)) == ((480, 1320),)
    assert both.open_minutes(date(2027, 1, 11)) == ((600, 720),)


# ── In instants ───────────────────────────────────────────────────────────────────────────────


def test_a_day_is_open_between_instants():
    assert hours().open_periods(MONDAY, MONDAY, ZONE) == [
        Period(local("2027-01-11T08:00"), local("2027-01-11T22:00"))
    ]


def test_what_meets_at_midnight_is_one_period_and_comes_whole():
    night = week([], mon=[[1080, 1440]], tue=[[0, 120]])
    whole = [Period(local("2027-01-11T18:00"), local("2027-01-12T02:00"))]
    shut = hours(pattern=night)
    assert shut.open_periods(MONDAY, MONDAY, ZONE) == whole
    assert shut.open_periods(date(2027, 1, 12), date(2027, 1, 12), ZONE) == whole
    assert shut.open_periods(date(2027, 1, 13), date(2027, 1, 13), ZONE) == []


def test_what_does_not_meet_at_midnight_stays_two():
    night = week([], mon=[[1080, 1439]], tue=[[0, 120]])
    periods = hours(pattern=night).open_periods(MONDAY, date(2027, 1, 12), ZONE)
    assert [period.length for period in periods] == [
        timedelta(hours=5, minutes=59),
        timedelta(hours=2),
    ]


def test_a_closed_day_parts_a_night():
    night = week([], mon=[[1080, 1440]], tue=[[0, 120]])
    tuesday = {"type": "dated_ranges", "ranges": [{"from": "2027-01-12", "to": "2027-01-12"}]}
    assert hours(closed(tuesday), pattern=night).open_periods(MONDAY, MONDAY, ZONE) == [
        Period(local("2027-01-11T18:00"), local("2027-01-12T00:00"))
    ]


@pytest.mark.parametrize(
    ("day", "length"), [("2027-03-28", 23), ("2027-10-31", 25), ("2027-03-29", 24)]
)
def test_a_whole_day_has_23_24_or_25_hours(day, length):
    week_ = week([], **{WEEKDAYS[date.fromisoformat(day).weekday()]: ALWAYS})
    [period] = hours(pattern=week_).open_periods(
        date.fromisoformat(day), date.fromisoformat(day), ZONE
    )
    assert period.length == timedelta(hours=length)


def test_wall_times_stay_what_they_are_across_a_change_of_the_clocks():
    first, last = date(2027, 3, 27), date(2027, 3, 28)
    saturday, sunday = hours().open_periods(first, last, ZONE)
    assert saturday.starts_at == datetime(2027, 3, 27, 6, tzinfo=UTC)
    assert sunday.starts_at == datetime(2027, 3, 28, 5, tzinfo=UTC)
    assert saturday.length == sunday.length == timedelta(hours=14)


def test_a_start_that_spring_skips_moves_on_by_the_hour():
    night = week([], sun=[[210, 360]])
    [period] = hours(pattern=night).open_periods(date(2027, 3, 28), date(2027, 3, 28), ZONE)
    assert period == Period(local("2027-03-28T04:30"), local("2027-03-28T06:00"))


def test_an_opening_that_spring_skips_whole_is_had_an_hour_later():
    night = week([], sun=[[195, 225]])
    [period] = hours(pattern=night).open_periods(date(2027, 3, 28), date(2027, 3, 28), ZONE)
    assert period.length == timedelta(minutes=30)


def test_of_a_time_that_autumn_repeats_the_first_is_meant():
    night = week([], sun=[[180, 240]])
    [period] = hours(pattern=night).open_periods(date(2027, 10, 31), date(2027, 10, 31), ZONE)
    assert period.starts_at == datetime(2027, 10, 31, 0, tzinfo=UTC)
    assert period.length == timedelta(hours=2)
