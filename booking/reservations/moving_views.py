"""Moving a booking, changing what it says, and taking a cancellation back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.places import Catalogue, Place, Terms
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Actor
from booking.core.errors import Conflict, RequestRefused
from booking.core.periods import Period
from booking.reservations.forms import SayingForm
from booking.reservations.models import Reservation
from booking.reservations.moving import Changes, request_with
from booking.reservations.moving_forms import MoveForm
from booking.reservations.moving_use_cases import change_reservation, must_change
from booking.reservations.queries import get_reservation, is_owner, places_of
from booking.reservations.rendering import reservation_row
from booking.reservations.rendering_moving import (
    move_answer,
    places_to_move_to,
    terms_to_accept,
    why_not_at_all,
)
from booking.reservations.rendering_spaces import terms_face
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.states import State
from booking.web.errors import status_of
from booking.web.fields import read_day, read_or_none, read_wall_time
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("moving", __name__)


@dataclass(frozen=True)
class Moved:
    """The booking that a page is about, its page, and who looks at it."""

    url: str
    actor: Actor
    reservation: Reservation
    city: Catalogue
    now: datetime

    @property
    def required(self) -> set[str]:
        """The fields that its spaces want filled in."""
        places = places_of(self.city, self.reservation)
        policies = [one.policy for place in places if (one := place.policy_at(self.now))]
        return set().union(*(policy.required_fields for policy in policies))


def _moved(reference: str) -> Moved:
    """Raises `NotFound`, and `NotAllowed` for whoever may not change it."""
    session, actor, now = db.session(), access.current_actor(), clock.now()
    city, reservation = get_catalogue(session), get_reservation(session, actor, reference)
    asked = request_with(actor, reservation, Changes(), city, now)
    must_change(actor, reservation, asked, Changes(), city)
    url = url_for("reservations.show_reservation", reference=reservation.reference)
    return Moved(url, actor, reservation, city, now)


# ── Another time, another space ───────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/reservations/<reference>/move")
@access.signed_in
def show_move(lang: str, reference: str) -> ResponseReturnValue:
    """The form that moves it, filled with how it is or what the address says, and the answer."""
    moved = _moved(reference)
    return _move_page(moved, _form_of(moved, request.args.get("space"), **_first(moved)))


@blueprint.post("/<lang:lang>/reservations/<reference>/move")
@form_checks_token
@access.signed_in
def move(lang: str, reference: str) -> ResponseReturnValue:
    """Move it; all that is wrong is told beside the fields, and nothing is lost."""
    moved = _moved(reference)
    form = _form_of(moved, request.form.get("space"))
    if not form.validate():
        return _move_page(moved, form, form.status)
    changes = _changes(moved, form)
    if changes is None:
        return _move_page(moved, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = transact(
            change_reservation,
            moved.actor,
            reference,
            changes,
            moved.now,
            automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return _move_page(_moved(reference), form, status_of(error))
    flash(
        _("The booking is moved. The staff decide about it anew, and we tell you by e-mail.")
        if made.state == State.REQUESTED
        else _("The booking is moved.")
    )
    return redirect(moved.url)


def _form_of(moved: Moved, named: str | None, **values: Any) -> MoveForm:
    places = places_to_move_to(moved.reservation, moved.actor, moved.city, moved.now, named)
    return MoveForm.for_places(places, **values)


def _first(moved: Moved) -> dict[str, Any]:
    """What the form begins with: how it is, or what the address says."""
    one, args = moved.reservation, request.args
    own = MoveForm.times_of(Period(one.starts_at, one.ends_at), moved.city.zone)
    if "date" in args:
        own = {
            "date": read_or_none(read_day, args.get("date")),
            "start": read_or_none(read_wall_time, args.get("start")),
            "end": read_or_none(read_wall_time, args.get("end")),
            "end_date": read_or_none(read_day, args.get("end_date")),
        }
    places = places_of(moved.city, one)
    return {**own, "space": args.get("space") or (places[0].slug if places else "")}


def _changes(moved: Moved, form: MoveForm, *, presumed: Terms | None = None) -> Changes | None:
    """What is to be otherwise; None where its time can't be read. Terms are accepted where their
    box is ticked, or `presumed` to be, so that all the rest can be told."""
    times = form.instants_in(moved.city.zone)
    if times is None:
        return None
    fields: dict[str, Any] = {"starts_at": times[0], "ends_at": times[1]}
    place = _place_of(moved, form)
    if place is not None:
        fields["spaces"] = (place.slug,)
    if presumed is not None:
        fields["terms"] = (presumed.version,)
    elif form.accepted is not None:
        fields["terms"] = (form.accepted,)
    return Changes(fields)


def _place_of(moved: Moved, form: MoveForm) -> Place | None:
    slug = form.space.data if "space" in form else None
    return moved.city.places.get(slug or "")


def _terms_of(moved: Moved, fields: dict[str, Any]) -> Terms | None:
    """The terms that are to be accepted for a move to these spaces; staff accept none."""
    asked = request_with(moved.actor, moved.reservation, Changes(fields), moved.city, moved.now)
    return terms_to_accept(asked, moved.city, moved.now)


def _move_page(
    moved: Moved, form: MoveForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The form, with the answer to what stands in it."""
    place = _place_of(moved, form)
    terms = _terms_of(moved, {"spaces": (place.slug,)} if place else {})
    seen = _changes(moved, form, presumed=terms) if not form.errors or form.is_sent else None
    answer = (
        move_answer(
            db.session(),
            moved.actor,
            moved.reservation,
            seen,
            moved.city,
            moved.now,
            current_app.config["SETTINGS"].automatic_decisions,
        )
        if seen
        else None
    )
    form.show_terms(terms)
    return (
        render_template(
            "reservations/move.html",
            form=form,
            row=reservation_row(moved.reservation, moved.city, moved.now),
            url=moved.url,
            why_not=why_not_at_all(moved.actor, moved.reservation, moved.city, moved.now),
            answer=answer,
            terms=terms_face(terms),
            spans_days="end_date" in form and _may_span_days(moved, place),
        ),
        status,
    )


