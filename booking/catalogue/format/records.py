"""Mappings and lists of the format, declared once for reading and for writing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import getitem
from typing import Any, TypeVar

from booking.catalogue.format import documents
from booking.catalogue.format.kinds import Kind
from booking.catalogue.format.layout import Apart, Flow, Tree
from booking.catalogue.format.problems import Refused
from booking.catalogue.format.spots import Spot
from booking.catalogue.format.vocabulary import LANGUAGES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping, and the name of the field that holds its value where they differ."""

    name: str
    kind: Kind[Any]
    held_as: str = ""
    required: bool = True
    default: Any = None

    @property
    def field(self) -> str:
        return self.held_as or self.name


def optional(name: str, kind: Kind[Any], default: Any = None, held_as: str = "") -> Key:
    """A key that may be left out, which means the default."""
    return Key(name, kind, held_as, required=False, default=default)


@dataclass(frozen=True, slots=True)
class Row:
    """A mapping whose keys have been read one by one, to be judged as a whole."""

    spot: Spot
    values: dict[str, Any]

    def get(self, field: str) -> Any:
        """The value of a field, None where it could not be read."""
        return self.values.get(field)

    def refuse(self, key: str, message: str, expected: str) -> None:
        (self.spot.at(key) or self.spot.missing(key)).refuse(message, expected)


Rule = Callable[[Row], None]
ListRule = Callable[[list[Spot]], None]


def record(
    expected: str,
    make: Callable[..., T],
    keys: Sequence[Key],
    *,
    rules: Sequence[Rule] = (),
    take: Callable[[Any, str], Any] = getattr,
    flow: bool = False,
) -> Kind[T]:
    """A mapping with these keys and no others; `make` gets the values, `take` gives them back."""

    def read(spot: Spot) -> T:
        if not isinstance(spot.node, documents.Mapping):
            raise spot.refuse(f"{documents.shown(spot.node)} stands here", expected)
        _refuse_unknown_keys(spot, spot.node, keys)
        row = Row(spot, _values(spot, keys))
        for rule in rules:
            rule(row)
        if len(row.values) < len(keys):
            raise Refused(spot.path)
        return make(**row.values)

    def write(value: T) -> Tree:
        held = ((key, take(value, key.field)) for key in keys)
        tree: dict[str, Tree] = {
            key.name: key.kind.write(part)
            for key, part in held
            if key.required or part != key.default
        }
        return Flow(tree) if flow else tree

    return Kind(expected, read, write)


def _refuse_unknown_keys(spot: Spot, mapping: documents.Mapping, keys: Sequence[Key]) -> None:
    names = [key.name for key in keys]
    for entry in mapping.entries:
        if entry.key not in names:
            unknown = Spot(mapping, f"{spot.path}.{entry.key}".lstrip("."), entry.line, spot.report)
            unknown.refuse("this key is not known", f"none but {', '.join(names)}")


def _values(spot: Spot, keys: Sequence[Key]) -> dict[str, Any]:
    """The values that can be read, by field."""
    values: dict[str, Any] = {}
    for key in keys:
        place = spot.at(key.name)
        if place is None and key.required:
            spot.missing(key.name).refuse("this key is missing", key.kind.expected)
        elif place is None:
            values[key.field] = key.default
        else:
            try:
                values[key.field] = key.kind.read(place)
            except Refused:
                continue
    return values


def many(
    kind: Kind[T],
    *,
    least: int = 1,
    most: int | None = None,
    distinct: bool = True,
    flow: bool = False,
    apart: bool = False,
    rules: Sequence[ListRule] = (),
) -> Kind[tuple[T, ...]]:
    """A list; `distinct` when no slug, topic or word may stand in it twice."""
    expected = f"a list of {_count(least, most)}, each of them {kind.expected}"
    judged_by = (refuse_repeated, *rules) if distinct else tuple(rules)

    def read(spot: Spot) -> tuple[T, ...]:
        if not isinstance(spot.node, documents.Sequence):
            raise spot.refuse(f"{documents.shown(spot.node)} stands here", expected)
        items = spot.items()
        if len(items) < least or (most is not None and len(items) > most):
            spot.refuse(f"the list has {len(items)}", expected)
        for rule in judged_by:
            rule(items)
        values = [value for item in items for value in _read_or_nothing(kind, item)]
        if len(values) < len(items):
            raise Refused(spot.path)
        return tuple(values)

    def write(values: tuple[T, ...]) -> Tree:
        trees = [kind.write(value) for value in values]
        return Apart(trees) if apart else Flow(trees) if flow else trees

    return Kind(expected, read, write)


def _count(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more" if least else "any number"
    return f"{least} to {most}"


def _read_or_nothing(kind: Kind[T], item: Spot) -> tuple[T, ...]:
    try:
        return (kind.read(item),)
    except Refused:
        return ()


def refuse_repeated(items: list[Spot]) -> None:
    """Reports every entry whose slug, topic or word stands in the list before it."""
    first: dict[str, Spot] = {}
    for item in items:
        if item.label is None:
            continue
        before = first.setdefault(item.label, item)
        if before is not item:
            place = item.at("slug") or item.at("topic") or item
            place.refuse(f"{item.label} stands on line {before.line} already", "each only once")


def by_language(kind: Kind[str], flow: bool = False) -> Kind[dict[str, str]]:
    """A text in each of the city's languages."""
    keys = [Key(language, kind) for language in LANGUAGES]
    return record(
        f"a mapping of {', '.join(LANGUAGES)}, each {kind.expected}",
        dict,
        keys,
        take=getitem,
        flow=flow,
    )


def exactly_with(key: str, other: str, value: Any) -> Rule:
    """The key must be there when the other has that value, and may not be there otherwise."""
    said = str(value).lower() if isinstance(value, bool) else value

    def rule(row: Row) -> None:
        if other not in row.values:
            return
        wanted = row.get(other) == value
        if wanted and not row.spot.has(key):
            row.refuse(key, f"this key is missing beside {other}: {said}", "giving it")
        if not wanted and row.spot.has(key):
            row.refuse(key, f"this key stands only beside {other}: {said}", "leaving it out")

    return rule
