"""Asking for a space, my reservations, one of them, and cancelling it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.accounts.models import Organisation
from booking.accounts.queries import organisations_of
from booking.catalogue.places import Catalogue, Place, Terms
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import Conflict, RequestRefused
from booking.core.periods import Period
from booking.pricing.rules import PERSON_GROUP, Price, price_of
from booking.reservations import rendering, use_cases
from booking.reservations.forms import CancelForm, RequestForm, period_or_none
from booking.reservations.queries import (
    get_reservation,
    is_owner,
    my_reservations,
    places_of,
    timetables,
    units_of,
)
from booking.reservations.rules import ReservationRequest
from booking.reservations.search import can_be_had
from booking.reservations.states import State
from booking.reservations.suggestions import add_next_possible, alternatives
from booking.reservations.words import ACCESS_NAMES, PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.fields import read_day, read_or_none, read_wall_time
from booking.web.languages import text_in
from booking.web.session import db, transact
from booking.web.words import in_words, local

blueprint = Blueprint("reservations", __name__)


@dataclass(frozen=True)
class Asked:
    """What a request's page is about: the space, its rules and terms, who may be booked for."""

    city: Catalogue
    place: Place
    terms: Terms | None
    organisations: Sequence[Organisation]
    now: datetime

    @property
    def may_last_days(self) -> bool:
        return self.place.policies[-1].policy.may_span_closed_hours


@blueprint.get("/<lang:lang>/spaces/<slug>/reserve")
@access.signed_in
def show_request(lang: str, slug: str) -> ResponseReturnValue:
    """The form of a request, filled with what the address knows, and whether that time is free."""
    asked = _asked(slug)
    form = RequestForm.for_place(asked.organisations, **_first_values(asked))
    return _request_page(form, asked)


