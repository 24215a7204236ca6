"""The wizard of series on plain values: its window, choices and what would do instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.catalogue.opening import HoursException
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.recurrence import WallPeriod, read_rule
from booking.reservations.series_rules import Instead, Occurrence
from booking.reservations.series_suggestions import nearest_time
from booking.reservations.series_wizard_rules import (
    Choices,
    Every,
    Row,
    Window,
    may_help,
    whole_and_each,
    with_defaults,
)
from tests.values import MONDAY, ZONE, a_period, a_policy, a_timetable, at, some_hours, texts

TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(days=7)


def days(window):
    wall = WallPeriod(18 * 60, 120)
    return read_rule(window.rule).days(window.first_date, wall, ZONE)


# ── The window ────────────────────────────────────────────────────────────────────────────────


def test_both_ends_of_the_window_may_be_dates():
    assert days(Window(TUESDAY, TUESDAY + 2 * WEEK, ("tue",))) == [
        TUESDAY, TUESDAY + WEEK, TUESDAY + 2 * WEEK
    ]  # fmt: skip
    assert len(days(Window(TUESDAY, TUESDAY + 2 * WEEK - timedelta(days=1), ("tue",)))) == 2


def test_no_weekday_means_that_of_the_first_day():
    assert days(Window(TUESDAY, TUESDAY + WEEK)) == [TUESDAY, TUESDAY + WEEK]


def test_every_second_week_counts_from_the_first_date_and_not_from_the_first_day():
    window = Window(TUESDAY, TUESDAY + 3 * WEEK, ("mon",), Every.SECOND_WEEK)
    assert days(window) == [MONDAY + WEEK, MONDAY + 3 * WEEK]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (date(2027, 1, 12), [date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]),
        (date(2027, 1, 29), [date(2027, 1, 29), date(2027, 2, 26), date(2027, 3, 26)]),
    ],
    ids=["the second Tuesday", "a fifth Friday is the last"],
)
def test_every_month_means_the_same_weekday_of_the_month(first, expected):
    assert days(Window(first, date(2027, 3, 31), (), Every.MONTH)) == expected


# ── Days off ──────────────────────────────────────────────────────────────────────────────────

EVES = HoursException({"type": "named_days", "days": ["christmas_eve"]}, "closed", None, None, None)
JULY = HoursException(
    {"type": "annual_range", "from": "07-01", "to": "07-31"}, "closed", name=texts("July closed")
)
SHORT = HoursException(
    {"type": "annual_range", "from": "07-01", "to": "07-31"}, "latest_end", 900, name=texts("Short")
)


@pytest.mark.parametrize(
    ("day", "exceptions", "expected"),
    [
        (date(2027, 5, 6), [], "Ascension Day"),
        (date(2027, 5, 7), [], None),
        (date(2027, 12, 24), [], None),
        (date(2027, 12, 24), [EVES], "Christmas Eve"),
        (date(2027, 12, 23), [EVES], None),
        (date(2027, 7, 1), [JULY], "July closed"),
        (date(2027, 6, 30), [JULY], None),
        (date(2027, 7, 1), [SHORT], None),
    ],
)
def test_public_holidays_and_what_the_hours_close_are_days_off(day, exceptions, expected):
    name = some_hours(exceptions=exceptions).day_off(day)
    assert (name and name["en"]) == expected


# ── Choices ───────────────────────────────────────────────────────────────────────────────────

LATER = Instead(("room",), at("20:00", TUESDAY), at("22:00", TUESDAY))
OTHER = Instead(("other",), at("18:00", TUESDAY), at("20:00", TUESDAY))


def test_days_off_are_left_out_unless_they_are_put_back():
    holidays = {TUESDAY: texts("A day"), TUESDAY + WEEK: texts("Another")}
    assert Choices(back=frozenset({TUESDAY})).left_out(holidays) == {TUESDAY + WEEK}
    assert Choices(days_off_out=False).left_out(holidays) == set()


def test_what_is_left_out_by_choice_is_left_out():
    choices = Choices(leave=frozenset({TUESDAY}), instead={MONDAY: None, TUESDAY + WEEK: OTHER})
    assert choices.left_out({}) == {MONDAY, TUESDAY}
    assert choices.elsewhere == {TUESDAY + WEEK: OTHER}


@pytest.mark.parametrize(
    ("chosen", "offered", "expected"),
    [
        ({}, [LATER, OTHER], LATER),
        ({}, [], None),
        ({TUESDAY: OTHER}, [LATER, OTHER], OTHER),
        ({TUESDAY: None}, [LATER, OTHER], None),
        ({TUESDAY: OTHER}, [LATER], LATER),
        ({TUESDAY: OTHER}, [], None),
    ],
    ids=["first", "none", "chosen", "left out", "gone: the first", "gone: none"],
)
def test_what_was_chosen_holds_while_it_can_be_had_else_the_first_is_proposed(
    chosen, offered, expected
):
    found = with_defaults(Choices(instead=chosen), [TUESDAY], {TUESDAY: offered})
    assert found.instead == {TUESDAY: expected}


def test_of_a_day_that_is_free_again_nothing_has_to_be_chosen():
    assert with_defaults(Choices(instead={TUESDAY: OTHER}), [], {}).instead == {}


def test_a_day_off_that_is_left_out_is_no_conflict_though_it_is_closed():
    closed = (e.OutsideOpeningHours(space=texts("Room")),)
    row = Row(TUESDAY, a_period("18:00", "20:00", TUESDAY), texts("A day"), closed, is_left=True)
    assert not row.is_conflict
    assert replace(row, is_left=False).is_conflict


# ── What stands in the way ────────────────────────────────────────────────────────────────────


def test_what_no_day_changes_is_told_once_and_what_is_filled_in_later_not_at_all():
    period = a_period("18:00", "20:00")
    short = e.TooShort(shortest=timedelta(hours=3))
    taken = e.NotFree(space=texts("Room"))
    found = [
        Occurrence(MONDAY, period, (short, e.TitleRequired(), e.AdultRequired())),
        Occurrence(TUESDAY, period, (e.TooShort(shortest=timedelta(hours=3)), taken)),
    ]
    whole, each = whole_and_each(found)
    assert whole == [short]
    assert each == {MONDAY: (), TUESDAY: (taken,)}


def test_the_hours_of_a_week_are_told_by_the_day_and_the_number_of_bookings_once():
    period = a_period("18:00", "20:00")
    weekly, active = e.WeeklyHoursExceeded(most=4), e.QuotaExceeded(used=5, most=5)
    whole, each = whole_and_each([Occurrence(MONDAY, period, (weekly, active))])
    assert (whole, each) == ([active], {MONDAY: (weekly,)})


def test_another_time_helps_only_where_nothing_else_stands_in_the_way():
    taken, weekly = e.NotFree(space=texts("Room")), e.WeeklyHoursExceeded(most=4)
    assert may_help([taken])
    assert not may_help([taken, weekly])
    assert not may_help([])


# ── Another time ──────────────────────────────────────────────────────────────────────────────


def nearest(*taken, start="18:00", end="20:00", policy=None):
    table = a_timetable(policy, taken=[a_period(*one, TUESDAY) for one in taken])
    found = nearest_time(table, TUESDAY, a_period(start, end, TUESDAY))
    return found and f"{found.starts_at.astimezone(ZONE):%H:%M}"


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([("18:30", "19:00")], "19:00"),
        ([("18:00", "20:00")], "20:00"),
        ([("18:00", "20:30")], "16:00"),
        ([("16:30", "20:30")], "14:30"),
        ([("15:30", "22:00")], None),
        ([("16:00", "22:00")], "14:00"),
    ],
    ids=["nearest", "of two the later", "not past closing", "before", "too far", "four hours"],
)
def test_the_nearest_time_of_the_same_day_is_proposed(taken, expected):
    assert nearest(*taken) == expected


def test_the_time_proposed_lies_on_the_grid_and_leaves_set_up_and_clean_up():
    hourly = a_policy(start_interval=timedelta(hours=1), before=timedelta(minutes=30))
    assert nearest(("17:00", "18:15"), policy=hourly) == "19:00"


def test_a_time_of_another_day_is_never_proposed():
    table = a_timetable(taken=[Period(at("08:00", TUESDAY), at("22:00", TUESDAY))])
    assert nearest_time(table, TUESDAY, a_period("20:00", "22:00", TUESDAY)) is None
