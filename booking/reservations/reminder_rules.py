"""When to remind somebody of a booking of theirs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.core.clock import opening_instant


class Ahead(StrEnum):
    """How long before the start, the longest first: by the wall clock in days, else elapsed."""

    WEEK = "week"
    DAY = "day"
    HOURS = "hours"


USUAL = frozenset({Ahead.DAY})
"""What is chosen for whoever has chosen nothing."""

_DAYS = {Ahead.WEEK: 7, Ahead.DAY: 1}
_HOURS = timedelta(hours=2)

REACH = timedelta(days=8)
"""No reminder comes earlier than so long before the start."""


def moment_of(ahead: Ahead, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the reminder: the same wall time some days before, which may be an hour more
    or less than whole days where the clocks change; or two hours before."""
    if ahead is Ahead.HOURS:
        return starts_at - _HOURS
    wall = starts_at.astimezone(zone)
    day = wall.date() - timedelta(days=_DAYS[ahead])
    return opening_instant(day, wall.hour * 60 + wall.minute, zone)


def due_reminders(
    chosen: Collection[Ahead],
    starts_at: datetime,
    known_since: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> list[Ahead]:
    """Of the reminders chosen those whose moment has come, the nearest to the start last.

    None once the booking has begun, and none of what was made, moved or changed at that moment or
    later: they knew of it then.
    """
    if now >= starts_at:
        return []
    return [
        ahead
        for ahead in Ahead
        if ahead in chosen and known_since < moment_of(ahead, starts_at, zone) <= now
    ]
