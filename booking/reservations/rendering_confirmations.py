"""What whoever has booked needs to know: what happens when, who was told, how one gets there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue
from booking.core.clock import opening_instant
from booking.reservations.loans import days_of
from booking.reservations.mails import recipient_of
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of
from booking.reservations.rendering import way_in
from booking.reservations.states import State
from booking.web.languages import text_in
from booking.web.words import day_in_words, local_moment


class Step(NamedTuple):
    """Something that happened or will, at an instant; `when` says it in words."""

    at: datetime
    when: str
    what: str
    is_done: bool


def confirmation(
    session: Session, reservation: Reservation, state: str, city: Catalogue, now: datetime
) -> Mapping[str, Any] | None:
    """Of a reservation that stands and is not over: its days to come, and who was told; None of
    any other."""
    if state not in {State.REQUESTED, State.CONFIRMED} or reservation.ends_at <= now:
        return None
    recipient = recipient_of(session, reservation)
    return {
        "steps": sorted(_steps(reservation, state, city, now), key=lambda step: step.at),
        "mail_to": recipient.email if recipient is not None else "",
        "customer": reservation.on_behalf_of,
    }


def _steps(reservation: Reservation, state: str, city: Catalogue, now: datetime) -> Iterator[Step]:
    made = reservation.created_at
    asked = _("You asked for it.") if state == State.REQUESTED else _("It was booked.")
    yield Step(made, local_moment(made), asked, True)
    if state == State.REQUESTED:
        told = _(
            "The staff decide before it begins, and you hear by e-mail. If nobody has decided by "
            "then, the request lapses and you owe nothing."
        )
        yield Step(
            reservation.starts_at, _("Before %(day)s", day=_begins(reservation)), told, False
        )
    yield from _cancelling(reservation, city, now)
    yield from _lending(reservation, city, now)
    if state == State.CONFIRMED:
        places = places_of(city, reservation)
        door = way_in(places[0], now) if places else ""
        begins = _("It begins.")
        what = f"{begins} {door}".strip()
        yield Step(reservation.starts_at, _begins(reservation), what, reservation.starts_at <= now)


def _begins(reservation: Reservation) -> str:
    return local_moment(reservation.starts_at)


def _cancelling(reservation: Reservation, city: Catalogue, now: datetime) -> Iterator[Step]:
    """The last moment to cancel free of charge: of several spaces the first to come."""
    policies = [held.policy for one in places_of(city, reservation) if (held := one.policy_at(now))]
    limits = [one.cancel_before.last_moment(reservation.starts_at, city.zone) for one in policies]
    if limits and now < min(limits) < reservation.starts_at:
        until = _("Until %(moment)s", moment=local_moment(min(limits)))
        yield Step(min(limits), until, _("You can cancel free of charge."), False)


def _lending(reservation: Reservation, city: Catalogue, now: datetime) -> Iterator[Step]:
    """The days on which things are picked up and brought back, and where."""
    for row in reservation.loans:
        thing = city.loans_by_id[row.loan_item_id]
        what = f"{row.quantity} × {text_in(thing.name)}"
        point = text_in(thing.pickup_point.name)
        first, last = days_of(row, city)
        for day, words in (
            (first, _("Pick up %(what)s: %(point)s.", what=what, point=point)),
            (last, _("Bring back %(what)s: %(point)s.", what=what, point=point)),
        ):
            at = opening_instant(day, 720, city.zone)
            yield Step(at, day_in_words(day), words, at <= now)
