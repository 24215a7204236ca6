"""A search as its address says it, and what of each space it finds is free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.catalogue.finding import Criteria, fitting
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.rules import Policy
from booking.core.clock import local_day, opening_instant
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.availability import (
    Timetable,
    length_is_allowed,
    shortest_length,
    usual_length,
)
from booking.reservations.timetables import timetables
from booking.web.fields import read_day, read_wall_time

LOOK_AHEAD = timedelta(days=42)
LEAST_REACH = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100
PAGE = 20
MOST_FREE_TIMES = 4
FEW = 5
"""With fewer spaces free than this, those that are free at another time are offered too."""

Tables = Mapping[str, Timetable]


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


READERS: Mapping[str, tuple[Callable[[str], Any], type[RuleBroken]]] = {
    "date": (_day, e.NoSuchDate),
    "start": (read_wall_time, e.NoSuchTime),
    "end": (read_wall_time, e.NoSuchTime),
    "people": (_people, e.NoSuchNumber),
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


def _ends_before_start(start: int | None, end: int | None) -> bool:
    return start is not None and end is not None and (end or 1440) <= start


@dataclass(frozen=True)
class Search:
    """The need: what is asked of a space, and, where a day is given, when (minutes of the day)."""

    criteria: Criteria
    day: date | None = None
    start: int | None = None
    end: int | None = None
    faults: tuple[RuleBroken, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed where it can't be read, by the name of its field."""

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Search:
        """The search in an address. What can't be read asks nothing, and `faults` tell of it."""
        values: dict[str, Any] = {}
        faults: list[RuleBroken] = []
        for name in READERS:
            try:
                values[name] = read_part(name, args.get(name))
            except RuleBroken as fault:
                faults.append(fault)
        if _ends_before_start(values.get("start"), values.get("end")):
            faults.append(e.EndBeforeStart())
            del values["end"]
        return cls(
            Criteria(
                q=args.get("q", "").strip()[:200],
                people=values.get("people"),
                kinds=_chosen(args, "kind"),
                units=_chosen(args, "unit"),
                districts=_chosen(args, "district"),
                equipment=_chosen(args, "equipment"),
                accessible=_chosen(args, "accessible"),
            ),
            day=values.get("date"),
            start=values.get("start"),
            end=values.get("end"),
            faults=tuple(faults),
            typed={one.field: args[one.field] for one in faults if one.field},
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
        if self.day is None or self.start is None or self.end is None:
            return None
        starts_at = opening_instant(self.day, self.start, zone)
        ends_at = opening_instant(self.day, self.end or 1440, zone)
        return Period(starts_at, ends_at) if starts_at < ends_at else None


@dataclass(frozen=True)
class Hit:
    """A space that was found, when it is free, as far as that was looked for, and the first
    booking that could be had then."""

    place: Place
    free: tuple[Period, ...] = ()
    offer: Period | None = None

    @classmethod
    def at(cls, place: Place, period: Period) -> Hit:
        """The hit of a space that can be had for this very period."""
        return cls(place, (period,), period)


@dataclass(frozen=True)
class Found:
    """A page of what a search found: `count` spaces in all, `busy` more that only the time rules
    out, and of these some that are free at another time of that day."""

    count: int
    hits: Sequence[Hit]
    busy: int = 0
    near_misses: Sequence[Hit] = ()


def find_spaces(
    session: Session, city: Catalogue, search: Search, page: int, now: datetime
) -> Found:
    """The spaces that fit, the best first. With a day, only those that are free on it; without
    one, all, each with the next time it could be had."""
    places, people = fitting(city, search.criteria), search.criteria.people
    looked_at = places[_of_page(page)] if search.day is None else places
    window = search.wanted(city.zone) or search.window(now, city.zone, looked_at)
    tables = timetables(session, city, looked_at, window, now, people=people)
    hits = free_on(looked_at, tables, search, now, city.zone)
    if search.day is None:
        return Found(len(places), hits)
    near: list[Hit] = []
    if len(hits) < FEW and search.wanted(city.zone):
        window = search.window(now, city.zone, places)
        tables = timetables(session, city, places, window, now, people=people)
        near = _near_misses(places, tables, search, city.zone)
    return Found(len(hits), hits[_of_page(page)], len(places) - len(hits), near[:FEW])


def _of_page(page: int) -> slice:
    return slice((page - 1) * PAGE, page * PAGE)


def coming_weeks(places: Iterable[Place], now: datetime, zone: ZoneInfo) -> Period:
    """The time in which the next free one is looked for: some weeks from now, and as many after
    the longest notice of these spaces."""
    return Period(now, max([now, *earliest_starts(places, now, zone)]) + LOOK_AHEAD)


def earliest_starts(places: Iterable[Place], now: datetime, zone: ZoneInfo) -> list[datetime]:
    """For each of these spaces that has a policy in force, where its notice ends."""
    return [policy.notice.earliest(now, zone) for policy in _policies(places, now)]


def _policies(places: Iterable[Place], now: datetime) -> list[Policy]:
    return [in_force.policy for place in places if (in_force := place.policy_at(now))]


def next_free(table: Timetable, not_before: datetime) -> Period | None:
    """The next time that a booking of the usual length could have, as far as the table reaches."""
    length = usual_length(table.policy)
    if not length_is_allowed(table.policy, length):
        return None
    start = table.next_start(length, not_before)
    return Period(start, start + length) if start else None


def free_on(
    places: Iterable[Place], tables: Tables, search: Search, now: datetime, zone: ZoneInfo
) -> list[Hit]:
    """The hits among these spaces: with a day, those that can be had at the time asked for.

    Without a day each is one, with the next time that could be had, if there is one in the coming
    weeks.
    """
    if search.day is None:
        return [_whenever(place, tables.get(place.slug), now) for place in places]
    wanted, starts = search.wanted(zone), search.starts(zone)
    found = []
    for place in places:
        table = tables.get(place.slug)
        if table is None:
            continue
        if wanted is None:
            times = _free_to_start(table, starts) if starts else []
            if times:
                found.append(Hit(place, tuple(times), table.offer_at(times[0].starts_at)))
        elif table.can_be_had(wanted):
            found.append(Hit.at(place, wanted))
    return found


def _whenever(place: Place, table: Timetable | None, now: datetime) -> Hit:
    free = next_free(table, now) if table else None
    return Hit.at(place, free) if free else Hit(place)


def _free_to_start(table: Timetable, starts: Period) -> list[Period]:
    """The first stretches of free time within `starts` that begin where the shortest booking can
    start; one that has room only beyond the end of `starts` is as long as that booking."""
    shortest = shortest_length(table.policy)
    if not length_is_allowed(table.policy, shortest):
        return []
    free_time = table.free_time(starts)
    found: list[Period] = []
    start = table.next_start(shortest, starts.starts_at)
    while start is not None and start < starts.ends_at and len(found) < MOST_FREE_TIMES:
        ends = [free.ends_at for free in free_time if free.holds(start)]
        found.append(Period(start, max([start + shortest, *ends])))
        start = table.next_start(shortest, found[-1].ends_at)
    return found


def _near_misses(
    places: Sequence[Place], tables: Tables, search: Search, zone: ZoneInfo
) -> list[Hit]:
    """Of the spaces that are not free at the time asked for, those that are free for as long at
    another time of that day."""
    wanted = search.wanted(zone)
    if wanted is None:
        return []
    misses = []
    for place in places:
        table = tables.get(place.slug)
        if table is None or table.can_be_had(wanted):
            continue
        other = _nearest(table, wanted, local_day(search.day or wanted.starts_at.date(), zone))
        if other is not None:
            misses.append(Hit.at(place, other))
    return misses


def _nearest(table: Timetable, wanted: Period, day: Period) -> Period | None:
    """The time of that length on that day that starts nearest to the one wanted."""
    if not length_is_allowed(table.policy, wanted.length):
        return None
    starts = []
    start = table.next_start(wanted.length, day.starts_at)
    while start is not None and start < day.ends_at:
        starts.append(start)
        start = table.next_start(wanted.length, start + table.policy.start_interval)
    if not starts:
        return None
    nearest = min(starts, key=lambda one: abs(one - wanted.starts_at))
    return Period(nearest, nearest + wanted.length)


def _chosen(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(value for value in args.getlist(name) if value)
