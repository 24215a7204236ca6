"""Asking for a space: one page, checked while it is filled in, kept through sign-in, sent once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.accounts import access
from booking.accounts.models import Organisation
from booking.accounts.queries import organisations_of
from booking.catalogue.queries import get_catalogue, may_see_place
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import Conflict, NotFound, RequestRefused, StepNotPossible
from booking.reservations import use_cases
from booking.reservations.answers import Asked, answer_to, rules_beside_faults
from booking.reservations.booking_forms import BookingForm
from booking.reservations.errors import NotBookable
from booking.reservations.event_queries import own_events
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from booking.reservations.idempotency import KeptAnswer, fingerprint, once
from booking.reservations.models import Reservation
from booking.reservations.prices import payer_of
from booking.reservations.queries import (
    get_reservation,
    hold_of,
    organisations_by_name,
)
from booking.reservations.rendering_events import event_face, events_to_choose
from booking.reservations.rendering_holds import is_theirs
from booking.reservations.rendering_requests import (
    asks_of,
    clock_of,
    day_of,
    more_spaces,
    summary_of,
    things_to_borrow,
)
from booking.reservations.rendering_spaces import space_page
from booking.reservations.request_values import first_organisation, first_values
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import State
from booking.reservations.views import blueprint
from booking.web.drafts import Draft, drop_draft, find_draft, keep_draft
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token, old_page
from booking.web.session import db, transact

__all__ = ["asked_about", "blueprint", "form_for", "request_page"]

_NOT_OF_A_HOLD = {"hold", "preliminary", "buffers"}
_NOT_KEPT = {"csrf_token", "step", "pick", "hold"}


@blueprint.get("/<lang:lang>/spaces/<slug>/reserve")
@access.public
def show_request(lang: str, slug: str) -> ResponseReturnValue:
    """The form of a request, filled with what the address knows, with the hold that it names, or
    with what was filled in before signing in; and whether that time is free."""
    asked = asked_about(slug, request.args.get("hold"))
    if "draft" in request.args and (draft := _draft_of(slug)) is not None:
        form = form_for(asked, formdata=draft, organisation=first_organisation(asked))
    else:
        form = form_for(asked, **first_values(asked))
    return request_page(form, asked)


@blueprint.post("/<lang:lang>/spaces/<slug>/reserve")
@form_checks_token
@access.public
def request_reservation(lang: str, slug: str) -> ResponseReturnValue:
    """Ask for the space; all that is wrong is told beside the fields, and nothing is lost. The
    same page sent twice is one request, and both hear the same.

    Buttons that only look something up (`step`, `pick`) show the page again as it was filled.
    """
    asked = asked_about(slug, request.form.get("hold"))
    form = form_for(asked)
    match "pick" if "pick" in request.form else request.form.get("step"):
        case "pick":
            form.pick(request.form["pick"])
            return _checked(form, asked)
        case "check":
            return _checked(form, asked)
        case "sign-in" if asked.actor.person_id is None:
            return _sign_in_first(form, asked)
        case "hold" if asked.actor.person_id is not None:
            return _keep_time(form, asked)
        case "extend" if asked.hold is not None:
            return _keep_longer(form, asked)
    return _send(form, asked)


# ── Looking up ────────────────────────────────────────────────────────────────────────────────


def asked_about(slug: str, hold: str | None = None) -> Asked:
    """What the page of a request is about. Raises `NotBookable` where no policy is in force yet."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    place = city.places.get(slug)
    if place is None or not may_see_place(actor, place):
        abort(404)
    in_force = place.policy_at(now)
    if in_force is None:
        raise NotBookable(space=place.name)
    for_others = request.values.get("behalf") == "1"
    for_others = for_others and actor.may(Action.BOOK_AS_STAFF, place.unit.id)
    organisations: list[Organisation] = []
    if actor.person_id is not None:
        organisations = (
            organisations_by_name(session)
            if for_others
            else organisations_of(session, actor.person_id)
        )
    held = _own_hold(session, hold)
    if held is None and actor.person_id is not None and request.method == "GET":
        held = hold_of(session, actor.person_id, place.id, now)
    events = [] if for_others else own_events(session, actor, now)
    return Asked(city, place, in_force.policy, actor, organisations, now, held, for_others, events)


