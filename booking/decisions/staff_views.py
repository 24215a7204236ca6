"""The inbox of the staff: what awaits them, approve, deny."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.errors import Conflict, RequestRefused
from booking.decisions import use_cases
from booking.decisions.queries import inbox
from booking.reservations.models import Reservation
from booking.reservations.queries import units_of
from booking.reservations.rendering import price_lines, reservation_row
from booking.reservations.words import PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.fields import Form
from booking.web.fields import lazy as _l
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("decisions", __name__)


class DecisionForm(Form):
    """Why: owed when denying, kind when approving."""

    reason = TextAreaField(
        _l("Reason"),
        [Length(max=1000, message=_l("Use at most 1,000 characters."))],
        description=_l("The person reads this. Say what would help."),
    )


@blueprint.get("/<lang:lang>/staff/inbox")
@access.staff
def show_inbox(lang: str) -> ResponseReturnValue:
    """The requests of my units, the oldest first."""
    return _inbox_page(DecisionForm())


@blueprint.post("/<lang:lang>/staff/inbox/<reference>/approve")
@access.staff
def approve_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """Confirm a request."""
    form = DecisionForm()
    return _decided(form, reference, use_cases.approve_reservation, _("The booking is confirmed."))


@blueprint.post("/<lang:lang>/staff/inbox/<reference>/deny")
@access.staff
def deny_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """Deny a request, with the reason."""
    form = DecisionForm()
    return _decided(form, reference, use_cases.deny_reservation, _("The request is denied."))


def _decided(form: DecisionForm, reference: str, decide: Any, done: str) -> ResponseReturnValue:
    if not form.validate():
        return _inbox_page(form, reference, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        transact(decide, access.current_actor(), reference, clock.now(), form.reason.data or "")
    except (RequestRefused, Conflict) as error:
        broken = error.broken if isinstance(error, RequestRefused) else [error]
        form.reason.errors = [*form.reason.errors, *(in_words(one) for one in broken)]
        return _inbox_page(form, reference, status_of(error))
    flash(done)
    return redirect(url_for(".show_inbox"))


def _inbox_page(
    form: DecisionForm, about: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The inbox; `form` carries what went wrong with the request `about`."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    cards = [_card(one, city, actor, now) for one in inbox(session, actor, now)]
    return (
        render_template(
            "decisions/staff/inbox.html",
            cards=cards,
            form=form,
            empty_form=DecisionForm(formdata=None),
            about=about,
            gone=about if about not in {card["reference"] for card in cards} else None,
        ),
        status,
    )


def _card(reservation: Reservation, city: Catalogue, actor: Actor, now: datetime) -> dict[str, Any]:
    """One request, with what is needed to decide about it."""
    who = reservation.booked_for or reservation.booked_by
    return reservation_row(reservation, city, now) | {
        "asked_at": reservation.created_at,
        "person": who.name if who else (reservation.on_behalf_of or {}).get("name", ""),
        "email": who.email if who else (reservation.on_behalf_of or {}).get("email", ""),
        "organisation_is_verified": bool(
            reservation.organisation and reservation.organisation.verified_at
        ),
        "purpose": _(PURPOSE_NAMES[reservation.purpose]) if reservation.purpose else "",
        "message": reservation.message,
        "price_group": reservation.price_group,
        "lines": price_lines(reservation.price_lines, city),
        "may_decide": all(
            actor.may(Action.DECIDE_RESERVATION, unit) for unit in units_of(city, reservation)
        ),
    }
