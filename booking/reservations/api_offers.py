"""A closure's offer of another place, as the API shows it."""

from __future__ import annotations

from pydantic import AwareDatetime

from booking.catalogue.places import Catalogue
from booking.reservations.models import Reservation
from booking.reservations.states import State
from booking.web.api import Model


class MoveOffer(Model):
    """The spaces it had until a closure took them; where it is held now is offered until then."""

    spaces_before: list[str]
    answer_until: AwareDatetime


def offer_out(reservation: Reservation, city: Catalogue) -> MoveOffer | None:
    """What a closure offers it; only a hold may be offered anything."""
    offer = reservation.offer if reservation.state == State.HELD else None
    if offer is None or offer.answer_until is None:
        return None
    spaces = [city.places_by_id[key].slug for key in offer.space_ids]
    return MoveOffer(spaces_before=spaces, answer_until=offer.answer_until)
