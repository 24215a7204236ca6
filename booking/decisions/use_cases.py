"""Deciding about requests: approve, or deny with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import RequestRefused
from booking.decisions.models import Decision
from booking.reservations.circumstances import must_at_units
from booking.reservations.errors import ReasonRequired
from booking.reservations.event_queries import outcome_of
from booking.reservations.explaining import appeal_of, is_decided_by_law, reasons_told
from booking.reservations.mails import tell_owner
from booking.reservations.models import Reservation, Series
from booking.reservations.queries import units_of
from booking.reservations.repricing import group_by_rules, put_into_group
from booking.reservations.series_change_use_cases import decide_series
from booking.reservations.states import State
from booking.reservations.use_cases import lock_reservation, subjects_of


def approve_reservation(
    session: Session,
    actor: Actor,
    reference: str,
    now: datetime,
    reason: str = "",
    price_group: str | None = None,
) -> Reservation:
    """Confirm a request, in another price group than the rules' where `price_group` says so; the
    reason is owed then.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible`, `RequestRefused` for a group that there is
    not, and without the reason.
    """
    return _decide(session, actor, reference, now, State.CONFIRMED, reason, price_group)


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
    def note(series: Series, is_by_law: bool) -> None:
        decision = _decision(session, actor, state, reason, is_by_law, now)
        decision.series_id = series.id
        session.add(decision)

    return decide_series(session, actor, reference, now, state, reason, note)


def _decide(
    session: Session,
    actor: Actor,
    reference: str,
    now: datetime,
    state: State,
    reason: str,
    price_group: str | None = None,
) -> Reservation:
    city, reason = get_catalogue(session), reason.strip()
    reservation = lock_reservation(session, actor, reference, now)
    must_at_units(actor, Action.DECIDE_RESERVATION, units_of(city, reservation))
    if reservation.state != State.REQUESTED:
        raise reservation.no_step()
    by_rules = group_by_rules(reservation, city)
    if price_group is not None:
        put_into_group(reservation, city, price_group, reason)
    reservation.step_to(state, now, reason or None)
    is_by_law = is_decided_by_law(reservation, city)
    decision = _decision(session, actor, state, reason, is_by_law, now)
    decision.reservation_id = reservation.id
    session.add(decision)
    session.flush()
    grounds = _grounds(reservation, by_rules)
    record(session, actor, state.value, reservation, now, reason=reason, **grounds)
    raise_counters(session, subjects_of(reservation, city), now)
    told = reasons_told(session, reservation, city, now)
    tell_owner(session, city, reservation, f"reservation_{state.value}", now, **told)
    return reservation


def _decision(
    session: Session, actor: Actor, state: State, reason: str, is_by_law: bool, now: datetime
) -> Decision:
    """The decision as it is kept; one by administrative law with how to ask for a review of it."""
    instructions, last_day = appeal_of(get_catalogue(session), now) if is_by_law else (None, None)
    return Decision(
        outcome="approved" if state is State.CONFIRMED else "denied",
        nature="administrative" if is_by_law else "contract",
        decided_by_id=actor.person_id,
        decided_at=now,
        reason=reason.strip(),
        appeal_instructions=instructions,
        last_day_of_appeal=last_day,
    )


def _grounds(reservation: Reservation, by_rules: str) -> dict[str, Any]:
    """What the rules said of its event, as it is kept beside the decision, with the price group
    that it was put into and the one by the rules."""
    if reservation.event is None and reservation.price_group_reason is None:
        return {}
    event = outcome_of(reservation.event) if reservation.event else None
    return {
        "price_group": reservation.price_group,
        "price_group_by_rules": by_rules,
        "event": event.reference if event else None,
        "proposal": event.decision if event else None,
        "rules": list(event.rules) if event else [],
        "rules_version": reservation.event.rules_version if reservation.event else None,
    }
