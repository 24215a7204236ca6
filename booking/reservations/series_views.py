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
from booking.reservations.forms import CancelForm
from booking.reservations.models import Reservation, SkippedDate
from booking.reservations.queries import is_owner, units_of
from booking.reservations.rendering import reservation_row
from booking.reservations.series_change_use_cases import cancel_series
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.states import HOLDING
from booking.web.errors import status_of
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("series", __name__)


@blueprint.get("/<lang:lang>/series/<reference>")
@access.signed_in
def show_series(lang: str, reference: str) -> ResponseReturnValue:
    """A series with all its dates and how each stands."""
    return _page(reference, CancelForm())


@blueprint.post("/<lang:lang>/series/<reference>/cancel")
@access.signed_in
def cancel_all(lang: str, reference: str) -> ResponseReturnValue:
    """Cancel the dates that have not begun."""
    form = CancelForm()
    if not form.validate():
        return _page(reference, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    reason = form.reason.data or ""
    try:
        transact(cancel_series, access.current_actor(), reference, clock.now(), reason)
    except (RequestRefused, Conflict) as error:
        broken = error.broken if isinstance(error, RequestRefused) else [error]
        form.reason.errors = [*form.reason.errors, *(in_words(one) for one in broken)]
        return _page(reference, form, status_of(error))
    flash(_("The dates are cancelled."))
    return redirect(url_for(".show_series", reference=reference))


def _page(
    reference: str, form: CancelForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    series = get_series(session, actor, reference)
    city = get_catalogue(session)
    dates = dates_of(session, series)
    by_staff = not is_owner(actor, series)
    may = not by_staff or all(
        actor.may(Action.CANCEL_RESERVATION, unit) for unit in units_of(city, series)
    )
    return (
        render_template(
            "reservations/series.html",
            series=series,
            title=series.title or _("Series %(reference)s", reference=series.reference),
            rows=[reservation_row(one, city, now) for one in dates],
            skipped=[_skipped(one) for one in series.skipped],
            total_cents=_total(dates),
            may_cancel=may and any(one.state in HOLDING and one.starts_at > now for one in dates),
            must_say_why=by_staff,
            form=form,
        ),
        status,
    )


def _total(dates: list[Reservation]) -> int | None:
    """What the dates that stand cost in all."""
    prices = [one.total_cents for one in dates if one.state in HOLDING]
    return sum(price or 0 for price in prices) if prices else None


def _skipped(one: SkippedDate) -> dict[str, Any]:
    return {"day": one.day, "reasons": [in_words(from_plain(rule)) for rule in one.violations]}
