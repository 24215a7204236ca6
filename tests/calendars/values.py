"""Plain values of calendars: facts of an event, places, words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from booking.calendars.ical import CalendarFacts, EventFacts, Status
from booking.calendars.rules import Told, Wording, Words
from booking.catalogue.opening import OpeningHours
from booking.catalogue.places import Named, Place, PriceList, UnitPlace

UID = "0b1c8a6e-6d6f-4a37-9a0f-3a2f5f0c1f11@localhost"
FRAME = CalendarFacts(
    name="Iso sali, Kirkkojärven koulu",
    city="Hamina",
    language="fi",
    zone="Europe/Helsinki",
    url="http://localhost/fi/spaces/iso-sali",
    source="http://localhost/calendars/spaces/iso-sali.ics",
)
WORDS = Words(
    booked="Varattu",
    booked_by="Varattu: %(organisation)s",
    closed="Suljettu",
    cancelled="Peruttu: %(title)s",
    state="Tila: %(state)s",
    organisation="Yhteisö: %(organisation)s",
    people="Henkilömäärä: %(people)s",
    reference="Varausnumero: %(reference)s",
    states=(
        ("held", "väliaikainen varaus"),
        ("requested", "odottaa käsittelyä"),
        ("confirmed", "vahvistettu"),
        ("denied", "hylätty"),
        ("cancelled", "peruttu"),
        ("expired", "rauennut"),
    ),
    nothing="Ei varauksia",
    nothing_help="",
    withdrawn="Kalenteri ei ole enää saatavilla",
    withdrawn_help="",
    mine="Omat varaukset",
    event="Oma tilaisuus",
    event_cancelled="Tämä tilaisuus on peruttu",
    event_cancelled_help="",
    what_to_write="Mitä kirjoittaa: %(text)s",
    where="Missä: %(text)s",
    fee="Maksu: %(text)s",
    answer="Muistiinpanosi: %(text)s",
    recommended="Suositeltu päivä.",
    responsibility="Järjestäjä vastaa itse.",
)
WORDING = Wording("fi", WORDS, "http://localhost")


def utc(*parts: int) -> datetime:
    """An instant from year, month, day, hour and so on."""
    return datetime(*cast(tuple[int, int, int], parts), tzinfo=UTC)


def some_facts(**values: Any) -> EventFacts:
    """The facts of an event on 13 January 2027, 17 to 18.30 in Helsinki."""
    return EventFacts(
        **{
            "uid": UID,
            "starts_at": utc(2027, 1, 13, 15),
            "ends_at": utc(2027, 1, 13, 16, 30),
            "created_at": utc(2026, 11, 24, 8),
            "updated_at": utc(2026, 11, 24, 8),
            "sequence": 0,
            "status": Status.CONFIRMED,
            "summary": "Varattu",
            **values,
        }
    )


def a_unit(**values: Any) -> UnitPlace:
    """A school whose position is known exactly."""
    return UnitPlace(
        **{
            "id": 1,
            "slug": "koulu",
            "name": {"fi": "Kirkkojärven koulu", "sv": "Kyrksjö skola"},
            "description": {"fi": ""},
            "published": True,
            "evidence": "known",
            "confidence": "high",
            "street_address": "Koulutie 1",
            "postcode": "49400",
            "district": Named("keskusta", {"fi": "Keskusta"}),
            "latitude": 60.5697,
            "longitude": 27.1979,
            "location_is_exact": True,
            "accessibility_verified": False,
            "contact": Named("tilat", {"fi": "Tilapalvelut"}),
            "contact_email": "tilat@example.com",
            "hours": OpeningHours(patterns=(), exceptions=()),
            "confirm": (),
            **values,
        }
    )


def a_place(**values: Any) -> Place:
    """A published hall of that school."""
    return Place(
        **{
            "id": 1,
            "slug": "iso-sali",
            "unit": a_unit(),
            "parent_slug": None,
            "is_combination": False,
            "name": {"fi": "Iso sali", "sv": "Stora salen"},
            "description": None,
            "published": True,
            "kind": Named("hall", {"fi": "Sali"}),
            "capacity": 100,
            "capacity_is_found": True,
            "joint_capacity": None,
            "area_m2": None,
            "evidence": None,
            "policies": (),
            "own_terms": None,
            "own_access": None,
            "hours": OpeningHours(patterns=(), exceptions=()),
            "price_list": PriceList("free", {"fi": "Maksuton"}, (), "none", None, False),
            "price_share": Decimal(1),
            "equipment": (),
            "accessibility": (),
            "facts": {},
            "parts": frozenset({1}),
            "children": (),
            "combinations": (),
            "members": (),
            **values,
        }
    )


def told(**values: Any) -> Told:
    """A confirmed booking of the hall by a person, on 13 January 2027."""
    return Told(
        **{
            "reservation_id": 1,
            "uid": UID,
            "reference": "7KQ2M-9XBT4",
            "state": "confirmed",
            "kind": "customer",
            "title": "Kuoron harjoitus",
            "people": 24,
            "starts_at": utc(2027, 1, 13, 15),
            "ends_at": utc(2027, 1, 13, 16, 30),
            "created_at": utc(2026, 11, 24, 8),
            "updated_at": utc(2026, 11, 24, 8),
            "sequence": 0,
            "organisation": None,
            "places": (a_place(),),
            "town": "Hamina",
            **values,
        }
    )
