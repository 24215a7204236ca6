"""Asking for a space, a reservation's page, and cancelling it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.accounts.queries import organisations_of
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue, may_see_place
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.errors import Conflict, RequestRefused
from booking.reservations import use_cases
from booking.reservations.answers import Asked, answer_to, rules_beside_faults
from booking.reservations.errors import NotBookable
from booking.reservations.forms import (
    ReasonForm,
    RequestForm,
    WhatForm,
    decision_form,
    versions_shown,
)
from booking.reservations.idempotency import KeptAnswer, fingerprint, once
from booking.reservations.models import Reservation
from booking.reservations.prices import payer_of
from booking.reservations.queries import (
    get_reservation,
    is_owner,
    places_of,
    unit_of,
    units_of,
)
from booking.reservations.rendering import (
    loans_in_words,
    price_lines,
    reservation_row,
    standing,
    way_in,
)
from booking.reservations.rendering_changing import changing
from booking.reservations.rendering_holds import may_submit, submission, submission_form
from booking.reservations.rendering_offers import offer_in_words
from booking.reservations.rendering_spaces import space_page, unit_face
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import State
from booking.reservations.words import PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.fields import read_day, read_or_none, read_wall_time
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact

blueprint = Blueprint("reservations", __name__)


@blueprint.get("/<lang:lang>/spaces/<slug>/reserve")
@access.signed_in
def show_request(lang: str, slug: str) -> ResponseReturnValue:
    """The form of a request, filled with what the address knows, and whether that time is free."""
    asked = asked_about(slug)
    form = RequestForm.for_place(asked.organisations, **_first_values(asked))
    return request_page(form, asked)


@blueprint.post("/<lang:lang>/spaces/<slug>/reserve")
@form_checks_token
@access.signed_in
def request_reservation(lang: str, slug: str) -> ResponseReturnValue:
    """Ask for the space; all that is wrong is told beside the fields, and nothing is lost. The
    same page sent twice is one request, and both hear the same."""
    asked = asked_about(slug)
    form = RequestForm.for_place(asked.organisations)
    wanted = None
    if form.validate():
        wanted = form.request_for(asked.place, asked.terms, asked.city.zone)
    if wanted is None:
        form.refuse(RequestRefused(rules_beside_faults(db.session(), form, asked)))
        return request_page(form, asked, form.status)
    key, print_ = form.key_of(wanted), fingerprint("form", slug, repr(wanted).encode())
    try:
        made = transact(once, asked.actor, key, print_, asked.now, partial(_make, asked, wanted))
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return request_page(form, asked_about(slug), status_of(error))
    flash(
        _("Your booking is confirmed.")
        if made.body["state"] == State.CONFIRMED
        else _("We have your request. The staff will decide about it, and we tell you by e-mail.")
    )
    return redirect(url_for(".show_reservation", reference=made.body["reference"]))


def _make(asked: Asked, wanted: ReservationRequest, session: Session) -> KeptAnswer:
    """Make the reservation, and keep of the answer what leads to its page."""
    automatic = current_app.config["SETTINGS"].automatic_decisions
    made = use_cases.request_reservation(
        session, asked.actor, wanted, asked.now, automatic_decisions=automatic
    )
    return KeptAnswer(HTTPStatus.FOUND, {"reference": made.reference, "state": made.state})


@blueprint.get("/<lang:lang>/reservations/<reference>")
@access.signed_in
def show_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """One reservation: how it stands, what comes next, what it costs."""
    return reservation_page(reference)


@blueprint.post("/<lang:lang>/reservations/<reference>/cancel")
@access.signed_in
def cancel_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """Cancel it, as the policy allows."""
    form = ReasonForm()
    if not form.validate():
        return reservation_page(reference, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        transact(
            use_cases.cancel_reservation,
            access.current_actor(),
            reference,
            clock.now(),
            form.reason.data or "",
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return reservation_page(reference, form, status=status_of(error))
    flash(_("The booking is cancelled."))
    return redirect(url_for(".show_reservation", reference=reference))


# ── The page of a request ─────────────────────────────────────────────────────────────────────


def asked_about(slug: str) -> Asked:
    """What the page of a request is about. Raises `NotBookable` where no policy is in force yet."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    place = city.places.get(slug)
    if place is None or not may_see_place(actor, place):
        abort(404)
    in_force = place.policy_at(now)
    if in_force is None:
        raise NotBookable(space=place.name)
    today = clock.local_date(now, city.zone)
    terms = city.terms_on(place.terms_slug(in_force.policy), today)
    organisations = organisations_of(session, actor.person_id or 0)
    return Asked(city, place, in_force.policy, terms, actor, organisations, now)


