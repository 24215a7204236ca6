"""Closures, and the answers to what they offer, over the API: the same use cases as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Actor, Scope
from booking.core.errors import RequestRefused
from booking.reservations import closure_use_cases, offer_use_cases
from booking.reservations.api import changed, refusal, reservation_as_out
from booking.reservations.api_changes import NothingIn
from booking.reservations.api_closure_models import (
    ClosureIn,
    ClosureOut,
    ClosurePreview,
    InTheWay,
    Proposal,
)
from booking.reservations.api_models import ReservationOut
from booking.reservations.api_once import created
from booking.reservations.closure_queries import (
    ClosureRefused,
    Plan,
    may_be_named,
    plan_closure,
    spaces_had,
)
from booking.reservations.closure_rules import answer_until
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Reservation
from booking.web.api import Answer, current_actor
from booking.web.session import db


@api.endpoint(
    "POST",
    "/closures",
    summary="Close spaces, a unit or the city",
    answers=ClosureOut,
    body=ClosureIn,
    status=201,
    tag="closures",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def close_spaces(body: ClosureIn) -> Answer | Response:
    """Other closures may lie over it. 409 with the `reservations` in the way where none may be."""
    actor, now, wish = current_actor(), clock.now(), body.as_wish()

    def make(session: Session) -> tuple[ClosureOut, dict[str, str]]:
        done = closure_use_cases.close_spaces(session, actor, wish, now)
        session.flush()
        out = _closure_out(actor, done, get_catalogue(session), now)
        headers = {"ETag": f'"{done.closure.version}"', "Location": out.links["self"]}
        return out, headers

    try:
        return created(ClosureOut, actor, make, now)
    except (RequestRefused, SpaceNotFree) as error:
        return _refusal(actor, error)


@api.endpoint(
    "POST",
    "/closures/preview",
    summary="What a closure would do now",
    answers=ClosurePreview,
    body=ClosureIn,
    tag="closures",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def preview_closure(body: ClosureIn) -> ClosurePreview | Response:
    """Nothing is closed; refused as the closure would be."""
    session, actor, now = db.session(), current_actor(), clock.now()
    try:
        plan = plan_closure(session, actor, body.as_wish(), now)
        if plan.broken:
            raise ClosureRefused(plan.broken, plan.in_the_way)
    except RequestRefused as error:
        return _refusal(actor, error)
    return ClosurePreview(**_lists(actor, plan, now))


@api.endpoint(
    "POST",
    "/reservations/<reference>/accept-move",
    summary="Accept the place that is kept instead of a closed one",
    answers=ReservationOut,
    body=NothingIn,
    tag="closures",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def accept_move(reference: str, body: NothingIn) -> Answer | Response:
    """With it the terms of the other space are accepted."""
    return changed(offer_use_cases.accept_move, reference, clock.now())


@api.endpoint(
    "POST",
    "/reservations/<reference>/decline-move",
    summary="Decline the place that is kept instead of a closed one",
    answers=ReservationOut,
    body=NothingIn,
    tag="closures",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def decline_move(reference: str, body: NothingIn) -> Answer | Response:
    """The reservation is cancelled, and nothing is due."""
    return changed(offer_use_cases.decline_move, reference, clock.now())


def _refusal(actor: Actor, error: RequestRefused | SpaceNotFree) -> Response:
    """Why it is refused, with the reservations in the way, as far as the actor may know of them."""
    if not isinstance(error, ClosureRefused):
        return refusal(None, error)
    city = get_catalogue(db.session())
    told = [_in_the_way(actor, one, city, spaces_had(one, city)) for one in error.in_the_way]
    return refusal(None, error, reservations=[one.model_dump(mode="json") for one in told])


def _closure_out(
    actor: Actor, done: closure_use_cases.Closed, city: Catalogue, now: datetime
) -> ClosureOut:
    out = reservation_as_out(done.closure, city)
    return ClosureOut(
        reference=out.reference,
        state=out.state,
        version=out.version,
        spaces=out.spaces,
        starts_at=out.starts_at,
        ends_at=out.ends_at,
        reason=out.message,
        uid=out.uid,
        sequence=out.sequence,
        links=out.links,
        **_lists(actor, done.plan, now),
    )


def _lists(actor: Actor, plan: Plan, now: datetime) -> dict[str, Any]:
    """Whom the closure cancels, whom it moves where, and for whom it found no place."""
    city = plan.closing.city

    def told(reservations: Sequence[Reservation]) -> list[InTheWay]:
        return [_in_the_way(actor, one, city, plan.spaces_before[one.id]) for one in reservations]

    return {
        "cancelled": told(plan.cancelled),
        "without_proposal": told(plan.without_place),
        "proposed": [
            Proposal(
                **_in_the_way(actor, one, city, plan.spaces_before[one.id]).model_dump(),
                spaces_instead=[place.slug for place in plan.moves[one.id]],
                answer_until=answer_until(now, one.starts_at),
            )
            for one in plan.moved
        ],
    }


def _in_the_way(
    actor: Actor, reservation: Reservation, city: Catalogue, spaces: Sequence[str]
) -> InTheWay:
    is_named = may_be_named(actor, reservation, spaces, city)
    return InTheWay(
        reservation=reservation.reference if is_named else None,
        spaces=list(spaces) if is_named else [],
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
    )
