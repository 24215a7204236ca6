"""Reading what the plan of an event shows beside the event: its bookings, its application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.core.actors import Actor
from booking.core.errors import NotAllowed
from booking.database import lock
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.models import Reservation
from booking.reservations.queries import with_all
from booking.self_initiated.event_queries import get_event, is_theirs
from booking.self_initiated.support_models import SupportApplication


def may_change(actor: Actor, event: SelfInitiatedEvent) -> bool:
    """Whether the actor may change it: who planned it, and of an organisation's its admins."""
    if not is_theirs(actor, event):
        return False
    if event.organisation_id is None or event.person_id == actor.person_id:
        return True
    return actor.organisations[event.organisation_id] == "admin"


def lock_plan(session: Session, actor: Actor, reference: str) -> SelfInitiatedEvent:
    """The event, once nobody else is changing it.

    Raises `NotFound`, and `NotAllowed` for whoever sees it and may not change it.
    """
    found = get_event(session, actor, reference)
    if not may_change(actor, found):
        raise NotAllowed()
    lock(session, SelfInitiatedEvent, [found.id])
    session.refresh(found)
    return found


def reservations_of(session: Session, event: SelfInitiatedEvent) -> Sequence[Reservation]:
    """The reservations that belong to the event, by their start."""
    return session.scalars(
        with_all(select(Reservation).where(Reservation.event_id == event.id)).order_by(
            Reservation.starts_at, Reservation.id
        )
    ).all()


@dataclass(frozen=True, slots=True)
class SupportSoFar:
    """How far an application for support of the event is; cents."""

    reference: str
    state: str
    requested_cents: int
    granted_cents: int | None


def support_of(session: Session, event: SelfInitiatedEvent) -> SupportSoFar | None:
    """The newest application for support of the event, those withdrawn left out."""
    row = session.execute(
        select(
            SupportApplication.reference,
            SupportApplication.state,
            SupportApplication.requested_cents,
            SupportApplication.granted_cents,
        )
        .where(SupportApplication.event_id == event.id, SupportApplication.state != "withdrawn")
        .order_by(SupportApplication.id.desc())
        .limit(1)
    ).first()
    return SupportSoFar(*row) if row else None
