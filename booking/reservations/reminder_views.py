"""The page on which one says when to be reminded of one's bookings."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.reservations.reminder_forms import RemindersForm
from booking.reservations.reminder_queries import chosen_by
from booking.reservations.reminder_use_cases import choose_reminders
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/<lang:lang>/account/reminders")
@access.signed_in
def show(lang: str) -> ResponseReturnValue:
    """When I am reminded now."""
    person_id = access.current_actor().person_id
    assert person_id is not None, "who is signed in is a person"
    return _page(RemindersForm.of(chosen_by(db.session(), person_id)))


@blueprint.post("/<lang:lang>/account/reminders")
@form_checks_token
@access.signed_in
def choose(lang: str) -> ResponseReturnValue:
    """Be reminded then, and at no other time."""
    form = RemindersForm()
    if not form.validate():
        return _page(form), form.status
    transact(choose_reminders, access.current_actor(), form.chosen)
    flash(_("Your reminders are saved.") if form.chosen else _("You get no reminders any more."))
    return redirect(url_for(".show"))


def _page(form: RemindersForm) -> str:
    return render_template("accounts/reminders.html", form=form)
