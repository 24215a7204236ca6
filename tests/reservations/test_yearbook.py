"""What was used, year by year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from booking.core.periods import Period
from booking.reservations.yearbook import Use, by_year
from tests.values import ZONE


def a_use(start, hours, *spaces):
    starts_at = datetime.fromisoformat(start).replace(tzinfo=ZONE).astimezone(UTC)
    return Use(Period(starts_at, starts_at + timedelta(hours=hours)), frozenset(spaces))


def test_each_year_has_its_uses_hours_and_different_spaces_the_newest_first():
    uses = [
        a_use("2026-03-01T10:00", 2, 1),
        a_use("2026-04-01T10:00", 1.5, 1, 2),
        a_use("2027-04-01T10:00", 1, 3),
    ]
    assert [(one.year, one.uses, one.length, one.spaces) for one in by_year(uses, ZONE)] == [
        (2027, 1, timedelta(hours=1), 1),
        (2026, 2, timedelta(hours=3, minutes=30), 2),
    ]


def test_a_year_begins_at_midnight_on_the_citys_walls_and_a_night_counts_where_it_began():
    uses = [a_use("2026-12-31T23:30", 1, 1), a_use("2027-01-01T00:00", 1, 1)]
    assert [(one.year, one.uses) for one in by_year(uses, ZONE)] == [(2027, 1), (2026, 1)]


def test_nothing_used_is_no_year():
    assert by_year([], ZONE) == []
