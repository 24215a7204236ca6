"""Holds and preliminary bookings: kept for a while, kept longer, and made into a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.errors import NotAllowed, RequestRefused
from booking.reservations import errors as e
from booking.reservations.judging import judge_case, open_case, request_of
from booking.reservations.loans import loan_policies, things_of
from booking.reservations.making import (
    MOST_EXTENSIONS,
    first_state,
    give_to,
    hold_length,
    write_down,
)
from booking.reservations.models import Reservation
from booking.reservations.queries import get_reservation, is_owner, places_of
from booking.reservations.states import State
from booking.reservations.use_cases import (
    announce,
    let_go,
    lock_reservation,
    must_await_no_answer,
    must_be_as_read,
    settle,
    take,
)


def submit_reservation(
    session: Session,
    actor: Actor,
    reference: str,
    filled: Mapping[str, Any],
    now: datetime,
    *,
    automatic_decisions: bool = False,
) -> Reservation:
    """Make a hold or a preliminary booking into what it would be had it been asked for now.

    `filled` are fields of a `ReservationRequest`; what it does not name is as the hold has it.
    Every rule is judged again, with the hold itself in nobody's way. Raises `NotFound`,
    `NotAllowed` for all but its owner, `StepNotPossible` where it is no hold any more, and what
    asking for it raises.
    """
    found = get_reservation(session, actor, reference)
    _must_hold(actor, found)
    must_await_no_answer(found)
    asked, version = request_of(found, get_catalogue(session)), found.version
    if is_owner(actor, found):
        asked = replace(asked, override=None)  # a reason of the staff's holds for staff only
    request = replace(asked, **filled, hold=False, preliminary=False)
    case = open_case(session, actor, request, found)
    request = case.request
    settle(session, found, case.parts, now)
    if found.state != State.HELD:
        raise found.no_step()
    must_be_as_read(found, version)
    verdict = judge_case(session, actor, case, now, automatic_decisions)

    let_go(session, found)
    write_down(found, request)
    give_to(found, request, actor, case.organisation)
    found.is_preliminary = False
    state = first_state(actor, request, verdict.circumstances, verdict.must_be_decided, case.units)
    found.step_to(state, now)
    session.expire(found, ["event"])  # it may have been given one
    take(session, found, case, verdict, now)
    announce(session, actor, found, case.city, now)
    return found


def extend_hold(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """Keep a hold for as long again, counted from now.

    Raises `NotFound`, `NotAllowed` for all but its owner, `StepNotPossible` where it is no hold
    any more, `RequestRefused` for a preliminary booking and after ten times.
    """
    found = lock_reservation(session, actor, reference, now)
    _must_hold(actor, found)
    if found.state != State.HELD:
        raise found.no_step()
    must_await_no_answer(found)
    if found.is_preliminary:
        raise RequestRefused([e.PreliminaryNotExtended()])
    if found.hold_extensions >= MOST_EXTENSIONS:
        raise RequestRefused([e.NoMoreExtensions(most=MOST_EXTENSIONS)])
    found.held_until = now + _length_for(found, get_catalogue(session), now)
    found.hold_extensions += 1
    found.changed(now, for_calendars=False)
    session.flush()
    record(session, actor, "extended", found, now, times=found.hold_extensions)
    return found


def _must_hold(actor: Actor, reservation: Reservation) -> None:
    """Raise `NotAllowed` unless it is the actor's own, or one that they hold for a customer."""
    if not is_owner(actor, reservation) and reservation.booked_by_id != actor.person_id:
        raise NotAllowed()


def _length_for(reservation: Reservation, city: Catalogue, now: datetime) -> timedelta:
    in_force = [place.policy_at(now) for place in places_of(city, reservation)]
    lent = loan_policies(things_of(city, reservation), now)
    return hold_length([*(one.policy for one in in_force if one is not None), *lent])
