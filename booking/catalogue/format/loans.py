"""Things on loan, the policies they are lent under, and where they are picked up."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from booking.catalogue.format.city import NAMES
from booking.catalogue.format.days import DATE, TIME_SPAN, TimeSpan
from booking.catalogue.format.kinds import BOOL, EUROS, SLUG, nullable, whole
from booking.catalogue.format.policies import APPROVAL, HOLD, WHO
from booking.catalogue.format.records import Key, Row, record
from booking.catalogue.format.references import reference


@dataclass(frozen=True, slots=True)
class PickupPoint:
    """Where things on loan are collected and returned, within its opening hours."""

    slug: str
    name: dict[str, str]
    unit: str
    opening_hours: str


@dataclass(frozen=True, slots=True)
class LoanQuota:
    """How many loans an organiser may have at once."""

    active: int


@dataclass(frozen=True, slots=True)
class LoanPolicy:
    """Under what conditions things are lent; days are whole local days, both ends included."""

    slug: str
    name: dict[str, str]
    valid_from: date
    terms: str
    approval: str
    who_may_book: str
    requires_adult: bool
    notice: TimeSpan
    horizon_days: int
    max_loan_days: int
    quota: LoanQuota
    hold_minutes: int
    price_eur: Decimal | None
    deposit_eur: Decimal | None


@dataclass(frozen=True, slots=True)
class LoanItem:
    """A thing to lend, of which there are so many pieces."""

    slug: str
    name: dict[str, str]
    quantity: int
    pickup_point: str
    policy: str
    demo: bool


def _unit_is_published(row: Row) -> None:
    unit, names = row.get("unit"), row.spot.report.names
    if unit in names.slugs.get("units", ()) and unit not in names.published_units:
        row.refuse("unit", f"{unit} is not published", "the slug of a published unit")


PICKUP_POINT = record(
    "a pick-up point",
    PickupPoint,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key("unit", reference("units")),
        Key("opening_hours", reference("opening_hours_templates")),
    ),
    rules=(_unit_is_published,),
)

LOAN_POLICY = record(
    "a loan policy",
    LoanPolicy,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key("valid_from", DATE),
        Key("terms", reference("terms")),
        Key("approval", APPROVAL),
        Key("who_may_book", WHO),
        Key("requires_adult", BOOL),
        Key("notice", TIME_SPAN),
        Key("horizon_days", whole(0)),
        Key("max_loan_days", whole(1)),
        Key("quota", record("{active: n}", LoanQuota, (Key("active", whole(1)),), flow=True)),
        Key("hold_minutes", HOLD),
        Key("price_eur", nullable(EUROS)),
        Key("deposit_eur", nullable(EUROS)),
    ),
)

LOAN_ITEM = record(
    "a thing on loan",
    LoanItem,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key("quantity", whole(1)),
        Key("pickup_point", reference("pickup_points")),
        Key("policy", reference("loan_policies")),
        Key("demo", BOOL),
    ),
)
