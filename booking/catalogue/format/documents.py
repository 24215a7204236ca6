"""YAML text as nodes that know their line, before anything is known of their meaning."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_NULLS = {"", "~", "null", "Null", "NULL"}
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_LABEL = re.compile(r"[\w-]{1,50}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it is written; `quoted` when it stands in quotes."""

    text: str
    line: int
    quoted: bool = False
    block: bool = False
    oddity: str = ""

    @property
    def plain(self) -> bool:
        """Written without quotes and not as a block, so that YAML may see more than text."""
        return not (self.quoted or self.block)

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULLS

    @property
    def is_number(self) -> bool:
        return self.plain and _NUMBER.fullmatch(self.text) is not None

    @property
    def is_text(self) -> bool:
        """Whether YAML 1.2 reads it as text and not as null, a truth value or a number."""
        truth_value = self.plain and self.text.lower() in {"true", "false"}
        return not (self.is_null or self.is_number or truth_value)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    line: int
    oddity: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and its value; `line` is that of the key."""

    key: str
    line: int
    value: "Node"
    oddity: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; a repeated key is kept, to be reported."""

    entries: tuple[Entry, ...]
    line: int
    oddity: str = ""
    _first: dict[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first = {entry.key: entry for entry in reversed(self.entries)}
        object.__setattr__(self, "_first", first)

    def get(self, key: str) -> Entry | None:
        """The first entry of that key."""
        return self._first.get(key)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with its path and line; the line of a list or a mapping is that of its key."""

    node: Node
    path: str
    line: int


def shown(node: Node) -> str:
    """The node as a message names it."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.is_null:
        return "null"
    text = node.text if len(node.text) <= 60 else node.text[:59] + "…"
    return text if node.plain else f'"{text}"'


def label_of(node: Node) -> str | None:
    """What a list's entry is called: its slug, its topic, or itself; None if it has no name."""
    if isinstance(node, Mapping):
        entry = node.get("slug") or node.get("topic")
        return label_of(entry.value) if entry and isinstance(entry.value, Scalar) else None
    return node.text if isinstance(node, Scalar) else None


def value_of(entry: Entry, path: str) -> Placed:
    """The value of an entry of the mapping at `path`."""
    line = entry.value.line if isinstance(entry.value, Scalar) else entry.line
    return Placed(entry.value, f"{path}.{entry.key}".lstrip("."), line)


def items_of(sequence: Sequence, path: str) -> Iterator[Placed]:
    """The entries of a list, called by slug or topic, else by number counted from 1."""
    for number, node in enumerate(sequence.items, start=1):
        label = label_of(node) if isinstance(node, Mapping) else None
        name = label if label is not None and _LABEL.fullmatch(label) else str(number)
        yield Placed(node, f"{path}[{name}]", node.line)


def every_node(placed: Placed) -> Iterator[Placed]:
    """The node and all that it holds, in the order of the file."""
    yield placed
    children: Iterable[Placed] = ()
    if isinstance(placed.node, Sequence):
        children = items_of(placed.node, placed.path)
    elif isinstance(placed.node, Mapping):
        children = [value_of(entry, placed.path) for entry in placed.node.entries]
    for child in children:
        yield from every_node(child)
