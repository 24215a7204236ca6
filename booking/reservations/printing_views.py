"""Pages to print: a booking's confirmation, and the dates of a series."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date
from booking.reservations.queries import get_reservation
from booking.reservations.rendering import reservation_row
from booking.reservations.rendering_printing import absolute, qr_code, sheet
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.states import HOLDING
from booking.web.session import db

blueprint = Blueprint("printing", __name__)


@blueprint.get("/<lang:lang>/reservations/<reference>/print")
@access.signed_in
def show_print(lang: str, reference: str) -> ResponseReturnValue:
    """One page of paper: what is booked, where, when, how to get in, what it costs."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    reservation = get_reservation(session, access.current_actor(), reference)
    return render_template("reservations/print.html", **sheet(reservation, city, now))


@blueprint.get("/<lang:lang>/series/<reference>/print")
@access.signed_in
def show_series_print(lang: str, reference: str) -> ResponseReturnValue:
    """The dates of a series as a list to hang up: those that stand, and those skipped."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    series = get_series(session, access.current_actor(), reference)
    url = url_for("series.show_series", reference=series.reference)
    rows = [reservation_row(one, city, now) for one in dates_of(session, series)]
    return render_template(
        "reservations/print_series.html",
        series=series,
        rows=[row for row in rows if row["state"] in HOLDING],
        skipped=[one.day for one in series.skipped],
        qr=qr_code(url),
        address=absolute(url),
        printed_on=local_date(now, city.zone),
    )
