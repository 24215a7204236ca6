"""When spaces can be had, read from the database: their timetables, and how full wholes are.

Due holds and undecided requests count as gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.core.periods import Period, merged
from booking.database import during
from booking.reservations.availability import Schedule, Timetable, TooFull, open_on
from booking.reservations.crowds import Crowd, Stay, most_at_once, too_full
from booking.reservations.models import Occupancy, Reservation, ReservationSpace
from booking.reservations.queries import holds_its_parts, is_due, places_of
from booking.reservations.states import Kind

MANY_PARTS = 50


def taken_in(
    session: Session,
    parts: Collection[int],
    windows: Sequence[Period],
    now: datetime,
    without: Collection[int] = (),
    beside: Collection[Kind] = (),
) -> dict[int, list[Period]]:
    """The occupancy of each part that touches one of the windows; that of the reservations
    `without` and of the kinds `beside` left out. Of many parts that of all others is read along:
    to name them takes the database longer than to send it."""
    query = (
        select(Occupancy.part_id, Occupancy.starts_at, Occupancy.ends_at)
        .join(Reservation, Reservation.id == Occupancy.reservation_id)
        .where(during(session, Occupancy, *merged(windows)), not_(is_due(now)))
    )
    if len(parts) < MANY_PARTS:
        query = query.where(Occupancy.part_id.in_(sorted(parts)))
    if without:
        query = query.where(Occupancy.reservation_id.not_in(sorted(without)))
    if beside:
        query = query.where(Reservation.kind.not_in(sorted(beside)))
    found: dict[int, list[Period]] = defaultdict(list)
    for part_id, starts_at, ends_at in session.execute(query):
        found[part_id].append(Period(starts_at, ends_at))
    return found


def timetables(
    session: Session,
    city: Catalogue,
    places: Iterable[Place],
    windows: Period | Sequence[Period],
    now: datetime,
    without: Collection[int] = (),
    people: int | None = None,
    *,
    beside: Collection[Kind] = (),
) -> dict[str, Timetable]:
    """The timetable of each of these spaces around the window, or around each of several, by
    slug, for as many people; one query for all, and one more where people of several sections are
    counted together. What the reservations `without` and those of the kinds `beside` take is left
    out.

    A space without a policy in force has none.
    """
    windows = [windows] if isinstance(windows, Period) else windows
    policies = {place: in_force.policy for place in places if (in_force := place.policy_at(now))}
    parts = {part for place in policies for part in place.parts}
    longest = max((p.before + p.after for p in policies.values()), default=timedelta())
    reach = [window.widened(longest, longest) for window in windows]
    taken = taken_in(session, parts, reach, now, without, beside) if parts and reach else {}
    full = _too_full(session, city, policies, windows, now, without, people)
    schedules: dict[tuple[str, int], Schedule] = {}
    for place, policy in policies.items():
        key = policy.slug, id(place.hours)
        if key not in schedules:
            open_time = open_on(place.hours, windows, city.zone)
            schedules[key] = Schedule(policy, open_time, now, city.zone)
    return {
        place.slug: Timetable(
            place=place,
            schedule=schedules[policy.slug, id(place.hours)],
            taken=[period for part in place.parts for period in taken.get(part, ())],
            too_full=[full[whole.slug] for whole in city.wholes_of(place)] if full else (),
        )
        for place, policy in policies.items()
    }


def _too_full(
    session: Session,
    city: Catalogue,
    places: Iterable[Place],
    windows: Sequence[Period],
    now: datetime,
    without: Collection[int],
    people: int | None,
) -> dict[str, TooFull]:
    """For each whole with a joint capacity that one of these spaces is a section of, when it has
    no room for as many people more."""
    if not people or not windows:
        return {}
    wholes = {whole.slug: whole for place in places for whole in city.wholes_of(place)}
    if not wholes:
        return {}
    sections = {slug: {one.id for one in city.sections_of(whole)} for slug, whole in wholes.items()}
    stays = _stays_in(session, set().union(*sections.values()), windows, now, without)
    return {
        slug: TooFull(whole, too_full(stays, sections[slug], whole.capacity - people))
        for slug, whole in wholes.items()
    }


def crowds_around(
    session: Session, city: Catalogue, reservations: Sequence[Reservation], now: datetime
) -> dict[int, list[Crowd]]:
    """For each of these reservations, by its key, the wholes that a space of it is a section of
    and that would have more people at once than they take; one query for all."""
    wholes = {
        one.id: {
            whole.slug: whole
            for place in places_of(city, one)
            for whole in city.wholes_around(place)
        }
        for one in reservations
    }
    sections = {
        slug: {one.id for one in city.sections_of(whole)}
        for found in wholes.values()
        for slug, whole in found.items()
    }
    if not sections:
        return {}
    periods = {one.id: Period(one.starts_at, one.ends_at) for one in reservations}
    windows = [period for key, period in periods.items() if wholes[key]]
    stays = _stays_in(session, set().union(*sections.values()), windows, now, ())
    found = {
        key: [
            Crowd(whole, most_at_once(stays, sections[slug], periods[key]))
            for slug, whole in wholes[key].items()
        ]
        for key in periods
    }
    return {key: [one for one in crowds if one.is_too_much] for key, crowds in found.items()}


def _stays_in(
    session: Session,
    spaces: Collection[int],
    windows: Sequence[Period],
    now: datetime,
    without: Collection[int],
) -> list[Stay]:
    """Who is in one of these spaces at a time that touches one of the windows, and how many.

    What is taken is looked up first: it is kept in order of time, and reservations are not.
    """
    there = select(Occupancy.reservation_id).where(during(session, Occupancy, *merged(windows)))
    query = (
        select(
            Reservation.id,
            ReservationSpace.space_id,
            Reservation.starts_at,
            Reservation.ends_at,
            Reservation.people,
        )
        .join(ReservationSpace, ReservationSpace.reservation_id == Reservation.id)
        .where(
            ReservationSpace.space_id.in_(sorted(spaces)),
            Reservation.people.is_not(None),
            Reservation.id.in_(there),
            during(session, Reservation, *merged(windows)),
            holds_its_parts(now),
            Reservation.id.not_in(sorted(without)),
        )
        .order_by(Reservation.id)
    )
    found: dict[int, Stay] = {}
    for key, space, starts_at, ends_at, people in session.execute(query):
        before = found.get(key, Stay(Period(starts_at, ends_at), people or 0, frozenset()))
        found[key] = replace(before, spaces=before.spaces | {space})
    return list(found.values())
