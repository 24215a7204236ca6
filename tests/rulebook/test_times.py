"""Deadlines and what is derived from times: calendars, clocks, nights."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.core.holidays import is_public_holiday, is_working_day
from booking.rulebook.deadlines import due, workdays_before
from booking.rulebook.derived import ends_after_22, outside_noise_window, within_new_year
from booking.rulebook.rule_set import Deadline

HELSINKI = ZoneInfo("Europe/Helsinki")
WINDOWS = {"noise_weekday_window": ("07:00", "22:00"), "noise_sunday_window": ("09:00", "20:00")}


def easter(year):
    """Sunday of Easter, by the rule of Gauss as Meeus wrote it down."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def saturday_from(day):
    return day + timedelta(days=(5 - day.weekday()) % 7)


def holidays(year):
    """The public holidays, as the rules list them."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in (-2, 0, 1, 39, 49)}
    fixed = {date(year, *day) for day in ((1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26))}
    saturdays = {saturday_from(date(year, 6, 20)), saturday_from(date(year, 10, 31))}
    return moving | fixed | saturdays


@pytest.mark.parametrize("year", [2024, 2026, 2027, 2028, 2035, 2038, 2060, 2100])
def test_the_public_holidays_are_those_of_the_rules_and_no_other(year):
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    found = {day for day in days if day.year == year and is_public_holiday(day)}
    assert found == holidays(year)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2027, 6, 24), True),
        (date(2027, 6, 25), False),
        (date(2027, 12, 23), True),
        (date(2027, 12, 24), False),
        (date(2027, 12, 31), True),
        (date(2027, 3, 25), True),
        (date(2027, 3, 26), False),
        (date(2027, 3, 29), False),
        (date(2027, 5, 6), False),
        (date(2027, 6, 12), False),
    ],
)
def test_an_eve_works_unless_it_is_midsummer_s_or_christmas(day, works):
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        (date(2027, 6, 28), 1, date(2027, 6, 24)),
        (date(2027, 6, 26), 4, date(2027, 6, 21)),
        (date(2028, 1, 3), 5, date(2027, 12, 27)),
        (date(2027, 3, 30), 1, date(2027, 3, 25)),
        (date(2027, 6, 16), 0, date(2027, 6, 16)),
        (date(2027, 6, 12), 5, date(2027, 6, 7)),
    ],
)
def test_working_days_are_counted_back_from_the_day_which_does_not_count(start, count, last):
    assert workdays_before(start, count) == last


@pytest.mark.parametrize(
    ("start", "when"),
    [
        ("2027-04-10T12:00", "2027-04-09T12:00"),
        ("2027-03-28T12:00", "2027-03-27T11:00"),
        ("2027-10-31T12:00", "2027-10-30T13:00"),
        ("2027-03-29T03:30", "2027-03-28T02:30"),
        ("2027-10-31T03:30", "2027-10-30T03:30"),
        ("2027-11-01T03:30", "2027-10-31T03:30"),
    ],
)
def test_hours_are_elapsed_hours_across_both_changes_of_the_clocks(start, when):
    found = due(Deadline("hours", 24, "statute"), datetime.fromisoformat(start), HELSINKI)
    assert found == datetime.fromisoformat(when)


def test_days_are_days_of_the_calendar():
    start = datetime(2027, 3, 1, 0, 30)
    assert due(Deadline("days", 1), start, HELSINKI) == date(2027, 2, 28)
    assert due(Deadline("days", 0), start, HELSINKI) == date(2027, 3, 1)
    assert due(Deadline(), start, HELSINKI) is None


@pytest.mark.parametrize(
    ("end", "late"),
    [
        ("2027-06-12T22:00", False),
        ("2027-06-12T22:00:01", True),
        ("2027-06-12T22:01", True),
        ("2027-06-13T00:00", True),
        ("2027-06-13T12:00", True),
    ],
)
def test_an_end_is_late_after_22_of_the_first_day(end, late):
    assert ends_after_22(datetime(2027, 6, 12, 12), datetime.fromisoformat(end)) is late


@pytest.mark.parametrize(
    ("start", "end", "outside"),
    [
        ("2027-06-12T07:00", "2027-06-12T22:00", False),
        ("2027-06-12T06:59:59", "2027-06-12T22:00", True),
        ("2027-06-12T07:00", "2027-06-12T22:00:01", True),
        ("2027-06-13T09:00", "2027-06-13T20:00", False),
        ("2027-06-13T08:59", "2027-06-13T09:30", True),
        ("2027-12-06T21:00", "2027-12-06T21:30", True),
        ("2027-12-07T21:00", "2027-12-07T21:30", False),
        ("2027-06-12T18:00", "2027-06-13T00:00", True),
        ("2027-06-12T18:00", "2027-06-13T10:00", True),
        ("2027-06-12T00:00", "2027-06-12T08:00", True),
    ],
)
def test_the_window_of_noise_is_that_of_each_day(start, end, outside):
    times = datetime.fromisoformat(start), datetime.fromisoformat(end)
    assert outside_noise_window(*times, WINDOWS) is outside


def test_a_window_to_24_holds_what_ends_at_midnight_but_not_the_next_morning():
    windows = {**WINDOWS, "noise_weekday_window": ("07:00", "24:00")}
    start = datetime(2027, 6, 10, 18)
    assert not outside_noise_window(start, datetime(2027, 6, 11), windows)
    assert outside_noise_window(start, datetime(2027, 6, 11, 0, 1), windows)


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [
        ("2027-12-31T18:00", "2028-01-01T02:00", True),
        ("2027-12-31T17:59", "2028-01-01T02:00", False),
        ("2027-12-31T18:00", "2028-01-01T02:01", False),
        ("2028-01-01T00:30", "2028-01-01T01:30", True),
        ("2027-12-30T23:00", "2027-12-31T19:00", False),
        ("2027-06-30T23:00", "2027-07-01T01:00", False),
    ],
)
def test_the_night_of_the_new_year_is_one_window(start, end, within):
    assert within_new_year(datetime.fromisoformat(start), datetime.fromisoformat(end)) is within