def _own_hold(session: Session, reference: str | None) -> Reservation | None:
    """The hold of that reference, where it is the visitor's own; what has become of it, too."""
    actor = access.current_actor()
    if not reference or actor.person_id is None:
        return None
    try:
        found = get_reservation(session, actor, reference)
    except NotFound:
        return None
    return found if is_theirs(actor, found) else None


def form_for(asked: Asked, **first: Any) -> BookingForm:
    """The form as this person may fill it."""
    form = BookingForm.for_place(asked.organisations, **first)
    may_override = all(
        asked.actor.may(Action.OVERRIDE_RULES, place.unit.id) for place in asked.places_in(form)
    )
    form.keep_only(is_for_others=asked.is_for_others, may_override=may_override)
    form.leave_out_unknown(asked.city)
    form.offer_events(None if asked.actor.person_id is None else events_to_choose(asked.events))
    form.behalf.data = "1" if asked.is_for_others else ""
    form.hold.data = asked.hold.reference if asked.hold is not None else ""
    return form


def _draft_of(slug: str) -> MultiDict[str, str] | None:
    """What was filled in on this very page before signing in."""
    draft = find_draft()
    if draft is None or draft.place.split("/")[2:] != ["spaces", slug, "reserve"]:
        return None
    return MultiDict(draft.fields)


# ── The steps of the page ─────────────────────────────────────────────────────────────────────


def _checked(form: BookingForm, asked: Asked) -> ResponseReturnValue:
    """The page as it was filled, with the answer to it; nothing is sent."""
    form.note_unreadable()
    return request_page(form, asked)


def _keep_time(form: BookingForm, asked: Asked) -> ResponseReturnValue:
    """Hold the time for whoever wants to fill in the rest in peace."""
    form.note_unreadable()
    wanted = form.request_so_far(asked.place, asked.city.zone)
    if wanted is None or form.is_for_others or asked.is_held:
        return request_page(form, asked, HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.errors:
        return request_page(form, asked, form.status)
    wanted = replace(wanted, hold=True, terms=())
    key, print_ = form.key_of(wanted), fingerprint("hold", asked.place.slug, repr(wanted).encode())
    try:
        made = transact(once, asked.actor, key, print_, asked.now, partial(_make, None, wanted))
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return request_page(form, asked_about(asked.place.slug), status_of(error))
    return _page_with_hold(form, asked, made.body["reference"])


def _keep_longer(form: BookingForm, asked: Asked) -> ResponseReturnValue:
    """Keep the hold for as long again, and show the form as it was filled so far."""
    reference = form.hold.data or ""
    form.note_unreadable()
    try:
        transact(extend_hold, asked.actor, reference, asked.now)
    except StepNotPossible:
        pass  # it has ended: the page says so, and what to do
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
    return _page_with_hold(form, asked, reference)


def _page_with_hold(form: BookingForm, asked: Asked, reference: str) -> ResponseReturnValue:
    form.hold.data = reference
    return request_page(form, asked_about(asked.place.slug, reference))


def _sign_in_first(form: BookingForm, asked: Asked) -> ResponseReturnValue:
    """Let the visitor sign in or register, with all that was typed kept for them to come back to.

    More than a cookie holds is carried by a page of its own instead.
    """
    place = url_for(".show_request", slug=asked.place.slug)
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in _NOT_KEPT and pair[1]]
    if not keep_draft(Draft(place, kept)):
        return old_page()
    return redirect(url_for("accounts.show_sign_in", next=f"{place}?draft=1"))


