"""Which days are proposed for things on loan: a table to check by eye."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.catalogue.opening import OpeningHours, Pattern, Week
from booking.reservations.loan_rules import proposed_days
from tests.values import MONDAY, ZONE, a_period, a_week

NAMES = ("mo", "tu", "we", "th", "fr", "sa", "su")
DAYS = {name: MONDAY + timedelta(days=number) for number, name in enumerate(NAMES)}
OFFICE = Week((((600, 960),),) * 5 + ((),) * 2)
"""Monday to Friday, 10 to 16."""


@pytest.mark.parametrize(
    ("day", "start", "end", "first", "last"),
    [
        ("tu", "18:00", "20:00", "tu", "we"),
        ("tu", "10:00", "12:00", "mo", "tu"),
        ("tu", "10:01", "15:59", "tu", "tu"),
        ("tu", "10:01", "16:00", "tu", "we"),
        ("th", "08:00", "20:00", "we", "fr"),
    ],
)
def test_from_the_last_opening_before_the_start_to_the_first_after_the_end(
    day, start, end, first, last
):
    found = proposed_days(OpeningHours((Pattern(OFFICE),)), a_period(start, end, DAYS[day]), ZONE)
    assert found == (DAYS[first], DAYS[last])


def test_over_closed_days_it_reaches_to_the_next_opening():
    saturday = a_period("12:00", "14:00", DAYS["sa"])
    found = proposed_days(OpeningHours((Pattern(OFFICE),)), saturday, ZONE)
    assert found == (DAYS["fr"], DAYS["mo"] + timedelta(days=7))


def test_what_never_opens_is_proposed_for_the_days_themselves():
    found = proposed_days(OpeningHours((Pattern(a_week()),)), a_period("12:00", "14:00"), ZONE)
    assert found == (MONDAY, MONDAY)
