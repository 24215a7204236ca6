"""A small town with a few bookings, for calendars to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.catalogue.models import Part, Space, Unit
from booking.catalogue.queries import forget_kept_catalogues, get_catalogue
from booking.catalogue.reference_models import SpaceKind
from booking.catalogue.version_models import Policy, PriceList, VatClass
from booking.core.periods import Period
from booking.core.references import new_reference
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.occupying import needs
from booking.reservations.states import HOLDING
from booking.reservations.use_cases import subjects_of
from tests.accounts.places import a_city, a_site

LONG_AGO = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
# Wednesday 13 January 2027, 17 to 18.30 in Helsinki.
START = datetime(2027, 1, 13, 15, 0, tzinfo=UTC)
_numbers = count()


@dataclass(frozen=True)
class Town:
    """A school with a hall of two sections and a hidden store, and a house with a room."""

    hall: Space
    section_1: Space
    section_2: Space
    store: Space
    room: Space


def a_town(session: Session) -> Town:
    """Its slugs: `koulu` with `sali`, `lohko-1`, `lohko-2` and `varasto` (not published), `talo`
    with `huone`."""
    forget_kept_catalogues()
    a_city(session)
    school, house = a_site(session, "koulu"), a_site(session, "talo", 1)
    lists = _lists(session)
    first, second, third, fourth = parts = [Part(slug=f"part-{number}") for number in range(4)]
    session.add_all(parts)
    session.flush()
    hall = _space(session, lists, school, "sali", [first, second])
    return Town(
        hall=hall,
        section_1=_space(session, lists, school, "lohko-1", [first], parent_id=hall.id),
        section_2=_space(session, lists, school, "lohko-2", [second], parent_id=hall.id),
        store=_space(session, lists, school, "varasto", [third], published=False),
        room=_space(session, lists, house, "huone", [fourth]),
    )


def _lists(session: Session) -> dict[str, int]:
    """What a space refers to, by the name of its column."""
    named = {"slug": "one", "position": 0, "name": {"fi": "one"}}
    vat = VatClass(**named)
    facts = {"space_type": "indoor", "place_kind": "x", "outdoor": False, "area_preapproved": False}
    kind = SpaceKind(**named, event_facts=facts)
    policy = Policy(slug="one", position=0, subject="space")
    session.add_all([vat, kind, policy])
    session.flush()
    prices = PriceList(**named, vat_class_id=vat.id, demo=False)
    session.add(prices)
    session.flush()
    return {"kind_id": kind.id, "policy_id": policy.id, "price_list_id": prices.id}


def _space(
    session: Session, lists: dict[str, int], unit: Unit, slug: str, parts: list[Part], **more: Any
) -> Space:
    space = Space(
        **{
            "slug": slug,
            "unit_id": unit.id,
            "position": next(_numbers),
            "name": {"fi": slug.capitalize(), "en": f"{slug} in English"},
            "capacity": 10,
            "capacity_basis": "found",
            "price_share": Decimal(1),
            "accessibility": [],
            "parts": parts,
            **lists,
            **more,
        }
    )
    session.add(space)
    session.flush()
    return space


def a_reservation(session: Session, spaces: Sequence[Space], **values: Any) -> Reservation:
    """A confirmed booking of 90 minutes that takes its parts and has raised its counters."""
    starts_at = values.pop("starts_at", START)
    reservation = Reservation(
        **{
            "reference": new_reference(),
            "uid": f"{uuid4()}@localhost",
            "state": "confirmed",
            "kind": "customer",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=90),
            "title": "Kuoron harjoitus",
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "state_since": LONG_AGO,
            "version": 1,
            "sequence": 0,
            **values,
        }
    )
    reservation.spaces = [
        ReservationSpace(space_id=space.id, position=number, before_minutes=0, after_minutes=0)
        for number, space in enumerate(spaces)
    ]
    session.add(reservation)
    city = get_catalogue(session)
    if reservation.state in HOLDING:
        reservation.occupy(
            needs(reservation, city, Period(reservation.starts_at, reservation.ends_at))
        )
    session.flush()
    raise_counters(session, subjects_of(reservation, city), LONG_AGO)
    session.commit()
    return reservation


def count_change(session: Session, reservation: Reservation, now: datetime) -> None:
    """What every writer does last: raise the counters of whatever shows the reservation."""
    session.flush()
    raise_counters(session, subjects_of(reservation, get_catalogue(session)), now)
    session.commit()