@blueprint.post("/<lang:lang>/spaces/<slug>/reserve")
@access.signed_in
def request_reservation(lang: str, slug: str) -> ResponseReturnValue:
    """Ask for the space; what is wrong with it is told beside the fields, and nothing is lost."""
    asked = _asked(slug)
    form = RequestForm.for_place(asked.organisations)
    wanted = None
    if form.validate():
        wanted = form.request_for(asked.place, asked.terms, asked.city.zone)
    if wanted is None:
        return _request_page(form, asked, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        reservation = transact(
            use_cases.request_reservation,
            access.current_actor(),
            wanted,
            asked.now,
            automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
        )
    except (RequestRefused, Conflict) as error:
        return _refused(form, asked, wanted, error)
    flash(
        _("Your booking is confirmed.")
        if reservation.state == State.CONFIRMED
        else _("We have your request. The staff will decide about it, and we tell you by e-mail.")
    )
    return redirect(url_for(".show_reservation", reference=reservation.reference))


@blueprint.get("/<lang:lang>/reservations")
@access.signed_in
def list_my_reservations(lang: str) -> ResponseReturnValue:
    """My reservations, the next first; those of my organisations among them."""
    now, city = clock.now(), get_catalogue(db.session())
    rows = [
        rendering.reservation_row(one, city, now)
        for one in my_reservations(db.session(), access.current_actor(), now)
    ]
    return render_template(
        "reservations/mine.html",
        coming=[row for row in rows if not row["has_ended"]],
        past=[row for row in rows if row["has_ended"]],
    )


@blueprint.get("/<lang:lang>/reservations/<reference>")
@access.signed_in
def show_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """One reservation: how it stands, what comes next, what it costs."""
    return _reservation_page(reference, CancelForm())


@blueprint.post("/<lang:lang>/reservations/<reference>/cancel")
@access.signed_in
def cancel_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """Cancel it, as the policy allows."""
    form = CancelForm()
    if not form.validate():
        return _reservation_page(reference, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        transact(
            use_cases.cancel_reservation,
            access.current_actor(),
            reference,
            clock.now(),
            form.reason.data or "",
        )
    except (RequestRefused, Conflict) as error:
        broken = error.broken if isinstance(error, RequestRefused) else [error]
        form.reason.errors = [*form.reason.errors, *(in_words(one) for one in broken)]
        return _reservation_page(reference, form, status_of(error))
    flash(_("The booking is cancelled."))
    return redirect(url_for(".show_reservation", reference=reference))


# ── The page of a request ─────────────────────────────────────────────────────────────────────


def _asked(slug: str) -> Asked:
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    place = city.places.get(slug)
    if place is None or not (place.published or actor.may(Action.BOOK_AS_STAFF, place.unit.id)):
        abort(404)
    in_force = place.policy_at(now)
    today = clock.local_date(now, city.zone)
    terms = city.terms_on(place.terms_slug(in_force.policy), today) if in_force else None
    organisations = organisations_of(session, actor.person_id or 0)
    return Asked(city, place, terms, organisations, now)


def _first_values(asked: Asked) -> dict[str, Any]:
    """What the address knows already."""
    organisation = request.args.get("organisation")
    known = {one.slug for one in asked.organisations}
    return {
        "date": read_or_none(read_day, request.args.get("date")),
        "end_date": read_or_none(read_day, request.args.get("end_date")),
        "start": read_or_none(read_wall_time, request.args.get("start")),
        "end": read_or_none(read_wall_time, request.args.get("end")),
        "people": read_or_none(int, request.args.get("people")),
        "title": request.args.get("title"),
        "purpose": request.args.get("purpose"),
        "organisation": organisation
        if organisation in known
        else (next(iter(known)) if len(known) == 1 else None),
        "terms_version": asked.terms.version.isoformat() if asked.terms else "",
    }


def _request_page(
    form: RequestForm,
    asked: Asked,
    status: HTTPStatus = HTTPStatus.OK,
    others: Sequence[dict[str, Any]] = (),
    refused: bool = False,
) -> ResponseReturnValue:
    policy = asked.place.policies[-1].policy if asked.place.policies else None
    if not form.is_sent and asked.terms:
        form.terms_version.data = asked.terms.version.isoformat()
    return (
        render_template(
            "reservations/request.html",
            form=form,
            place=asked.place,
            space=rendering.space_page(asked.place, asked.city, access.current_actor(), asked.now),
            terms=asked.terms,
            policy=policy,
            required=policy.required_fields if policy else (),
            may_last_days=asked.may_last_days,
            answer=None if refused else _answer(form, asked),
            others=others,
        ),
        status,
    )


def _answer(form: RequestForm, asked: Asked) -> dict[str, Any] | None:
    """Whether the time now in the form is free, and what it costs: told before the rest."""
    last_day = form.end_date.data or form.date.data
    period = period_or_none(form.date.data, form.start.data, form.end.data, asked.city.zone)
    if last_day != form.date.data and form.end.data is not None and last_day is not None:
        try:
            period = Period(*form.period_in(asked.city.zone))
        except (ValueError, TypeError):
            period = None
    if period is None:
        return None
    tables = timetables(db.session(), asked.city, [asked.place], period, asked.now)
    table = tables.get(asked.place.slug)
    if table is None:
        return None
    return {
        "period": period,
        "is_free": can_be_had(table, period),
        "price": _price(form, asked, period),
        "needs_approval": table.policy.approval == "staff",
    }


def _price(form: RequestForm, asked: Asked, period: Period) -> Price | None:
    group = next(
        (one.price_group for one in asked.organisations if one.slug == form.organisation.data),
        PERSON_GROUP,
    )
    return price_of(
        [asked.place],
        period,
        asked.city.price_groups[group],
        form.purpose.data or None,
        asked.city,
    )


def _refused(
    form: RequestForm,
    asked: Asked,
    wanted: ReservationRequest,
    error: RequestRefused | Conflict,
) -> ResponseReturnValue:
    """The form again, with every reason, the next time possible and other spaces."""
    broken = error.broken if isinstance(error, RequestRefused) else []
    add_next_possible(db.session(), wanted, broken, asked.now)
    form.refuse(error)
    others = [
        _other(one.place, one.period)
        for one in alternatives(db.session(), wanted, broken, asked.now)
    ]
    following = next((rule.next_possible for rule in broken if rule.next_possible), None)
    if following is not None and not others:
        others = [_other(asked.place, Period(following, following + wanted.period.length))]
    return _request_page(form, asked, status_of(error), others, refused=True)


def _other(place: Place, period: Period) -> dict[str, Any]:
    starts, ends = (local(instant) for instant in (period.starts_at, period.ends_at))
    return {
        "name": text_in(place.name),
        "unit": text_in(place.unit.name),
        "period": period,
        "url": url_for(
            ".show_request",
            slug=place.slug,
            date=starts.date().isoformat(),
            start=f"{starts:%H:%M}",
            end=f"{ends:%H:%M}",
        ),
    }


# ── The page of a reservation ─────────────────────────────────────────────────────────────────


def _reservation_page(
    reference: str, form: CancelForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    reservation = get_reservation(session, actor, reference)
    units = units_of(city, reservation)
    mine = is_owner(actor, reservation)
    row = rendering.reservation_row(reservation, city, now)
    place = places_of(city, reservation)[0]
    in_force = place.policy_at(now)
    may_cancel = row["state"] in {State.HELD, State.REQUESTED, State.CONFIRMED} and (
        (mine and reservation.starts_at > now)
        or all(actor.may(Action.CANCEL_RESERVATION, unit) for unit in units)
    )
    return (
        render_template(
            "reservations/reservation.html",
            row=row,
            reservation=reservation,
            place=rendering.space_page(place, city, actor, now),
            space_url=url_for("spaces.show_space", slug=place.slug),
            lines=rendering.price_lines(reservation.price_lines, city),
            access_words=_(ACCESS_NAMES[place.access(in_force.policy)]) if in_force else "",
            cancel_until=in_force.policy.cancel_before.last_moment(reservation.starts_at, city.zone)
            if in_force
            else None,
            purpose=_(PURPOSE_NAMES[reservation.purpose]) if reservation.purpose else "",
            may_cancel=may_cancel,
            must_say_why=not mine,
            may_decide=reservation.state == State.REQUESTED
            and row["state"] == State.REQUESTED
            and all(actor.may(Action.DECIDE_RESERVATION, unit) for unit in units),
            is_mine=mine,
            form=form,
        ),
        status,
    )
