"""Joining the waiting list from the form that was refused, and leaving it."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.core import clock
from booking.core.errors import Conflict, RequestRefused
from booking.reservations.request_views import asked_about, form_for, request_page
from booking.reservations.waiting_queries import places_in_queue
from booking.reservations.waiting_use_cases import join_waiting_list, leave_waiting_list
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("waiting", __name__)


@blueprint.post("/<lang:lang>/spaces/<slug>/wait")
@form_checks_token
@access.signed_in
def join(lang: str, slug: str) -> ResponseReturnValue:
    """Wait for the space at the time that the form named."""
    asked = asked_about(slug)
    form = form_for(asked)
    wanted = None
    if form.validate():
        wanted = form.request_for(asked.place, asked.terms_in(form), asked.city.zone)
    if wanted is None:
        return request_page(form, asked, form.status)
    try:
        wish = replace(wanted, terms=(), hold=True)
        entry = transact(join_waiting_list, asked.actor, wish, asked.now)
    except RequestRefused as error:
        form.refuse(error)
        return request_page(form, asked_about(slug), status_of(error))
    place = places_in_queue(db.session(), asked.city, [entry], asked.now)[entry.id]
    flash(_("You are on the waiting list: number %(place)s for this time.", place=place))
    return redirect(url_for("reservations.list_my_reservations"))


@blueprint.post("/<lang:lang>/waiting-list/<reference>/leave")
@access.signed_in
def leave(lang: str, reference: str) -> ResponseReturnValue:
    """Wait no more."""
    try:
        transact(leave_waiting_list, access.current_actor(), reference, clock.now())
        flash(_("You don't wait for it any more."))
    except Conflict as error:
        flash(in_words(error), "error")
    return redirect(url_for("reservations.list_my_reservations"))
