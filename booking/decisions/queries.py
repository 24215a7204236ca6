"""The inbox: what awaits the staff of the units that one may see, and what is beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from booking.core.actors import Action, Actor
from booking.core.periods import Period
from booking.database import during
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.queries import in_units, is_due, with_all
from booking.reservations.states import State


def inbox(
    session: Session, actor: Actor, now: datetime, most: int, skip: int = 0
) -> Sequence[Reservation]:
    """The requests of the units that the actor may see, oldest first: at most so many, after those
    that are skipped."""
    actor.must_anywhere(Action.SEE_RESERVATIONS)
    query = with_all(select(Reservation).where(*_awaiting(session, actor, now)))
    ordered = query.order_by(Reservation.created_at, Reservation.id)
    oldest = ordered.offset(skip).limit(most)
    return session.scalars(oldest).all()


def place_in_inbox(session: Session, actor: Actor, reference: str, now: datetime) -> int:
    """How many requests await a decision before this one; 0 for one that awaits none."""
    query = select(Reservation.reference).where(*_awaiting(session, actor, now))
    ordered = session.scalars(query.order_by(Reservation.created_at, Reservation.id)).all()
    return ordered.index(reference) if reference in ordered else 0


def count_inbox(session: Session, actor: Actor, now: datetime) -> int:
    """How many requests await somebody at the actor's units."""
    query = select(func.count(Reservation.id)).where(*_awaiting(session, actor, now))
    return session.scalar(query) or 0


def taking_on(
    session: Session, days: Mapping[Period, Collection[int]], now: datetime
) -> Sequence[tuple[Occupancy, Reservation]]:
    """What takes each day's own parts on that day, with whose it is; one query for all days.

    For those who may see it: the caller names only such parts.
    """
    if not days:
        return []
    of_days = [
        and_(Occupancy.part_id.in_(sorted(parts)), during(session, Occupancy, day))
        for day, parts in days.items()
    ]
    rows = session.execute(
        select(Occupancy, Reservation)
        .join(Reservation, Reservation.id == Occupancy.reservation_id)
        .where(or_(*of_days), not_(is_due(now)))
        .order_by(Occupancy.starts_at, Occupancy.id)
    )
    return rows.all()


def _awaiting(session: Session, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    units = actor.units_where(Action.SEE_RESERVATIONS)
    return [
        Reservation.state == State.REQUESTED,
        not_(is_due(now)),
        in_units(units),
    ]
