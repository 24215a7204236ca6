"""Series: what is asked for on each day, which days could be had, and the rules of the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.catalogue.rules import Texts
from booking.core.clock import local_date
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.recurrence import Recurrence, WallPeriod, read_rule
from booking.reservations.recurrence_errors import NoDates
from booking.reservations.rules import (
    LONGEST_PERIOD,
    TIME_RULES,
    Circumstances,
    ReservationRequest,
    broken_rules,
)
from booking.reservations.states import Kind
from booking.reservations.usage import Loads

VERIFIED = "verified_organisation"

ALWAYS_BY_DAY = (*TIME_RULES, e.SkippedByClocks)
"""What is told for each day even where it stands in the way on every one."""


class OnConflict(StrEnum):
    """What becomes of a series some of whose dates can't be had."""

    REFUSE = "refuse"
    SKIP = "skip"


@dataclass(frozen=True)
class Instead:
    """Where and when one day of a series is to be instead: slugs of spaces, and instants."""

    spaces: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class SeriesRequest:
    """A series that somebody asks for: `each` is what is wanted on every day, at the time of the
    first; `without` are days that the rule would name and that are not wanted.

    `instead` says of single days where and when they are to be; `left_out` are days that are not
    wanted now and are kept as skipped, so that they can be added back.
    """

    each: ReservationRequest
    rule: str
    without: frozenset[date] = frozenset()
    on_conflict: OnConflict = OnConflict.REFUSE
    instead: Mapping[date, Instead] = field(default_factory=dict)
    left_out: frozenset[date] = frozenset()

    def planned(self, zone: ZoneInfo) -> Plan:
        """Its days and its time by the wall clock.

        Raises the errors of `read_rule`, `Recurrence.days` and `WallPeriod.of`, `EndBeforeStart`,
        `TooLong`.
        """
        if self.each.ends_at <= self.each.starts_at:
            raise e.EndBeforeStart()
        if self.each.period.length > LONGEST_PERIOD:
            raise e.TooLong(longest=LONGEST_PERIOD)
        recurrence = read_rule(self.rule)
        first, wall = WallPeriod.of(self.each.period, zone)
        named = recurrence.days(first, wall, zone, self.without)
        days = tuple(day for day in named if day not in self.left_out)
        if not days:
            raise NoDates()
        left_out = tuple(day for day in named if day in self.left_out)
        return Plan(recurrence, wall, days, left_out)

    def on(self, day: date, request: ReservationRequest) -> ReservationRequest:
        """What is asked for on that day: what its rule says, or what is wanted instead."""
        chosen = self.instead.get(day)
        if chosen is None:
            return request
        return replace(
            request,
            spaces=chosen.spaces,
            starts_at=chosen.starts_at,
            ends_at=chosen.ends_at,
        )


@dataclass(frozen=True)
class Plan:
    """When a series is to take place, and the days of its rule that are left out."""

    recurrence: Recurrence
    wall: WallPeriod
    days: Sequence[date]
    left_out: Sequence[date] = ()


@dataclass(frozen=True)
class Occurrence:
    """One day of a series: its period (None where the clocks skip it), and what stands in the
    way."""

    day: date
    period: Period | None
    broken: tuple[RuleBroken, ...] = ()

    @property
    def can_be_had(self) -> bool:
        return self.period is not None and not self.broken


def requests_of(
    each: ReservationRequest, days: Sequence[date], wall: WallPeriod, zone: ZoneInfo
) -> dict[date, ReservationRequest]:
    """What is asked for on each day on which the walls show the time at all."""
    periods = {day: wall.on(day, zone) for day in days}
    return {
        day: replace(each, starts_at=period.starts_at, ends_at=period.ends_at)
        for day, period in periods.items()
        if period is not None
    }


def occurrences(
    days: Sequence[date],
    requests: Mapping[date, ReservationRequest],
    around: Mapping[date, Sequence[Circumstances]],
    zone: ZoneInfo,
) -> list[Occurrence]:
    """Each day judged by all the rules of a single booking but the horizon, which the series has
    of its own; what weeks and months hold counts those of the same series before them."""
    had = _loads()
    return [
        _judged(day, requests[day], around[day], had, zone)
        if day in requests
        else Occurrence(day, None, (e.SkippedByClocks(),))
        for day in days
    ]


