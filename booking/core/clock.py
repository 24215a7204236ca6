"""What time it is, and what the clocks on the city's walls show.

Only this module asks the machine for the time; everything else is given `now`.
Local times live at the edges: in forms, templates and weekly patterns.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.core.periods import Period


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def to_utc(day: date, wall_time: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which clocks on the city's walls show `wall_time` on `day`.

    Raises `ValueError` for a time that spring's change of clocks skips. Of a time that
    autumn's change repeats, the first is meant (`fold=0`, PEP 495).
    """
    local = datetime.combine(day, wall_time, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"{wall_time:%H:%M} does not exist on {day}")
    return instant


def opening_instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The UTC instant `minutes` after midnight by the wall clock (1440 is the day's end).

    A wall time that spring skips moves forward by the hour that is skipped (RFC 5545, 3.3.5); of
    one that autumn repeats the first is meant.
    """
    midnight = datetime.combine(day, time(0), tzinfo=zone)
    local = (midnight.replace(tzinfo=None) + timedelta(minutes=minutes)).replace(tzinfo=zone)
    return local.astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the city's wall calendars at `instant`."""
    return instant.astimezone(zone).date()


def local_monday(instant: datetime, zone: ZoneInfo) -> date:
    """The Monday of the local week that holds `instant`."""
    day = local_date(instant, zone)
    return day - timedelta(days=day.weekday())


def local_month(instant: datetime, zone: ZoneInfo) -> date:
    """The first day of the local month that holds `instant`."""
    return local_date(instant, zone).replace(day=1)


def local_day(day: date, zone: ZoneInfo) -> Period:
    """The whole local day: 23, 24 or 25 hours."""
    return Period(opening_instant(day, 0, zone), opening_instant(day + timedelta(days=1), 0, zone))


def local_days(first: date, last: date, zone: ZoneInfo) -> Period:
    """From 00:00 of `first` to 24:00 of `last`."""
    return Period(local_day(first, zone).starts_at, local_day(last, zone).ends_at)
