"""The page of a series: its dates, what was skipped and why; cancelling, moving, adding back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action
from booking.core.clock import local_date
from booking.core.errors import Conflict, RequestRefused
from booking.core.plain import from_plain
from booking.reservations.forms import DecisionForm, decision_form
from booking.reservations.models import Reservation, SkippedDate
from booking.reservations.queries import (
    is_owner,
    places_of,
    units_of,
    units_of_dates,
    usual_date,
)
from booking.reservations.rendering import reservation_row
from booking.reservations.series_adding_use_cases import add_date
from booking.reservations.series_addresses import again_url
from booking.reservations.series_change_use_cases import cancel_series
from booking.reservations.series_forms import (
    AddDateForm,
    CancelSeriesForm,
    MoveSeriesForm,
    date_of,
)
from booking.reservations.series_moving_use_cases import move_series
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.states import HOLDING, State
from booking.reservations.words import PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.languages import text_in
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("series", __name__)

FEW = 8
"""So many of the dates to come are shown at once; the later ones are folded."""


@blueprint.get("/<lang:lang>/series/<reference>")
@access.signed_in
def show_series(lang: str, reference: str) -> ResponseReturnValue:
    """A series with all its dates and how each stands."""
    return series_page(reference)


@blueprint.post("/<lang:lang>/series/<reference>/cancel")
@access.signed_in
def cancel_dates(lang: str, reference: str) -> ResponseReturnValue:
    """Cancel the dates that have not begun, all or from one on."""
    dates, zone = _dates_to_come(reference)
    form = CancelSeriesForm().with_dates(dates, zone)
    if not form.validate():
        return series_page(reference, cancelling=form, status=form.status)
    from_day = date_of(form.from_day.data)
    try:
        transact(
            cancel_series,
            access.current_actor(),
            reference,
            clock.now(),
            form.reason.data or "",
            from_day=from_day,
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return series_page(reference, cancelling=form, status=status_of(error))
    flash(_("The dates are cancelled."))
    return redirect(url_for(".show_series", reference=reference))


@blueprint.post("/<lang:lang>/series/<reference>/move")
@access.signed_in
def move_dates(lang: str, reference: str) -> ResponseReturnValue:
    """Move the dates that have not begun, all or from one on."""
    dates, zone = _dates_to_come(reference)
    form = MoveSeriesForm().with_dates(dates, zone)
    move = form.move_in(zone) if form.validate() else None
    if move is None:
        return series_page(reference, moving=form, status=form.status)
    try:
        transact(
            move_series,
            access.current_actor(),
            reference,
            move,
            clock.now(),
            automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return series_page(reference, moving=form, status=status_of(error))
    flash(_("The dates are moved."))
    return redirect(url_for(".show_series", reference=reference))


@blueprint.post("/<lang:lang>/series/<reference>/add")
@access.signed_in
def add_skipped_date(lang: str, reference: str) -> ResponseReturnValue:
    """Have a skipped date after all."""
    form = AddDateForm()
    if not form.validate():
        return series_page(reference, adding=form, status=form.status)
    try:
        transact(
            add_date,
            access.current_actor(),
            reference,
            clock.now(),
            form.day.data,
            automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return series_page(reference, adding=form, status=status_of(error))
    flash(_("The date is added."))
    return redirect(url_for(".show_series", reference=reference))


def _dates_to_come(reference: str) -> tuple[list[Reservation], ZoneInfo]:
    """The dates that can still be changed, for the form to choose from. Raises `NotFound`."""
    session = db.session()
    series = get_series(session, access.current_actor(), reference)
    return _to_come(dates_of(session, series), clock.now()), get_catalogue(session).zone


def _to_come(dates: Sequence[Reservation], now: datetime) -> list[Reservation]:
    return [one for one in dates if one.state in HOLDING and one.starts_at > now]


def series_page(
    reference: str,
    *,
    cancelling: CancelSeriesForm | None = None,
    moving: MoveSeriesForm | None = None,
    adding: AddDateForm | None = None,
    deciding: DecisionForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> ResponseReturnValue:
    """The page; a form that is given was sent, and carries what is wrong with it."""
    session, actor, now = db.session(), access.current_actor(), clock.now()
    series, city = get_series(session, actor, reference), get_catalogue(session)
    dates = dates_of(session, series)
    coming, mine = _to_come(dates, now), is_owner(actor, series)
    rows = [reservation_row(one, city, now) for one in dates]
    places = places_of(city, usual_date(dates)) if dates else []
    standing = [row for row in rows if _stands(row)]
    units = sorted({*units_of(city, series), *units_of_dates(city, dates)})

    def may(action: Action) -> bool:
        return all(actor.may(action, unit) for unit in units)

    forms = {
        "form": cancelling or CancelSeriesForm(formdata=None).with_dates(coming, city.zone),
        "moving": moving or (MoveSeriesForm.of(coming, city.zone) if coming else None),
        "adding": adding or AddDateForm(formdata=None),
        "decision_form": decision_form(deciding),
    }
    return (
        render_template(
            "reservations/series.html",
            series=series,
            title=series.title or _("Series %(reference)s", reference=series.reference),
            purpose=_(PURPOSE_NAMES[series.purpose]) if series.purpose else "",
            coming=standing[:FEW],
            later=standing[FEW:],
            past=[row for row in rows if not _stands(row)],
            spaces=", ".join(text_in(place.name) for place in places),
            unit=text_in(places[0].unit.name) if places else "",
            again_url=again_url(series, dates, city) if mine else None,
            skipped=[_skipped(one, now, city.zone) for one in series.skipped],
            total_cents=_total(dates),
            may_decide=any(row["state"] == State.REQUESTED for row in rows)
            and may(Action.DECIDE_RESERVATION),
            may_cancel=bool(coming) and (mine or may(Action.CANCEL_RESERVATION)),
            may_move=bool(coming) and (mine or may(Action.DECIDE_RESERVATION)),
            may_add=mine or may(Action.CANCEL_RESERVATION),
            must_say_why=not mine,
            wrong=next((form for form in forms.values() if form is not None and form.errors), None),
            **forms,
        ),
        status,
    )


def _stands(row: Mapping[str, Any]) -> bool:
    """Whether the date is to come, or going on, and stands."""
    return not row["has_ended"] and row["state"] in HOLDING


def _total(dates: list[Reservation]) -> int | None:
    """What the dates that stand cost in all."""
    prices = [one.total_cents for one in dates if one.state in HOLDING]
    return sum(price or 0 for price in prices) if prices else None


def _skipped(one: SkippedDate, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A skipped date, why, and whether it is still to come."""
    return {
        "day": one.day,
        "reasons": [in_words(from_plain(rule)) for rule in one.violations],
        "is_to_come": one.day >= local_date(now, zone),
    }
