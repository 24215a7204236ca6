"""The waiting list: joining it, leaving it, and being offered a place that became free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor, job
from booking.core.errors import NotAllowed, RuleBroken
from booking.core.references import new_reference
from booking.database import lock
from booking.reservations.errors import UnknownOrganisation
from booking.reservations.judging import Case, judge_case, open_case
from booking.reservations.mails import tell_owner
from booking.reservations.models import Reservation
from booking.reservations.rules import ReservationRequest
from booking.reservations.use_cases import expire_due, request_reservation
from booking.reservations.waiting_errors import (
    OfferedMeanwhile,
    TooManyWishes,
    WaitsAlready,
    WaitsNoMore,
)
from booking.reservations.waiting_models import LEFT, OFFERED, OVER, WAITING, WaitingEntry
from booking.reservations.waiting_queries import (
    count_wishes,
    find_actor_for,
    get_wish,
    waits_for,
)
from booking.reservations.waiting_rules import MOST_WISHES, broken_while_waiting, offered_until


def join_waiting_list(
    session: Session, actor: Actor, request: ReservationRequest, now: datetime
) -> WaitingEntry:
    """Wait for one space at a time that is taken; `request` is a hold, so it needs no more.

    Raises `RequestRefused` with every rule that booking it would break, other than that it is
    taken, and where it is not; `NotFound` for an unknown space.
    """
    actor.must(Action.REQUEST_RESERVATION)
    if actor.person_id is None:
        raise NotAllowed()
    lock(session, Person, [actor.person_id])  # for an organisation too: their wishes are counted
    case = open_case(session, actor, request)
    expire_due(session, job("request"), now, parts=case.parts)
    also = _broken_by_other_wishes(session, actor, case, now)
    judge_case(session, actor, case, now, False, rules=broken_while_waiting, also=also)
    entry = WaitingEntry(
        reference=new_reference(),
        state=WAITING,
        person_id=actor.person_id,
        organisation=case.organisation,
        space_id=case.places[0].id,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        title=request.title.strip(),
        purpose=request.purpose,
        people=request.people,
        created_at=now,
        state_since=now,
    )
    session.add(entry)
    session.flush()
    record(session, actor, "joined", entry, now, reference=entry.reference)
    return entry


def _broken_by_other_wishes(
    session: Session, actor: Actor, case: Case, now: datetime
) -> list[RuleBroken]:
    """That it waits already, or too much does; staff too wait only for organisations of theirs."""
    broken: list[RuleBroken] = []
    organisation = case.organisation.id if case.organisation else None
    if organisation is not None and organisation not in actor.organisations:
        broken.append(UnknownOrganisation())
    if case.request.ends_at <= case.request.starts_at:
        return broken
    if waits_for(session, actor, organisation, case.places[0], case.request.period, now):
        broken.append(WaitsAlready())
    if count_wishes(session, actor, organisation) >= MOST_WISHES:
        broken.append(TooManyWishes(most=MOST_WISHES))
    return broken


def leave_waiting_list(
    session: Session, actor: Actor, reference: str, now: datetime
) -> WaitingEntry:
    """Wait no more. Raises `NotFound` for all but its owner, `StepNotPossible` once its place is
    offered, or it is over."""
    entry = get_wish(session, actor, reference)
    lock(session, WaitingEntry, [entry.id])
    session.refresh(entry)
    if entry.state == OFFERED:
        raise OfferedMeanwhile()
    if entry.state != WAITING:
        raise WaitsNoMore()
    entry.step_to(LEFT, now)
    record(session, actor, "left", entry, now)
    return entry


def offer_place(session: Session, actor: Actor, entry_id: int, now: datetime) -> Reservation | None:
    """Hold the place for whoever waits for it, and tell them; None where somebody else has seen
    to it, or there is nobody to hold it for.

    It is asked for as anybody asks for a hold, so the same rules are judged, and the database has
    the last word. Raises `RequestRefused` or `SpaceNotFree` where it can't be had: it waits on.
    """
    lock(session, WaitingEntry, [entry_id])
    entry = session.get_one(WaitingEntry, entry_id, populate_existing=True)
    person = find_actor_for(session, entry)
    if entry.state != WAITING or person is None:
        return None
    city = get_catalogue(session)
    held = request_reservation(session, person, _hold_for(entry, city), now)
    in_force = city.places_by_id[entry.space_id].policy_at(now)
    assert in_force is not None, "a space without a policy was refused before"
    # kept as a preliminary booking is: once, until an hour that was told
    held.is_preliminary = True
    held.held_until = offered_until(in_force.policy, entry.starts_at, now, city.zone)
    entry.reservation = held
    entry.step_to(OFFERED, now)
    session.flush()
    record(session, actor, "offered", entry, now, reservation=held.reference)
    until = held.held_until.isoformat()
    tell_owner(session, city, held, "waiting_offer", now, expires_at=until)
    return held


def _hold_for(entry: WaitingEntry, city: Catalogue) -> ReservationRequest:
    return ReservationRequest(
        spaces=(city.places_by_id[entry.space_id].slug,),
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        title=entry.title,
        purpose=entry.purpose,
        people=entry.people,
        organisation=entry.organisation.slug if entry.organisation else None,
        hold=True,
    )


def end_wishes(session: Session, actor: Actor, ids: Sequence[int], now: datetime) -> int:
    """Let the wishes of these keys be over that still wait; how many there were."""
    lock(session, WaitingEntry, ids)
    found = session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.id.in_(sorted(ids)), WaitingEntry.state == WAITING)
        .order_by(WaitingEntry.id)
        .execution_options(populate_existing=True)
    ).all()
    for entry in found:
        entry.step_to(OVER, now)
        record(session, actor, "over", entry, now)
    return len(found)
