"""The outside calendars of the units that somebody may close, and what waits for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from booking.calendars.models import CalendarSource, CalendarUpload, ImportCollision
from booking.calendars.source_errors import NoSuchFile
from booking.catalogue.models import Space
from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.core.periods import Period
from booking.database import during
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.states import HOLDING, SHARING

FAILS_FOR_LONG = 3
"""After so many failures in a row a person is told."""


def list_sources(session: Session, actor: Actor) -> list[CalendarSource]:
    """The outside calendars of the spaces that the actor may close: what waits for a person
    first, what was stopped last, then by name. Raises `NotAllowed`."""
    actor.must_anywhere(Action.CLOSE_SPACES)
    found = session.scalars(select(CalendarSource).where(_may_close(actor))).all()
    order = {"waiting": 0, "active": 1, "stopped": 2}
    return sorted(found, key=lambda one: (order[one.state], one.name.casefold(), one.id))


def get_source(
    session: Session, actor: Actor, source_id: int, city: Catalogue
) -> tuple[CalendarSource, Place]:
    """An outside calendar and its space. Raises `NotFound` for whoever may not see what is booked
    there, `NotAllowed` for whoever sees it and may not close it."""
    source = session.get(CalendarSource, source_id)
    place = city.places_by_id.get(source.space_id) if source is not None else None
    if source is None or place is None or not actor.may(Action.SEE_RESERVATIONS, place.unit.id):
        raise NotFound()
    actor.must(Action.CLOSE_SPACES, place.unit.id)
    return source, place


def count_waiting(session: Session, actor: Actor) -> int:
    """How much waits for the actor: calendars that would let go of much, those that can't be read
    for long, and events that meet bookings."""
    needs_a_look = or_(
        CalendarSource.state == "waiting",
        and_(CalendarSource.state == "active", CalendarSource.failures >= FAILS_FOR_LONG),
    )
    sources = select(func.count()).where(needs_a_look, _may_close(actor))
    collisions = (
        select(func.count())
        .select_from(ImportCollision)
        .join(CalendarSource, CalendarSource.id == ImportCollision.source_id)
        .where(ImportCollision.settlement.is_(None), _may_close(actor))
    )
    both = sources.scalar_subquery() + collisions.scalar_subquery()
    return session.scalar(select(both)) or 0


def _may_close(actor: Actor) -> ColumnElement[bool]:
    """That a source belongs to a space that the actor may close."""
    units = actor.units_where(Action.CLOSE_SPACES)
    if units is None:
        return true()
    spaces = select(Space.id).where(Space.unit_id.in_(sorted(units)))
    return CalendarSource.space_id.in_(spaces)


# ── What they hold ────────────────────────────────────────────────────────────────────────────


def held_by(session: Session, sources: Iterable[int], now: datetime) -> Mapping[int, int]:
    """How many times to come each of these calendars holds."""
    rows = session.execute(
        select(Reservation.source_id, func.count())
        .where(
            Reservation.source_id.in_(sorted(sources)),
            Reservation.state.in_(sorted(HOLDING)),
            Reservation.ends_at > now,
        )
        .group_by(Reservation.source_id)
    )
    return {source: count for source, count in rows if source is not None}


def undecided(session: Session, sources: Iterable[int]) -> Mapping[int, int]:
    """How many events of each of these calendars meet bookings and wait for a person."""
    rows = session.execute(
        select(ImportCollision.source_id, func.count())
        .where(ImportCollision.source_id.in_(sorted(sources)), ImportCollision.settlement.is_(None))
        .group_by(ImportCollision.source_id)
    )
    return {source: count for source, count in rows}


@dataclass(frozen=True, slots=True)
class Met:
    """An outside event, and the reservations that it meets."""

    collision: ImportCollision
    reservations: Sequence[Reservation]


def collisions_of(session: Session, source: CalendarSource, place: Place, most: int) -> list[Met]:
    """The events of a calendar that meet reservations, undecided ones first, then by start; of
    many the first `most`."""
    rows = session.scalars(
        select(ImportCollision)
        .where(ImportCollision.source_id == source.id)
        .order_by(ImportCollision.settlement.is_not(None), ImportCollision.starts_at)
        .limit(most)
    ).all()
    periods = [Period(one.starts_at, one.ends_at) for one in rows]
    found = reservations_meeting(session, place, periods)
    return [Met(one, found[number]) for number, one in enumerate(rows)]


def reservations_meeting(
    session: Session, place: Place, periods: Sequence[Period]
) -> Sequence[Sequence[Reservation]]:
    """For each of these periods the reservations that take the space then, by start; closures and
    other calendars apart. Two queries, however many."""
    if not periods:
        return []
    rows = session.execute(
        select(Occupancy.reservation_id, Occupancy.starts_at, Occupancy.ends_at)
        .join(Reservation, Reservation.id == Occupancy.reservation_id)
        .where(
            Occupancy.part_id.in_(sorted(place.parts)),
            Reservation.kind.not_in(sorted(SHARING)),
            during(session, Occupancy, _span(periods)),
        )
    ).all()
    held: defaultdict[int, list[Period]] = defaultdict(list)
    for key, starts_at, ends_at in rows:
        held[key].append(Period(starts_at, ends_at))
    met = [
        [key for key, theirs in held.items() if any(one.overlaps(period) for one in theirs)]
        for period in periods
    ]
    wanted = {key for keys in met for key in keys}
    found = session.scalars(select(Reservation).where(Reservation.id.in_(sorted(wanted))))
    by_id = {one.id: one for one in found}
    return [sorted((by_id[key] for key in keys), key=lambda one: one.starts_at) for keys in met]


def _span(periods: Sequence[Period]) -> Period:
    return Period(min(one.starts_at for one in periods), max(one.ends_at for one in periods))


# ── Files that are looked at ──────────────────────────────────────────────────────────────────


def get_upload(session: Session, actor: Actor, key: str) -> CalendarUpload:
    """The file that the actor sent under this key. Raises `NoSuchFile`."""
    found = session.scalars(
        select(CalendarUpload).where(
            CalendarUpload.key == key, CalendarUpload.person_id == actor.person_id
        )
    ).first()
    if found is None:
        raise NoSuchFile()
    return found
