"""Waiting for the Tuesday evening of a space, and being offered what became free."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from booking.catalogue.queries import get_catalogue
from booking.core.actors import job
from booking.core.errors import BookingError
from booking.notifications.models import OutgoingEmail
from booking.reservations.rules import ReservationRequest
from booking.reservations.waiting_queries import places_in_queue, whose_turn
from booking.reservations.waiting_use_cases import end_wishes, join_waiting_list, offer_place
from tests.places import an_actor
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
JOB = job("offer-freed-places")
QUOTA_OF_ONE = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}


def wait(session, space, start="18:00", end="20:00", *, actor=None, day=TUESDAY, now=NOW, **values):
    """Wait for the space on Tuesday evening."""
    request = ReservationRequest(
        (space.slug,), at(start, day), at(end, day), **{"hold": True, "title": "Choir", **values}
    )
    return join_waiting_list(session, actor or an_actor(session), request, now)


def offer(session, now=NOW):
    """What the job does in transactions of its own, in one: the keys of the wishes offered."""
    turn = whose_turn(session, now)
    end_wishes(session, JOB, turn.out_of_reach, now)
    offered = []
    for wish in turn.free:
        if any(wish.collides(other) for other in offered):
            continue
        try:
            with session.begin_nested():
                held = offer_place(session, JOB, wish.id, now)
        except BookingError:
            continue
        if held is not None:
            offered.append(wish)
    return [wish.id for wish in offered]


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def mails(session, person_id):
    query = select(OutgoingEmail.template).where(OutgoingEmail.recipient_id == person_id)
    return list(session.scalars(query.order_by(OutgoingEmail.id)))


def place_of(session, entry, now=NOW):
    return places_in_queue(session, get_catalogue(session), [entry], now)[entry.id]
