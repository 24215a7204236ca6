"""Price groups, rates of value added tax and price lists, each with its rows in time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from booking.catalogue.format.city import NAMES
from booking.catalogue.format.days import DATE, OPEN_DATE, rows_follow_each_other
from booking.catalogue.format.kinds import (
    BOOL,
    EUROS,
    SLUG,
    decimal,
    matching,
    nullable,
    one_of,
    sentences,
    whole,
)
from booking.catalogue.format.records import Key, by_language, many, record
from booking.catalogue.format.references import reference
from booking.catalogue.format.spots import Spot
from booking.catalogue.format.vocabulary import PRICE_GROUPS

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """Who pays which share of the full price; with `vat_added` the price is net."""

    slug: str
    name: dict[str, str]
    description: dict[str, str]
    share: Decimal
    vat_added: bool


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate in force from the first day to the last, both included; None is open."""

    first: date
    last: date | None
    percent: Decimal


@dataclass(frozen=True, slots=True)
class VatClass:
    """A class of sales and its rates in time."""

    slug: str
    name: dict[str, str]
    rates: tuple[VatRate, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """A full price in force from the first day to the last, both included; None is open."""

    first: date
    last: date | None
    hourly_eur: Decimal
    day_cap_hours: int


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices in time and the slugs of their classes of value added tax."""

    slug: str
    name: dict[str, str]
    prices: tuple[Price, ...]
    vat_class: str
    vat_class_other_use: str | None
    demo: bool


_FROM = Key("from", DATE, "first")
_TO = Key("to", OPEN_DATE, "last")

PRICE_GROUP = record(
    "a price group",
    PriceGroup,
    (
        Key("slug", one_of(*PRICE_GROUPS)),
        Key("name", NAMES),
        Key("description", by_language(sentences(3))),
        Key("share", decimal("0")),
        Key("vat_added", BOOL),
    ),
)

_RATE = record(
    "a row {from, to, percent}",
    VatRate,
    (_FROM, _TO, Key("percent", decimal("0", "100"))),
    flow=True,
)

VAT_CLASS = record(
    "a class of value added tax",
    VatClass,
    (
        Key(
            "slug",
            matching(
                "a slug of small letters and digits with _ between words",
                r"[a-z0-9]+(_[a-z0-9]+)*",
                longest=50,
            ),
        ),
        Key("name", NAMES),
        Key("rates", many(_RATE, rules=(rows_follow_each_other,))),
    ),
)

_PRICE = record(
    "a row {from, to, hourly_eur, day_cap_hours}",
    Price,
    (_FROM, _TO, Key("hourly_eur", EUROS), Key("day_cap_hours", whole(1, 24))),
    flow=True,
)

PRICE_LIST = record(
    "a price list",
    PriceList,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key("prices", many(_PRICE, rules=(rows_follow_each_other,))),
        Key("vat_class", reference("vat_classes")),
        Key("vat_class_other_use", nullable(reference("vat_classes"))),
        Key("demo", BOOL),
    ),
)


def has_every_price_group(document: Spot) -> None:
    """The rule set speaks of all six groups, so all six have a share."""
    _must_have(document, "price_groups", PRICE_GROUPS)


def has_class_of_no_sale(document: Spot) -> None:
    """An amount of 0 is no sale and needs its class."""
    _must_have(document, "vat_classes", (OUT_OF_SCOPE,))


def _must_have(document: Spot, key: str, slugs: tuple[str, ...]) -> None:
    given = {item.label for item in document.items(key)}
    place = document.at(key)
    missing = [slug for slug in slugs if slug not in given]
    if place is not None and missing:
        place.refuse(f"{', '.join(missing)} is missing", f"a list with {', '.join(slugs)}")
