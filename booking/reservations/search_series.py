"""Which spaces could be had at a time, or on the dates of a series; many dates are one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.catalogue.rules import Policy
from booking.core.periods import Period
from booking.reservations.recurrence import WallPeriod, read_rule
from booking.reservations.timetables import timetables


@dataclass(frozen=True)
class SeriesHit:
    """A space, the dates of a series on which it could be had, and those on which not."""

    place: Place
    had: Sequence[date] = ()
    missed: Sequence[date] = ()


def find_for_time(
    session: Session,
    city: Catalogue,
    places: Sequence[Place],
    period: Period,
    now: datetime,
    people: int | None = None,
) -> list[Place]:
    """Of these spaces those that a resident could book for this very time, in their order."""
    tables = timetables(session, city, places, period, now, people=people)
    return [
        place
        for place in places
        if (table := tables.get(place.slug))
        and table.policy.who_may_book != "staff"
        and table.can_be_had(period)
    ]


def find_for_series(
    session: Session,
    city: Catalogue,
    places: Sequence[Place],
    first: Period,
    rule: str,
    now: datetime,
    people: int | None = None,
) -> list[SeriesHit]:
    """Of these spaces those that could be booked on a date of the series at least, the ones with
    most of the dates first, else in their order. `first` is the time of its first date.

    Raises the errors of `read_rule`, `Recurrence.days` and `WallPeriod.of`.
    """
    recurrence = read_rule(rule)
    day, wall = WallPeriod.of(first, city.zone)
    days = recurrence.days(day, wall, city.zone)
    periods = [(day, period) for day in days if (period := wall.on(day, city.zone))]
    taking = [
        place
        for place in places
        if (in_force := place.policy_at(now)) and _takes(in_force.policy, days, now, city)
    ]
    windows = [period for _day, period in periods]
    tables = timetables(session, city, taking, windows, now, people=people)
    hits = []
    for place in taking:
        table = tables[place.slug]
        had = [day for day, period in periods if table.can_take(period)]
        if had:
            hits.append(SeriesHit(place, had, _without(days, had)))
    return sorted(hits, key=lambda hit: -len(hit.had))


def _takes(policy: Policy, days: Sequence[date], now: datetime, city: Catalogue) -> bool:
    """Whether residents may book a series of these days here as a whole."""
    return (
        policy.who_may_book != "staff"
        and policy.series.allowed
        and len(days) <= policy.series.max_occurrences
        and days[0] <= policy.last_day(now, city.zone)
        and days[-1] <= policy.last_day_of_series(now, city.zone)
    )


def _without(days: Iterable[date], had: Iterable[date]) -> list[date]:
    kept = set(had)
    return [day for day in days if day not in kept]
