"""Reading self-initiated events for the bookings that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking.core.actors import Actor
from booking.core.errors import NotFound
from booking.core.periods import Period
from booking.core.references import normal_reference
from booking.database import lock
from booking.reservations.event_errors import EventCancelled
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_rules import EventOutcome, place_facts
from booking.reservations.rules import ReservationRequest


def get_own_event(session: Session, actor: Actor, reference: str) -> SelfInitiatedEvent:
    """The event, where it is the actor's own or of an organisation of theirs.

    Raises `NotFound` for any other: knowing a reference opens nothing.
    """
    normal = normal_reference(reference)
    found = session.scalars(
        select(SelfInitiatedEvent).where(SelfInitiatedEvent.reference == normal)
    ).first()
    if found is None or not is_theirs(actor, found):
        raise NotFound()
    return found


def is_theirs(actor: Actor, event: SelfInitiatedEvent) -> bool:
    """Whether the actor arranges the event, or is a member of the organisation that does."""
    if event.organisation_id is not None:
        return event.organisation_id in actor.organisations
    return actor.person_id is not None and event.person_id == actor.person_id


def own_events(session: Session, actor: Actor, now: datetime) -> Sequence[SelfInitiatedEvent]:
    """The actor's events to come for which something can be booked, the soonest first."""
    if actor.person_id is None:
        return []
    own = SelfInitiatedEvent.person_id == actor.person_id
    theirs = SelfInitiatedEvent.organisation_id.in_(sorted(actor.organisations))
    return session.scalars(
        select(SelfInitiatedEvent)
        .where(
            or_(own & SelfInitiatedEvent.organisation_id.is_(None), theirs),
            SelfInitiatedEvent.cancelled_at.is_(None),
            SelfInitiatedEvent.evaluated_on.is_not(None),
            SelfInitiatedEvent.ends_at > now,
        )
        .order_by(SelfInitiatedEvent.starts_at, SelfInitiatedEvent.id)
        .limit(20)
    ).all()


def outcome_of(event: SelfInitiatedEvent) -> EventOutcome:
    """The event as its bookings are judged by it."""
    free_use = (event.outcome or {}).get("free_use") or {}
    period = Period(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    return EventOutcome(
        id=event.id,
        reference=event.reference,
        decision=free_use.get("decision"),
        price_group=free_use.get("price_group"),
        rules=tuple(free_use.get("rules") or ()),
        organisation_id=event.organisation_id,
        period=period,
        most_people=event.facts.get("attendance_peak"),
        place_facts=place_facts(event.facts),
        is_cancelled=event.cancelled_at is not None,
    )


def with_event(session: Session, actor: Actor, request: ReservationRequest) -> ReservationRequest:
    """The request, with what the rules said of the event that it names.

    Raises `NotFound` unless the actor arranges the event, `EventCancelled`. What a reservation
    belongs to already is known, whoever asks, and stays.
    """
    if request.event is None:
        return request if request.outcome is None else replace(request, outcome=None)
    if request.outcome is not None and request.outcome.reference == request.event:
        return request
    found = get_own_event(session, actor, request.event)
    if found.cancelled_at is not None:
        raise EventCancelled()
    return replace(request, event=found.reference, outcome=outcome_of(found))


def with_event_now(session: Session, request: ReservationRequest) -> ReservationRequest:
    """The same once nobody is evaluating the event anew, with what the rules say of it then."""
    if request.outcome is None:
        return request
    lock(session, SelfInitiatedEvent, [request.outcome.id])
    found = session.get_one(SelfInitiatedEvent, request.outcome.id, populate_existing=True)
    return replace(request, outcome=outcome_of(found))