def _send(form: BookingForm, asked: Asked) -> ResponseReturnValue:
    """Make the booking, once all is as it must be."""
    wanted = None
    if form.validate():
        terms = asked.terms_in(form)
        wanted = form.request_for(asked.place, terms, asked.city.zone)
    if wanted is None:
        form.refuse(RequestRefused(rules_beside_faults(db.session(), form, asked)))
        return request_page(form, asked, form.status)
    if asked.actor.person_id is None:
        return _send_after_sign_in(form, asked, wanted)
    if asked.hold is not None and asked.hold.state in {State.REQUESTED, State.CONFIRMED}:
        flash(_("This was sent already. Here is the booking that was made."))
        return _to_reservation(asked.hold.reference)
    hold = asked.hold.reference if asked.standing and asked.hold else None
    key, print_ = form.key_of(wanted), fingerprint("form", asked.place.slug, repr(wanted).encode())
    try:
        made = transact(once, asked.actor, key, print_, asked.now, partial(_make, hold, wanted))
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return request_page(form, asked_about(asked.place.slug, form.hold.data), status_of(error))
    drop_draft()
    flash(_said_of(made.body))
    return _to_reservation(made.body["reference"])


def _send_after_sign_in(
    form: BookingForm, asked: Asked, wanted: ReservationRequest
) -> ResponseReturnValue:
    """What would be refused anyway is told now; for which organisation it is, and what that
    allows, only once it is known who asks."""
    broken = [
        rule
        for rule in use_cases.judge(db.session(), asked.judged_as, wanted, asked.now)
        if rule.field != "organisation"
    ]
    if broken:
        form.refuse(RequestRefused(broken))
        return request_page(form, asked, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _sign_in_first(form, asked)


def _make(hold: str | None, wanted: ReservationRequest, session: Session) -> KeptAnswer:
    """Make the reservation, of the hold where one keeps the time, and keep of the answer what
    leads to its page."""
    automatic = current_app.config["SETTINGS"].automatic_decisions
    actor, now = access.current_actor(), clock.now()
    if hold is None:
        made = use_cases.request_reservation(
            session, actor, wanted, now, automatic_decisions=automatic
        )
    else:
        names = {one.name for one in fields(wanted)} - _NOT_OF_A_HOLD
        filled = {name: getattr(wanted, name) for name in names}
        made = submit_reservation(session, actor, hold, filled, now, automatic_decisions=automatic)
    return KeptAnswer(HTTPStatus.FOUND, {"reference": made.reference, "state": made.state})


def _said_of(made: Mapping[str, Any]) -> str:
    if made["state"] == State.CONFIRMED:
        return str(_("Your booking is confirmed."))
    return str(
        _("We have your request. The staff will decide about it, and we tell you by e-mail.")
    )


def _to_reservation(reference: str) -> ResponseReturnValue:
    return redirect(url_for(".show_reservation", reference=reference))


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def request_page(
    form: BookingForm, asked: Asked, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The form, with the answer to what stands in it."""
    session, city = db.session(), asked.city
    payer = payer_of(session, city, asked.actor)
    automatic = current_app.config["SETTINGS"].automatic_decisions
    answer = answer_to(session, form, asked, automatic)
    things = things_to_borrow(session, form, asked)
    return (
        render_template(
            "reservations/request.html",
            form=form,
            place=asked.place,
            space=space_page(asked.place, city, payer, asked.now),
            asks=asks_of(form, asked),
            answer=answer,
            day=day_of(session, form, asked),
            more=more_spaces(form, asked),
            things=things,
            clock=clock_of(asked),
            summary=summary_of(form, asked, answer, things),
            event=event_face(asked.event_of(form)),
            may_book_for_others=asked.may(Action.BOOK_AS_STAFF),
            is_back="draft" in request.args and not form.is_sent and access.visitor().is_signed_in,
        ),
        status,
    )
