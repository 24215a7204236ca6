"""A need as the address of a search says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from booking.catalogue.finding import Criteria
from booking.catalogue.geography import Spot
from booking.catalogue.opening import WEEKDAYS
from booking.catalogue.places import Place
from booking.catalogue.rules import Policy
from booking.core.clock import local_date, local_day, opening_instant
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations import search_errors as se
from booking.reservations.availability import usual_length
from booking.web.fields import read_day, read_wall_time

LOOK_AHEAD = timedelta(days=42)
LEAST_REACH = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_WORDS = 200
USUAL_SERIES = timedelta(weeks=12)
"""How long a need of every week goes on where its last day is not said."""

FIT, NEAREST, CHEAPEST, LARGEST = ORDERS = ("fit", "nearest", "cheapest", "largest")


def _day(text: str) -> date:
    """The day that was written; one beyond all calendars is none."""
    day = read_day(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day


def _people(text: str) -> int:
    """A number of people, from one."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:11]) < 2**31):
        raise ValueError(text)
    return int(text)


def _position(text: str) -> Spot:
    """A position in degrees of WGS 84, the latitude first; on a map in Web Mercator."""
    latitude, longitude = (float(one) for one in text.split(","))
    if not (abs(latitude) <= 85 and abs(longitude) <= 180):
        raise ValueError(text)
    return Spot(latitude, longitude, is_exact=True)


def _order(text: str) -> str:
    if text not in ORDERS:
        raise ValueError(text)
    return text


def _weekday(text: str) -> int:
    """The number of a weekday, Monday being 0."""
    return WEEKDAYS.index(text.lower())


READERS: Mapping[str, tuple[Callable[[str], Any], type[RuleBroken]]] = {
    "date": (_day, e.NoSuchDate),
    "until": (_day, e.NoSuchDate),
    "start": (read_wall_time, e.NoSuchTime),
    "end": (read_wall_time, e.NoSuchTime),
    "people": (_people, e.NoSuchNumber),
    "at": (_position, se.NoSuchPosition),
    "sort": (_order, se.NoSuchOrder),
    "weekday": (_weekday, se.NoSuchWeekday),
}
"""How each part of the need is read from an address, and what is told where it can't be."""


def read_part(name: str, text: str | None) -> Any:
    """The value of one part of the need; None where nothing was typed. Raises its `RuleBroken`."""
    reader, fault = READERS[name]
    typed = (text or "").strip()
    try:
        return reader(typed) if typed else None
    except ValueError as error:
        raise fault(field=name) from error


