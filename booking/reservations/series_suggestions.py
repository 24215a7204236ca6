"""What would do instead on dates of a series that can't be had: one look for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.core.clock import local_date, local_day
from booking.core.periods import Period
from booking.reservations.availability import Timetable
from booking.reservations.placing import metres_between
from booking.reservations.series_rules import Instead
from booking.reservations.timetables import timetables

NEAREST = 20
"""So many other spaces are looked at."""

FURTHEST = timedelta(hours=4)
"""Whoever wants an evening is not offered the morning."""


def instead_on(
    session: Session,
    city: Catalogue,
    place: Place,
    periods: Mapping[date, Period],
    now: datetime,
    people: int | None = None,
) -> dict[date, list[Instead]]:
    """For each of these days the nearest time at which the space itself could be had, and the
    nearest other space that could be had at the very time; each where there is one."""
    if not periods:
        return {}
    others = spaces_like(city, place, people or 1, now)[:NEAREST]
    windows = [
        Period(day.starts_at, day.ends_at + periods[on].length)
        for on in periods
        for day in [local_day(on, city.zone)]
    ]
    tables = timetables(session, city, [place, *others], windows, now, people=people)
    found: dict[date, list[Instead]] = {}
    for day, period in periods.items():
        time = nearest_time(tables[place.slug], day, period)
        space = next((one for one in others if tables[one.slug].can_take(period)), None)
        choices = [(place, time), (space, period)]
        found[day] = [
            Instead((where.slug,), when.starts_at, when.ends_at)
            for where, when in choices
            if where is not None and when is not None
        ]
    return found


def spaces_like(city: Catalogue, place: Place, people: int, now: datetime) -> list[Place]:
    """Other spaces that one asks for as for this one: of its kind, under its policy and its terms,
    with room for as many; those of the same unit first, then the nearest, the smallest first."""
    in_force = place.policy_at(now)
    if in_force is None:
        return []
    terms = place.terms_slug(in_force.policy)
    alike = [
        one
        for one in city.published_places()
        if one is not place
        and one.kind.slug == place.kind.slug
        and one.capacity >= people
        and (its := one.policy_at(now)) is not None
        and its.policy.slug == in_force.policy.slug
        and one.terms_slug(its.policy) == terms
    ]
    return sorted(alike, key=lambda one: _nearness(one, place))


def _nearness(one: Place, place: Place) -> tuple[bool, int, int, str]:
    away = one.unit.id != place.unit.id
    return away, round(metres_between(one.unit, place.unit)), one.capacity, one.slug


def nearest_time(table: Timetable, day: date, period: Period) -> Period | None:
    """The time of the same length on that local day at which the space could be had, the nearest
    to `period`, four hours away at most; of two as near the later."""
    starts = sorted(
        _starts(table, day, period.length),
        key=lambda start: (abs(start - period.starts_at), start < period.starts_at),
    )
    near = (start for start in starts if abs(start - period.starts_at) <= FURTHEST)
    candidates = (Period(start, start + period.length) for start in near)
    return next((one for one in candidates if table.can_take(one)), None)


def _starts(table: Timetable, day: date, length: timedelta) -> Iterator[datetime]:
    """The starts on the grid of that local day from which such a length lies in open time."""
    openings: Sequence[Period] = table.schedule.open_time
    for opening in openings:
        if opening.ends_at <= local_day(day, table.zone).starts_at:
            continue
        start = table.schedule.next_on_grid(opening, local_day(day, table.zone).starts_at)
        while start + length <= opening.ends_at and local_date(start, table.zone) == day:
            yield start
            start += table.policy.start_interval
