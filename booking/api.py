"""The whole API: the wings' endpoints, their document, and the page that shows it."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.accounts.api import api
from booking.billing import api as billing
from booking.calendars import api as calendars
from booking.calendars import api_imports as imports
from booking.catalogue import api as catalogue
from booking.decisions import api as decisions
from booking.reservations import api as reservations
from booking.reservations import api_closures as closures
from booking.reservations import api_finding as finding
from booking.reservations import api_series as series
from booking.reservations import api_steps as steps
from booking.reservations import api_waiting as waiting
from booking.self_initiated import api as events
from booking.self_initiated import event_api as own_events
from booking.web.openapi import document

DESCRIPTION = (
    "Find and book the spaces that a city owns. Instants are RFC 3339 with an offset, names are "
    "{fi, sv, en}, amounts whole cents, decimals strings. Errors are RFC 9457 problem+json with a "
    "`code`, their words by Accept-Language."
)

blueprint = api.blueprint
docs = Blueprint("api_docs", __name__)
__all__ = [
    "billing",
    "blueprint",
    "calendars",
    "catalogue",
    "closures",
    "decisions",
    "docs",
    "events",
    "finding",
    "imports",
    "own_events",
    "reservations",
    "series",
    "steps",
    "waiting",
]


@docs.get("/api/v1/openapi.json")
@access.public
def show_document() -> ResponseReturnValue:
    """The OpenAPI 3.1 document."""
    return jsonify(_document())


@docs.get("/api/docs")
@access.public
def show_docs() -> ResponseReturnValue:
    """The document as a page that loads nothing from elsewhere."""
    return render_template("pages/api.html", document=_document())


def _document() -> dict[str, object]:
    base = current_app.config["BASE_URL"]
    return document(api, "Yhteistila", DESCRIPTION, "1.0", base)
