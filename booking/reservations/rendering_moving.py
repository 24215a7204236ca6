"""What moving a booking would come to, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place, Terms
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.errors import BookingError, Conflict, RequestRefused
from booking.core.periods import Period
from booking.reservations.addresses import times_of
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Reservation
from booking.reservations.moving import Changes, request_with
from booking.reservations.moving_use_cases import foresee_change, must_be_movable, must_be_to_come
from booking.reservations.queries import is_owner, places_of
from booking.reservations.rules import TIME_RULES, ReservationRequest
from booking.reservations.states import State
from booking.reservations.suggestions import add_next_possible, alternatives
from booking.web.languages import text_in
from booking.web.words import in_words


def places_to_move_to(
    reservation: Reservation, actor: Actor, city: Catalogue, now: datetime, named: str | None
) -> list[Place]:
    """The spaces to choose from: its own, those of its site that can be booked, and the one that
    the address names; none where it has several."""
    own = places_of(city, reservation)
    if len(own) != 1:
        return []
    by_staff = not is_owner(actor, reservation)
    found = {own[0].slug: own[0]}
    for place in [*city.places_of(own[0].unit), *_named(named, city)]:
        in_force = place.policy_at(now)
        is_open = in_force is not None and (by_staff or in_force.policy.who_may_book != "staff")
        if place.published and is_open:
            found[place.slug] = place
    return list(found.values())


def _named(slug: str | None, city: Catalogue) -> list[Place]:
    return [city.places[slug]] if slug and slug in city.places else []


def terms_to_accept(request: ReservationRequest, city: Catalogue, now: datetime) -> Terms | None:
    """The terms of the space that its owner has not accepted yet; None where there are none."""
    if len(request.spaces) != 1:
        return None
    place = city.places[request.spaces[0]]
    in_force = place.policy_at(now)
    if in_force is None:
        return None
    terms = city.terms_on(place.terms_slug(in_force.policy), local_date(now, city.zone))
    return terms if terms and request.terms_for(0) != terms.version else None


def why_not_at_all(actor: Actor, reservation: Reservation, city: Catalogue, now: datetime) -> str:
    """Why it can't be moved anywhere now; empty where it can."""
    try:
        must_be_to_come(reservation, now)
        if not is_owner(actor, reservation):
            return ""
        must_be_movable(reservation, city, now)
    except RequestRefused as refused:
        return " ".join(in_words(one) for one in refused.broken)
    except Conflict as error:
        return in_words(error)
    return ""


def move_answer(
    session: Session,
    actor: Actor,
    reservation: Reservation,
    changes: Changes,
    city: Catalogue,
    now: datetime,
    automatic_decisions: bool,
) -> dict[str, Any]:
    """What the move would come to, as the panel shows it: possible or why not, what would do
    instead, its price, what is decided anew."""
    request = request_with(actor, reservation, changes, city, now)
    answer: dict[str, Any] = {
        "period": Period(request.starts_at, request.ends_at)
        if request.starts_at < request.ends_at
        else None,
        "space": ", ".join(text_in(city.places[slug].name) for slug in request.spaces),
        "reasons": [],
        "others": [],
    }
    try:
        seen = foresee_change(
            session, actor, reservation, changes, now, automatic_decisions=automatic_decisions
        )
    except (RequestRefused, SpaceNotFree) as error:
        reasons = [{"message": in_words(one)} for one in error.reasons]
        others = _others(session, request, error.reasons, city, reservation, now)
        return answer | {"reasons": reasons, "others": others}
    return answer | {
        "is_none": seen.is_none,
        "price_cents": seen.price.total_cents if seen.price else None,
        "was_cents": reservation.total_cents,
        "outcome": "" if seen.is_none else _outcome(reservation.state, seen.state),
    }


def _others(
    session: Session,
    request: ReservationRequest,
    reasons: Sequence[BookingError],
    city: Catalogue,
    reservation: Reservation,
    now: datetime,
) -> list[dict[str, Any]]:
    """Where and when it could be moved instead, where only the time is in the way."""
    broken = [one for one in reasons if isinstance(one, TIME_RULES)]
    if len(broken) < len(reasons) or len(request.spaces) != 1:
        return []
    found = [(one.place, one.period) for one in alternatives(session, request, broken, now)]
    add_next_possible(session, request, broken, now)
    start = next((rule.next_possible for rule in broken if rule.next_possible), None)
    if start is not None:
        place = city.places[request.spaces[0]]
        found.insert(0, (place, Period(start, start + (request.ends_at - request.starts_at))))
    return [_other(place, period, reservation) for place, period in dict.fromkeys(found)]


def _other(place: Place, period: Period, reservation: Reservation) -> dict[str, Any]:
    address = times_of(period) | {"reference": reservation.reference, "space": place.slug}
    return {
        "name": text_in(place.name),
        "unit": text_in(place.unit.name),
        "period": period,
        "url": url_for("moving.show_move", **address),
    }


def _outcome(before: str, after: State) -> str:
    """What follows from moving it."""
    if after == State.REQUESTED and before == State.CONFIRMED:
        anew = _(
            "The staff have to decide about it anew. The new time is kept for you meanwhile; the "
            "old one becomes free for others at once."
        )
        return str(anew)
    if after == State.REQUESTED:
        return str(_("The staff decide about it at its new time."))
    if after == State.HELD:
        return str(_("It stays a hold: fill in the rest before it ends."))
    return str(_("It is confirmed at once."))
