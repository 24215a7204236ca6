"""Changing a reservation that stands: another time or space, other set-up, other details.

It stays the same reservation, with its reference, UID and links; where the change is refused,
nothing has happened.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import RequestRefused, RuleBroken, StaleVersion
from booking.pricing.rules import Price
from booking.reservations import errors as e
from booking.reservations.circumstances import must_at_units, place_of, units_with
from booking.reservations.event_queries import with_event
from booking.reservations.judging import (
    Case,
    Verdict,
    judge_case,
    look_up,
    open_case,
    request_of,
)
from booking.reservations.loans import days_of, thing_of, wishes_of
from booking.reservations.mails import tell_approvers, tell_owner
from booking.reservations.making import first_state, keep_price, write_down
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.moving import Change, Changes, own_buffers, request_with
from booking.reservations.occupying import share_again, shared_by
from booking.reservations.queries import get_reservation, is_owner, units_of
from booking.reservations.rules import (
    ReservationRequest,
    broken_by_details,
    broken_rules,
    preliminary_until,
)
from booking.reservations.states import HOLDING, Kind, State
from booking.reservations.use_cases import (
    late_policies,
    let_go,
    must_await_no_answer,
    must_be_as_read,
    settle,
    subjects_of,
    take,
)

_MOVED_BY_STAFF = {Kind.CLOSURE: Action.CLOSE_SPACES, Kind.STAFF: Action.BOOK_AS_STAFF}
"""What staff must be allowed in order to change a reservation of this kind; else, to decide."""


def change_reservation(
    session: Session,
    actor: Actor,
    reference: str,
    changes: Changes,
    now: datetime,
    *,
    versions: Collection[int] | None = None,
    automatic_decisions: bool = False,
) -> Reservation:
    """Change a reservation that is still to come, by the rules it would be made by now.

    It counts neither against its own freedom nor its own quota. Whose owner moves it to where a
    person decides asks again; staff who may decide keep it as it stands.

    `versions` are those that the actor has read; None means whichever. Raises `NotFound`,
    `NotAllowed`, `StaleVersion`, `StepNotPossible`, `SpaceNotFree`, `RequestRefused` with every
    broken rule.
    """
    found = get_reservation(session, actor, reference)
    version, by_staff = found.version, not is_owner(actor, found)
    city = get_catalogue(session)
    request = request_with(actor, found, changes, city, now)
    must_change(actor, found, request, changes, city)
    keeps_loans = request.items == wishes_of(found, city)
    case = open_case(session, actor, request, found, keeps_loans=keeps_loans)
    request = case.request
    settle(session, found, case.parts, now)
    if versions is not None and found.version not in versions:
        raise StaleVersion()
    must_be_to_come(found, now)
    must_be_as_read(found, version)

    change = Change(request_of(found, city), own_buffers(found, city), request, by_staff)
    if change.is_none:
        return found
    verdict = _judge(session, actor, found, case, change, now, automatic_decisions)
    raise_counters(session, subjects_of(found, city), now)
    _make(session, found, case, change, verdict, now)
    _step(actor, found, case, change, verdict, now)
    session.flush()
    raise_counters(session, subjects_of(found, city), now)
    _tell(session, actor, found, change, city, now)
    return found


class Foreseen(NamedTuple):
    """What a change would come to: whether it is one, its price and the state it would end in."""

    is_none: bool
    price: Price | None
    state: State


def foresee_change(
    session: Session,
    actor: Actor,
    found: Reservation,
    changes: Changes,
    now: datetime,
    *,
    automatic_decisions: bool = False,
) -> Foreseen:
    """What `change_reservation` would come to, without queueing for it or making it: a courtesy to
    whoever fills in the form. Raises as it does."""
    city = get_catalogue(session)
    request = request_with(actor, found, changes, city, now)
    must_change(actor, found, request, changes, city)
    must_be_to_come(found, now)
    by_staff, keeps_loans = not is_owner(actor, found), request.items == wishes_of(found, city)
    request = with_event(session, actor, request)
    change = Change(request_of(found, city), own_buffers(found, city), request, by_staff)
    if change.is_none:
        return Foreseen(True, None, State(found.state))
    case = look_up(session, actor, request, found, keeps_loans)
    verdict = _judge(session, actor, found, case, change, now, automatic_decisions)
    state = _state_after(actor, found, case, change, verdict)
    return Foreseen(False, verdict.price, state)


# ── Who may, and when ─────────────────────────────────────────────────────────────────────────


def must_change(
    actor: Actor,
    reservation: Reservation,
    request: ReservationRequest,
    changes: Changes,
    city: Catalogue,
) -> None:
    """Raise `NotAllowed` but to its owner, and to staff of every site it leaves or comes to."""
    units = {*units_of(city, reservation)}
    units |= units_with(
        [place_of(city, slug) for slug in request.spaces],
        [thing_of(city, wish.item) for wish in request.items],
    )
    if changes.widens:
        must_at_units(actor, Action.BOOK_AS_STAFF, units)
    if not is_owner(actor, reservation):
        kind = Kind(reservation.kind)
        must_at_units(actor, _MOVED_BY_STAFF.get(kind, Action.DECIDE_RESERVATION), units)


def must_be_to_come(reservation: Reservation, now: datetime) -> None:
    """Raise `StepNotPossible` for what does not stand or is kept by another calendar, and
    `RequestRefused` for what has begun."""
    if reservation.state not in HOLDING or reservation.kind == Kind.IMPORTED:
        raise reservation.no_step()
    if reservation.starts_at <= now:
        raise RequestRefused([e.AlreadyBegun()])
    must_await_no_answer(reservation)


def must_be_movable(reservation: Reservation, city: Catalogue, now: datetime) -> None:
    """Raise `RequestRefused` after the limit of a free cancellation: who may not cancel without
    paying may not move away either."""
    late = late_policies(reservation, city, now)
    if late and reservation.state == State.CONFIRMED:
        limit = late[0].cancel_before.last_moment(reservation.starts_at, city.zone)
        raise RequestRefused([e.TooLateToMove(limit=limit)])


def outgrown(
    reservation: Reservation, request: ReservationRequest, city: Catalogue
) -> list[RuleBroken]:
    """Of the loans that cover the reservation, those that would not cover its new time."""
    return [
        e.LoansDontFit(item=city.loans_by_id[row.loan_item_id].name, first=first, last=last)
        for row in reservation.loans
        for first, last in [days_of(row, city)]
        if row.starts_at <= reservation.starts_at
        and reservation.ends_at <= row.ends_at
        and not (row.starts_at <= request.starts_at and request.ends_at <= row.ends_at)
    ]


def _judge(
    session: Session,
    actor: Actor,
    found: Reservation,
    case: Case,
    change: Change,
    now: datetime,
    automatic_decisions: bool,
) -> Verdict:
    """Judge the change by the rules that it touches. Raises `RequestRefused`."""
    if change.is_elsewhere and not change.by_staff:
        must_be_movable(found, case.city, now)
    rules = broken_rules if change.is_elsewhere else broken_by_details
    too_long = outgrown(found, case.request, case.city) if case.keeps_loans else []
    return judge_case(session, actor, case, now, automatic_decisions, rules=rules, also=too_long)


# ── The change ────────────────────────────────────────────────────────────────────────────────


def _make(
    session: Session,
    found: Reservation,
    case: Case,
    change: Change,
    verdict: Verdict,
    now: datetime,
) -> None:
    """Write it down, take its parts anew where they are others, and price it."""
    reason = found.override_reason
    freed = shared_by(found, case.city) if change.is_elsewhere else {}
    write_down(found, case.request)
    session.expire(found, ["event"])  # it may be another
    accepted = [Acceptance.of(row) for row in found.spaces]
    let_go(session, found, spaces=change.is_elsewhere, loans=not case.keeps_loans)
    take(session, found, case, verdict, now, spaces=change.is_elsewhere)
    share_again(session, case.city, freed)
    if not change.is_elsewhere:
        found.override_reason = reason
        found.price_lines.clear()
        keep_price(found, verdict.price, case.city)
        return
    for row in found.spaces:
        accept(row, accepted, change.by_staff)
    if change.is_moved:
        found.checked_in_at = None
    if found.is_preliminary and found.held_until is not None:
        kept = [preliminary_until(one, found.starts_at) for one in verdict.circumstances]
        found.held_until = min(found.held_until, *kept)


class Acceptance(NamedTuple):
    """Terms accepted for a space (their key), and when."""

    space_id: int
    terms_id: int | None
    at: datetime | None

    @classmethod
    def of(cls, row: ReservationSpace) -> Acceptance:
        return cls(row.space_id, row.terms_version_id, row.terms_accepted_at)


def accept(row: ReservationSpace, accepted: Sequence[Acceptance], by_staff: bool) -> None:
    """Keep what was accepted for this space, or of the same text for another; nobody is said to
    have accepted what staff moved them to."""
    for one in accepted:
        if one.space_id == row.space_id:
            row.terms_version_id, row.terms_accepted_at = one.terms_id, one.at
            return
    for one in accepted:
        if one.terms_id == row.terms_version_id:
            row.terms_accepted_at = one.at
            return
    if by_staff:
        row.terms_version_id = row.terms_accepted_at = None


def _step(
    actor: Actor,
    found: Reservation,
    case: Case,
    change: Change,
    verdict: Verdict,
    now: datetime,
) -> None:
    """Count the change, and go to the state that it ends in."""
    state = _state_after(actor, found, case, change, verdict)
    if state != found.state:
        found.step_to(state, now)
    else:
        found.changed(now, for_calendars=change.is_seen_in_calendars)


def _state_after(
    actor: Actor, found: Reservation, case: Case, change: Change, verdict: Verdict
) -> State:
    """The state that it stays in; by its owner, that which asking for the change would end in."""
    state = State(found.state)
    if state == State.HELD or change.by_staff or not _is_decided_anew(change, verdict):
        return state
    return first_state(
        actor, change.after, verdict.circumstances, verdict.must_be_decided, case.units
    )


def _is_decided_anew(change: Change, verdict: Verdict) -> bool:
    """Whether what was decided no longer covers it: it moved, it is for another event, it has other
    things on loan that a person looks at, or more come, so many that a person does."""
    people, before = change.after.people or 0, change.before.people or 0
    if change.is_for_another_event or change.outgrows_its_event:
        return True
    limits = [one.policy.staff_review_from_persons for one in verdict.circumstances]
    if change.is_moved or (change.lends_otherwise and verdict.must_be_decided):
        return True
    return any(limit is not None and before < people and limit <= people for limit in limits)


def _tell(
    session: Session,
    actor: Actor,
    found: Reservation,
    change: Change,
    city: Catalogue,
    now: datetime,
) -> None:
    """Write the change down; tell the owner that it moved, and, of what they moved, whoever
    decides."""
    is_told = (change.is_moved or change.lends_otherwise) and found.state != State.HELD
    before = {
        "starts_at": change.before.starts_at.isoformat(),
        "ends_at": change.before.ends_at.isoformat(),
        "spaces": [dict(city.places[slug].name) for slug in change.before.spaces],
    }
    record(session, actor, "moved" if is_told else "changed", found, now, before=before)
    if is_told:
        more = {"by_staff": change.by_staff, "state": found.state, "before": before}
        tell_owner(session, city, found, "reservation_moved", now, **more)
    if found.state == State.REQUESTED and not change.by_staff and is_told:
        tell_approvers(session, city, found, now)
