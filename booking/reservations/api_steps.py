"""The life of a reservation, over the API: one endpoint for each step."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Scope
from booking.core.errors import RequestRefused, VersionMissing
from booking.reservations import (
    attendance_use_cases,
    hold_use_cases,
    moving_use_cases,
    restoring_use_cases,
)
from booking.reservations.api import changed, refusal, tagged
from booking.reservations.api_changes import ChangesIn, NothingIn, SubmissionIn
from booking.reservations.api_models import ReservationOut
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Reservation
from booking.reservations.moving import request_with
from booking.reservations.queries import get_reservation
from booking.reservations.rules import ReservationRequest
from booking.web.api import Answer, current_actor
from booking.web.session import db, transact


@api.endpoint(
    "POST",
    "/reservations/<reference>/submit",
    summary="Submit a hold",
    answers=ReservationOut,
    body=SubmissionIn,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def submit_reservation(reference: str, body: SubmissionIn) -> Answer | Response:
    """Make a hold or a preliminary booking into a request, as if it were made now."""
    automatic = current_app.config["SETTINGS"].automatic_decisions
    return changed(
        hold_use_cases.submit_reservation,
        reference,
        body.as_changes(),
        clock.now(),
        automatic_decisions=automatic,
    )


@api.endpoint(
    "POST",
    "/reservations/<reference>/extend",
    summary="Extend a hold",
    answers=ReservationOut,
    body=NothingIn,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def extend_reservation(reference: str, body: NothingIn) -> Answer | Response:
    """Keep a hold for as long again; ten times at most."""
    return changed(hold_use_cases.extend_hold, reference, clock.now())


@api.endpoint(
    "PATCH",
    "/reservations/<reference>",
    summary="Change a reservation",
    answers=ReservationOut,
    body=ChangesIn,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409, 412, 428),
)
def change_reservation(reference: str, body: ChangesIn) -> Answer | Response:
    """Move it in time or to other spaces, or change its details, all or nothing.

    `If-Match` names the version that was read. Where a person decides about the new time or
    space, what its owner moves is requested anew.
    """
    changes = body.as_changes()
    versions = _versions_meant()
    automatic = current_app.config["SETTINGS"].automatic_decisions

    def wanted(session: Session, found: Reservation, now: datetime) -> ReservationRequest:
        return request_with(current_actor(), found, changes, get_catalogue(session), now)

    return _taken_anew(
        moving_use_cases.change_reservation,
        wanted,
        reference,
        changes,
        versions=versions,
        automatic_decisions=automatic,
    )


@api.endpoint(
    "POST",
    "/reservations/<reference>/restore",
    summary="Restore a reservation",
    answers=ReservationOut,
    body=NothingIn,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def restore_reservation(reference: str, body: NothingIn) -> Answer | Response:
    """Let what was cancelled or denied stand again in the state it left, if its time is free."""

    def wanted(session: Session, found: Reservation, now: datetime) -> ReservationRequest:
        return restoring_use_cases.request_to_restore(session, current_actor(), found, now)

    return _taken_anew(restoring_use_cases.restore_reservation, wanted, reference)


@api.endpoint(
    "POST",
    "/reservations/<reference>/check-in",
    summary="Check in",
    answers=ReservationOut,
    body=NothingIn,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def check_in(reference: str, body: NothingIn) -> Answer | Response:
    """Note that they came, from half an hour before the start until the end."""
    return changed(attendance_use_cases.check_in, reference, clock.now())


@api.endpoint(
    "POST",
    "/reservations/<reference>/no-show",
    summary="Note that nobody came",
    answers=ReservationOut,
    body=NothingIn,
    tag="reservations",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def note_no_show(reference: str, body: NothingIn) -> Answer | Response:
    """As staff, once it has begun; staff take it back by checking in."""
    return changed(attendance_use_cases.note_no_show, reference, clock.now())


def _taken_anew(
    use_case: Any,
    wanted: Callable[[Session, Reservation, datetime], ReservationRequest],
    reference: str,
    *args: Any,
    **kwargs: Any,
) -> Answer | Response:
    """Take a step that takes parts anew; where that is refused, tell what would do instead."""
    actor, now = current_actor(), clock.now()
    try:
        done = transact(use_case, actor, reference, *args, now=now, **kwargs)
    except (RequestRefused, SpaceNotFree) as error:
        session = db.session()
        found = get_reservation(session, actor, reference)
        return refusal(wanted(session, found, now), error)
    return tagged(done, get_catalogue(db.session()))


def _versions_meant() -> Collection[int] | None:
    """The versions that `If-Match` names; None for whichever (RFC 9110, 13.1.1).

    Raises `VersionMissing` where the header is missing or says nothing.
    """
    if not request.headers.get("If-Match", "").strip():
        raise VersionMissing()
    tags = request.if_match
    if tags.star_tag:
        return None
    return {int(tag) for tag in tags.as_set() if tag.isascii() and tag.isdecimal()}
