"""A hold on its page: filled in and made a booking, or kept for longer."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import Conflict, RequestRefused
from booking.reservations.forms import WhatForm
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from booking.reservations.queries import get_reservation
from booking.reservations.rendering_holds import submission_form, terms_of
from booking.reservations.states import State
from booking.reservations.views import reservation_page
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact

blueprint = Blueprint("holds", __name__)


@blueprint.post("/<lang:lang>/reservations/<reference>/submit")
@form_checks_token
@access.signed_in
def submit(lang: str, reference: str) -> ResponseReturnValue:
    """Make the hold a booking; all that is wrong is told beside the fields, nothing is lost."""
    actor, now, form = access.current_actor(), clock.now(), _form_of(reference)
    if not form.validate():
        return reservation_page(reference, filled=form, status=form.status)
    session = db.session()
    terms = terms_of(get_reservation(session, actor, reference), get_catalogue(session), now)
    filled = {**form.details, "terms": form.accepted(terms)}
    automatic = current_app.config["SETTINGS"].automatic_decisions
    try:
        made = transact(
            submit_reservation, actor, reference, filled, now, automatic_decisions=automatic
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return reservation_page(reference, filled=form, status=status_of(error))
    flash(
        _("Your booking is confirmed.")
        if made.state == State.CONFIRMED
        else _("We have your request. The staff will decide about it, and we tell you by e-mail.")
    )
    return redirect(url_for("reservations.show_reservation", reference=made.reference))


@blueprint.post("/<lang:lang>/reservations/<reference>/extend")
@access.signed_in
def extend(lang: str, reference: str) -> ResponseReturnValue:
    """Keep the hold for as long again, and show the form as it was filled so far."""
    form = _form_of(reference)
    try:
        transact(extend_hold, access.current_actor(), reference, clock.now())
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return reservation_page(reference, filled=form, status=status_of(error))
    flash(_("The time is kept for longer."))
    return reservation_page(reference, filled=form, status=HTTPStatus.OK)


def _form_of(reference: str) -> WhatForm:
    actor = access.current_actor()
    return submission_form(db.session(), actor, get_reservation(db.session(), actor, reference))
