"""What would do instead: the next time that is possible, and other spaces at this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations.availability import length_is_allowed
from booking.reservations.errors import NotFree
from booking.reservations.rules import TIME_RULES, ReservationRequest
from booking.reservations.search import earliest_starts
from booking.reservations.timetables import timetables

LOOK_AHEAD = timedelta(days=14)
MOST = 5


@dataclass(frozen=True, slots=True)
class Alternative:
    """A space and a time that could be had instead."""

    place: Place
    period: Period


def add_next_possible(
    session: Session, request: ReservationRequest, broken: Sequence[RuleBroken], now: datetime
) -> None:
    """Tell with each rule of time the next start at which all of them would be kept; none where
    no start would do, as the length itself is refused."""
    city = get_catalogue(session)
    timely = [rule for rule in broken if isinstance(rule, TIME_RULES)]
    places = [city.places[slug] for slug in request.spaces if slug in city.places]
    if not timely or len(places) != 1 or request.ends_at <= request.starts_at:
        return
    start = _next_start(session, city, places[0], request, now)
    for rule in timely:
        rule.next_possible = start


def alternatives(
    session: Session, request: ReservationRequest, broken: Sequence[RuleBroken], now: datetime
) -> list[Alternative]:
    """Up to five others that could be had when it is not free: spaces of the same kind with room
    for as many, those of the same unit first, then those whose time is nearest."""
    if not any(isinstance(rule, NotFree) for rule in broken):
        return []
    city = get_catalogue(session)
    asked = [city.places[slug] for slug in request.spaces if slug in city.places]
    if len(asked) != 1:
        return []
    others = _others_like(city, asked[0], request.people or 1, now)
    beside = [place for place in others if place.unit.id == asked[0].unit.id]
    elsewhere = [place for place in others if place.unit.id != asked[0].unit.id]
    found: list[Alternative] = []
    for places in (beside, elsewhere):
        if len(found) < MOST:
            found += _then(session, city, places, request, now)
        if len(found) < MOST:
            had = {one.place for one in found}
            rest = [place for place in places if place not in had]
            found += _later(session, city, rest, request, now)
    return found[:MOST]


def _then(
    session: Session,
    city: Catalogue,
    places: Sequence[Place],
    request: ReservationRequest,
    now: datetime,
) -> list[Alternative]:
    """Those of the spaces that could be had at the very time, the smaller first: the best there
    are, and found without looking ahead."""
    period = request.period
    tables = timetables(session, city, places, period, now, people=request.people)
    found = [
        Alternative(place, period)
        for place in places
        if (table := tables.get(place.slug)) and table.can_be_had(period)
    ]
    return sorted(found, key=lambda one: one.place.capacity)


def _later(
    session: Session,
    city: Catalogue,
    places: Sequence[Place],
    request: ReservationRequest,
    now: datetime,
) -> list[Alternative]:
    """Those that could be had later, the nearest in time first."""
    length, found = request.period.length, []
    window = _look_ahead(places, request.period, now, city.zone)
    tables = timetables(session, city, places, window, now, people=request.people)
    for place in places:
        table = tables.get(place.slug)
        if table is None or not length_is_allowed(table.policy, length):
            continue
        start = table.next_start(length, max(request.starts_at, now))
        if start is not None:
            found.append(Alternative(place, Period(start, start + length)))
    return sorted(found, key=lambda one: (one.period.starts_at, one.place.capacity))


def _others_like(city: Catalogue, asked: Place, people: int, now: datetime) -> list[Place]:
    """The space itself (at another time), and published ones of its kind with room enough."""
    return [
        place
        for place in city.places.values()
        if (
            place.published
            and place.kind.slug == asked.kind.slug
            and place.capacity >= people
            and (in_force := place.policy_at(now)) is not None
            and in_force.policy.who_may_book == "anyone"
        )
        or place is asked
    ]


def _next_start(
    session: Session, city: Catalogue, place: Place, request: ReservationRequest, now: datetime
) -> datetime | None:
    period = request.period
    window = _look_ahead([place], period, now, city.zone)
    tables = timetables(session, city, [place], window, now, people=request.people)
    table = tables.get(place.slug)
    if table is None or not length_is_allowed(table.policy, period.length):
        return None
    return table.next_start(period.length, max(period.starts_at, now))


def _look_ahead(places: Sequence[Place], period: Period, now: datetime, zone: ZoneInfo) -> Period:
    """Two weeks from the start asked for, and as many after the longest notice of these spaces."""
    start = max(period.starts_at, now)
    latest = max([start, *earliest_starts(places, now, zone)])
    return Period(start - timedelta(days=1), latest + period.length + LOOK_AHEAD)
