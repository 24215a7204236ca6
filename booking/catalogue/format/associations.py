"""Associations for a demo city: invented organisations with their members."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from operator import mul

from booking.catalogue.format.city import NAMED, Named
from booking.catalogue.format.kinds import (
    BOOL,
    EMAIL,
    NAME,
    SLUG,
    Unfit,
    decimal,
    nullable,
    one_of,
    one_of_numbers,
    only,
    quoted,
    text,
    whole,
)
from booking.catalogue.format.records import Key, Row, many, record
from booking.catalogue.format.references import reference
from booking.catalogue.format.vocabulary import (
    LANGUAGES,
    OPENNESS,
    ORGANISER_TYPES,
    PRICE_GROUPS,
    PURPOSES,
    TARGETS,
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class AssociationsMeta:
    """What the file says of itself; it always is test data."""

    schema: int
    test_data: bool
    note: str


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Whom an association is for; `max` is None without an upper limit."""

    min: int
    max: int | None


@dataclass(frozen=True, slots=True)
class UsualEvent:
    """The facts of what an association usually does."""

    purpose: str
    openness: str
    target: str
    hamina_benefit: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A person who acts for the association; nobody of that name exists."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Association:
    """An invented association; `youth_share` is rounded to two decimals, half up."""

    slug: str
    name: str
    test_data: bool
    organiser_type: str
    kind: str
    business_id: str
    register_number: int
    domicile: str
    verified: bool
    name_public: bool
    activity: str
    age_group: AgeGroup
    member_count: int
    member_count_under_20: int
    youth_share: Decimal
    usual_event: UsualEvent
    expected_price_group: str
    language: str
    email: str
    no_shows_6m: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class AssociationsFile:
    """The associations of a demo city and the kinds they are of."""

    meta: AssociationsMeta
    association_kinds: tuple[Named, ...]
    associations: tuple[Association, ...]


def check_digit(number: str) -> int | None:
    """The check digit of a Finnish business ID of seven digits; None where there can be none.

    The weighted sum modulo 11 is taken from 11; a remainder of 0 gives 0, one of 1 nothing.
    """
    remainder = sum(map(mul, _WEIGHTS, map(int, number))) % 11
    return None if remainder == 1 else -remainder % 11


def _business_id_of(value: str) -> str:
    number, digit = value.split("-")
    if check_digit(number) != int(digit):
        raise Unfit(f'"{value}" has a wrong check digit')
    return value


BUSINESS_ID = quoted(
    'a business ID with a right check digit in quotes, such as "0737546-2",',
    r"\d{7}-\d",
    _business_id_of,
    lambda value: value,
)


def _ages_in_order(row: Row) -> None:
    youngest, oldest = row.get("min"), row.get("max")
    if youngest is not None and oldest is not None and oldest < youngest:
        row.refuse("max", f"{oldest} is below min", f"a whole number from {youngest}, or null,")


def _youth_share_is_their_share(row: Row) -> None:
    members, young = row.get("member_count"), row.get("member_count_under_20")
    share = row.get("youth_share")
    if members is None or young is None:
        return
    if young > members:
        message = f"{young} is above member_count"
        row.refuse("member_count_under_20", message, f"a whole number from 0 to {members}")
        return
    due = (Decimal(young) / members).quantize(_HUNDREDTH, ROUND_HALF_UP)
    if share is not None and share != due:
        message = f'"{share}" is not {young} of {members}'
        row.refuse("youth_share", message, f'"{due}"')


_AGE_GROUP = record(
    "{min, max}",
    AgeGroup,
    (Key("min", whole(0)), Key("max", nullable(whole(0)))),
    rules=(_ages_in_order,),
    flow=True,
)
_USUAL_EVENT = record(
    "{purpose, openness, target, hamina_benefit}",
    UsualEvent,
    (
        Key("purpose", one_of(*PURPOSES)),
        Key("openness", one_of(*OPENNESS)),
        Key("target", one_of(*TARGETS)),
        Key("hamina_benefit", BOOL),
    ),
    flow=True,
)
_MEMBER = record(
    "{name, email, role}",
    Member,
    (Key("name", text()), Key("email", EMAIL), Key("role", one_of("admin", "member"))),
    flow=True,
)
_ASSOCIATION = record(
    "an association",
    Association,
    (
        Key("slug", SLUG),
        Key("name", NAME),
        Key("test_data", only(True)),
        Key("organiser_type", one_of(*ORGANISER_TYPES)),
        Key("kind", reference("association_kinds")),
        Key("business_id", BUSINESS_ID),
        Key("register_number", whole(1)),
        Key("domicile", text()),
        Key("verified", BOOL),
        Key("name_public", BOOL),
        Key("activity", text()),
        Key("age_group", _AGE_GROUP),
        Key("member_count", whole(1)),
        Key("member_count_under_20", whole(0)),
        Key("youth_share", decimal("0.00", "1.00")),
        Key("usual_event", _USUAL_EVENT),
        Key("expected_price_group", one_of(*PRICE_GROUPS)),
        Key("language", one_of(*LANGUAGES)),
        Key("email", EMAIL),
        Key("no_shows_6m", whole(0)),
        Key("members", many(_MEMBER, least=2, most=3)),
    ),
    rules=(_youth_share_is_their_share,),
)
ASSOCIATIONS = record(
    "a file of associations",
    AssociationsFile,
    (
        Key(
            "meta",
            record(
                "a mapping of schema, test_data and note",
                AssociationsMeta,
                (
                    Key("schema", one_of_numbers(2)),
                    Key("test_data", only(True)),
                    Key("note", text()),
                ),
            ),
        ),
        Key("association_kinds", many(NAMED)),
        Key("associations", many(_ASSOCIATION)),
    ),
)
