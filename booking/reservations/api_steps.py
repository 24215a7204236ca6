"""The life of a reservation, over the API: one endpoint for each step."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, current_app, request

from booking.accounts.api import api
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import RequestRefused, VersionMissing
from booking.reservations import hold_use_cases, moving_use_cases
from booking.reservations.api import changed, refusal, tagged
from booking.reservations.api_changes import ChangesIn, NothingIn, SubmissionIn
from booking.reservations.api_models import ReservationOut
from booking.reservations.errors import SpaceNotFree
from booking.reservations.moving import request_with
from booking.reservations.queries import get_reservation
from booking.web.api import Answer, current_actor
from booking.web.session import db, transact


@api.endpoint(
    "POST",
    "/reservations/<reference>/submit",
    summary="Submit a hold",
    answers=ReservationOut,
    body=SubmissionIn,
    tag="reservations",
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
    errors=(403, 404, 409, 412, 428),
)
def change_reservation(reference: str, body: ChangesIn) -> Answer | Response:
    """Move it in time or to other spaces, or change its details, all or nothing.

    `If-Match` names the version that was read. Where a person decides about the new time or
    space, what its owner moves is requested anew.
    """
    actor, changes, now = current_actor(), body.as_changes(), clock.now()
    versions = _versions_meant()
    automatic = current_app.config["SETTINGS"].automatic_decisions
    try:
        done = transact(
            moving_use_cases.change_reservation,
            actor,
            reference,
            changes,
            now,
            versions=versions,
            automatic_decisions=automatic,
        )
    except (RequestRefused, SpaceNotFree) as error:
        session = db.session()
        found, city = get_reservation(session, actor, reference), get_catalogue(session)
        wanted = request_with(actor, found, changes, city, now)
        return refusal(wanted, error)
    return tagged(done, get_catalogue(db.session()))


def _versions_meant() -> Collection[int] | None:
    """The versions that `If-Match` names; None for whichever (RFC 9110, 13.1.1).

    Raises `VersionMissing` without the header.
    """
    if "If-Match" not in request.headers:
        raise VersionMissing()
    tags = request.if_match
    if tags.star_tag:
        return None
    return {int(tag) for tag in tags.as_set() if tag.isascii() and tag.isdecimal()}
