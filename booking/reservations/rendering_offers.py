"""What a closure offers in words: what was closed, what is kept instead, until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.catalogue.places import Catalogue
from booking.core.clock import local_date
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of
from booking.reservations.rendering_spaces import terms_face, unit_face
from booking.reservations.states import State
from booking.web.languages import text_in


def offer_in_words(
    reservation: Reservation, city: Catalogue, now: datetime
) -> dict[str, Any] | None:
    """The offer that awaits an answer, with the terms that accepting it accepts; None of what is
    not offered another place, or was until its time ran out."""
    offer = reservation.offer if reservation.state == State.HELD else None
    if offer is None or offer.answer_until is None or offer.answer_until <= now:
        return None
    had = set(offer.space_ids)
    new = [place for place in places_of(city, reservation) if place.id not in had]
    kept = {place.id for place in places_of(city, reservation)}
    today = local_date(now, city.zone)
    terms = {
        found.id: found
        for place in new
        if (in_force := place.policy_at(now))
        and (found := city.terms_on(place.terms_slug(in_force.policy), today))
    }
    return {
        "closed": ", ".join(
            text_in(city.places_by_id[key].name) for key in offer.space_ids if key not in kept
        ),
        "kept": ", ".join(text_in(place.name) for place in new),
        "unit": unit_face(new[0].unit, city),
        "until": offer.answer_until,
        "reason": reservation.reason or "",
        "asks_staff": offer.state_after == State.REQUESTED,
        "terms": [terms_face(one) for one in terms.values()],
    }
