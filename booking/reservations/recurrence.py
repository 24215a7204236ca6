"""When a series takes place: the subset of RFC 5545's RRULE that people's habits need.

A rule is of days; the time of day is that of the city's walls, so a series keeps its hour across
both changes of the clocks. Expansion is dateutil's; what may stand in a rule is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from booking.core.clock import to_utc
from booking.core.periods import Period
from booking.reservations.recurrence_errors import (
    BadRecurrence,
    NoDates,
    NotWholeMinutes,
    SeriesTooLong,
    SeriesWithoutEnd,
)

LONGEST_YEARS = 2
LONGEST_RULE = 255
MINUTES_A_DAY = 1440

_FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
_WEEKDAYS = {str(day): day for day in (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR)}
_WEEKDAYS |= {str(day): day for day in (rrule.SA, rrule.SU)}
_DAY = re.compile(r"(?P<nth>[+-]?[1-5])?(?P<day>MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(?P<day>\d{8})(T(?P<time>\d{6})(?P<utc>Z?))?")


# ── The time of day ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WallPeriod:
    """A time by the walls' clocks: minutes after midnight, and how long until the end's."""

    start_minute: int
    length_minutes: int

    @classmethod
    def of(cls, period: Period, zone: ZoneInfo) -> tuple[date, WallPeriod]:
        """The day on which the period starts, and its wall time. Raises `NotWholeMinutes`."""
        start, end = (
            one.astimezone(zone).replace(tzinfo=None) for one in (period.starts_at, period.ends_at)
        )
        if any(one.second or one.microsecond for one in (start, end)):
            raise NotWholeMinutes()
        length = int((end - start) / timedelta(minutes=1))
        return start.date(), cls(start.hour * 60 + start.minute, length)

    def on(self, day: date, zone: ZoneInfo) -> Period | None:
        """The period that starts on that day; None where spring's change skips its start or end.

        Of a time that autumn's change repeats, the first is meant.
        """
        try:
            starts_at = _instant(day, self.start_minute, zone)
            ends_at = _instant(day, self.start_minute + self.length_minutes, zone)
        except ValueError:
            return None
        return Period(starts_at, ends_at) if starts_at < ends_at else None


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, minute = divmod(minutes, MINUTES_A_DAY)
    return to_utc(day + timedelta(days=days), time(minute // 60, minute % 60), zone)


# ── The rule ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Recurrence:
    """A rule that was read: `text` is its normal form, `parts` what dateutil is given.

    It has one end: after `count` days, or `until`, which is by the wall clock where the rule gave
    a day or a wall time, else an instant.
    """

    text: str
    parts: Mapping[str, Any] = field(repr=False)
    count: int | None = None
    until: datetime | None = None

    def days(
        self, first: date, wall: WallPeriod, zone: ZoneInfo, without: Collection[date] = ()
    ) -> list[date]:
        """The days on which it takes place, from `first` on; `without` these (EXDATE).

        Raises `SeriesTooLong` for a rule that goes on for more than two years, and `NoDates`.
        """
        start = datetime.combine(first, time(wall.start_minute // 60, wall.start_minute % 60))
        edge = datetime.combine(_years_later(first), time.max)
        until = self._wall_until(zone)
        expanded = rrule.rrule(dtstart=start, until=min(edge, until or edge), **self.parts)
        found = [one.date() for one in islice(expanded, self.count)]
        if (until or edge) > edge or len(found) < (self.count or 0):
            raise SeriesTooLong()
        days = [day for day in found if day not in without]
        if not days:
            raise NoDates()
        return days

    def _wall_until(self, zone: ZoneInfo) -> datetime | None:
        if self.until is None or self.until.tzinfo is None:
            return self.until
        return self.until.astimezone(zone).replace(tzinfo=None)


def _years_later(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + LONGEST_YEARS, day=28 if leap_day else day.day)


def read_rule(text: str) -> Recurrence:
    """The rule that `text` writes, such as `FREQ=WEEKLY;BYDAY=TU;UNTIL=20270531`.

    DAILY, WEEKLY with weekdays, MONTHLY by dates or by nth weekdays; INTERVAL, WKST, and COUNT or
    UNTIL, one of which is owed. Raises `BadRecurrence` for all else, `SeriesWithoutEnd`.
    """
    given = _given(text)
    frequency = given.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise BadRecurrence(part=f"FREQ={frequency}")
    parts: dict[str, Any] = {"freq": _FREQUENCIES[frequency]}
    normal = [f"FREQ={frequency}"]
    for name, value in given.items():
        keyword, read = _READERS[name]
        try:
            parts[keyword] = read(value, frequency)
        except ValueError as error:
            raise BadRecurrence(part=f"{name}={value}") from error
        normal.append(f"{name}={value}")
    if "BYDAY" in given and "BYMONTHDAY" in given:
        raise BadRecurrence(part=f"BYMONTHDAY={given['BYMONTHDAY']}")
    if ("COUNT" in given) == ("UNTIL" in given):
        raise SeriesWithoutEnd()
    count, until = parts.pop("count", None), parts.pop("until", None)
    return Recurrence(";".join(normal), parts, count, until)


def _given(text: str) -> dict[str, str]:
    """The parts of the text by name, each named once."""
    plain = text.strip().upper().removeprefix("RRULE:")
    if len(plain) > LONGEST_RULE:
        raise BadRecurrence(part=f"{plain[:20]}…")
    given: dict[str, str] = {}
    for part in plain.split(";"):
        name, _, value = part.partition("=")
        if name in given or name not in {"FREQ", *_READERS}:
            raise BadRecurrence(part=part)
        given[name] = value
    return given


def _number(value: str, frequency: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 1000):
        raise ValueError(value)
    return int(value)


def _weekdays(value: str, frequency: str) -> list[rrule.weekday]:
    """Weekdays of a week; of a month each with its number, from its start or (-1) its end."""
    return [_weekday(one, frequency) for one in value.split(",")]


def _weekday(value: str, frequency: str) -> rrule.weekday:
    match = _DAY.fullmatch(value)
    if match is None or (match["nth"] is not None) != (frequency == "MONTHLY"):
        raise ValueError(value)
    day = _WEEKDAYS[match["day"]]
    return day(int(match["nth"])) if match["nth"] else day


def _month_days(value: str, frequency: str) -> list[int]:
    days = [int(one) for one in value.split(",")]
    if frequency != "MONTHLY" or not all(1 <= abs(day) <= 31 for day in days):
        raise ValueError(value)
    return days


def _week_start(value: str, frequency: str) -> rrule.weekday:
    if value not in _WEEKDAYS:
        raise ValueError(value)
    return _WEEKDAYS[value]


def _until(value: str, frequency: str) -> datetime:
    """The end of a day, a wall time, or, with Z, an instant (RFC 5545, 3.3.10)."""
    match = _UNTIL.fullmatch(value)
    if match is None:
        raise ValueError(value)
    if match["time"] is None:
        return datetime.combine(datetime.strptime(match["day"], "%Y%m%d").date(), time.max)
    found = datetime.strptime(match["day"] + match["time"], "%Y%m%d%H%M%S")
    return found.replace(tzinfo=UTC) if match["utc"] else found


_READERS: Mapping[str, tuple[str, Callable[[str, str], Any]]] = {
    "INTERVAL": ("interval", _number),
    "COUNT": ("count", _number),
    "UNTIL": ("until", _until),
    "BYDAY": ("byweekday", _weekdays),
    "BYMONTHDAY": ("bymonthday", _month_days),
    "WKST": ("wkst", _week_start),
}
