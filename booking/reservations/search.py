"""A search as its address says it, and what of each space it finds is free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from booking.catalogue.finding import Criteria
from booking.catalogue.places import Place
from booking.core.clock import local_date, local_day, opening_instant
from booking.core.periods import Period
from booking.reservations.availability import Timetable
from booking.web.fields import read_day, read_or_none, read_wall_time

MOST_FREE_TIMES = 4


@dataclass(frozen=True)
class Search:
    """The need: what is asked of a space, and, where a day is given, when (minutes of the day)."""

    criteria: Criteria
    day: date | None = None
    start: int | None = None
    end: int | None = None

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Search:
        """The search in an address; what makes no sense there asks nothing."""
        people = read_or_none(int, args.get("people"))
        return cls(
            Criteria(
                q=args.get("q", "").strip()[:200],
                people=people if people and 0 < people < 2**31 else None,
                kinds=_chosen(args, "kind"),
                units=_chosen(args, "unit"),
                districts=_chosen(args, "district"),
                equipment=_chosen(args, "equipment"),
                accessible=_chosen(args, "accessible"),
            ),
            day=read_or_none(read_day, args.get("date")),
            start=read_or_none(read_wall_time, args.get("start")),
            end=read_or_none(read_wall_time, args.get("end")),
        )

    def window(self, now: datetime, zone: ZoneInfo) -> Period:
        """The local day that is looked at: the one asked for, else today and the two after."""
        if self.day is not None:
            return local_day(self.day, zone)
        today = local_date(now, zone)
        return Period(now, local_day(today + timedelta(days=2), zone).ends_at)

    def wanted(self, zone: ZoneInfo) -> Period | None:
        """The very period, where day, start and end are all given and in order."""
        if self.day is None or self.start is None or self.end is None:
            return None
        starts_at = opening_instant(self.day, self.start, zone)
        ends_at = opening_instant(self.day, self.end or 1440, zone)
        return Period(starts_at, ends_at) if starts_at < ends_at else None


@dataclass(frozen=True)
class Hit:
    """A space that was found, and its free time on the day looked at."""

    place: Place
    free: tuple[Period, ...]


def free_on(
    place: Place,
    tables: Mapping[str, Timetable],
    search: Search,
    now: datetime,
    zone: ZoneInfo,
) -> Hit | None:
    """The hit of a space; None where the time that was asked for can't be had."""
    table = tables.get(place.slug)
    if table is None:
        return None if search.day is not None else Hit(place, ())
    wanted = search.wanted(zone)
    if wanted is not None:
        return Hit(place, (wanted,)) if can_be_had(table, wanted) else None
    free = table.free_time(search.window(now, zone))
    long_enough = [one for one in free if one.length >= table.policy.shortest]
    if search.start is not None and search.day is not None:
        after = opening_instant(search.day, search.start, zone)
        long_enough = [one for one in long_enough if one.ends_at > after]
    if search.day is not None and not long_enough:
        return None
    return Hit(place, tuple(long_enough[:MOST_FREE_TIMES]))


def can_be_had(table: Timetable, period: Period) -> bool:
    """Whether a resident's request for this time would be accepted, as far as time goes."""
    policy = table.policy
    return (
        table.bookable is not None
        and table.bookable.holds(period.starts_at)
        and policy.shortest <= period.length <= policy.longest
        and not period.length % policy.start_interval
        and table.on_grid(period.starts_at)
        and table.is_open(period)
        and table.is_free(period)
    )


def _chosen(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(value for value in args.getlist(name) if value)
