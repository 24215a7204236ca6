"""A booking, or the dates of a series, as a sheet of paper says it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from booking.catalogue.places import Catalogue, Terms
from booking.core.clock import local_date
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of, unit_of
from booking.reservations.rendering import loans_in_words, price_lines, reservation_row, way_in
from booking.reservations.rendering_spaces import unit_face
from booking.reservations.states import State
from booking.reservations.words import PURPOSE_NAMES
from booking.web.languages import text_in
from booking.web.words import local_moment


def sheet(reservation: Reservation, city: Catalogue, now: datetime) -> dict[str, Any]:
    """All that the printed page of a booking says."""
    row = reservation_row(reservation, city, now)
    places = places_of(city, reservation)
    is_settled = row["state"] == State.CONFIRMED
    return {
        "heading": _("Booking confirmation") if is_settled else _("The booking"),
        "row": row,
        "unit": unit_face(unit_of(city, reservation), city),
        "way_in": way_in(places[0], now) if places and is_settled else "",
        "purpose": _(PURPOSE_NAMES[reservation.purpose]) if reservation.purpose else "",
        "loans": loans_in_words(reservation, city),
        "lines": price_lines(reservation.price_lines, city),
        "price_is_demo": any(place.price_list.is_demo for place in places),
        "cancel_until": _cancel_until(reservation, city),
        "terms": [
            {"title": text_in(terms.title), "version": terms.version}
            for terms in _accepted(reservation, city)
        ],
        "qr": qr_code(row["url"]),
        "address": absolute(row["url"]),
        "printed_on": local_date(now, city.zone),
    }


def qr_code(path: str) -> Markup:
    """The address of a page of ours as a QR code, drawn in the colour of its text."""
    code = segno.make(absolute(path), error="m", micro=False)
    # Made by the library from an address of ours.
    return Markup(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))


def absolute(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"


def _cancel_until(reservation: Reservation, city: Catalogue) -> str:
    """Until when it can be cancelled free of charge, by the policy it was made under."""
    versions = {row.policy_version_id for row in reservation.spaces}
    limits = [
        one.policy.cancel_before.last_moment(reservation.starts_at, city.zone)
        for place in places_of(city, reservation)
        for one in place.policies
        if one.id in versions
    ]
    return local_moment(min(limits)) if limits else ""


def _accepted(reservation: Reservation, city: Catalogue) -> list[Terms]:
    """The versions of the terms that it was made under, each once."""
    keys = {row.terms_version_id for row in reservation.spaces}
    keys |= {row.terms_version_id for row in reservation.loans}
    return [one for versions in city.terms.values() for one in versions if one.id in keys]
