"""Units: the sites and buildings whose spaces are booked."""

from collections.abc import Iterator
from dataclasses import dataclass

from booking.catalogue.format.city import NAMES, POSTCODE, EventFacts
from booking.catalogue.format.kinds import BOOL, SLUG, nullable, number, one_of, sentences, text
from booking.catalogue.format.records import (
    Key,
    by_language,
    many,
    optional,
    record,
    refuse_repeated,
)
from booking.catalogue.format.references import reference
from booking.catalogue.format.spaces import SOME_FACTS, SPACE, Space
from booking.catalogue.format.spots import Spot
from booking.catalogue.format.vocabulary import EVIDENCE


@dataclass(frozen=True, slots=True)
class Location:
    """A position (WGS 84) and how exact it is."""

    lat: float
    lon: float
    precision: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A site or building of the city, as it is written."""

    slug: str
    name: dict[str, str]
    published: bool
    evidence: str
    confidence: str
    evidence_note: str
    confirm: tuple[str, ...]
    street_address: str | None
    postcode: str
    district: str
    location: Location
    accessibility_verified: bool
    description: dict[str, str]
    contact: str
    opening_hours: str
    event_facts: EventFacts | None
    spaces: tuple[Space, ...]


LOCATION = record(
    "{lat, lon, precision}",
    Location,
    (
        Key("lat", number(-90, 90)),
        Key("lon", number(-180, 180)),
        Key("precision", one_of("exact", "approximate")),
    ),
    flow=True,
)

UNIT = record(
    "a unit",
    Unit,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key("published", BOOL),
        Key("evidence", one_of(*EVIDENCE)),
        Key("confidence", one_of("high", "medium", "low")),
        Key("evidence_note", text()),
        Key("confirm", many(text())),
        Key("street_address", nullable(text())),
        Key("postcode", POSTCODE),
        Key("district", reference("districts")),
        Key("location", LOCATION),
        Key("accessibility_verified", BOOL),
        Key("description", by_language(sentences(3))),
        Key("contact", reference("contacts")),
        Key("opening_hours", reference("opening_hours_templates")),
        optional("event_facts", SOME_FACTS),
        Key("spaces", many(SPACE, distinct=False)),
    ),
)


def places_have_one_name(document: Spot) -> None:
    """Units, spaces, parts and combinations share one space of slugs."""
    refuse_repeated(list(_places(document)))


def _places(document: Spot) -> Iterator[Spot]:
    for unit in document.items("units"):
        yield unit
        for space in unit.items("spaces"):
            yield from _with_all_below(space)


def _with_all_below(space: Spot) -> Iterator[Spot]:
    yield space
    for part in space.items("parts"):
        yield from _with_all_below(part)
    yield from space.items("combinations")
