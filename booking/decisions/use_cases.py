"""Deciding about requests: approve, or deny with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import RequestRefused
from booking.decisions.models import Decision
from booking.reservations.circumstances import must_at_units
from booking.reservations.errors import ReasonRequired
from booking.reservations.mails import tell_owner
from booking.reservations.models import Reservation, Series
from booking.reservations.queries import units_of
from booking.reservations.series_change_use_cases import decide_series
from booking.reservations.states import State
from booking.reservations.use_cases import lock_reservation, subjects_of


def approve_reservation(
    session: Session, actor: Actor, reference: str, now: datetime, reason: str = ""
) -> Reservation:
    """Confirm a request. Raises `NotFound`, `NotAllowed`, `StepNotPossible`."""
    return _decide(session, actor, reference, now, State.CONFIRMED, reason)


def deny_reservation(
    session: Session, actor: Actor, reference: str, now: datetime, reason: str
) -> Reservation:
    """Deny a request; the reason is owed, and its parts are free again.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible`, `RequestRefused` without a reason.
    """
    if not reason.strip():
        raise RequestRefused([ReasonRequired()])
    return _decide(session, actor, reference, now, State.DENIED, reason)


def approve_series(
    session: Session, actor: Actor, reference: str, now: datetime, reason: str = ""
) -> Series:
    """Confirm all the dates of a series that await it. Raises as `decide_series` does."""
    return _decide_series(session, actor, reference, now, State.CONFIRMED, reason)


def deny_series(
    session: Session, actor: Actor, reference: str, now: datetime, reason: str
) -> Series:
    """Deny all the dates of a series that await approval; the reason is owed."""
    if not reason.strip():
        raise RequestRefused([ReasonRequired()])
    return _decide_series(session, actor, reference, now, State.DENIED, reason)


def _decide_series(
    session: Session, actor: Actor, reference: str, now: datetime, state: State, reason: str
) -> Series:
    def note(series: Series, is_paid: bool) -> None:
        session.add(
            Decision(
                series_id=series.id,
                outcome="approved" if state is State.CONFIRMED else "denied",
                nature="contract" if is_paid else "administrative",
                decided_by_id=actor.person_id,
                decided_at=now,
                reason=reason.strip(),
            )
        )

    return decide_series(session, actor, reference, now, state, reason, note)


def _decide(
    session: Session, actor: Actor, reference: str, now: datetime, state: State, reason: str
) -> Reservation:
    city = get_catalogue(session)
    reservation = lock_reservation(session, actor, reference, now)
    must_at_units(actor, Action.DECIDE_RESERVATION, units_of(city, reservation))
    if reservation.state != State.REQUESTED:
        raise reservation.no_step()
    reservation.step_to(state, now, reason.strip() or None)
    session.add(
        Decision(
            reservation_id=reservation.id,
            outcome="approved" if state is State.CONFIRMED else "denied",
            nature="contract" if reservation.total_cents else "administrative",
            decided_by_id=actor.person_id,
            decided_at=now,
            reason=reason.strip(),
        )
    )
    session.flush()
    record(session, actor, state.value, reservation, now, reason=reason.strip())
    raise_counters(session, subjects_of(reservation, city), now)
    tell_owner(session, city, reservation, f"reservation_{state.value}", now)
    return reservation
