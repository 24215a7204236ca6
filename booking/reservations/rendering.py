"""Reservations as their pages show them: words, addresses, prices. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from booking.catalogue.places import Catalogue, Place
from booking.core.periods import Period
from booking.reservations.loans import days_of
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of, state_at, unit_of
from booking.reservations.states import State
from booking.reservations.words import ACCESS_NAMES
from booking.web.languages import text_in
from booking.web.words import day_in_words, local_moment


def reservation_row(reservation: Reservation, city: Catalogue, now: datetime) -> dict[str, Any]:
    """A reservation as lists show it."""
    names = [text_in(place.name) for place in places_of(city, reservation)]
    things = loans_in_words(reservation, city)
    return {
        "reference": reservation.reference,
        "url": url_for("reservations.show_reservation", reference=reservation.reference),
        "title": reservation.title or _("Booking %(reference)s", reference=reservation.reference),
        "spaces": ", ".join([*names, *(thing["what"] for thing in things)]),
        "unit": text_in(unit_of(city, reservation).name),
        "period": Period(reservation.starts_at, reservation.ends_at),
        "state": state_at(reservation, now),
        "organisation": reservation.organisation.name if reservation.organisation else "",
        "total_cents": reservation.total_cents,
        "people": reservation.people,
        "has_ended": reservation.ends_at <= now,
        "series_url": url_for("series.show_series", reference=reservation.series.reference)
        if reservation.series
        else "",
    }


def loans_in_words(reservation: Reservation, city: Catalogue) -> list[dict[str, str]]:
    """What it has on loan: how many of what, and from which day to which."""
    return [
        {
            "what": f"{row.quantity} × {text_in(city.loans_by_id[row.loan_item_id].name)}",
            "when": f"{day_in_words(first)} – {day_in_words(last)}",
        }
        for row in reservation.loans
        for first, last in [days_of(row, city)]
    ]


def standing(
    reservation: Reservation, state: str, city: Catalogue, now: datetime
) -> dict[str, Any]:
    """How a reservation stands and what comes next: a title, a tone, and the reasons under it."""
    match state:
        case State.CONFIRMED:
            return _panel(_("Confirmed"), "yes", _cancelling(reservation, city, now))
        case State.REQUESTED:
            kept = _("The time is kept for you until then. We tell you by e-mail.")
            return _panel(_("The staff decide about this"), "wait", kept)
        case State.HELD if reservation.offer is not None:
            closed = _("Your space is closed. Another is kept for you until you answer.")
            return _panel(closed, "wait", reservation.reason or "")
        case State.HELD:
            return _panel(_("Held, not booked yet"), "wait", _kept_until(reservation))
        case State.DENIED:
            panel = _panel(_("The request was denied"), "no", reservation.reason or "")
            panel["reasons"][-1] |= {
                "suggestion": _("Look for another time or space"),
                "url": url_for("spaces.search_spaces"),
            }
            return panel
        case State.CANCELLED:
            return _panel(_("The booking was cancelled"), "no", reservation.reason or "")
    return _ended(reservation)


def _ended(reservation: Reservation) -> dict[str, Any]:
    """How it ran out of time: as a place kept instead of a closed one, a hold, or a request."""
    if reservation.reason:
        lapsed = _("The space was closed, and the place kept instead was not accepted in time.")
        return _panel(_("The booking has lapsed"), "no", lapsed, reservation.reason)
    if State.HELD in {reservation.state, reservation.state_before}:
        gone = _(
            "It was not filled in by then, and the time became free for others. You owe nothing."
        )
        return _panel(_("The hold has ended"), "no", gone)
    gone = _("It began before anybody decided. You owe nothing.")
    return _panel(_("The request expired"), "no", gone)


def _kept_until(reservation: Reservation) -> str:
    assert reservation.held_until is not None, "a hold ends"
    until = local_moment(reservation.held_until)
    return str(
        _(
            "The time is kept until %(until)s. If it is not filled in by then, it becomes free for "
            "others.",
            until=until,
        )
    )


def _panel(title: str, tone: str, *messages: str) -> dict[str, Any]:
    return {"title": title, "tone": tone, "reasons": [{"message": one} for one in messages if one]}


def _cancelling(reservation: Reservation, city: Catalogue, now: datetime) -> str:
    """Until when it can be cancelled free of charge, while that is to come."""
    in_force = [one for place in places_of(city, reservation) if (one := place.policy_at(now))]
    if not in_force:
        return ""
    limit = in_force[0].policy.cancel_before.last_moment(reservation.starts_at, city.zone)
    if now >= limit:
        return ""
    return str(_("You can cancel free of charge until %(limit)s.", limit=local_moment(limit)))


def way_in(place: Place, now: datetime) -> str:
    """How one gets into the space."""
    in_force = place.policy_at(now)
    return _(ACCESS_NAMES[place.access(in_force.policy)]) if in_force else ""


def price_lines(lines: Sequence[Any], city: Catalogue) -> list[dict[str, Any]]:
    """Price lines in words: what was counted, at what price, with which VAT."""
    return [
        {
            "space": text_in(city.places_by_id[line.space_id].name),
            "hours": plain(line.hours),
            "unit_cents": line.unit_cents,
            "percent": int(line.share * 100),
            "vat": text_in(city.vat_names[line.vat_class]),
            "vat_percent": plain(line.vat_percent),
            "net_cents": line.net_cents,
            "vat_cents": line.vat_cents,
            "total_cents": line.total_cents,
        }
        for line in lines
    ]


def plain(number: Decimal) -> str:
    """A decimal without needless zeros and never with an exponent: "1.5", "30"."""
    return f"{number.normalize():f}"
