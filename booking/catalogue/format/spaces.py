"""Spaces with their parts, and combinations of parts, as they are written: nothing inherited."""

from dataclasses import dataclass
from decimal import Decimal

from booking.catalogue.format.city import FACTS, NAMES, EventFacts
from booking.catalogue.format.equipment import EQUIPMENT, SpaceEquipment
from booking.catalogue.format.kinds import (
    FALSE_OR_NOTHING,
    SLUG,
    TRUE_OR_NOTHING,
    Kind,
    decimal,
    matching,
    never,
    one_of,
    peek,
    sentences,
    whole,
)
from booking.catalogue.format.layout import Tree
from booking.catalogue.format.records import Key, Row, by_language, many, optional, record
from booking.catalogue.format.references import reference
from booking.catalogue.format.spots import Spot
from booking.catalogue.format.vocabulary import ACCESSES, CAPACITY_BASES, EVIDENCE

_DEEPEST_PARTS = 3


@dataclass(frozen=True, slots=True)
class Combination:
    """Some parts of a space, booked as one; None is taken from the space that lists it."""

    slug: str
    name: dict[str, str]
    parts: tuple[str, ...]
    capacity: int
    capacity_basis: str
    price_share: Decimal
    kind: str | None = None
    policy: str | None = None
    price_list: str | None = None
    terms: str | None = None
    access: str | None = None
    event_facts: EventFacts | None = None
    published: bool = True


@dataclass(frozen=True, slots=True)
class Space:
    """A space or a part of one; None, or an empty tuple of parts, where it says nothing.

    `published` is its own word only; `price_share` is None on a top space, where it is 1.
    """

    slug: str
    name: dict[str, str]
    kind: str
    capacity: int
    capacity_basis: str
    description: dict[str, str]
    equipment: tuple[SpaceEquipment, ...]
    accessibility: tuple[str, ...]
    policy: str
    price_list: str
    evidence: str
    published: bool = True
    area_m2: int | None = None
    price_share: Decimal | None = None
    opening_hours: str | None = None
    event_facts: EventFacts | None = None
    access: str | None = None
    terms: str | None = None
    joint_capacity: str | None = None
    remainder: bool = False
    parts: tuple["Space", ...] = ()
    combinations: tuple[Combination, ...] = ()


def _some_fact(row: Row) -> None:
    if not any(row.spot.has(fact) for fact in FACTS):
        row.spot.refuse("no fact stands here", "at least one event fact, or leaving the key out,")


SOME_FACTS = record(
    f"a mapping with some of {', '.join(FACTS)}",
    EventFacts,
    [optional(fact, kind) for fact, kind in FACTS.items()],
    rules=(_some_fact,),
    flow=True,
)

SPACE_SLUG = matching(
    f"{SLUG.expected}, not ending in -remainder,",
    r"(?!.*-remainder$)[a-z0-9]+(-[a-z0-9]+)*",
    longest=50,
)
_CAPACITY = whole(1)
_SHARE = decimal("0.05", "0.95")

_COMBINATION = record(
    "a combination",
    Combination,
    (
        Key("slug", SPACE_SLUG),
        Key("name", NAMES),
        Key("parts", many(SPACE_SLUG, least=2, flow=True)),
        Key("capacity", _CAPACITY),
        Key("capacity_basis", one_of(*CAPACITY_BASES)),
        Key("price_share", _SHARE),
        optional("kind", reference("space_kinds")),
        optional("policy", reference("policies")),
        optional("price_list", reference("price_lists")),
        optional("terms", reference("terms")),
        optional("access", one_of(*ACCESSES)),
        optional("event_facts", SOME_FACTS),
        optional("published", FALSE_OR_NOTHING, default=True),
    ),
)


def _read_part(spot: Spot) -> Space:
    return _PART.read(spot)


def _write_part(part: Space) -> Tree:
    return _PART.write(part)


_PARTS = many(Kind("a space", _read_part, _write_part), least=2, distinct=False)


def _belongs_to_parts(row: Row) -> None:
    if row.spot.has("parts"):
        if not row.spot.has("joint_capacity"):
            row.refuse("joint_capacity", "this key is missing beside parts", _JOINT.expected)
        return
    for key in ("joint_capacity", "remainder", "combinations"):
        if row.spot.has(key):
            row.refuse(key, "this key stands only beside parts", "leaving it out")


def _not_too_deep(row: Row) -> None:
    above = row.spot.path.count(".parts[")
    if above >= _DEEPEST_PARTS and row.spot.has("parts"):
        row.refuse("parts", "parts lie too deep", f"at most {_DEEPEST_PARTS} levels of parts")


def _no_part_above_its_whole(row: Row) -> None:
    whole_capacity = row.get("capacity")
    for part in row.spot.items("parts"):
        place = part.at("capacity")
        capacity = peek(place, _CAPACITY)
        if place and capacity and whole_capacity and capacity > whole_capacity:
            message = f"{capacity} is above {whole_capacity}, the capacity of its whole"
            place.refuse(message, f"a whole number from 1 to {whole_capacity}")


def _combinations_of_own_parts(row: Row) -> None:
    own = {part.label for part in row.spot.items("parts") if part.label}
    for combination in row.spot.items("combinations"):
        members = combination.items("parts")
        for member in members:
            if member.label not in own:
                message = f"{member.label} is no direct part of {row.spot.label}"
                member.refuse(message, f"a slug among {', '.join(sorted(own))}")
        place = combination.at("parts")
        if place and own and own <= {member.label for member in members}:
            place.refuse("these are all parts, which is the whole space", "two or more, never all,")


_JOINT = one_of("enforced", "advisory")


def _keys(price_share: Key) -> tuple[Key, ...]:
    return (
        Key("slug", SPACE_SLUG),
        Key("name", NAMES),
        optional("published", FALSE_OR_NOTHING, default=True),
        Key("kind", reference("space_kinds")),
        Key("capacity", _CAPACITY),
        Key("capacity_basis", one_of(*CAPACITY_BASES)),
        optional("joint_capacity", _JOINT),
        optional("remainder", TRUE_OR_NOTHING, default=False),
        optional("area_m2", whole(1)),
        price_share,
        Key("description", by_language(sentences(3))),
        Key("equipment", many(EQUIPMENT, least=0, flow=True)),
        Key("accessibility", many(reference("accessibility_features"), least=0, flow=True)),
        Key("policy", reference("policies")),
        optional("terms", reference("terms")),
        optional("access", one_of(*ACCESSES)),
        Key("price_list", reference("price_lists")),
        optional("opening_hours", reference("opening_hours_templates")),
        optional("event_facts", SOME_FACTS),
        Key("evidence", one_of(*EVIDENCE)),
        optional("parts", _PARTS, default=()),
        optional("combinations", many(_COMBINATION, distinct=False), default=()),
    )


_RULES = (
    _belongs_to_parts,
    _not_too_deep,
    _no_part_above_its_whole,
    _combinations_of_own_parts,
)
_PART = record("a part of a space", Space, _keys(Key("price_share", _SHARE)), rules=_RULES)
_NO_SHARE = never("leaving it out, for a top space pays its whole price,")
SPACE = record("a space", Space, _keys(optional("price_share", _NO_SHARE)), rules=_RULES)
