"""The city itself, how far its file can be trusted, and the short lists that others name."""

from dataclasses import dataclass
from datetime import date
from operator import getitem
from typing import Any

from booking.catalogue.format.days import DATE
from booking.catalogue.format.kinds import (
    BOOL,
    EMAIL,
    NAME,
    SLUG,
    TIME_ZONE,
    Kind,
    matching,
    one_of,
    one_of_numbers,
    text,
    whole,
)
from booking.catalogue.format.records import Key, Row, by_language, many, record
from booking.catalogue.format.vocabulary import (
    LANGUAGES,
    MATTERS,
    PLACE_KINDS,
    SPACE_TYPES,
    TRUST,
)


@dataclass(frozen=True, slots=True)
class Meta:
    """The file's own version, day and standing; `basis` says by matter what to trust."""

    schema: int
    as_of: date
    status: str
    basis: dict[str, str]


@dataclass(frozen=True, slots=True)
class CityContact:
    """Where the city answers."""

    name: dict[str, str]
    street_address: str
    po_box: str
    postcode: str
    email: str


@dataclass(frozen=True, slots=True)
class City:
    """The city that owns the spaces; all times of the file are local to `time_zone`."""

    name: dict[str, str]
    municipality_code: str
    time_zone: str
    default_language: str
    languages: tuple[str, ...]
    currency: str
    contact: CityContact


@dataclass(frozen=True, slots=True)
class Contact:
    """Who in the city answers for a unit."""

    slug: str
    name: dict[str, str]
    email: str


@dataclass(frozen=True, slots=True)
class Named:
    """A district, a feature of accessibility or a kind of association."""

    slug: str
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class EquipmentItem:
    """Something that a space may have; of what is countable each space says how many."""

    slug: str
    name: dict[str, str]
    countable: bool


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the rule set asks of a place; None where a unit or a space does not say it."""

    space_type: str | None = None
    place_kind: str | None = None
    outdoor: bool | None = None
    area_preapproved: bool | None = None


@dataclass(frozen=True, slots=True)
class SpaceKind:
    """A kind of space with all four event facts."""

    slug: str
    name: dict[str, str]
    event_facts: EventFacts


@dataclass(frozen=True, slots=True)
class FreeUse:
    """The limits of free use without a person's decision, and what happens beyond them."""

    max_hours_per_booking: int
    max_active_bookings: int
    max_bookings_per_year: int
    over_limit: str


NAMES = by_language(NAME, flow=True)
POSTCODE = matching('five digits in quotes, such as "49400",', r"\d{5}")

META = record(
    "a mapping of schema, as_of, status and basis",
    Meta,
    (
        Key("schema", one_of_numbers(2)),
        Key("as_of", DATE),
        Key("status", one_of("candidate", "confirmed")),
        Key(
            "basis",
            record(
                f"a mapping of {', '.join(MATTERS)}",
                dict,
                [Key(matter, one_of(*TRUST)) for matter in MATTERS],
                take=getitem,
            ),
        ),
    ),
)

_CONTACT = record(
    "a mapping of name, street_address, po_box, postcode and email",
    CityContact,
    (
        Key("name", NAMES),
        Key("street_address", text()),
        Key("po_box", text()),
        Key("postcode", POSTCODE),
        Key("email", EMAIL),
    ),
)


def _default_is_a_language(row: Row) -> None:
    languages, default = row.get("languages"), row.get("default_language")
    if languages and default and default not in languages:
        words = ", ".join(languages)
        row.refuse("default_language", f"{default} is not in languages", f"one of {words}")


CITY = record(
    "a mapping that describes the city",
    City,
    (
        Key("name", NAMES),
        Key("municipality_code", matching('three digits in quotes, such as "075",', r"\d{3}")),
        Key("time_zone", TIME_ZONE),
        Key("default_language", one_of(*LANGUAGES)),
        Key("languages", many(one_of(*LANGUAGES), flow=True)),
        Key("currency", matching("three capital letters (ISO 4217), such as EUR,", r"[A-Z]{3}")),
        Key("contact", _CONTACT),
    ),
    rules=(_default_is_a_language,),
)

CONTACT = record("a contact", Contact, (Key("slug", SLUG), Key("name", NAMES), Key("email", EMAIL)))

NAMED = record("a slug and a name", Named, (Key("slug", SLUG), Key("name", NAMES)))

EQUIPMENT_ITEM = record(
    "a piece of equipment",
    EquipmentItem,
    (Key("slug", SLUG), Key("name", NAMES), Key("countable", BOOL)),
)

FACTS: dict[str, Kind[Any]] = {
    "space_type": one_of(*SPACE_TYPES),
    "place_kind": one_of(*PLACE_KINDS),
    "outdoor": BOOL,
    "area_preapproved": BOOL,
}

SPACE_KIND = record(
    "a kind of space",
    SpaceKind,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key(
            "event_facts",
            record(
                "a mapping of all four event facts",
                EventFacts,
                [Key(fact, kind) for fact, kind in FACTS.items()],
                flow=True,
            ),
        ),
    ),
)

FREE_USE = record(
    "a mapping of the limits of free use",
    FreeUse,
    (
        Key("max_hours_per_booking", whole(0)),
        Key("max_active_bookings", whole(0)),
        Key("max_bookings_per_year", whole(0)),
        Key("over_limit", one_of("staff_review", "refuse")),
    ),
)