@dataclass(frozen=True)
class Search:
    """The need: what is asked of a space, and, where a day is given, when (minutes of the day).

    With `weekdays` or `until` it is a need of every week from `day` (else today) to `until`; of
    the weekday of its first day where none is named.
    """

    criteria: Criteria
    day: date | None = None
    start: int | None = None
    end: int | None = None
    faults: tuple[RuleBroken, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed where it can't be read, by the name of its field."""
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    is_free_of_charge: bool = False
    near: str = ""
    at: Spot | None = None
    order: str = FIT

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Search:
        """The search in an address. What can't be read asks nothing, and `faults` tell of it."""
        values, faults = _read(args)
        told = {fault.field for fault in faults}
        faults += [fault for fault in _faults_between(values) if fault.field not in told]
        return cls(
            Criteria(
                q=args.get("q", "").strip()[:LONGEST_WORDS],
                people=values.get("people"),
                kinds=_chosen(args, "kind"),
                units=_chosen(args, "unit"),
                districts=_chosen(args, "district"),
                equipment=_chosen(args, "equipment"),
                accessible=_chosen(args, "accessible"),
                outdoor=_is_ticked(args, "outdoor"),
            ),
            day=values.get("date"),
            start=values.get("start"),
            end=values.get("end"),
            faults=tuple(faults),
            typed={name: args[name] for one in faults if (name := one.field) and name in args},
            until=values.get("until"),
            weekdays=values.get("weekday", ()),
            is_free_of_charge=_is_ticked(args, "free"),
            near=args.get("near", ""),
            at=values.get("at"),
            order=values.get("sort") or FIT,
        )

    @property
    def repeats(self) -> bool:
        """Whether it is a need of every week, which must say from when to when."""
        has_times = self.start is not None and self.end is not None
        return has_times and bool(self.weekdays or self.until)

    @property
    def has_filters(self) -> bool:
        """Whether more is asked than the need line says."""
        asked = self.criteria
        return bool(
            asked.kinds
            or asked.units
            or asked.districts
            or asked.equipment
            or asked.accessible
            or asked.outdoor
            or self.is_free_of_charge
        )

    def window(self, now: datetime, zone: ZoneInfo, places: Iterable[Place] = ()) -> Period:
        """The time looked at for these spaces: the coming weeks, or the local day asked for and,
        as what starts on it may end later, as long after it as their bookings usually last."""
        if self.day is None:
            return coming_weeks(places, now, zone)
        lengths = [usual_length(policy) for policy in _policies(places, now)]
        if (wanted := self.wanted(zone)) is not None:
            lengths.append(wanted.length)
        return local_day(self.day, zone).widened(timedelta(), max([LEAST_REACH, *lengths]))

    def starts(self, zone: ZoneInfo) -> Period | None:
        """When a booking may start on the day asked for: from the start, before the end."""
        if self.day is None:
            return None
        starts_at = opening_instant(self.day, self.start or 0, zone)
        ends_at = opening_instant(self.day, self.end or 1440, zone)
        if starts_at >= ends_at:
            ends_at = local_day(self.day, zone).ends_at
        return Period(starts_at, ends_at) if starts_at < ends_at else None

    def wanted(self, zone: ZoneInfo) -> Period | None:
        """The very period, where day, start and end are all given and in order."""
        return self.wanted_on(self.day, zone) if self.day is not None else None

    def wanted_on(self, day: date, zone: ZoneInfo) -> Period | None:
        """The time asked for on a certain day, where start and end are given and in order."""
        if self.start is None or self.end is None:
            return None
        starts_at = opening_instant(day, self.start, zone)
        ends_at = opening_instant(day, self.end or 1440, zone)
        return Period(starts_at, ends_at) if starts_at < ends_at else None

    def first_day(self, now: datetime, zone: ZoneInfo) -> date:
        """The first date of a need of every week."""
        day = self.day or local_date(now, zone)
        if not self.weekdays:
            return day
        return day + timedelta(days=min((one - day.weekday()) % 7 for one in self.weekdays))

    def last_day(self, now: datetime, zone: ZoneInfo) -> date:
        """The last day of a need of every week: the one that was said, or some weeks on."""
        return self.until or self.first_day(now, zone) + USUAL_SERIES

    def rule(self, now: datetime, zone: ZoneInfo) -> str:
        """The rule of recurrence of a need of every week (RFC 5545)."""
        days = sorted(self.weekdays) or [self.first_day(now, zone).weekday()]
        names = ",".join(WEEKDAYS[day][:2].upper() for day in days)
        return f"FREQ=WEEKLY;BYDAY={names};UNTIL={self.last_day(now, zone):%Y%m%d}"


def _read(args: MultiDict[str, str]) -> tuple[dict[str, Any], list[RuleBroken]]:
    """What could be read of the parts of a need, and what could not."""
    values: dict[str, Any] = {}
    faults: list[RuleBroken] = []
    for name in READERS:
        found = []
        for typed in args.getlist(name) if name == "weekday" else [args.get(name)]:
            try:
                found.append(read_part(name, typed))
            except RuleBroken as fault:
                faults.append(fault)
        if name == "weekday":
            values[name] = tuple(sorted(set(found) - {None}))
        elif found:
            values[name] = found[0]
    return values, faults


def _faults_between(values: dict[str, Any]) -> list[RuleBroken]:
    """What is wrong between parts that could be read; what makes it so is taken from them."""
    faults: list[RuleBroken] = []
    start, end, day, until = (values.get(name) for name in ("start", "end", "date", "until"))
    if start is not None and end is not None and (end or 1440) <= start:
        faults.append(e.EndBeforeStart())
        del values["end"]
    if day is not None and until is not None and until < day:
        faults.append(se.EndsBeforeItStarts())
        del values["until"]
    lacking = [name for name in ("start", "end") if values.get(name) is None]
    if lacking and not faults and (values.get("weekday") or values.get("until")):
        faults.append(se.RepeatNeedsTimes(field=lacking[0]))
    return faults


def _chosen(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in args.getlist(name) if value))


def _is_ticked(args: MultiDict[str, str], name: str) -> bool:
    return args.get(name, "").lower() in {"1", "true", "t", "yes", "y", "on"}


def coming_weeks(places: Iterable[Place], now: datetime, zone: ZoneInfo) -> Period:
    """The time in which the next free one is looked for: some weeks from now, and as many after
    the longest notice of these spaces."""
    return Period(now, max([now, *earliest_starts(places, now, zone)]) + LOOK_AHEAD)


def earliest_starts(places: Iterable[Place], now: datetime, zone: ZoneInfo) -> list[datetime]:
    """For each of these spaces that has a policy in force, where its notice ends."""
    return [policy.notice.earliest(now, zone) for policy in _policies(places, now)]


def _policies(places: Iterable[Place], now: datetime) -> list[Policy]:
    return [in_force.policy for place in places if (in_force := place.policy_at(now))]
