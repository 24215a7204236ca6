"""The staff's page of closures: those to come, what a new one would do, and doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.errors import Conflict, RequestRefused
from booking.reservations import use_cases
from booking.reservations.closure_errors import PreviewOutdated
from booking.reservations.closure_forms import WHOLE_CITY, ClosureForm
from booking.reservations.closure_models import Displacement
from booking.reservations.closure_queries import Plan, closures_to_come, outcomes_of, plan_closure
from booking.reservations.closure_rules import ClosureWish, Outcome, answer_until
from booking.reservations.closure_use_cases import close_spaces as close
from booking.reservations.errors import NotFree, SpaceNotFree
from booking.reservations.models import Reservation
from booking.reservations.queries import units_of
from booking.reservations.rendering import reservation_row
from booking.reservations.words import OUTCOME_NAMES
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.languages import text_in
from booking.web.session import db, transact

blueprint = Blueprint("closures", __name__)

MOST_SHOWN = 100


@blueprint.get("/<lang:lang>/staff/closures")
@access.staff
def show_closures(lang: str) -> ResponseReturnValue:
    """The closures to come of my units, and the form of a new one once its site is chosen."""
    units = _units(access.current_actor(), get_catalogue(db.session()))
    chosen = request.args.get("unit", "")
    if not chosen and len(units) == 1:
        chosen = units[0][0]
    known = chosen in dict(units)
    return _page(_form(chosen) if known else None)


@blueprint.post("/<lang:lang>/staff/closures")
@form_checks_token
@access.staff
def close_spaces(lang: str) -> ResponseReturnValue:
    """Show what the closure would do; close once that was seen, if the same would happen still."""
    actor = access.current_actor()
    form = _form(request.form.get("unit", ""))
    if not form.validate() or (wish := form.wish_in(get_catalogue(db.session()).zone)) is None:
        return _page(form, status=form.status)
    if request.form.get("step") != "close":
        return _previewed(form, wish)
    try:
        transact(close, actor, wish, clock.now(), form.seen.data)
    except PreviewOutdated as error:
        return _previewed(form, wish, error)
    except SpaceNotFree:
        return _previewed(form, wish, PreviewOutdated())
    except (RequestRefused, Conflict) as error:
        return _refused(form, error)
    flash(_("It is closed, and those who had booked are told."))
    return redirect(url_for(".show_closures"))


@blueprint.post("/<lang:lang>/staff/closures/<reference>/lift")
@access.staff
def lift_closure(lang: str, reference: str) -> ResponseReturnValue:
    """Open again what a closure has closed."""
    try:
        transact(use_cases.cancel_reservation, access.current_actor(), reference, clock.now())
    except (RequestRefused, Conflict):
        flash(_("This closure is over or was lifted already."), "error")
    else:
        flash(_("The closure is lifted. What it cancelled stays cancelled."))
    return redirect(url_for(".show_closures"))


# ── What would happen ─────────────────────────────────────────────────────────────────────────


def _previewed(
    form: ClosureForm, wish: ClosureWish, changed: PreviewOutdated | None = None
) -> ResponseReturnValue:
    """The page with what the closure would do; `changed` says that it is not what was seen."""
    try:
        plan = plan_closure(db.session(), access.current_actor(), wish, clock.now())
    except RequestRefused as error:
        return _refused(form, error)
    if plan.broken:
        return _refused(form, RequestRefused(plan.broken), plan if plan.in_the_way else None)
    form.seen.data = plan.seen
    if changed is not None:
        form.refuse(changed)
    return _page(form, plan, status=HTTPStatus.CONFLICT if changed else HTTPStatus.OK)


def _refused(
    form: ClosureForm, error: RequestRefused | Conflict, plan: Plan | None = None
) -> ResponseReturnValue:
    """The page with what is wrong beside the fields, and who stands in the way."""
    told = [one for one in error.reasons if not isinstance(one, NotFree)]
    if len(told) < len(error.reasons):
        form.on_conflict.errors = [
            *form.on_conflict.errors,
            _("Something is booked at this time. Choose what becomes of it."),
        ]
    for one in told:
        form.refuse(one)
    return _page(form, plan, status=status_of(error))


def _preview(plan: Plan) -> dict[str, Any]:
    """Each in the way, and what would become of it."""
    city, now = plan.closing.city, clock.now()
    return {
        "closed": [text_in(place.name) for place in plan.closing.places],
        "period": plan.closing.wish.period,
        "can_close": not plan.broken,
        "moved": len(plan.moved),
        "cancelled": 0 if plan.broken else len(plan.cancelled),
        "rows": [_row(one, plan, city) for one in plan.in_the_way],
        "answer_until": max((answer_until(now, x.starts_at) for x in plan.moved), default=None),
    }


def _row(reservation: Reservation, plan: Plan, city: Catalogue) -> dict[str, Any]:
    now = clock.now()
    who = reservation.booked_for or reservation.booked_by
    before = set(plan.spaces_before[reservation.id])
    new = [one for one in plan.moves.get(reservation.id, ()) if one.slug not in before]
    return reservation_row(reservation, city, now) | {
        "who": reservation.organisation.name if reservation.organisation else who and who.name,
        "to": [_face(place) for place in new],
        "instead": [_face(place) for place in plan.instead.get(reservation.id, ())],
        "has_begun": reservation.starts_at <= now,
    }


def _face(place: Place) -> str:
    return f"{text_in(place.name)}, {text_in(place.unit.name)}"


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def _page(
    form: ClosureForm | None, plan: Plan | None = None, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    city = get_catalogue(session)
    closures = closures_to_come(session, actor, now, MOST_SHOWN)
    outcomes = outcomes_of(session, closures)
    units = _units(actor, city)
    return (
        render_template(
            "reservations/staff/closures.html",
            rows=[
                reservation_row(one, city, now)
                | {
                    "outcomes": _outcomes(outcomes[one.id]),
                    "may_lift": _may_lift(actor, one, city),
                }
                for one in closures
            ],
            units=units,
            site=dict(units).get(form.unit.data or "", "") if form else "",
            form=form,
            preview=_preview(plan) if plan else None,
        ),
        status,
    )


def _outcomes(displaced: Sequence[Displacement]) -> list[tuple[str, int]]:
    """How many of those who stood in the way came to what end, in words."""
    counts = Counter(one.outcome for one in displaced)
    return [(_(OUTCOME_NAMES[one]), counts[one]) for one in Outcome if counts[one]]


def _may_lift(actor: Actor, closure: Reservation, city: Catalogue) -> bool:
    return all(actor.may(Action.CLOSE_SPACES, unit) for unit in units_of(city, closure))


def _units(actor: Actor, city: Catalogue) -> list[tuple[str, str]]:
    """The sites that the actor may close, by slug, the whole city last for who may close it."""
    units = actor.units_where(Action.CLOSE_SPACES)
    mine: list[UnitPlace] = [
        unit
        for unit in city.units.values()
        if (units is None or unit.id in units) and any(city.places_of(unit))
    ]
    found = [(unit.slug, text_in(unit.name)) for unit in mine]
    found.sort(key=lambda pair: pair[1].casefold())
    return [*found, (WHOLE_CITY, _("The whole city"))] if units is None else found


def _form(unit: str) -> ClosureForm:
    """The form for this site; 404 for one that is not there."""
    city = get_catalogue(db.session())
    if unit != WHOLE_CITY and unit not in city.units:
        abort(404)
    places = [] if unit == WHOLE_CITY else list(city.places_of(city.units[unit]))
    return ClosureForm.for_places(unit, places)
