"""Taking back an end: what was cancelled or denied stands again, where its time is still free."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import RequestRefused
from booking.database import constraint_means
from booking.reservations import errors as e
from booking.reservations.circumstances import must_at_units
from booking.reservations.free_use import is_sent_to_staff
from booking.reservations.judging import Case, Verdict, judge_case, open_case
from booking.reservations.loans import loan_policies, pieces_needed
from booking.reservations.mails import tell_approvers, tell_owner
from booking.reservations.making import MOST_EXTENSIONS, hold, keep_price
from booking.reservations.models import Reservation
from booking.reservations.moving import Changes, request_with
from booking.reservations.occupying import needs_now, take_parts
from booking.reservations.queries import (
    get_reservation,
    is_owner,
    units_of,
    was_cancelled_by_its_owner,
)
from booking.reservations.rules import ReservationRequest, preliminary_until
from booking.reservations.states import Kind, State
from booking.reservations.use_cases import must_be_as_read, settle, subjects_of

LASTING = frozenset({"not_free", "quota_exceeded", "over_capacity"})
"""What staff can't restore against either: another's time, the owner's share, a space's room."""


def restore_reservation(
    session: Session, actor: Actor, reference: str, now: datetime
) -> Reservation:
    """Let a cancelled or denied reservation stand again in the state it left, but for what the
    rules have changed about its event: that is priced, and by its owner asked for, anew.

    Staff may, of what they may cancel or decide about, while its time is free and its owner's
    quota allows it; an owner may take back a cancellation of their own, by every rule of asking
    now. Nothing is owed for it any more.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible`, `SpaceNotFree`, `RequestRefused` with
    every broken rule, `already_begun` among them.
    """
    found = get_reservation(session, actor, reference)
    version, by_staff = found.version, not _is_taken_back(session, actor, found)
    request = request_to_restore(session, actor, found, now)
    case = open_case(session, actor, request, found)
    settle(session, found, case.parts, now)
    if found.state not in {State.CANCELLED, State.DENIED} or found.kind == Kind.IMPORTED:
        raise found.no_step()
    must_be_as_read(found, version)
    if found.starts_at <= now:
        raise RequestRefused([e.AlreadyBegun()])
    only = LASTING if by_staff else None
    verdict = judge_case(session, actor, case, now, automatic_decisions=False, only=only)

    found.step_to(_state_again(found, case, verdict, by_staff), now)
    if _is_priced_otherwise(found, verdict):
        keep_price(found, verdict.price, case.city)
    found.due_cents = None
    if found.state == State.HELD:
        _hold_again(found, case, verdict, now)
    needed = needs_now(found, case.city)
    with constraint_means(session, {"occupancy_no_overlap": e.SpaceNotFree}):
        take_parts(session, found, needed | pieces_needed(verdict.loans, case.city))
    _tell(session, actor, found, by_staff, now)
    return found


def request_to_restore(
    session: Session, actor: Actor, reservation: Reservation, now: datetime
) -> ReservationRequest:
    """What was ended, as it would be asked for now; what was accepted stays accepted."""
    request = request_with(actor, reservation, Changes(), get_catalogue(session), now)
    was_held = reservation.state_before == State.HELD
    return replace(
        request,
        hold=was_held and not reservation.is_preliminary,
        preliminary=was_held and reservation.is_preliminary,
    )


def _is_taken_back(session: Session, actor: Actor, reservation: Reservation) -> bool:
    """Whether an owner takes back what an owner did. Raises `NotAllowed` but for those who may,
    or may else as staff."""
    if (
        is_owner(actor, reservation)
        and reservation.state == State.CANCELLED
        and was_cancelled_by_its_owner(session, reservation)
    ):
        return True
    is_denied = reservation.state == State.DENIED
    action = Action.DECIDE_RESERVATION if is_denied else Action.CANCEL_RESERVATION
    must_at_units(actor, action, units_of(get_catalogue(session), reservation))
    return False


def _state_again(found: Reservation, case: Case, verdict: Verdict, by_staff: bool) -> State:
    """The state that it left; what an owner takes back is asked for again where the rules send its
    event to a person, or now say otherwise what it costs."""
    state = State(found.state_before or State.REQUESTED)
    if by_staff or state is not State.CONFIRMED:
        return state
    is_sent = is_sent_to_staff(case.request, case.city, case.organisation)
    return State.REQUESTED if is_sent or _is_priced_otherwise(found, verdict) else state


def _is_priced_otherwise(found: Reservation, verdict: Verdict) -> bool:
    """Whether it belongs to an event that the rules have since put into another price group."""
    if found.event_id is None or verdict.price is None:
        return False
    return verdict.price.price_group != found.price_group


def _hold_again(reservation: Reservation, case: Case, verdict: Verdict, now: datetime) -> None:
    """Keep it no longer than if it had not been cancelled: a hold for one extension more, a
    preliminary booking until its days since it was made are over."""
    circumstances, lent = verdict.circumstances, loan_policies(case.things, now)
    hold(reservation, circumstances, lent, reservation.is_preliminary, now)
    if not reservation.is_preliminary:
        if reservation.hold_extensions >= MOST_EXTENSIONS:
            raise RequestRefused([e.NoMoreExtensions(most=MOST_EXTENSIONS)])
        reservation.hold_extensions += 1
        return
    days = min(one.policy.preliminary_days for one in circumstances)
    reservation.held_until = min(
        reservation.created_at + timedelta(days=days),
        *(preliminary_until(one, reservation.starts_at) for one in circumstances),
    )
    if reservation.held_until <= now:
        raise RequestRefused([e.PreliminaryNotExtended()])


def _tell(
    session: Session, actor: Actor, reservation: Reservation, by_staff: bool, now: datetime
) -> None:
    city, is_held = get_catalogue(session), reservation.state == State.HELD
    action = "held" if is_held else "restored"
    record(session, actor, action, reservation, now, by_staff=by_staff, state=reservation.state)
    raise_counters(session, subjects_of(reservation, city), now)
    if not is_held:
        more = {"by_staff": by_staff, "state": reservation.state}
        tell_owner(session, city, reservation, "reservation_restored", now, **more)
    if reservation.state == State.REQUESTED:
        tell_approvers(session, city, reservation, now)
