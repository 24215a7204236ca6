"""What people do with the plan of an event: say how far a duty is, arrange it again, cancel it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.errors import NotFound
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.queries import state_at
from booking.reservations.states import HOLDING
from booking.reservations.use_cases import cancel_reservation
from booking.self_initiated.event_use_cases import (
    NewEvent,
    cancel_event,
    evaluate_event,
    start_event,
)
from booking.self_initiated.plan_queries import lock_plan, reservations_of
from booking.self_initiated.plan_rules import Mark, facts_again, marked

_OF_THE_YEAR = frozenset({"grants_this_year_eur", "no_shows_6m"})
"""Facts that are true only of the time when they were told."""


@dataclass(frozen=True, slots=True)
class MarkWish:
    """How far somebody says a duty is; `seen` is when it was last changed, as they know it."""

    rule: str
    mark: Mark
    reference: str
    seen: str


def mark_duty(
    session: Session, actor: Actor, reference: str, wish: MarkWish, now: datetime
) -> SelfInitiatedEvent:
    """Note how far a duty of the event is; the same said twice is noted once.

    Raises `NotFound` also for a duty that the event does not have, `NotAllowed`, `DutyChanged`
    where somebody else was first, `RequestRefused`.
    """
    event = lock_plan(session, actor, reference)
    if wish.rule not in (event.outcome or {}).get("guidance", ()):
        raise NotFound()
    checklist = marked(event.checklist, wish.rule, wish.mark, wish.reference, wish.seen, now)
    if checklist != event.checklist:
        event.checklist, event.updated_at = checklist, now
        session.flush()
        record(session, actor, "marked", event, now, rule=wish.rule, state=wish.mark.value)
    return event


def dismiss_changes(session: Session, actor: Actor, reference: str, now: datetime) -> None:
    """Have seen what the last change of the facts did. Raises `NotFound`, `NotAllowed`."""
    event = lock_plan(session, actor, reference)
    if event.changes is not None:
        event.changes, event.updated_at = None, now


def copy_event(session: Session, actor: Actor, reference: str, now: datetime) -> SelfInitiatedEvent:
    """The same event again, 52 weeks later or as many more as bring it to come, evaluated anew and
    with an empty checklist. Raises `NotFound`, `NotAllowed`, `FactsRefused`."""
    city, old = get_catalogue(session), lock_plan(session, actor, reference)
    facts = facts_again(old.facts, local_date(now, city.zone), city.zone)
    place = city.places_by_id.get(old.space_id or 0)
    new = start_event(
        session,
        actor,
        NewEvent(
            facts={name: value for name, value in facts.items() if name not in _OF_THE_YEAR},
            space=place.slug if place else None,
            title=old.title,
            organisation=old.organisation.slug if old.organisation else None,
            language=old.language,
            is_guided=bool((old.outcome or {}).get("partial")),
        ),
        now,
    )
    new.copied_from_id = old.id
    return new


def cancel_plan(
    session: Session, actor: Actor, reference: str, now: datetime, *, with_bookings: bool
) -> SelfInitiatedEvent:
    """Call the event off, and its bookings too where that is wished; twice does no harm.

    Raises `NotFound`, `NotAllowed`, `EventIsOver`, and what cancelling a booking raises: then
    nothing is done.
    """
    event = lock_plan(session, actor, reference)
    if event.cancelled_at is not None:
        return event
    if with_bookings:
        for reservation in reservations_of(session, event):
            if state_at(reservation, now) in HOLDING and reservation.ends_at > now:
                cancel_reservation(session, actor, reservation.reference, now)
    return cancel_event(session, actor, event, now)


def evaluate_plan(
    session: Session, actor: Actor, reference: str, now: datetime
) -> SelfInitiatedEvent:
    """Put the event to the rules in force now. Raises `NotFound`, `NotAllowed`."""
    return evaluate_event(session, actor, lock_plan(session, actor, reference), now)
