"""What people do with reservations: ask for one, cancel it; and what time does to them.

A use case is given the session, who asks, what, and now. It never commits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.catalogue.rules import Policy
from booking.core.actors import Action, Actor, job
from booking.core.errors import RequestRefused, RuleBroken
from booking.database import constraint_means, lock
from booking.reservations import errors as e
from booking.reservations.circumstances import (
    circumstances_of,
    must_at_units,
    parts_of,
)
from booking.reservations.closure_errors import OfferAwaitsAnswer
from booking.reservations.closure_mails import tell_of_answer
from booking.reservations.event_rules import broken_by_event
from booking.reservations.explaining import reasons_told_at_once
from booking.reservations.judging import Case, Verdict, judge_case, look_up, open_case
from booking.reservations.loan_rules import broken_by_loans
from booking.reservations.loans import add_loans, loan_policies, loans_around, pieces_needed
from booking.reservations.mails import tell_approvers, tell_owner
from booking.reservations.making import (
    add_spaces,
    first_state,
    hold,
    keep_price,
    reservation_of,
)
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.occupying import needs, share_again, shared_by, take_parts
from booking.reservations.queries import (
    get_reservation,
    is_due,
    is_owner,
    parts_held_by,
    places_of,
    read_occupancies,
    units_of,
    with_all,
)
from booking.reservations.rules import ReservationRequest, broken_rules
from booking.reservations.states import SHARING, Kind, State
from booking.reservations.timetables import taken_in


def request_reservation(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    now: datetime,
    *,
    automatic_decisions: bool = False,
) -> Reservation:
    """Make a reservation: confirmed, awaiting approval, or a hold; or refuse it and say why.

    Raises `RequestRefused` with every rule it breaks, `SpaceNotFree` where another took a part
    first, `NotFound` for an unknown space, `NotAllowed` for what only staff may ask.
    """
    case = look_up(session, actor, request)
    if _is_taken(session, case, now):
        judge_case(session, actor, case, now, automatic_decisions)  # one need not queue for a no
    case = open_case(session, actor, request)
    request = case.request
    expire_due(session, job("request"), now, parts=case.parts)
    verdict = judge_case(session, actor, case, now, automatic_decisions)

    reservation = reservation_of(request, actor, case.organisation, case.city, now)
    reservation.state = first_state(
        actor, request, verdict.circumstances, verdict.must_be_decided, case.units
    )
    if request.hold or request.preliminary:
        lent = loan_policies(case.things, now)
        hold(reservation, verdict.circumstances, lent, request.preliminary, now)
    session.add(reservation)
    take(session, reservation, case, verdict, now)
    announce(session, actor, reservation, case.city, now)
    return reservation


def _is_taken(session: Session, case: Case, now: datetime) -> bool:
    """Whether somebody holds a part of the spaces at that time already, as whoever has not queued
    sees it; those that share with their like are not asked."""
    request = case.request
    if request.kind in SHARING or request.ends_at <= request.starts_at or not case.places:
        return False
    return bool(taken_in(session, parts_of(case.places), [request.period], now))


def take(
    session: Session,
    reservation: Reservation,
    case: Case,
    verdict: Verdict,
    now: datetime,
    *,
    spaces: bool = True,
) -> None:
    """Take what was asked for and judged, at the price that was told: its loans, and its spaces
    too unless it has kept them. What it held before it has let go.

    Raises `SpaceNotFree` where the database knows of somebody else.
    """
    if not spaces and not verdict.loans:
        return
    add_loans(reservation, verdict.loans, case.city)
    needed = pieces_needed(verdict.loans, case.city)
    if spaces:
        keep_price(reservation, verdict.price, case.city)
        add_spaces(reservation, case.places, verdict.circumstances, now)
        needed |= needs(reservation, case.city, case.request.period)
    with constraint_means(session, {"occupancy_no_overlap": e.SpaceNotFree}):
        take_parts(session, reservation, needed)


def let_go(
    session: Session, *reservations: Reservation, spaces: bool = True, loans: bool = True
) -> None:
    """Let go of their spaces, or their loans, or both, so that they can be taken anew; nobody else
    sees it in between."""
    if not spaces and not loans:
        return
    lent = set(session.scalars(select(Part.id).where(Part.loan_item_id.is_not(None))))
    read_occupancies(session, reservations)
    for reservation in reservations:
        reservation.occupancies = [
            one for one in reservation.occupancies if not (loans if one.part_id in lent else spaces)
        ]
        if loans:
            reservation.loans.clear()
        if spaces:
            reservation.spaces.clear()
            reservation.price_lines.clear()
    session.flush()  # the unit of work would add before it removes


def announce(
    session: Session, actor: Actor, reservation: Reservation, city: Catalogue, now: datetime
) -> None:
    """Write down that it came to be what it is, and tell its owner and whoever decides."""
    record(session, actor, reservation.state, reservation, now, reference=reservation.reference)
    raise_counters(session, subjects_of(reservation, city), now)
    if reservation.state != State.HELD:
        told = reasons_told_at_once(session, actor, [reservation], city, now)
        tell_owner(session, city, reservation, f"reservation_{reservation.state}", now, **told)
    if reservation.state == State.REQUESTED:
        tell_approvers(session, city, reservation, now)


def judge(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    now: datetime,
    standing: Reservation | None = None,
) -> list[RuleBroken]:
    """Every rule that the request would break now, without asking for it: a courtesy to whoever
    fills the form. A hold of theirs that is `standing` is in nobody's way. Raises `NotFound`,
    `NotAllowed`."""
    case = look_up(session, actor, request, standing)
    request = case.request
    who = session, case.city, actor, request
    try:
        around = circumstances_of(*who, case.places, case.organisation, now, standing)
        loans = loans_around(*who, case.organisation, now, standing)
    except RequestRefused as refused:
        return refused.broken
    return [
        *broken_rules(request, around),
        *broken_by_event(request.outcome),
        *broken_by_loans(request, loans, now, case.city.zone),
    ]


def cancel_reservation(
    session: Session, actor: Actor, reference: str, now: datetime, reason: str = ""
) -> Reservation:
    """Cancel: the owner by the policy's limit, staff at any time before the end, with a reason
    where it is a customer's.

    After the limit the owner may still cancel where the policy says `charged`, and what is due
    stays due. Raises `NotFound`, `NotAllowed`, `StepNotPossible`, `RequestRefused`.
    """
    city = get_catalogue(session)
    reservation = lock_reservation(session, actor, reference, now)
    if reservation.ends_at <= now:
        raise reservation.no_step()
    by_staff = not is_owner(actor, reservation)
    if by_staff:
        must_at_units(actor, Action.CANCEL_RESERVATION, units_of(city, reservation))
        if reservation.kind == Kind.CUSTOMER and not reason.strip():
            raise RequestRefused([e.ReasonRequired()])
    freed = shared_by(reservation, city)
    end_by_cancelling(reservation, city, by_staff, now, reason)
    session.flush()
    share_again(session, city, freed)
    record(session, actor, "cancelled", reservation, now, reason=reason, by_staff=by_staff)
    raise_counters(session, subjects_of(reservation, city), now)
    tell_owner(session, city, reservation, "reservation_cancelled", now, by_staff=by_staff)
    return reservation


def end_by_cancelling(
    reservation: Reservation, city: Catalogue, by_staff: bool, now: datetime, reason: str
) -> None:
    """Let a reservation go; what is due after the limit stays due, unless staff cancel.

    Raises `StepNotPossible`, `RequestRefused` where its owner can't any more.
    """
    in_time = _is_in_time(reservation, city, by_staff, now)
    due = reservation.total_cents or 0
    reservation.step_to(State.CANCELLED, now, reason.strip() or None)
    reservation.due_cents = 0 if in_time or by_staff else due


def expire_due(
    session: Session, actor: Actor, now: datetime, parts: Collection[int] | None = None
) -> int:
    """Expire holds whose time is over and requests nobody decided in time; how many there were.

    Readers count them as gone already; this tidies them away, of these `parts` only if given.
    """
    due = _lock_due(session, now, parts)
    if not due:
        return 0
    city = get_catalogue(session)
    reservations = session.scalars(
        with_all(select(Reservation).where(Reservation.id.in_(due)))
        .order_by(Reservation.id)
        .execution_options(populate_existing=True)
    ).all()
    lapsed = [one for one in reservations if one.offer is not None]
    for reservation in reservations:
        was_requested = reservation.state == State.REQUESTED
        freed = shared_by(reservation, city)
        lock(session, Part, freed)
        reservation.step_to(State.EXPIRED, now, reservation.reason)
        session.flush()
        share_again(session, city, freed)
        record(session, actor, "expired", reservation, now)
        raise_counters(session, subjects_of(reservation, city), now)
        if was_requested:
            tell_owner(session, city, reservation, "reservation_expired", now)
    tell_of_answer(session, city, lapsed, "moves_lapsed", now)
    return len(due)


def _lock_due(session: Session, now: datetime, parts: Collection[int] | None) -> Sequence[int]:
    """The keys of what is due, locked; what another decides about just now is left to them."""
    query = select(Reservation.id).where(is_due(now)).order_by(Reservation.id)
    if parts is not None:
        holders = select(Occupancy.reservation_id).where(Occupancy.part_id.in_(sorted(parts)))
        query = query.where(Reservation.id.in_(holders))
    return session.scalars(query.with_for_update(key_share=True, skip_locked=True)).all()


def lock_reservation(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """The reservation, once nobody else is deciding about it; due ones have expired first."""
    found = get_reservation(session, actor, reference)
    parts = parts_held_by(get_catalogue(session), found)
    lock(session, Part, parts)
    settle(session, found, parts, now)
    return found


def settle(session: Session, found: Reservation, parts: Collection[int], now: datetime) -> None:
    """Read a reservation anew, locked, once its parts are and what is due has expired.

    Raises `StaleDataError`, so that the whole is tried again, where it was moved to other parts
    while this one queued.
    """
    expire_due(session, job("request"), now, parts=parts)
    lock(session, Reservation, [found.id])
    session.refresh(found)
    if not parts_held_by(get_catalogue(session), found) <= set(parts):
        raise StaleDataError("the reservation was moved meanwhile")


def must_await_no_answer(found: Reservation) -> None:
    """Raise `OfferAwaitsAnswer` while a closure offers it another place."""
    if found.state == State.HELD and found.offer is not None:
        raise OfferAwaitsAnswer()


def must_be_as_read(found: Reservation, version: int) -> None:
    """Raise `StaleDataError`, so that the whole is tried again, where somebody changed it between
    the reading that a request was made from and the lock."""
    if found.version != version:
        raise StaleDataError("the reservation was changed meanwhile")


def subjects_of(reservation: Reservation, city: Catalogue) -> set[str]:
    """What shows this reservation, by the names of its change counters."""
    subjects = {f"unit:{unit}" for unit in units_of(city, reservation)}
    if reservation.booked_for_id is not None:
        subjects.add(f"person:{reservation.booked_for_id}")
    if reservation.organisation_id is not None:
        subjects.add(f"organisation:{reservation.organisation_id}")
    return subjects


def _is_in_time(reservation: Reservation, city: Catalogue, by_staff: bool, now: datetime) -> bool:
    """Whether it is cancelled within the limit; `RequestRefused` where it can't be any more."""
    if reservation.starts_at <= now and not by_staff:
        raise RequestRefused([e.AlreadyBegun()])
    late = late_policies(reservation, city, now)
    if not late or reservation.state in {State.HELD, State.REQUESTED}:
        return True
    refusing = [policy for policy in late if policy.late_cancellation == "refused"]
    if refusing and not by_staff:
        limit = refusing[0].cancel_before.last_moment(reservation.starts_at, city.zone)
        raise RequestRefused([e.TooLateToCancel(limit=limit)])
    return False


def late_policies(reservation: Reservation, city: Catalogue, now: datetime) -> list[Policy]:
    """Of the policies it was made under, those whose limit of a free cancellation has passed."""
    versions = {row.policy_version_id for row in reservation.spaces}
    return [
        one.policy
        for place in places_of(city, reservation)
        for one in place.policies
        if one.id in versions
        and not one.policy.cancel_before.allows(reservation.starts_at, now, city.zone)
    ]