def _first_values(asked: Asked) -> dict[str, Any]:
    """What the address knows already."""
    return {
        "date": read_or_none(read_day, request.args.get("date")),
        "end_date": read_or_none(read_day, request.args.get("end_date")),
        "start": read_or_none(read_wall_time, request.args.get("start")),
        "end": read_or_none(read_wall_time, request.args.get("end")),
        "people": read_or_none(int, request.args.get("people")),
        "title": request.args.get("title"),
        "purpose": request.args.get("purpose", ""),
        "organisation": _first_organisation(asked),
    }


def _first_organisation(asked: Asked) -> str:
    """The organisation that the address names, else the only one the person acts for."""
    known = [one.slug for one in asked.organisations]
    named = request.args.get("organisation")
    if named is None:
        return known[0] if len(known) == 1 else ""
    return named if named in known else ""


def request_page(
    form: RequestForm, asked: Asked, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The form, with the answer to what stands in it."""
    session, city = db.session(), asked.city
    if not form.is_sent and asked.terms:
        form.terms_version.data = versions_shown([asked.terms])
    payer = payer_of(session, city, asked.actor)
    automatic = current_app.config["SETTINGS"].automatic_decisions
    return (
        render_template(
            "reservations/request.html",
            form=form,
            place=asked.place,
            space=space_page(asked.place, city, payer, asked.now),
            terms=asked.terms,
            policy=asked.policy,
            required=asked.policy.required_fields,
            answer=answer_to(session, form, asked, automatic),
        ),
        status,
    )


# ── The page of a reservation ─────────────────────────────────────────────────────────────────


def reservation_page(
    reference: str,
    cancelling: ReasonForm | None = None,
    filled: WhatForm | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> ResponseReturnValue:
    """The page of a reservation, with a form that was refused as it was sent: of `cancelling`, or
    as it was `filled` to make a hold a booking."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    reservation = get_reservation(session, actor, reference)
    mine = is_owner(actor, reservation)
    row = reservation_row(reservation, city, now)
    place = next(iter(places_of(city, reservation)), None)
    return (
        render_template(
            "reservations/reservation.html",
            row=row,
            reservation=reservation,
            standing=standing(reservation, row["state"], city, now),
            unit=unit_face(unit_of(city, reservation), city),
            way_in=way_in(place, now) if place and row["state"] == State.CONFIRMED else "",
            space_url=url_for("spaces.show_space", slug=place.slug) if place else "",
            price_is_demo=place is not None and place.price_list.is_demo,
            loans=loans_in_words(reservation, city),
            lines=price_lines(reservation.price_lines, city),
            purpose=_(PURPOSE_NAMES[reservation.purpose]) if reservation.purpose else "",
            payer_url=_payer_url(actor, reservation, row["state"], city),
            offer=offer_in_words(reservation, city, now)
            if mine or _may_at_all_units(actor, Action.BOOK_AS_STAFF, reservation, city)
            else None,
            changing=changing(session, actor, reservation, city, now),
            may_cancel=_may_cancel(actor, reservation, row["state"], city, now),
            must_say_why=not mine,
            may_decide=row["state"] == State.REQUESTED
            and _may_at_all_units(actor, Action.DECIDE_RESERVATION, reservation, city),
            decision_form=decision_form(),
            hold=_hold(actor, reservation, filled, city, now),
            form=cancelling or ReasonForm(formdata=None),
        ),
        status,
    )


def _hold(
    actor: Actor,
    reservation: Reservation,
    filled: WhatForm | None,
    city: Catalogue,
    now: datetime,
) -> Mapping[str, Any] | None:
    """The form that makes a hold a booking, for those who may; else None."""
    if not may_submit(actor, reservation, now):
        return None
    form = filled or submission_form(db.session(), actor, reservation)
    return submission(form, reservation, city, now)


def _payer_url(actor: Actor, reservation: Reservation, state: str, city: Catalogue) -> str:
    """The page on which one says who pays, for those who may, where there is something to pay."""
    owed = reservation.due_cents if state == State.CANCELLED else reservation.total_cents
    may_say = is_owner(actor, reservation) or _may_at_all_units(
        actor, Action.BOOK_AS_STAFF, reservation, city
    )
    if not owed or not may_say or state in {State.DENIED, State.EXPIRED}:
        return ""
    return url_for("billing.show_payer", reference=reservation.reference)


def _may_cancel(
    actor: Actor, reservation: Reservation, state: str, city: Catalogue, now: datetime
) -> bool:
    """Whether the button is shown: to its owner before it begins, to the staff while it stands."""
    if state not in {State.HELD, State.REQUESTED, State.CONFIRMED}:
        return False
    if is_owner(actor, reservation) and reservation.starts_at > now:
        return True
    return _may_at_all_units(actor, Action.CANCEL_RESERVATION, reservation, city)


def _may_at_all_units(
    actor: Actor, action: Action, reservation: Reservation, city: Catalogue
) -> bool:
    return all(actor.may(action, unit) for unit in units_of(city, reservation))
