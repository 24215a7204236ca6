"""The inbox of the staff: what awaits them, approve, deny."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.clock import local_date, local_day
from booking.core.errors import Conflict, RequestRefused
from booking.core.periods import Period
from booking.decisions import use_cases
from booking.decisions.queries import count_inbox, inbox, place_in_inbox, taking_on
from booking.reservations.crowds import Crowd
from booking.reservations.forms import DecisionForm
from booking.reservations.loans import things_of
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.queries import places_of, units_of
from booking.reservations.rendering import price_lines, reservation_row
from booking.reservations.rendering_events import event_for_staff, form_to_decide
from booking.reservations.rule_sentences import fired_rules_of
from booking.reservations.series_views import series_page
from booking.reservations.timetables import crowds_around
from booking.reservations.words import PURPOSE_NAMES
from booking.web.errors import status_of
from booking.web.languages import text_in
from booking.web.session import db, transact

blueprint = Blueprint("decisions", __name__)

MOST_SHOWN = 20


@blueprint.get("/<lang:lang>/staff/inbox")
@access.staff
def show_inbox(lang: str) -> ResponseReturnValue:
    """The requests of my units, the oldest first."""
    return _inbox_page(DecisionForm())


@blueprint.post("/<lang:lang>/staff/inbox/<reference>/approve")
@access.staff
def approve_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """Confirm a request."""
    form = DecisionForm()
    approve = partial(use_cases.approve_reservation, price_group=form.price_group.data or None)
    return _decided(form, reference, approve, _("The booking is confirmed."))


@blueprint.post("/<lang:lang>/staff/inbox/<reference>/deny")
@access.staff
def deny_reservation(lang: str, reference: str) -> ResponseReturnValue:
    """Deny a request, with the reason."""
    form = DecisionForm()
    return _decided(form, reference, use_cases.deny_reservation, _("The request is denied."))


def _decided(form: DecisionForm, reference: str, decide: Any, done: str) -> ResponseReturnValue:
    if (failed := _tried(form, reference, decide)) is not None:
        return _inbox_page(form, reference, failed)
    flash(done)
    if request.form.get("back") == "page":
        return redirect(url_for("reservations.show_reservation", reference=reference))
    return redirect(url_for(".show_inbox"))


def _tried(form: DecisionForm, reference: str, decide: Any) -> HTTPStatus | None:
    """Decide; the status of what went wrong, which the form then tells, or None."""
    if not form.validate():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        transact(decide, access.current_actor(), reference, clock.now(), form.reason.data or "")
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return status_of(error)
    return None


@blueprint.post("/<lang:lang>/staff/inbox/series/<reference>/approve")
@access.staff
def approve_series(lang: str, reference: str) -> ResponseReturnValue:
    """Confirm all dates of a series that await it."""
    return _decided_series(reference, use_cases.approve_series, _("The series is confirmed."))


@blueprint.post("/<lang:lang>/staff/inbox/series/<reference>/deny")
@access.staff
def deny_series(lang: str, reference: str) -> ResponseReturnValue:
    """Deny all dates of a series that await approval, with the reason."""
    return _decided_series(reference, use_cases.deny_series, _("The series is denied."))


def _decided_series(reference: str, decide: Any, done: str) -> ResponseReturnValue:
    form = DecisionForm()
    if (failed := _tried(form, reference, decide)) is not None:
        return series_page(reference, deciding=form, status=failed)
    flash(done)
    return redirect(url_for("series.show_series", reference=reference))


def _inbox_page(
    form: DecisionForm, about: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The inbox; `form` carries what went wrong with the request `about`."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    count = count_inbox(session, actor, now)
    if about is not None:  # what went wrong is told where the request stands
        skip = place_in_inbox(session, actor, about, now) // MOST_SHOWN * MOST_SHOWN
    else:
        skip = min(max(request.args.get("skip", 0, type=int), 0), max(count - 1, 0))
    shown = inbox(session, actor, now, MOST_SHOWN, skip)
    beside = _beside(session, actor, shown, city, now)
    rules = fired_rules_of(session, [one.event for one in shown if one.event is not None])
    crowds = crowds_around(session, city, shown, now)
    cards = [
        _card(one, city, actor, now)
        | {
            "beside": beside[one.id],
            "crowds": [_crowd(crowd) for crowd in crowds.get(one.id, ())],
            "event": event_for_staff(one, rules.get(one.event_id or 0, ()), city),
        }
        for one in shown
    ]
    for card in cards:
        sent = form if card["reference"] == about else None
        card["form"] = form_to_decide(city, card["event"], sent, about=card["reference"])
        card["is_open"] = card is cards[0] if about is None else card["reference"] == about
    return (
        render_template(
            "decisions/staff/inbox.html",
            cards=cards,
            count=count,
            first=skip + 1,
            last=skip + len(cards),
            before=_skipping(skip - MOST_SHOWN) if skip else None,
            after=_skipping(skip + MOST_SHOWN) if skip + len(cards) < count else None,
            form=form,
            about=about,
            gone=about if about not in {card["reference"] for card in cards} else None,
        ),
        status,
    )


def _skipping(requests: int) -> str:
    """The inbox from the request after so many."""
    return url_for(".show_inbox", skip=max(requests, 0) or None)


def _beside(
    session: Session, actor: Actor, shown: Sequence[Reservation], city: Catalogue, now: datetime
) -> dict[int, list[dict[str, Any]]]:
    """For each request, by its key, what else takes its parts on its day, at the units of which
    the actor may know; one query for all."""
    days = {one.id: local_day(local_date(one.starts_at, city.zone), city.zone) for one in shown}
    parts = {one.id: _parts_in_sight(one, city, actor) for one in shown}
    wanted: defaultdict[Period, set[int]] = defaultdict(set)
    for key, day in days.items():
        wanted[day] |= parts[key]
    taking = taking_on(session, wanted, now)
    return {one.id: _others(one, taking, parts[one.id], days[one.id]) for one in shown}


def _parts_in_sight(reservation: Reservation, city: Catalogue, actor: Actor) -> set[int]:
    """The parts that it takes, and the pieces of what it has on loan, at units where the actor may
    see reservations."""
    units = actor.units_where(Action.SEE_RESERVATIONS)
    pieces = [
        *((place.unit, place.parts) for place in places_of(city, reservation)),
        *((thing.pickup_unit, thing.pieces) for thing in things_of(city, reservation)),
    ]
    return {part for unit, parts in pieces if units is None or unit.id in units for part in parts}


def _others(
    reservation: Reservation,
    taking: Sequence[tuple[Occupancy, Reservation]],
    parts: Collection[int],
    day: Period,
) -> list[dict[str, Any]]:
    """Of what was read for all requests, what is beside this one; each reservation once."""
    others = {
        other.id: other
        for occupancy, other in taking
        if other.id != reservation.id
        and occupancy.part_id in parts
        and Period(other.starts_at, other.ends_at).overlaps(day)
    }
    return [_other(other) for other in others.values()]


def _other(reservation: Reservation) -> dict[str, Any]:
    return {
        "period": Period(reservation.starts_at, reservation.ends_at),
        "title": reservation.title or reservation.reference,
        "state": reservation.state,
        "url": url_for("reservations.show_reservation", reference=reservation.reference),
    }


def _card(reservation: Reservation, city: Catalogue, actor: Actor, now: datetime) -> dict[str, Any]:
    """One request, with what is needed to decide about it."""
    who = reservation.booked_for or reservation.booked_by
    return reservation_row(reservation, city, now) | {
        "week_url": _week_url(reservation, city),
        "asked_at": reservation.created_at,
        "person": who.name if who else (reservation.on_behalf_of or {}).get("name", ""),
        "email": who.email if who else (reservation.on_behalf_of or {}).get("email", ""),
        "organisation_is_verified": bool(
            reservation.organisation and reservation.organisation.verified_at
        ),
        "purpose": _(PURPOSE_NAMES[reservation.purpose]) if reservation.purpose else "",
        "message": reservation.message,
        "price_group": reservation.price_group,
        "lines": price_lines(reservation.price_lines, city),
        "may_decide": all(
            actor.may(Action.DECIDE_RESERVATION, unit) for unit in units_of(city, reservation)
        ),
    }


def _crowd(crowd: Crowd) -> dict[str, Any]:
    return {
        "people": crowd.people,
        "whole": text_in(crowd.whole.name),
        "capacity": crowd.whole.capacity,
    }


def _week_url(reservation: Reservation, city: Catalogue) -> str:
    """The week of its first space; nothing where there are only things on loan."""
    place = next(iter(places_of(city, reservation)), None)
    if place is None:
        return ""
    day = local_date(reservation.starts_at, city.zone)
    return url_for("spaces.show_space", slug=place.slug, week=day.isoformat())
