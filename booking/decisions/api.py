"""Approving and denying, over the API."""

from __future__ import annotations

from flask import Response

from booking.accounts.api import api
from booking.core import clock
from booking.core.actors import Scope
from booking.decisions import use_cases
from booking.reservations.api import changed, step
from booking.reservations.api_models import ApprovalIn, ReasonIn, ReservationOut
from booking.reservations.api_series import changed_series
from booking.reservations.api_series_models import SeriesOut
from booking.web.api import Answer


@api.endpoint(
    "POST",
    "/reservations/<reference>/approve",
    summary="Approve a request",
    answers=ReservationOut,
    body=ApprovalIn,
    tag="decisions",
    scope=Scope.DECIDE,
    errors=(403, 404, 409),
)
def approve_reservation(reference: str, body: ApprovalIn) -> Answer | Response:
    """Confirm a request, as one who may decide at its unit."""
    approve = use_cases.approve_reservation
    return changed(approve, reference, clock.now(), body.reason, body.price_group)


@api.endpoint(
    "POST",
    "/reservations/<reference>/deny",
    summary="Deny a request",
    answers=ReservationOut,
    body=ReasonIn,
    tag="decisions",
    scope=Scope.DECIDE,
    errors=(403, 404, 409),
)
def deny_reservation(reference: str, body: ReasonIn) -> Answer | Response:
    """Deny a request; the reason is owed."""
    return step(use_cases.deny_reservation, reference, body)


@api.endpoint(
    "POST",
    "/series/<reference>/approve",
    summary="Approve a series",
    answers=SeriesOut,
    body=ReasonIn,
    tag="decisions",
    scope=Scope.DECIDE,
    errors=(403, 404, 409),
)
def approve_series(reference: str, body: ReasonIn) -> Answer | Response:
    """Confirm all its dates that await approval."""
    return changed_series(use_cases.approve_series, reference, clock.now(), body.reason)


@api.endpoint(
    "POST",
    "/series/<reference>/deny",
    summary="Deny a series",
    answers=SeriesOut,
    body=ReasonIn,
    tag="decisions",
    scope=Scope.DECIDE,
    errors=(403, 404, 409),
)
def deny_series(reference: str, body: ReasonIn) -> Answer | Response:
    """Deny all its dates that await approval; the reason is owed."""
    return changed_series(use_cases.deny_series, reference, clock.now(), body.reason)
