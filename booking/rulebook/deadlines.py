"""When a duty is due: days, working days and hours before an event, by the city's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.core.holidays import is_working_day
from booking.rulebook.rule_set import Deadline


def due(deadline: Deadline, start: datetime, zone: ZoneInfo) -> date | datetime | None:
    """The day, or for hours the wall time, by which it is due; None where there is no deadline.

    `start` is the wall time of the event's start; of one that autumn repeats the first is meant.
    """
    match deadline.unit:
        case "days":
            return start.date() - timedelta(days=deadline.n)
        case "workdays":
            return workdays_before(start.date(), deadline.n)
        case "hours":
            return hours_before(start, deadline.n, zone)
    return None


def workdays_before(day: date, count: int) -> date:
    """The last of so many working days counted back from the day, which does not count itself."""
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def hours_before(start: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """So many elapsed hours earlier, as the clocks on the city's walls show it."""
    instant = start.replace(tzinfo=zone).astimezone(UTC) - timedelta(hours=hours)
    return instant.astimezone(zone).replace(tzinfo=None)
