"""The things on loan of an application: requested with it, decided with it, let go with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor, job
from booking.core.clock import local_date, local_days
from booking.database import lock
from booking.reservations.judging import judge_case, open_case
from booking.reservations.mails import tell_approvers, tell_owner
from booking.reservations.making import reservation_of
from booking.reservations.models import Reservation
from booking.reservations.queries import parts_held_by, with_all
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.states import HOLDING, State
from booking.reservations.use_cases import expire_due, settle, subjects_of, take
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_rules import LoanLine


def lines_of(application: SupportApplication) -> list[LoanLine]:
    """What the application wishes to borrow."""
    return [LoanLine.of(kept) for kept in application.wishes]


def request_for(
    application: SupportApplication, city: Catalogue, now: datetime, *, accepted: bool
) -> ReservationRequest:
    """The same as a request of the booking engine: all together, from the first day to the last.

    `accepted`: the terms in force are accepted and a responsible adult is declared.
    """
    lines = lines_of(application)
    first, last = min(line.first for line in lines), max(line.last for line in lines)
    days = local_days(first, last, city.zone)
    event = application.event
    return ReservationRequest(
        spaces=(),
        starts_at=days.starts_at,
        ends_at=days.ends_at,
        title=event.title,
        organisation=application.organisation.slug if application.organisation else None,
        responsible_adult=accepted,
        terms=terms_of_loans(city, lines, now) if accepted else (),
        message=application.reference,
        items=tuple(LoanWish(line.item, line.quantity, line.first, line.last) for line in lines),
    )


def terms_of_loans(city: Catalogue, lines: Sequence[LoanLine], now: datetime) -> tuple[date, ...]:
    """The versions of the terms in force for these things."""
    today = local_date(now, city.zone)
    found: list[date] = []
    for line in lines:
        thing = city.loans.get(line.item)
        in_force = thing.policy_at(now) if thing else None
        terms = city.terms_on(in_force[1].terms, today) if in_force else None
        if terms is not None:
            found.append(terms.version)
    return tuple(dict.fromkeys(found))


def request_loans(
    session: Session,
    actor: Actor,
    application: SupportApplication,
    now: datetime,
    *,
    accepted: bool,
) -> None:
    """Ask for the things, to be decided by whoever decides about the application.

    Raises `RequestRefused` with every rule they break, of what is not free too; all or nothing.
    """
    city = get_catalogue(session)
    request = request_for(application, city, now, accepted=accepted)
    case = open_case(session, actor, request)
    expire_due(session, job("request"), now, parts=case.parts)
    verdict = judge_case(session, actor, case, now, automatic_decisions=False)
    reservation = reservation_of(request, actor, case.organisation, case.city, now)
    reservation.state, reservation.event_id = State.REQUESTED, application.event_id
    session.add(reservation)
    take(session, reservation, case, verdict, now)
    application.reservation_id = reservation.id
    record(session, actor, "requested", reservation, now, reference=reservation.reference)
    raise_counters(session, subjects_of(reservation, city), now)
    tell_owner(session, city, reservation, "reservation_requested", now)
    tell_approvers(session, city, reservation, now)


def step_loans(
    session: Session,
    actor: Actor,
    application: SupportApplication,
    state: State,
    now: datetime,
    reason: str = "",
) -> Reservation | None:
    """Confirm, deny or cancel the things, unless that was done already; the reservation as it is
    now, None where nothing was to be borrowed."""
    if application.reservation_id is None:
        return None
    city = get_catalogue(session)
    reservation = session.scalars(
        with_all(select(Reservation).where(Reservation.id == application.reservation_id))
    ).one()
    parts = parts_held_by(city, reservation)
    lock(session, Part, parts)
    settle(session, reservation, parts, now)
    is_waiting = reservation.state == State.REQUESTED
    is_over = reservation.ends_at <= now or reservation.state not in HOLDING
    if is_over or not (is_waiting or state is State.CANCELLED):
        return reservation
    reservation.step_to(state, now, reason.strip() or None)
    session.flush()
    record(session, actor, state.value, reservation, now, reason=reason.strip())
    raise_counters(session, subjects_of(reservation, city), now)
    tell_owner(session, city, reservation, f"reservation_{state.value}", now)
    return reservation
