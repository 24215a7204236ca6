"""The inbox: what awaits the decision of this member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session

from booking.core.actors import Action, Actor
from booking.reservations.models import Reservation
from booking.reservations.queries import in_units, is_due, with_all
from booking.reservations.states import State


def inbox(session: Session, actor: Actor, now: datetime) -> Sequence[Reservation]:
    """The requests of the units that the actor may see, the oldest first."""
    actor.must_anywhere(Action.SEE_RESERVATIONS)
    query = with_all(select(Reservation).where(*_awaiting(session, actor, now)))
    return session.scalars(query.order_by(Reservation.created_at, Reservation.id)).all()


def count_inbox(session: Session, actor: Actor, now: datetime) -> int:
    """How many requests await somebody at the actor's units."""
    query = select(func.count(Reservation.id)).where(*_awaiting(session, actor, now))
    return session.scalar(query) or 0


def _awaiting(session: Session, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    units = actor.units_where(Action.SEE_RESERVATIONS)
    return [
        Reservation.state == State.REQUESTED,
        not_(is_due(now)),
        in_units(units),
    ]
