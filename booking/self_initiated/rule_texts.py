"""Changing one place in the text of a rule set, so that every other line stays as it was.

The text is taken line by line: a rule is an entry of one of the three lists, a parameter an entry
of `parameters`, each written as a block. A text in another of YAML's forms is a rule set too; only
its single entries can't be changed here, and the whole is changed instead. The strict loader has
the last word.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from booking.rulebook.rule_set import FREE_USE, GUIDANCE, SUPPORT

PARTS = (FREE_USE, SUPPORT, GUIDANCE)
PARAMETERS = "parameters"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SECTION = re.compile(r"([a-z_]+):\s*(#.*)?$")
_ITEM = re.compile(r"( *)-( +)\S")
_ENTRY = re.compile(r"( +)([a-z][a-z0-9_]*):\s*(#.*)?$")
_KEY = re.compile(r"( *)([a-z_]+):(\s|$)")
_ID = re.compile(r"""id:\s*["']?([A-Za-z0-9_-]+)["']?\s*(#.*)?$""")
_VERSION = re.compile(r"( +rules_version:)[^\n]*")
_ODD = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\x85", "\ufeff": "\\ufeff"}


@dataclass(frozen=True, slots=True)
class Block:
    """Where an entry stands: lines `first` to `end` (not with it), its keys indented so far."""

    name: str
    part: str
    first: int
    end: int
    indent: int


class RuleText:
    """The text of a rule set and where its rules and parameters stand in it."""

    def __init__(self, body: str) -> None:
        self.lines = _LINE.findall(body)
        self.rules: dict[str, Block] = {}
        self.parameters: dict[str, Block] = {}
        self._ends: dict[str, int] = {}
        for part, first, end in self._sections():
            if part in PARTS:
                self._ends[part] = end
                self.rules.update({one.name: one for one in self._items(part, first, end)})
            elif part == PARAMETERS:
                self.parameters = {one.name: one for one in self._entries(first, end)}

    # ── Reading ───────────────────────────────────────────────────────────────────────────────

    def text_of(self, block: Block) -> str:
        """The entry as it is written."""
        return "".join(self.lines[block.first : block.end])

    def _sections(self) -> list[tuple[str, int, int]]:
        starts = [
            (found[1], number)
            for number, line in enumerate(self.lines)
            if (found := _SECTION.match(line))
        ]
        if not starts:
            return []
        ends = [*(number for _, number in starts[1:]), len(self.lines)]
        return [(part, number + 1, end) for (part, number), end in zip(starts, ends, strict=True)]

    def _items(self, part: str, first: int, end: int) -> list[Block]:
        """The entries of a list; one that names no id is none."""
        starts: list[int] = []
        dash = None
        for number in range(first, end):
            found = _ITEM.match(self.lines[number])
            if found and (dash is None or len(found[1]) == dash):
                dash = len(found[1])
                starts.append(number)
        if not starts:
            return []
        blocks = []
        for number, stop in zip(starts, [*starts[1:], end], strict=True):
            found = _ITEM.match(self.lines[number])
            assert found is not None
            indent = len(found[1]) + 1 + len(found[2])
            last = self._trimmed(number, stop)
            name = self._id(number, last, indent)
            if name:
                blocks.append(Block(name, part, number, last, indent))
        return blocks

    def _id(self, first: int, end: int, indent: int) -> str:
        for number in range(first, end):
            line = self.lines[number]
            if number > first and line[:indent].strip():
                continue
            if found := _ID.match(line[indent:].rstrip("\r\n")):
                return found[1]
        return ""

    def _entries(self, first: int, end: int) -> list[Block]:
        """The entries of a mapping."""
        found = [(number, _ENTRY.match(self.lines[number])) for number in range(first, end)]
        entries = [(number, one) for number, one in found if one]
        if not entries:
            return []
        depth = min(len(one[1]) for _, one in entries)
        outer = [(number, one[2]) for number, one in entries if len(one[1]) == depth]
        stops = [*(number for number, _ in outer[1:]), end]
        return [
            Block(name, PARAMETERS, number, self._trimmed(number, stop), self._inner(number + 1))
            for (number, name), stop in zip(outer, stops, strict=True)
        ]

    def _inner(self, number: int) -> int:
        line = self.lines[number] if number < len(self.lines) else ""
        return len(line) - len(line.lstrip(" "))

    def _trimmed(self, first: int, end: int) -> int:
        """The end without what stands before the next entry and belongs to it: comments, blanks."""
        while end > first + 1 and self.lines[end - 1].lstrip()[:1] in ("", "#"):
            end -= 1
        return end

    # ── Changing: each gives a whole new text ─────────────────────────────────────────────────

    def replaced(self, block: Block, text: str) -> str:
        """With another text in the place of the entry."""
        return self._joined(block.first, block.end, _lines(text))

    def removed(self, block: Block) -> str:
        return self._joined(block.first, block.end, [])

    def added(self, part: str, text: str) -> str:
        """With one more rule at the end of a list. Raises `KeyError` where there is no such list
        as a block."""
        place = self.place_of_new(part)
        return self._joined(place, place, _lines(text))

    def place_of_new(self, part: str) -> int:
        """The line at which one more rule of a list begins. Raises `KeyError` as `added` does."""
        siblings = [one for one in self.rules.values() if one.part == part]
        return max((one.end for one in siblings), default=self._ends[part])

    def with_keys(self, block: Block, changes: Mapping[str, Any]) -> str:
        """With other values of some keys of the entry; None takes the key away."""
        lines = self.lines[block.first : block.end]
        for key, value in changes.items():
            lines = _with_key(lines, block.indent, key, value)
        return self._joined(block.first, block.end, lines)

    def with_version(self, name: str) -> str:
        """With another name of the rule set."""
        return _VERSION.sub(lambda found: f"{found[1]} {written(name)}", "".join(self.lines), 1)

    def _joined(self, first: int, end: int, lines: Sequence[str]) -> str:
        before = list(self.lines[:first])
        if before and not before[-1].endswith("\n"):
            before[-1] += "\n"
        return "".join([*before, *lines, *self.lines[end:]])


class Versions(tuple[tuple[Any, date, date | None], ...]):
    """The values of a parameter with the first and the last day of each."""


def written(value: Any) -> str:
    """A value as YAML on one line: texts in quotes, so that nothing in them is taken for more."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case str():
            quoted = json.dumps(value, ensure_ascii=False)
            return "".join(_ODD.get(one, one) for one in quoted)
        case Mapping():
            return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
        case _:
            return "[" + ", ".join(written(one) for one in value) + "]"


def fingerprint(text: str) -> str:
    """What tells whether a text is still the one that somebody read."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _with_key(lines: Sequence[str], indent: int, key: str, value: Any) -> list[str]:
    """The lines of an entry with another value of one key; a new key comes last."""
    starts = [number for number in range(len(lines)) if _key_on(lines, number, indent)]
    for number, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        if _key_on(lines, number, indent) == key:
            first = lines[number][:indent]
            return [*lines[:number], *_key_lines(first, indent, key, value), *lines[stop:]]
    return [*_lines("".join(lines)), *_key_lines(" " * indent, indent, key, value)]


def _key_on(lines: Sequence[str], number: int, indent: int) -> str:
    """The key that begins on this line, if one of the entry's own does."""
    line = lines[number]
    lead = line[:indent]
    if lead.strip(" -" if number == 0 else " ") or line[indent : indent + 1] == " ":
        return ""
    found = _KEY.match(line[indent:])
    return found[2] if found else ""


def _key_lines(lead: str, indent: int, key: str, value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, Versions):
        deeper = " " * (indent + 2)
        items = [
            f"{deeper}- {written({'value': one, 'valid_from': first, 'valid_to': last})}\n"
            for one, first, last in value
        ]
        return [f"{lead}{key}:\n", *items]
    return [f"{lead}{key}: {written(value)}\n"]


def _lines(text: str) -> list[str]:
    """The lines of a text, the last one ended too."""
    lines: list[str] = _LINE.findall(text.replace("\r\n", "\n").replace("\r", "\n"))
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines
