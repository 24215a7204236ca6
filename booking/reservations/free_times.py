"""The times of one day at which a booking could begin, as buttons of the form show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.core.periods import Period, clipped
from booking.reservations.availability import Timetable, length_is_allowed, usual_length

MOST = 12


def free_of(tables: Sequence[Timetable], day: Period) -> list[Period]:
    """The intervals of the day in which all of these spaces are free for a resident."""
    free = tables[0].free_time(day)
    for table in tables[1:]:
        free = [piece for one in table.free_time(day) for piece in clipped(free, one)]
    return sorted(free, key=lambda one: one.starts_at)


def starts_of(
    tables: Sequence[Timetable], day: Period, length: timedelta | None, near: datetime | None
) -> list[Period]:
    """What could be booked on the day in all of these spaces, `length` long, or as long as is
    usual where that is no length of theirs: twelve at most, those on the hour and nearest to
    `near` first, in order of time."""
    policy = tables[0].policy
    if length is None or not length_is_allowed(policy, length):
        length = usual_length(policy)
    found = [
        period
        for start in _grid(tables[0], day)
        if all(table.can_be_had(period := Period(start, start + length)) for table in tables)
    ]
    if len(found) <= MOST:
        return found
    zone = tables[0].zone

    def rank(one: Period) -> tuple[bool, timedelta]:
        is_between_hours = one.starts_at.astimezone(zone).minute != 0
        return is_between_hours, abs(one.starts_at - (near or day.starts_at))

    return sorted(sorted(found, key=rank)[:MOST], key=lambda one: one.starts_at)


def _grid(table: Timetable, day: Period) -> list[datetime]:
    """Every start of the day that lies on the grid of its opening."""
    starts = []
    for opening in table.schedule.open_time:
        if opening.overlaps(day):
            start = table.schedule.next_on_grid(opening, max(opening.starts_at, day.starts_at))
            while start < min(opening.ends_at, day.ends_at):
                starts.append(start)
                start += table.policy.start_interval
    return starts
