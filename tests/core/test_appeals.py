"""The last day of an appeal: three days for the mail, fourteen to think, then a working day."""

from __future__ import annotations

from datetime import date

import pytest

from booking.core.appeals import last_day_of_appeal
from booking.core.holidays import is_working_day

MOVED = [
    ("2027-01-11", "2027-01-28", "a Thursday stays"),
    ("2027-01-13", "2027-02-01", "a Saturday moves to Monday"),
    ("2027-01-14", "2027-02-01", "a Sunday moves to Monday"),
    ("2027-03-09", "2027-03-30", "Good Friday moves over Easter Monday to Tuesday"),
    ("2027-04-14", "2027-05-03", "the First of May, a Saturday, moves to Monday"),
    ("2026-04-14", "2026-05-04", "the First of May, a Friday, moves over the weekend"),
    ("2027-04-19", "2027-05-07", "Ascension Day moves to Friday"),
    ("2027-06-08", "2027-06-28", "Midsummer Eve moves over the weekend"),
    ("2027-12-07", "2027-12-27", "Christmas Eve moves over the holidays, which fall on a weekend"),
    ("2026-12-07", "2026-12-28", "Christmas Eve moves over Boxing Day and the Sunday after it"),
    ("2027-11-19", "2027-12-07", "Independence Day moves to Tuesday"),
    ("2027-12-14", "2027-12-31", "New Year's Eve is a working day"),
    ("2026-12-15", "2027-01-04", "New Year's Day moves into the new year's first week"),
]


@pytest.mark.parametrize(("notified_on", "last", "why"), MOVED)
def test_an_appeal_ends_on_a_working_day(notified_on, last, why):
    assert last_day_of_appeal(date.fromisoformat(notified_on)) == date.fromisoformat(last), why


@pytest.mark.parametrize("day", ["2027-06-25", "2027-12-24", "2027-12-06", "2027-01-09"])
def test_eves_holidays_and_weekends_are_no_working_days(day):
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-12-31", "2027-03-25", "2027-06-24"])
def test_other_eves_are_working_days(day):
    assert is_working_day(date.fromisoformat(day))
