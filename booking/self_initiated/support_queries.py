"""Reading applications for support: one's own, and those that staff handle."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.core.periods import Period
from booking.core.references import normal_reference
from booking.decisions.models import Decision
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.models import Reservation
from booking.reservations.queries import with_all
from booking.self_initiated.support_models import Receipt, SupportApplication
from booking.self_initiated.support_rules import REMINDED_AHEAD, SupportState

LIVE = SupportApplication.state.not_in((SupportState.DENIED, SupportState.WITHDRAWN))


# ── One's own ─────────────────────────────────────────────────────────────────────────────────


def get_event_of(session: Session, actor: Actor, reference: str) -> SelfInitiatedEvent:
    """The event of this reference, for whom it is or who belongs to its organisation.

    Raises `NotFound` for everybody else: knowing a reference opens nothing.
    """
    found = session.scalars(
        select(SelfInitiatedEvent)
        .where(SelfInitiatedEvent.reference == normal_reference(reference))
        .options(joinedload(SelfInitiatedEvent.organisation))
    ).first()
    if found is None or not is_theirs(actor, found):
        raise NotFound()
    return found


def is_theirs(actor: Actor, owned: SelfInitiatedEvent | SupportApplication) -> bool:
    """Whether it is the actor's: of an organisation of theirs, or, without one, their own."""
    if owned.organisation_id is not None:
        return owned.organisation_id in actor.organisations
    return actor.person_id is not None and owned.person_id == actor.person_id


def find_application_to(session: Session, event: SelfInitiatedEvent) -> SupportApplication | None:
    """The event's application that was neither denied nor withdrawn."""
    return session.scalars(
        _with_all(select(SupportApplication)).where(SupportApplication.event_id == event.id, LIVE)
    ).first()


def applications_to(session: Session, event: SelfInitiatedEvent) -> Sequence[SupportApplication]:
    """All applications to the event, the newest first."""
    return session.scalars(
        _with_all(select(SupportApplication))
        .where(SupportApplication.event_id == event.id)
        .order_by(SupportApplication.id.desc())
    ).all()


def get_application_of(session: Session, actor: Actor, reference: str) -> SupportApplication:
    """The actor's own application. Raises `NotFound` where it is none of theirs."""
    found = _find(session, reference)
    if found is None or not is_theirs(actor, found):
        raise NotFound()
    return found


# ── Those that staff handle ───────────────────────────────────────────────────────────────────


def get_application(session: Session, actor: Actor, reference: str) -> SupportApplication:
    """An application that was submitted, for the staff who handle support. Raises `NotFound`, also
    of a draft, and `NotAllowed`."""
    actor.must_anywhere(Action.HANDLE_SUPPORT)
    found = _find(session, reference)
    if found is None or found.submitted_at is None:
        raise NotFound()
    return found


def applications(
    session: Session, actor: Actor, states: Collection[str], skip: int, most: int
) -> Sequence[SupportApplication]:
    """What was submitted and is in one of these states, in the order of submission: up to `most`
    after `skip`. Raises `NotAllowed`."""
    actor.must_anywhere(Action.HANDLE_SUPPORT)
    return session.scalars(
        _with_people(select(SupportApplication))
        .where(*_in_states(states))
        .order_by(SupportApplication.submitted_at, SupportApplication.id)
        .offset(skip)
        .limit(most)
    ).all()


def count_by_state(session: Session, actor: Actor) -> dict[str, int]:
    """How many submitted applications there are in each state. Raises `NotAllowed`."""
    actor.must_anywhere(Action.HANDLE_SUPPORT)
    rows = session.execute(
        select(SupportApplication.state, func.count(SupportApplication.id))
        .where(SupportApplication.submitted_at.is_not(None))
        .group_by(SupportApplication.state)
    )
    return {state: number for state, number in rows}


def count_awaiting(session: Session) -> int:
    """How many applications await a decision, and how many reports a payment."""
    return (
        session.scalar(
            select(func.count(SupportApplication.id)).where(
                SupportApplication.state.in_((SupportState.SUBMITTED, SupportState.REPORTED))
            )
        )
        or 0
    )


def payments(
    session: Session, actor: Actor, states: Collection[str], decided: Period
) -> Sequence[tuple[SupportApplication, Decision]]:
    """Grants of money in one of these states, each with its decision, which was made in that
    period; in the order of submission. Raises `NotAllowed`."""
    actor.must(Action.PAY_SUPPORT)
    rows = session.execute(
        _with_all(select(SupportApplication, Decision))
        .join(Decision, Decision.application_id == SupportApplication.id)
        .where(
            *_in_states(states),
            SupportApplication.granted_cents > 0,
            Decision.outcome == "approved",
            Decision.decided_at >= decided.starts_at,
            Decision.decided_at < decided.ends_at,
        )
        .order_by(SupportApplication.submitted_at, SupportApplication.id)
    ).all()
    return [(one, decision) for one, decision in rows]


def decision_on(session: Session, application: SupportApplication) -> Decision | None:
    """What was decided about the application."""
    return session.scalars(
        select(Decision)
        .where(Decision.application_id == application.id)
        .order_by(Decision.id.desc())
    ).first()


def history_of(session: Session, application: SupportApplication) -> list[tuple[AuditEntry, str]]:
    """Who did what to it, the first first: each entry with the name of who did."""
    rows = session.execute(
        select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_person_id)
        .where(
            AuditEntry.subject == SupportApplication.__tablename__,
            AuditEntry.subject_id == application.id,
        )
        .order_by(AuditEntry.id)
    )
    return [(entry, name or entry.actor_name) for entry, name in rows]


def loans_of(session: Session, application: SupportApplication) -> Reservation | None:
    """The reservation of its things on loan."""
    if application.reservation_id is None:
        return None
    return session.scalars(
        with_all(select(Reservation).where(Reservation.id == application.reservation_id))
    ).one()


def get_receipt(application: SupportApplication, receipt_id: int) -> Receipt:
    """The receipt of that key among those of the application. Raises `NotFound`."""
    found = next((one for one in application.receipts if one.id == receipt_id), None)
    if found is None:
        raise NotFound()
    return found


# ── What the job asks ─────────────────────────────────────────────────────────────────────────


def whom_to_remind(session: Session, today: date) -> Sequence[int]:
    """The keys of granted applications of whose receipts a reminder is due that was not sent."""
    due, reminded = SupportApplication.receipts_due_on, SupportApplication.receipts_reminder
    return session.scalars(
        select(SupportApplication.id)
        .where(
            SupportApplication.state == SupportState.GRANTED,
            SupportApplication.granted_cents > 0,
            or_(
                and_(due <= today + REMINDED_AHEAD, due >= today, reminded.is_(None)),
                and_(due < today, or_(reminded.is_(None), reminded != "overdue")),
            ),
        )
        .order_by(SupportApplication.id)
    ).all()


def _find(session: Session, reference: str) -> SupportApplication | None:
    return session.scalars(
        _with_all(select(SupportApplication)).where(
            SupportApplication.reference == normal_reference(reference)
        )
    ).first()


def _in_states(states: Collection[str]) -> list[ColumnElement[bool]]:
    chosen = SupportApplication.state.in_(sorted(states))
    return [SupportApplication.submitted_at.is_not(None), chosen]


def _with_people(query: Any) -> Any:
    return query.options(
        joinedload(SupportApplication.person),
        joinedload(SupportApplication.organisation),
        joinedload(SupportApplication.event),
    )


def _with_all(query: Any) -> Any:
    return _with_people(query).options(selectinload(SupportApplication.receipts))
