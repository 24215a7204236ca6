"""Reservations that owe something: made in the past of `LATER`, as use cases leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from booking.catalogue import models as m
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.periods import Period
from booking.pricing.rules import price_of
from booking.reservations.making import keep_price, reservation_of
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.rules import ReservationRequest
from booking.reservations.use_cases import cancel_reservation
from tests.places import an_actor, ask
from tests.values import MONDAY, at

TUESDAY = MONDAY + timedelta(days=1)
ENDS = at("20:00", TUESDAY)
"""When `ask` lets a reservation end."""


def of_the_demo(
    session: Session, space: str, group: str, purpose: str, starts: str, ends: str
) -> Reservation:
    """A confirmed reservation of the demo city, priced for that group; no rule is asked."""
    city, actor = get_catalogue(session), an_actor(session)
    place = city.places[space]
    starts_at, ends_at = (datetime.fromisoformat(one).astimezone(UTC) for one in (starts, ends))
    request = ReservationRequest((space,), starts_at, ends_at, title="Example", purpose=purpose)
    price = price_of([place], Period(starts_at, ends_at), city.price_groups[group], purpose, city)
    made = reservation_of(request, actor, None, city, starts_at)
    keep_price(made, price, city)
    made.state = "confirmed"
    made.spaces.append(ReservationSpace(space_id=place.id))
    session.add(made)
    session.flush()
    return made


def cancelled_late(
    session: Session, room: m.Space, actor: Actor | None = None, **values: Any
) -> Reservation:
    """A reservation that its owner cancelled after the limit, so that its price stays due."""
    owner = actor or an_actor(session)
    made = ask(session, room, actor=owner, **values)
    late = made.starts_at - timedelta(minutes=1)
    return cancel_reservation(session, owner, made.reference, late)
