"""The little of a catalogue that accounts refer to: a city, a unit, price groups."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from booking.catalogue.models import City, Unit
from booking.catalogue.reference_models import Contact, District, OpeningHours, PriceGroup

HAMINA = {"fi": "Hamina", "sv": "Fredrikshamn", "en": "Hamina"}


def a_city(session: Session) -> City:
    """Hamina, with its price groups."""
    city = City(
        id=1,
        name=HAMINA,
        municipality_code="075",
        time_zone="Europe/Helsinki",
        default_language="fi",
        languages=["fi", "sv", "en"],
        currency="EUR",
        contact={},
        free_use={},
        meta={},
        uid_host="localhost",
        catalogue_version=1,
    )
    groups = [
        PriceGroup(
            slug=slug,
            position=number,
            name={"fi": slug},
            description={"fi": slug},
            share=Decimal(1),
            vat_added=False,
        )
        for number, slug in enumerate(("K3", "K4"))
    ]
    session.add_all([city, *groups])
    session.flush()
    return city


def a_site(session: Session, slug: str, position: int = 0) -> Unit:
    """A unit without spaces, with a contact, a district and hours of its own."""
    named = {"slug": slug, "position": position, "name": {"fi": slug}}
    contact = Contact(**named, email="tilat@example.com")
    district, hours = District(**named), OpeningHours(**named, evidence="known")
    session.add_all([contact, district, hours])
    session.flush()
    unit = Unit(
        **named,
        published=True,
        evidence="known",
        confidence="high",
        evidence_note="",
        confirm=[],
        postcode="49400",
        district_id=district.id,
        latitude=60.57,
        longitude=27.19,
        location_precision="exact",
        accessibility_verified=False,
        description={"fi": slug},
        contact_id=contact.id,
        opening_hours_id=hours.id,
    )
    session.add(unit)
    session.flush()
    return unit
