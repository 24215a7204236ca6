"""Offering the places that became free to those who wait, one transaction for each."""

from __future__ import annotations

from datetime import datetime

from booking.core.actors import Actor
from booking.core.errors import BookingError
from booking.reservations.waiting_queries import whose_turn
from booking.reservations.waiting_rules import Wish
from booking.reservations.waiting_use_cases import end_wishes, offer_place
from booking.web.session import db, transact


def offer_freed_places(actor: Actor, now: datetime) -> int:
    """Offer each place to the first in order who can have it; how many were offered.

    Two who do this at once do no harm: a wish is locked before it is offered, and the second to
    come finds it offered, or the place taken.
    """
    turn = whose_turn(db.session(), now)
    if turn.out_of_reach:
        transact(end_wishes, actor, turn.out_of_reach, now)
    offered: list[Wish] = []
    for wish in turn.free:
        if not any(wish.collides(other) for other in offered) and _offer(actor, wish, now):
            offered.append(wish)
    return len(offered)


def _offer(actor: Actor, wish: Wish, now: datetime) -> bool:
    """Whether it was offered; who can't have it now, by a quota for one, waits on."""
    try:
        return transact(offer_place, actor, wish.id, now) is not None
    except BookingError:
        return False
