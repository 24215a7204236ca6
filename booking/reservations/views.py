"""Asking for a space, a reservation's page, and cancelling it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.errors import Conflict, RequestRefused
from booking.reservations import use_cases
from booking.reservations.event_words import sentences_for
from booking.reservations.forms import ReasonForm, WhatForm
from booking.reservations.models import Reservation
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
from booking.reservations.rendering_confirmations import confirmation
from booking.reservations.rendering_events import event_face, event_for_staff, form_to_decide
from booking.reservations.rendering_holds import may_submit, submission, submission_form
from booking.reservations.rendering_offers import offer_in_words
from booking.reservations.rendering_spaces import unit_face
from booking.reservations.rule_sentences import fired_rules
from booking.reservations.states import State
from booking.reservations.words import PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.session import db, transact

blueprint = Blueprint("reservations", __name__)


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
    may_decide = row["state"] == State.REQUESTED and _may_at_all_units(
        actor, Action.DECIDE_RESERVATION, reservation, city
    )
    for_staff = _event_for_staff(session, reservation, city) if may_decide else None
    return (
        render_template(
            "reservations/reservation.html",
            row=row,
            reservation=reservation,
            event=event_face(reservation.event),
            because=sentences_for(session, reservation.event),
            standing=standing(reservation, row["state"], city, now),
            unit=unit_face(unit_of(city, reservation), city),
            way_in=way_in(place, now) if place and row["state"] == State.CONFIRMED else "",
            space_url=url_for("spaces.show_space", slug=place.slug) if place else "",
            price_is_demo=place is not None and place.price_list.is_demo,
            confirmation=confirmation(session, reservation, row["state"], city, now),
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
            may_decide=may_decide,
            decision_form=form_to_decide(city, for_staff),
            for_staff=for_staff,
            hold=_hold(actor, reservation, filled, city, now),
            form=cancelling or ReasonForm(formdata=None),
        ),
        status,
    )


def _event_for_staff(
    session: Session, reservation: Reservation, city: Catalogue
) -> Mapping[str, Any] | None:
    """What who decides sees of the event of a request."""
    if reservation.event is None:
        return None
    return event_for_staff(reservation, fired_rules(session, reservation.event), city)


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