def _may_span_days(moved: Moved, place: Place | None) -> bool:
    places = [place] if place else places_of(moved.city, moved.reservation)
    policies = [one.policy for at in places if (one := at.policy_at(moved.now))]
    return all(policy.may_span_closed_hours for policy in policies)


# ── What it says ──────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/reservations/<reference>/change")
@access.signed_in
def show_change(lang: str, reference: str) -> ResponseReturnValue:
    """The form of what it says: its name, what for, how many, a message."""
    moved = _moved(reference)
    one = moved.reservation
    form = SayingForm.of(
        title=one.title, purpose=one.purpose or "", people=one.people, message=one.message
    )
    return _change_page(moved, form)


@blueprint.post("/<lang:lang>/reservations/<reference>/change")
@form_checks_token
@access.signed_in
def change(lang: str, reference: str) -> ResponseReturnValue:
    """Change what it says."""
    moved, form = _moved(reference), SayingForm.of()
    if not form.validate():
        return _change_page(moved, form, form.status)
    before = moved.reservation.state
    try:
        made = transact(
            change_reservation,
            moved.actor,
            reference,
            Changes(form.details),
            moved.now,
            automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
        )
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return _change_page(_moved(reference), form, status_of(error))
    is_asked_again = made.state == State.REQUESTED != before
    flash(
        _("The change is saved. With so many people the staff decide about it anew.")
        if is_asked_again
        else _("The change is saved.")
    )
    return redirect(moved.url)


def _change_page(
    moved: Moved, form: SayingForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    places = places_of(moved.city, moved.reservation)
    return (
        render_template(
            "reservations/change.html",
            form=form,
            row=reservation_row(moved.reservation, moved.city, moved.now),
            url=moved.url,
            required=moved.required,
            capacity=sum(place.capacity for place in places),
            is_mine=is_owner(moved.actor, moved.reservation),
        ),
        status,
    )


# ── Taken back ────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/<lang:lang>/reservations/<reference>/restore")
@access.signed_in
def restore(lang: str, reference: str) -> ResponseReturnValue:
    """Let a booking that its owner cancelled stand again, where its time is still free."""
    try:
        transact(restore_reservation, access.current_actor(), reference, clock.now())
        flash(_("The booking stands again."))
    except RequestRefused as refused:
        flash(" ".join(in_words(one) for one in refused.reasons), "error")
    except Conflict as error:
        flash(in_words(error), "error")
    return redirect(url_for("reservations.show_reservation", reference=reference))
