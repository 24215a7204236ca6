"""Pricing a reservation anew where it stands: by what its event has become, or as staff decide."""

from __future__ import annotations

from dataclasses import replace

from booking.catalogue.places import Catalogue
from booking.core.errors import RequestRefused
from booking.reservations.circumstances import price_for, price_group_of
from booking.reservations.event_errors import NoSuchPriceGroup, PriceGroupReasonRequired
from booking.reservations.judging import request_of
from booking.reservations.making import keep_price
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of


def group_by_rules(reservation: Reservation, city: Catalogue) -> str:
    """The price group that it would be in, had the staff put it into none."""
    request = replace(request_of(reservation, city), price_group=None)
    return price_group_of(request, reservation.organisation)


def price_anew(reservation: Reservation, city: Catalogue) -> bool:
    """Price it by what it stands for now; whether that is another group or sum than it had. What
    has no price, such as things on loan, keeps none."""
    request, places = request_of(reservation, city), places_of(city, reservation)
    price = price_for(city, request, places, reservation.organisation) if places else None
    had = reservation.price_group, reservation.total_cents
    if price is None or had == (price.price_group, price.total_cents):
        return False
    reservation.price_lines.clear()
    keep_price(reservation, price, city)
    return True


def put_into_group(reservation: Reservation, city: Catalogue, group: str, reason: str) -> None:
    """Price it in the group that the staff decide, with the reason where that is another than by
    the rules; it stays in it whatever the rules say later.

    Raises `RequestRefused` for a group that there is not, and without the reason.
    """
    if group not in city.price_groups:
        raise RequestRefused([NoSuchPriceGroup()])
    is_by_rules = group == group_by_rules(reservation, city)
    if not is_by_rules and not reason:
        raise RequestRefused([PriceGroupReasonRequired()])
    reservation.price_group_reason = None if is_by_rules else reason
    reservation.price_group, reservation.total_cents = group, None
    price_anew(reservation, city)
