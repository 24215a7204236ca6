"""The page of a series: its dates, what was skipped and why, and cancelling what is to come."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import Conflict, RequestRefused
from booking.core.plain import from_plain
from booking.reservations.forms import DecisionForm, ReasonForm, decision_form
from booking.reservations.models import Reservation, SkippedDate
from booking.reservations.queries import is_owner, units_of
from booking.reservations.rendering import reservation_row
from booking.reservations.series_change_use_cases import cancel_series
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.states import HOLDING, State
from booking.reservations.words import PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("series", __name__)


@blueprint.get("/<lang:lang>/series/<reference>")
@access.signed_in
def show_series(lang: str, reference: str) -> ResponseReturnValue:
    """A series with all its dates and how each stands."""
    return series_page(reference)


@blueprint.post("/<lang:lang>/series/<reference>/cancel")
@access.signed_in
def cancel_all(lang: str, reference: str) -> ResponseReturnValue:
    """Cancel the dates that have not begun."""
    form = ReasonForm()
    if not form.validate():
        return series_page(reference, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    reason = form.reason.data or ""
    try:
        transact(cancel_series, access.current_actor(), reference, clock.now(), reason)
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return series_page(reference, form, status=status_of(error))
    flash(_("The dates are cancelled."))
    return redirect(url_for(".show_series", reference=reference))


def series_page(
    reference: str,
    form: ReasonForm | None = None,
    deciding: DecisionForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> ResponseReturnValue:
    """The page; `form` and `deciding` carry what went wrong with cancelling or deciding."""
    session, actor, now = db.session(), access.current_actor(), clock.now()
    series = get_series(session, actor, reference)
    city = get_catalogue(session)
    dates = dates_of(session, series)
    rows = [reservation_row(one, city, now) for one in dates]
    mine, units = is_owner(actor, series), units_of(city, series)
    return (
        render_template(
            "reservations/series.html",
            series=series,
            title=series.title or _("Series %(reference)s", reference=series.reference),
            purpose=_(PURPOSE_NAMES[series.purpose]) if series.purpose else "",
            rows=rows,
            skipped=[_skipped(one) for one in series.skipped],
            total_cents=_total(dates),
            may_decide=any(row["state"] == State.REQUESTED for row in rows)
            and all(actor.may(Action.DECIDE_RESERVATION, unit) for unit in units),
            may_cancel=any(one.state in HOLDING and one.starts_at > now for one in dates)
            and (mine or all(actor.may(Action.CANCEL_RESERVATION, unit) for unit in units)),
            must_say_why=not mine,
            decision_form=decision_form(deciding),
            form=form or ReasonForm(formdata=None),
        ),
        status,
    )


def _total(dates: list[Reservation]) -> int | None:
    """What the dates that stand cost in all."""
    prices = [one.total_cents for one in dates if one.state in HOLDING]
    return sum(price or 0 for price in prices) if prices else None


def _skipped(one: SkippedDate) -> dict[str, Any]:
    return {"day": one.day, "reasons": [in_words(from_plain(rule)) for rule in one.violations]}
