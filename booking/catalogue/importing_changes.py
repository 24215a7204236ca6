"""What an import adds, changes and leaves, in lines that people read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the catalogue by what it is and what it is called: `space town-hall`."""

    noun: str
    slug: str

    def __str__(self) -> str:
        return f"{self.noun} {self.slug}".rstrip()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What one field said and what it says now; of lists only what went and what came."""

    name: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.name} {_shown(self.old)} → {_shown(self.new)}"


@dataclass
class Changes:
    """What one import did. It is empty (false) when nothing was added or changed.

    `reordered` has the nouns of lists whose order changed; `left` what is stored and the file
    does not name, in which nothing changed.
    """

    added: dict[Entry, None] = field(default_factory=dict)
    changed: dict[Entry, list[FieldChange]] = field(default_factory=dict)
    reordered: dict[str, None] = field(default_factory=dict)
    left: list[Entry] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.reordered)

    def add(self, entry: Entry) -> None:
        """Note that a row is new."""
        self.added[entry] = None

    def change(self, entry: Entry, name: str, old: Any, new: Any) -> None:
        """Note that a field now says something else; of a row that is new itself nothing."""
        if entry not in self.added:
            found = [FieldChange(*difference) for difference in _differences(name, old, new)]
            self.changed.setdefault(entry, []).extend(found)

    def lines(self) -> list[str]:
        """All of it, a line for each row: `+` added, `~` changed, `=` left as it is."""
        return [
            *(f"+ {entry}" for entry in self.added),
            *(f"~ {entry}: {', '.join(map(str, what))}" for entry, what in self.changed.items()),
            *(f"~ order of the list: {noun}" for noun in self.reordered),
            *(f"= left: {entry} (not in the file)" for entry in self.left),
        ]


def _differences(name: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """The two values; of mappings what differs key by key, of lists what only one of them has."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            if old.get(key) != new.get(key):
                yield from _differences(f"{name}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        gone = [item for item in old if item not in new]
        come = [item for item in new if item not in old]
        yield (name, gone, come) if gone or come else (name, old, new)
    else:
        yield name, old, new


def _shown(value: Any) -> str:
    """A value as a line shows it, never too long."""
    text = _words(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _words(value: Any) -> str:
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, dict):
        return " ".join(_words(part) for part in value.values())
    if isinstance(value, list):
        return ", ".join(_words(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
