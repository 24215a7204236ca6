"""The life of a reservation, over the API: one endpoint for each step."""

from __future__ import annotations

from flask import Response, current_app

from booking.accounts.api import api
from booking.core import clock
from booking.reservations import hold_use_cases
from booking.reservations.api import changed
from booking.reservations.api_changes import NothingIn, SubmissionIn
from booking.reservations.api_models import ReservationOut
from booking.web.api import Answer


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
