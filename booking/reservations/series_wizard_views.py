"""The wizard of series: every week in this window, its dates one by one, and one button."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.accounts import access
from booking.core.errors import BookingError, Conflict, RequestRefused, RuleBroken
from booking.reservations.answers import Asked
from booking.reservations.forms import versions_shown
from booking.reservations.idempotency import KeptAnswer, fingerprint, once
from booking.reservations.prices import payer_of
from booking.reservations.rendering_spaces import space_page
from booking.reservations.request_views import asked_about
from booking.reservations.series_previews import Look, days_off_of, preview_of, wanted_of
from booking.reservations.series_queries import dates_of
from booking.reservations.series_rules import SeriesRequest
from booking.reservations.series_use_cases import request_series
from booking.reservations.series_wizard_forms import SeriesForm, mark_of
from booking.reservations.series_wizard_rendering import (
    dates_in_words,
    limits_in_words,
    told_by_day,
)
from booking.reservations.states import State
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact

blueprint = Blueprint("series_wizard", __name__)


@blueprint.get("/<lang:lang>/spaces/<slug>/series")
@access.public
def show_wizard(lang: str, slug: str) -> ResponseReturnValue:
    """The window and the dates in it; who asks to sign in comes back to all that they chose."""
    if request.args.get("sign_in") and not access.visitor().is_signed_in:
        here = _address(request.args, sign_in=None)
        return redirect(url_for("accounts.show_sign_in", next=here))
    asked = asked_about(slug)
    form = SeriesForm.of_address(asked.organisations, request.args, may_accept=_asked_by_page())
    is_asked = bool({"date", "until"} <= request.args.keys() or request.args.get("see"))
    if (is_asked and form.names_a_window) or request.args.get("see"):
        form.check_window()
    return wizard_page(form, asked, request.args)


@blueprint.post("/<lang:lang>/spaces/<slug>/series")
@form_checks_token
@access.signed_in
def make_series(lang: str, slug: str) -> ResponseReturnValue:
    """Make all of it, or nothing. What can't be had any more is told date by date, and every choice
    stays. The same page sent twice makes one series, and both hear the same."""
    asked = asked_about(slug)
    form = SeriesForm.sent(asked.organisations)
    form.terms_version.data = request.args.get("terms")
    wanted = _wanted(form, asked) if form.validate() and form.check_window() else None
    if wanted is None:
        return wizard_page(form, asked, request.form, status=form.status)
    key = mark_of(request.args.get("sending"), request.form)
    print_ = fingerprint("series", slug, (key or "").encode())
    try:
        made = transact(once, asked.actor, key, print_, asked.now, partial(_make, asked, wanted))
    except (RequestRefused, Conflict) as error:
        return _refused(form, slug, error)
    flash(
        _("Your series is booked.")
        if made.body["state"] == State.CONFIRMED
        else _("We have your request. The staff will decide about it, and we tell you by e-mail.")
    )
    return redirect(url_for("series.show_series", reference=made.body["reference"]))


def _make(asked: Asked, wanted: SeriesRequest, session: Session) -> KeptAnswer:
    """Make the series, and keep of the answer what leads to its page."""
    automatic = current_app.config["SETTINGS"].automatic_decisions
    series = request_series(session, asked.actor, wanted, asked.now, automatic_decisions=automatic)
    state = dates_of(session, series)[0].state
    return KeptAnswer(HTTPStatus.FOUND, {"reference": series.reference, "state": state})


def _refused(form: SeriesForm, slug: str, error: BookingError) -> ResponseReturnValue:
    """The page as it was sent, with what stands in the way: of single dates each by its day."""
    by_day = [r for r in error.reasons if isinstance(r, RuleBroken) and r.day is not None]
    rest = [r for r in error.reasons if isinstance(r, RuleBroken) and r.day is None]
    if rest or not by_day:
        form.refuse(RequestRefused(rest) if rest else error)
    return wizard_page(
        form, asked_about(slug), request.form, refused=by_day, status=status_of(error)
    )


# ── What is looked at ─────────────────────────────────────────────────────────────────────────


def _look(form: SeriesForm, asked: Asked, given: MultiDict[str, str]) -> Look | None:
    """What the form asks to see; None, with the error beside its field, where it can't be read."""
    each = form.each_in(asked.place, asked.terms, asked.city.zone)
    if each is None:
        return None
    slug = form.organisation.data
    return Look(
        asked,
        each,
        form.window.rule,
        form.choices_in(given, asked.city.zone),
        next((one for one in asked.organisations if one.slug == slug), None),
        current_app.config["SETTINGS"].automatic_decisions,
    )


def _wanted(form: SeriesForm, asked: Asked) -> SeriesRequest | None:
    """What was sent, as a series; None, with the error beside its field."""
    look = _look(form, asked, request.form)
    if look is None:
        return None
    try:
        plan = SeriesRequest(look.each, look.rule).planned(asked.city.zone)
    except RuleBroken as broken:
        form.refuse(RequestRefused([broken]))
        return None
    return wanted_of(look, look.choices, days_off_of(asked.place, plan.days))


def _dates(
    form: SeriesForm, asked: Asked, given: MultiDict[str, str], refused: Sequence[RuleBroken]
) -> dict[str, Any] | None:
    """The dates as the form asks for them; None while it names no window, or a wrong one."""
    if not form.names_a_window or form.date.data > form.until.data:
        return None
    look = _look(form, asked, given)
    if look is None:
        return None
    try:
        preview = preview_of(db.session(), look)
    except RequestRefused as error:
        form.refuse(error)
        return None
    changed = {rule.day for rule in refused if rule.day is not None}
    dates = dates_in_words(preview, form, asked, changed)
    last = dates["last_fitting"]
    fitting = last and {"day": last, "url": _address(given, until=last.isoformat())}
    return dates | {"fitting": fitting}


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def wizard_page(
    form: SeriesForm,
    asked: Asked,
    given: MultiDict[str, str],
    *,
    refused: Sequence[RuleBroken] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> ResponseReturnValue:
    """The window, the dates in it as they stand, and the button; `given` holds the choices, and
    `refused` is what stood in the way when it was sent."""
    session, city = db.session(), asked.city
    is_allowed = asked.policy.series.allowed
    dates = _dates(form, asked, given, refused) if is_allowed else None
    return (
        render_template(
            "reservations/series_wizard.html",
            form=form,
            place=asked.place,
            space=space_page(asked.place, city, payer_of(session, city, asked.actor), asked.now),
            limits=limits_in_words(asked),
            dates=dates,
            refused=told_by_day(refused),
            terms=asked.terms,
            policy=asked.policy,
            required=asked.policy.required_fields,
            send_url=url_for(
                ".make_series",
                slug=asked.place.slug,
                sending=secrets.token_urlsafe(16),
                terms=versions_shown([asked.terms]) if asked.terms else None,
            ),
        ),
        status,
    )


def _asked_by_page() -> bool:
    """Whether the page itself asks for its dates anew, rather than somebody following a link."""
    return request.headers.get("HX-Request") == "true"


def _address(given: MultiDict[str, str], **changed: str | None) -> str:
    """The address of the page as it is filled, what is empty left out, with some of it changed."""
    kept: dict[str, Any] = {
        name: [value for value in values if value]
        for name, values in given.lists()
        if name not in {"csrf_token", "see", "message"}
    }
    slug = (request.view_args or {})["slug"]
    return url_for(".show_wizard", slug=slug, **(kept | changed))
