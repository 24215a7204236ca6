"""The times of outside calendars: days and wall times, and the zones that they are in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from booking.calendars.outside_text import OF_ZONES, Component, Line, text_of

EARLIEST = 1900
"""No event begins before this year: a rule would be counted through for too long."""

_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(Z?)")
_NAMES = {name.lower(): name for name in available_timezones()}
_ALSO = {"gmt": "UTC", "z": "UTC", "utc": "UTC"}


@dataclass(frozen=True, slots=True)
class Remark:
    """What was put right, or left out, of which event (its title, else its UID). See `SKIPPED`,
    `REPAIRED` and `NOTED` for the codes."""

    code: str
    event: str


SKIPPED = frozenset(
    ("bad_date", "bad_rule", "ends_before_start", "no_start", "too_many", "unknown_zone")
)
"""The event, or its series, is left out."""
REPAIRED = frozenset(
    (
        "bad_line",
        "empty_zone",
        "no_length",
        "range",
        "unsure_hour",
        "two_rules",
        "until_before_start",
    )
)
"""The event is taken, though what it says had to be put right."""
NOTED = frozenset(("floating", "local_until", "no_end", "no_uid", "repeated_hour"))
"""The event is taken as it is meant."""


class CannotRead(ValueError):
    """The event can't be read; why."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A value of time: a day, or a wall time in a zone."""

    value: date
    zone: tzinfo | None = None

    @property
    def is_day(self) -> bool:
        return not isinstance(self.value, datetime)

    @property
    def aware(self) -> date:
        """As the library takes it: a day, or a wall time with its zone."""
        if isinstance(self.value, datetime):
            return self.value.replace(tzinfo=self.zone)
        return self.value

    def instant(self, zone: tzinfo) -> datetime:
        """In UTC; a day begins at its midnight in `zone`."""
        if isinstance(self.value, datetime):
            return self.value.replace(tzinfo=self.zone).astimezone(UTC)
        return datetime.combine(self.value, time(), zone).astimezone(UTC)


@dataclass(slots=True)
class OutsideFile:
    """One calendar of the body while it is read."""

    space_zone: ZoneInfo
    own_zone: tzinfo | None
    zones: dict[str, tzinfo]
    remarks: list[Remark] = field(default_factory=list)

    def zone_of(self, line: Line, title: str) -> tzinfo:
        """The zone of a wall time: an IANA name where it is one (also behind a vendor's prefix, or
        as Windows names it), else as the file itself describes it, else the calendar's own zone,
        else the space's."""
        name = line.parameters.get("TZID")
        if name is None:
            self.remarks.append(Remark("floating", title))
        elif not name.strip():
            self.remarks.append(Remark("empty_zone", title))
        else:
            found = known_zone(name) or self.zones.get(name)
            if found is None:
                raise CannotRead("unknown_zone")
            return found
        return self.own_zone or self.space_zone


def moment(line: Line, text: str, file: OutsideFile, named: str) -> Moment:
    """A value of the line: a day, or a wall time, in UTC or in the zone that the line names.

    Raises `CannotRead` for what is neither, for a zone that nobody knows, and for years in which
    nothing is booked.
    """
    text = text.strip()
    try:
        if found := _DATE.fullmatch(text):
            read = Moment(date(*map(int, found.groups())))
        elif found := _MOMENT.fullmatch(text):
            year, month, day, hour, minute = map(int, found.groups()[:5])
            wall = datetime(year, month, day, hour, minute, int(found[6] or 0))
            read = Moment(wall, UTC if found[7] else file.zone_of(line, named))
        else:
            raise CannotRead("bad_date")
    except ValueError as error:
        raise error if isinstance(error, CannotRead) else CannotRead("bad_date") from None
    if not EARLIEST <= read.value.year < 9999:
        raise CannotRead("bad_date")
    if isinstance(read.value, datetime) and _is_repeated(read.value, read.zone):
        known = isinstance(read.zone, ZoneInfo)
        file.remarks.append(Remark("repeated_hour" if known else "unsure_hour", named))
    return read


def _is_repeated(wall: datetime, zone: tzinfo | None) -> bool:
    """Whether the clock shows this time twice; the first is meant (RFC 5545, 3.3.5)."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def known_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, also behind a vendor's prefix ("/vendor/20070129_1/Europe/Rome"),
    or of a Windows name; None for any other."""
    name = name.strip().strip('"').strip("/")
    if name in WINDOWS_TO_OLSON:
        return ZoneInfo(WINDOWS_TO_OLSON[name])
    parts = name.split("/")
    for first in range(len(parts)):
        tail = "/".join(parts[first:]).lower()
        if found := _ALSO.get(tail) or _NAMES.get(tail):
            return ZoneInfo(found)
    return None


def zones_of(calendar: Component) -> dict[str, tzinfo]:
    """The zones that the file describes itself, by their names in it."""
    found: dict[str, tzinfo] = {}
    for one in calendar.parts:
        name = one.value("TZID")
        if one.name != "VTIMEZONE" or not name:
            continue
        # A name of its own for each description: the library keeps zones by name for ever.
        text = text_of([replace(one, lines=[], parts=[_observance(part) for part in one.parts])])
        own = "own-" + hashlib.sha256(text.encode()).hexdigest()[:16]
        text = text.replace("BEGIN:VTIMEZONE", f"BEGIN:VTIMEZONE\r\nTZID:{own}", 1)
        try:
            zone = _built(text)
        except (ValueError, KeyError, IndexError, AttributeError, TypeError):
            continue
        found[name] = zone
    return found


def _built(text: str) -> tzinfo:
    component = Timezone.from_ical(text)
    if not isinstance(component, Timezone):
        raise TypeError(component.name)
    zone: tzinfo = component.to_tz()
    return zone


def _observance(part: Component) -> Component:
    """A STANDARD or DAYLIGHT whose start is a wall time, as some give a day."""
    lines = [
        replace(line, parameters={}, value=f"{line.value.strip()}T000000")
        if line.name == "DTSTART" and _DATE.fullmatch(line.value.strip())
        else line
        for line in part.lines
        if line.name in OF_ZONES
    ]
    return replace(part, lines=lines, parts=[])