def judged_dates(
    requests: Sequence[ReservationRequest],
    around: Sequence[Sequence[Circumstances]],
    zone: ZoneInfo,
) -> list[Occurrence]:
    """Each of these dates of a series that stands, judged by all the rules of a single booking;
    what weeks and months hold counts those of the same series before them."""
    had = _loads()
    return [
        _judged(
            local_date(request.starts_at, zone),
            request,
            [circumstances.as_date_of_series() for circumstances in one],
            had,
            zone,
        )
        for request, one in zip(requests, around, strict=True)
    ]


def _judged(
    day: date,
    request: ReservationRequest,
    around: Sequence[Circumstances],
    had: defaultdict[str, Loads],
    zone: ZoneInfo,
) -> Occurrence:
    """The day, judged; `had` is what the series has of each policy in each week and month so
    far."""
    counted = [
        replace(
            one,
            used=one.used.beside(had[one.policy.slug], request.starts_at, zone),
            last_day=one.last_day or date.max,
        )
        for one in around
    ]
    broken = tuple(broken_rules(request, counted))
    if not broken:
        for policy in {one.policy.slug for one in around}:
            had[policy].add(request.starts_at, request.period.length, zone)
    return Occurrence(day, request.period, broken)


def _loads() -> defaultdict[str, Loads]:
    return defaultdict(Loads)


def reasons_of(one: Occurrence, day_off: Texts | None) -> tuple[RuleBroken, ...]:
    """Why a day is left out: its name as a day off, what stands in the way, or that it was chosen
    so."""
    named = (e.DayOffLeftOut(name=day_off),) if day_off else ()
    return (*named, *one.broken) or (e.LeftOut(),)


def broken_of_series(
    request: ReservationRequest, days: Sequence[date], around: Sequence[Sequence[Circumstances]]
) -> list[RuleBroken]:
    """The rules that a series breaks as a whole in these circumstances of its days: one for each
    space that it has, by the number of all its days.

    Its first day obeys the policy's horizon and its last the series' own. Staff book series of
    their own as they need them, and set the horizons aside with an override.
    """
    if request.kind is not Kind.CUSTOMER:
        return []
    spaces = {one.place.slug: one for day in around for one in day}
    broken = [rule for one in spaces.values() for rule in _broken_of_space(request, days, one)]
    return list({(rule.code, str(rule.values)): rule for rule in broken}.values())


def _broken_of_space(
    request: ReservationRequest, days: Sequence[date], one: Circumstances
) -> Iterator[RuleBroken]:
    series, table = one.policy.series, one.timetable
    if not series.allowed:
        yield e.SeriesNotAllowed()
        return
    if series.who == VERIFIED and not (one.organiser.is_verified or one.organiser.is_staff):
        yield e.OnlyVerifiedBookSeries()
    if len(days) > series.max_occurrences:
        yield e.TooManyOccurrences(most=series.max_occurrences, asked=len(days))
    if request.override is None:
        horizon = one.policy.last_day(table.now, table.zone)
        if days[0] > horizon:
            yield e.TooFar(last_day=horizon)
        last = one.policy.last_day_of_series(table.now, table.zone)
        if days[-1] > last:
            yield e.SeriesTooFar(last_day=last)


def told(judged: Sequence[Occurrence]) -> list[RuleBroken]:
    """What stands in the way, each rule with its day; once for all, without a day, where it stands
    in the way on every one of several and the day makes no difference."""
    found: defaultdict[tuple[str, str], list[RuleBroken]] = defaultdict(list)
    for one in judged:
        for rule in one.broken:
            rule.day = one.day
            found[(type(rule).__name__, str(rule.values))].append(rule)
    several = len(judged) > 1
    result: list[RuleBroken] = []
    for rules in found.values():
        if several and len(rules) == len(judged) and not isinstance(rules[0], ALWAYS_BY_DAY):
            rules[0].day = None
            result.append(rules[0])
        else:
            result += rules
    return sorted(result, key=lambda rule: rule.day or date.min)
