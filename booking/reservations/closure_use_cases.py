"""Closing spaces: what stands in the way is cancelled, or held at another place until its booker
answers; all of it in one transaction.

A use case is given the session, who asks, what, and now. It never commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Action, Actor, job
from booking.core.periods import Period
from booking.database import constraint_means, lock
from booking.pricing.rules import price_of
from booking.reservations import errors as e
from booking.reservations.circumstances import parts_of
from booking.reservations.closure_errors import PreviewOutdated
from booking.reservations.closure_mails import tell_displaced
from booking.reservations.closure_models import Displacement
from booking.reservations.closure_queries import (
    Closing,
    ClosureRefused,
    Plan,
    buffers_of,
    in_the_way,
    look_up_closing,
    places_to_offer,
    plan_of,
)
from booking.reservations.closure_rules import ClosureWish, OnConflict, Outcome, answer_until
from booking.reservations.making import keep_price, reservation_of
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.occupying import needs_now, take_parts
from booking.reservations.queries import parts_held_by, places_of
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import Kind, State
from booking.reservations.use_cases import expire_due, subjects_of

LONGEST_TITLE = 120


@dataclass(frozen=True)
class Closed:
    """A closure that was made, as it was planned."""

    closure: Reservation
    plan: Plan


def close_spaces(
    session: Session, actor: Actor, wish: ClosureWish, now: datetime, seen: str | None = None
) -> Closed:
    """Close spaces, a unit or the city; other closures and imports may lie over it.

    Who stands in the way makes it refused, is cancelled, or is held at another place, as the wish
    says; nothing is due from them, and each booker is told in one mail. A reservation of several
    spaces goes as a whole. What has begun is not cut. `seen` is the mark of the plan that the
    actor has looked at; None means whichever.

    Raises `NotFound`, `NotAllowed`, `ClosureRefused` with every broken rule, `PreviewOutdated`
    where something else would happen by now, `SpaceNotFree`.
    """
    closing = look_up_closing(session, actor, wish)
    plan = _plan_in_queue(session, closing, now)
    if plan.broken:
        raise ClosureRefused(plan.broken, plan.in_the_way)
    if seen is not None and seen != plan.seen:
        raise PreviewOutdated()

    subjects = {s for one in plan.in_the_way for s in subjects_of(one, closing.city)}
    displacements = _let_go(session, actor, plan, now)
    closure = _closure_of(actor, plan, now)
    session.add(closure)
    with constraint_means(session, {"occupancy_no_overlap": e.SpaceNotFree}):
        take_parts(session, closure, needs_now(closure, closing.city))
        for one in plan.moved:
            one.occupy(needs_now(one, closing.city))
    _write_down(session, actor, closure, plan, displacements, now)
    subjects |= {s for one in [closure, *plan.in_the_way] for s in subjects_of(one, closing.city)}
    raise_counters(session, subjects, now)
    tell_displaced(session, closure, plan, displacements, now)
    return Closed(closure, plan)


def _plan_in_queue(session: Session, closing: Closing, now: datetime) -> Plan:
    """What the closure would do, once nobody else decides about what it touches: its own parts,
    all those of who stands in its way, and those that may be offered.

    Raises `StaleDataError`, so that the whole is tried again, where somebody came into its way
    with other parts while this one queued.
    """
    queued = closing.parts | _parts_beside(session, closing, now)
    lock(session, Part, queued)
    expire_due(session, job("closure"), now, parts=queued)
    plan = plan_of(session, closing, now)
    if not _parts_of_plan(plan) <= queued:
        raise StaleDataError("somebody else came into the closure's way")
    lock(session, Reservation, [one.id for one in plan.in_the_way])
    return plan


def _parts_beside(session: Session, closing: Closing, now: datetime) -> set[int]:
    """The parts of what stands in the way, and those that may be offered for them."""
    if closing.wish.on_conflict is OnConflict.REFUSE or not closing.wish.has_time:
        return set()
    found = in_the_way(session, closing, now)
    parts = {part for one in found for part in parts_held_by(closing.city, one)}
    if closing.wish.on_conflict is OnConflict.PROPOSE_MOVES:
        parts |= parts_of(places_to_offer(closing, found))
    return parts


def _parts_of_plan(plan: Plan) -> set[int]:
    if plan.closing.wish.on_conflict is OnConflict.REFUSE:
        return plan.closing.parts
    city = plan.closing.city
    parts = {part for one in plan.in_the_way for part in parts_held_by(city, one)}
    return parts | parts_of([place for places in plan.moves.values() for place in places])


# ── Who stands in the way ─────────────────────────────────────────────────────────────────────


def _let_go(session: Session, actor: Actor, plan: Plan, now: datetime) -> dict[int, Displacement]:
    """Cancel each in the way, or make it a hold of its new place, which it has not taken yet; what
    is noted of each, by its key."""
    _replace_offers(session, plan, now)
    noted = {}
    for one in plan.in_the_way:
        if one.id in plan.moves:
            noted[one.id] = _rehouse(actor, one, plan, now)
        else:
            noted[one.id] = _note(one, plan, Outcome.CANCELLED, now)
            one.step_to(State.CANCELLED, now, plan.closing.wish.reason.strip())
            one.due_cents = 0
    session.flush()  # the unit of work would add before it removes
    return noted


def _replace_offers(session: Session, plan: Plan, now: datetime) -> None:
    """Let the offers be settled whose place is closed too, before there was an answer."""
    offers = [one.offer.id for one in plan.in_the_way if one.offer is not None]
    if not offers:
        return
    session.execute(
        update(Displacement)
        .where(Displacement.id.in_(sorted(offers)))
        .values(outcome=Outcome.REPLACED.value, outcome_at=now)
    )
    for one in plan.in_the_way:
        set_committed_value(one, "offer", None)


def _note(reservation: Reservation, plan: Plan, outcome: Outcome, now: datetime) -> Displacement:
    return Displacement(
        reservation_id=reservation.id,
        outcome=outcome.value,
        outcome_at=now,
        space_ids=[row.space_id for row in reservation.spaces],
    )


def _rehouse(actor: Actor, one: Reservation, plan: Plan, now: datetime) -> Displacement:
    """Make it a hold of the place it is offered; its things on loan it keeps."""
    city, before = plan.closing.city, State(one.state)
    noted = _note(one, plan, Outcome.OFFERED, now)
    noted.answer_until = answer_until(now, one.starts_at)
    places = plan.moves[one.id]
    came_from = State(one.state_before or before) if before is State.HELD else before
    noted.state_after = _state_after(actor, one, places, came_from, now)
    if before is State.HELD:
        one.reason = plan.closing.wish.reason.strip()
        one.changed(now, for_calendars=True)
    else:
        one.step_to(State.HELD, now, plan.closing.wish.reason.strip())
    one.held_until = noted.answer_until
    one.override_reason = one.override_reason or plan.closing.wish.reason.strip()
    pieces = parts_held_by(city, one) - parts_of(places_of(city, one))
    one.occupancies = [held for held in one.occupancies if held.part_id in pieces]
    _take_places(one, places, city, now)
    return noted


def _state_after(
    actor: Actor,
    one: Reservation,
    places: Sequence[Place],
    came_from: State,
    now: datetime,
) -> State:
    """What accepting makes it: what it was, or a request where others decide about the place."""
    if came_from is not State.CONFIRMED or one.kind != Kind.CUSTOMER:
        return came_from
    had = {row.space_id for row in one.spaces}
    asks = any(
        _is_decided_at(place, one.people or 0, now)
        and not actor.may(Action.DECIDE_RESERVATION, place.unit.id)
        for place in places
        if place.id not in had
    )
    return State.REQUESTED if asks else State.CONFIRMED


def _is_decided_at(place: Place, people: int, now: datetime) -> bool:
    """Whether a person decides about so many people there."""
    in_force = place.policy_at(now)
    if in_force is None:
        return False
    limit = in_force.policy.staff_review_from_persons
    return in_force.policy.approval == "staff" or (limit is not None and people >= limit)


def _take_places(one: Reservation, places: Sequence[Place], city: Catalogue, now: datetime) -> None:
    """Write down its new spaces, whose terms nobody has accepted yet, at a price no higher than it
    had: nobody pays more because the city closes."""
    swapped: dict[int | None, int] = {}
    for row, place in zip(one.spaces, places, strict=True):
        if row.space_id == place.id:
            continue
        swapped[row.space_id] = place.id
        before, after = buffers_of(place, now)
        in_force = place.policy_at(now)
        row.space_id = place.id
        row.before_minutes = int(before.total_seconds() // 60)
        row.after_minutes = int(after.total_seconds() // 60)
        row.policy_version_id = in_force.id if in_force else None
        row.terms_version_id = row.terms_accepted_at = None
    group = city.price_groups.get(one.price_group or "")
    period = Period(one.starts_at, one.ends_at)
    price = price_of(list(places), period, group, one.purpose, city) if group else None
    if price is not None and price.total_cents < (one.total_cents or 0):
        keep_price(one, price, city)
        return
    for line in one.price_lines:
        line.space_id = swapped.get(line.space_id, line.space_id)


# ── The closure ───────────────────────────────────────────────────────────────────────────────


def _closure_of(actor: Actor, plan: Plan, now: datetime) -> Reservation:
    closing, reason = plan.closing, plan.closing.wish.reason.strip()
    request = ReservationRequest(
        spaces=tuple(place.slug for place in closing.places),
        starts_at=closing.wish.starts_at,
        ends_at=closing.wish.ends_at,
        title=reason.splitlines()[0][:LONGEST_TITLE],
        message=reason,
        kind=Kind.CLOSURE,
    )
    closure = reservation_of(request, actor, None, closing.city, now)
    closure.state = State.CONFIRMED
    for number, place in enumerate(closing.places):
        before, after = buffers_of(place, now)
        in_force = place.policy_at(now)
        closure.spaces.append(
            ReservationSpace(
                space_id=place.id,
                position=number,
                before_minutes=int(before.total_seconds() // 60),
                after_minutes=int(after.total_seconds() // 60),
                policy_version_id=in_force.id if in_force else None,
            )
        )
    return closure


def _write_down(
    session: Session,
    actor: Actor,
    closure: Reservation,
    plan: Plan,
    displacements: Mapping[int, Displacement],
    now: datetime,
) -> None:
    for one in plan.in_the_way:
        displacements[one.id].closure_id = closure.id
        session.add(displacements[one.id])
        session.expire(one, ["offer"])
        details = {"reason": closure.message, "closure": closure.reference, "by_staff": True}
        action = "offered" if one.id in plan.moves else "cancelled"
        record(session, actor, action, one, now, **details)
    counts = {"cancelled": len(plan.cancelled), "offered": len(plan.moves)}
    record(session, actor, closure.state, closure, now, reference=closure.reference, **counts)
