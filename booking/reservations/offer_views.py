"""Answering a closure's offer of another place: by the secret of the mail, or on one's own page.

Looking answers nothing, so that what looks into mails on its way accepts for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import Conflict
from booking.reservations import offer_use_cases
from booking.reservations.closure_mails import hash_of_secret
from booking.reservations.models import Reservation
from booking.reservations.rendering import reservation_row
from booking.reservations.rendering_offers import offer_in_words
from booking.reservations.states import State
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("moves", __name__)


@blueprint.get("/<lang:lang>/moves/<secret>")
@access.public
def show_moves(lang: str, secret: str) -> ResponseReturnValue:
    """What the mail offers: the places kept, until when, and the buttons that answer."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    hash_ = hash_of_secret(secret)
    rows = [_row(one, city, hash_) for one in offer_use_cases.offers_of_secret(session, secret)]
    waiting = [row for row in rows if row["offer"] and row["state"] == State.HELD]
    return render_template(
        "reservations/moves.html",
        secret=secret,
        waiting=waiting,
        answered=[row for row in rows if row not in waiting],
        now=now,
    )


@blueprint.post("/<lang:lang>/moves/<secret>/accept")
@access.public
def accept_moves(lang: str, secret: str) -> ResponseReturnValue:
    """Accept one, or all that await an answer."""
    return _answered(_by_secret(secret, accepts=True), url_for(".show_moves", secret=secret))


@blueprint.post("/<lang:lang>/moves/<secret>/decline")
@access.public
def decline_moves(lang: str, secret: str) -> ResponseReturnValue:
    """Decline one, or all that await an answer."""
    return _answered(_by_secret(secret, accepts=False), url_for(".show_moves", secret=secret))


@blueprint.post("/<lang:lang>/reservations/<reference>/accept-move")
@access.signed_in
def accept_move(lang: str, reference: str) -> ResponseReturnValue:
    """Accept the place that is kept for this booking."""
    return _answered(_of_own(offer_use_cases.accept_move, reference), _page_of(reference))


@blueprint.post("/<lang:lang>/reservations/<reference>/decline-move")
@access.signed_in
def decline_move(lang: str, reference: str) -> ResponseReturnValue:
    """Decline it: the booking is cancelled."""
    return _answered(_of_own(offer_use_cases.decline_move, reference), _page_of(reference))


def _by_secret(secret: str, *, accepts: bool) -> Callable[[], Sequence[Reservation]]:
    return partial(
        transact,
        offer_use_cases.answer_by_secret,
        access.current_actor(),
        secret,
        clock.now(),
        accepts=accepts,
        reference=request.form.get("reference"),
    )


def _of_own(use_case: Any, reference: str) -> Callable[[], Sequence[Reservation]]:
    return lambda: [transact(use_case, access.current_actor(), reference, clock.now())]


def _page_of(reference: str) -> str:
    return url_for("reservations.show_reservation", reference=reference)


def _answered(answer: Callable[[], Sequence[Reservation]], page: str) -> ResponseReturnValue:
    """Answer, and say on the page how things stand then."""
    try:
        states = {one.state for one in answer()}
    except Conflict as error:
        flash(in_words(error), "error")
        return redirect(page)
    if states == {State.CANCELLED}:
        flash(_("It is cancelled. Nothing is to be paid."))
    elif State.REQUESTED in states:
        flash(_("We have your answer. The staff there decide about it, and we tell you by e-mail."))
    else:
        flash(_("The other place is yours."))
    return redirect(page)


def _row(reservation: Reservation, city: Catalogue, hash_: str) -> dict[str, Any]:
    """A booking of the mail; its offer only while that is still the mail's own."""
    offer = reservation.offer
    is_own = offer is not None and offer.secret_hash == hash_
    return reservation_row(reservation, city, clock.now()) | {
        "offer": offer_in_words(reservation, city, clock.now()) if is_own else None
    }
