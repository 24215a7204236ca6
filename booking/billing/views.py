"""The page on which one says who pays for a booking."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.billing import use_cases
from booking.billing.forms import PayerForm
from booking.billing.queries import payer_details
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import Conflict, RequestRefused
from booking.reservations.queries import get_reservation
from booking.reservations.rendering import reservation_row
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact

blueprint = Blueprint("billing", __name__)


@blueprint.get("/<lang:lang>/reservations/<reference>/payer")
@access.signed_in
def show_payer(lang: str, reference: str) -> ResponseReturnValue:
    """Who pays, as far as that is known, to be said or corrected."""
    reservation = get_reservation(db.session(), access.current_actor(), reference)
    known = payer_details(db.session(), reservation)
    return _payer_page(reference, PayerForm(**known.__dict__))


@blueprint.post("/<lang:lang>/reservations/<reference>/payer")
@form_checks_token
@access.signed_in
def set_payer(lang: str, reference: str) -> ResponseReturnValue:
    """Say who pays; what is wrong is told beside the fields."""
    form, actor, now = PayerForm(), access.current_actor(), clock.now()
    if not form.validate():
        return _payer_page(reference, form, form.status)
    keep = bool(form.keep_as_usual.data)
    try:
        transact(use_cases.set_payer, actor, reference, form.details, now, keep)
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return _payer_page(reference, form, status_of(error))
    flash(_("Who pays is noted."))
    return redirect(url_for("reservations.show_reservation", reference=reference))


def _payer_page(
    reference: str, form: PayerForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The form, for who may send it. Raises `NotFound`, `NotAllowed`."""
    session, actor = db.session(), access.current_actor()
    city, reservation = get_catalogue(session), get_reservation(session, actor, reference)
    use_cases.must_say_who_pays(actor, reservation, city)
    return (
        render_template(
            "billing/payer.html",
            row=reservation_row(reservation, city, clock.now()),
            form=form,
            may_keep=use_cases.may_keep_usual_payer(actor, reservation),
        ),
        status,
    )
