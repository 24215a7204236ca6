"""The pages on which administrators keep who may decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date
from booking.core.errors import RequestRefused
from booking.self_initiated import power_use_cases
from booking.self_initiated.power_forms import MATTER_NAMES, PowerForm
from booking.self_initiated.power_queries import as_value, get_power, kept_powers
from booking.self_initiated.support_models import DecisionPower
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.languages import text_in
from booking.web.session import db, transact

blueprint = Blueprint("powers", __name__)

LIST = "/<lang:lang>/staff/powers"
ONE = f"{LIST}/<int:power_id>"


@blueprint.get(LIST)
@access.staff
def list_powers(lang: str) -> ResponseReturnValue:
    """All powers, and the form of one more."""
    return _list_page()


@blueprint.post(LIST)
@form_checks_token
@access.staff
def add_power(lang: str) -> ResponseReturnValue:
    form = PowerForm.sent(get_catalogue(db.session()))
    if not form.validate():
        return _list_page(form), form.status
    try:
        transact(power_use_cases.add_power, access.current_actor(), form.wish, clock.now())
    except RequestRefused as error:
        form.refuse(error)
        return _list_page(form), status_of(error)
    flash(_("The power is added."))
    return redirect(url_for(".list_powers"))


@blueprint.get(ONE)
@access.staff
def show_power(lang: str, power_id: int) -> ResponseReturnValue:
    """One power, to be changed or ended."""
    return _one_page(power_id)


@blueprint.post(ONE)
@form_checks_token
@access.staff
def change_power(lang: str, power_id: int) -> ResponseReturnValue:
    form = PowerForm.sent(get_catalogue(db.session()))
    if not form.validate():
        return _one_page(power_id, form), form.status
    what = (access.current_actor(), power_id, form.wish, clock.now())
    try:
        transact(power_use_cases.change_power, *what)
    except RequestRefused as error:
        form.refuse(error)
        return _one_page(power_id, form), status_of(error)
    flash(_("The power is changed."))
    return redirect(url_for(".list_powers"))


@blueprint.post(f"{ONE}/end")
@access.staff
def end_power(lang: str, power_id: int) -> ResponseReturnValue:
    """From now on nobody decides by it."""
    end: Callable[..., DecisionPower] = power_use_cases.end_power
    transact(end, access.current_actor(), power_id, clock.now())
    flash(_("The power has ended."))
    return redirect(url_for(".list_powers"))


def _list_page(form: PowerForm | None = None) -> str:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    rows = kept_powers(session, actor)
    city = get_catalogue(session)
    today = local_date(now, city.zone)
    units = {unit.id: text_in(unit.name) for unit in city.units.values()}
    return render_template(
        "self_initiated/staff/powers.html",
        rows=[_row(one, units, today) for one in rows],
        form=form or PowerForm.empty(city, valid_from=today),
        send_url=url_for(".add_power"),
    )


def _one_page(power_id: int, form: PowerForm | None = None) -> str:
    session = db.session()
    power = get_power(session, access.current_actor(), power_id)
    city = get_catalogue(session)
    today = local_date(clock.now(), city.zone)
    return render_template(
        "self_initiated/staff/power.html",
        row=_row(power, {}, today),
        form=form or PowerForm.of(power, city),
        send_url=url_for(".change_power", power_id=power_id),
        end_url=url_for(".end_power", power_id=power_id),
    )


def _row(power: DecisionPower, units: dict[int, str], today: Any) -> dict[str, Any]:
    value = as_value(power)
    is_over = power.valid_to is not None and power.valid_to < today
    return {
        "matter": _(MATTER_NAMES[power.matter]),
        "post": text_in(power.post),
        "limit_cents": power.limit_cents,
        "where": units.get(power.unit_id or 0) or _("the whole city"),
        "holder": power.holder.name,
        "substitute": power.substitute.name if power.substitute else "",
        "substitute_from": power.substitute_from,
        "substitute_to": power.substitute_to,
        "valid_from": power.valid_from,
        "valid_to": power.valid_to,
        "is_over": is_over,
        "is_in_force": value.is_in_force(today),
        "url": url_for(".show_power", power_id=power.id),
    }
