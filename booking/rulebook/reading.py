"""From the text of a rule set to values with a place: each is read or its fault is noted.

A reader that finds a fault notes it and gives something harmless, so that one reading tells all.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from booking.catalogue.format.documents import Mapping, Node, Scalar, shown
from booking.catalogue.format.documents import Sequence as Items
from booking.catalogue.format.problems import BadCatalogue
from booking.catalogue.format.reading import read_document
from booking.core.errors import N_, Word
from booking.rulebook.faults import (
    BAD_DATE,
    EMPTY_TEXT,
    MISSING_KEY,
    MISSING_LANGUAGE,
    NO_MEMBERS,
    NOT_PLAIN,
    NOT_YAML,
    OUT_OF_RANGE,
    REPEATED_KEY,
    TOO_LARGE,
    UNKNOWN_KEY,
    UNKNOWN_PLACEHOLDER,
    UNKNOWN_VALUE,
    WRONG_TYPE,
    RuleFault,
    RulesRefused,
)
from booking.rulebook.texts import LANGUAGES, Text, placeholders

LONGEST_DOCUMENT = 1_000_000
LONGEST_TEXT = 2000
MOST_DIGITS = 30
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d+", re.ASCII)

A_MAPPING, A_LIST = N_("a mapping of keys"), N_("a list")
A_TEXT, A_TRUTH = N_("a text"), N_("true or false")
A_NUMBER, A_WHOLE = N_("a number"), N_("a whole number")
A_WINDOW = N_("a window of two times such as [07:00, 22:00]")


@dataclass(slots=True)
class Sheet:
    """A text that is being read: its name, its faults, the names of its parameters."""

    file: str
    faults: list[RuleFault] = field(default_factory=list)
    parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in the text, with its path, its line and the rule that it belongs to."""

    sheet: Sheet
    node: Node
    key: str
    line: int
    rule: str = ""

    # ── Faults ────────────────────────────────────────────────────────────────────────────────

    def refuse(self, kind: type[RuleFault], **values: object) -> None:
        place = {"file": self.sheet.file, "line": self.line, "rule": self.rule, "key": self.key}
        self.sheet.faults.append(kind(**place, **values))  # type: ignore[arg-type]

    def wants(self, what: str) -> None:
        """Note that something else stands here than what is wanted."""
        self.refuse(WRONG_TYPE, given=self.shown, wanted=Word(what))

    @property
    def shown(self) -> str:
        return shown(self.node)

    def of_rule(self, rule: str) -> Spot:
        return Spot(self.sheet, self.node, self.key, self.line, rule)

    # ── What holds others ─────────────────────────────────────────────────────────────────────

    def mapping(self, required: str = "", optional: str = "") -> dict[str, Spot]:
        """The values of the keys, each of which is one of these (space between them)."""
        found = self.entries()
        must, may = required.split(), optional.split()
        for name, spot in found.items():
            if name not in must and name not in may:
                spot.refuse(UNKNOWN_KEY, name=name)
        if isinstance(self.node, Mapping):
            self.needs(found, required)
        return {name: spot for name, spot in found.items() if name in must or name in may}

    def needs(self, found: Container[str], names: str) -> None:
        """Note which of these names (space between them) are not among what was found."""
        for name in names.split():
            if name not in found:
                self.refuse(MISSING_LANGUAGE if name in LANGUAGES else MISSING_KEY, name=name)

    def entries(self) -> dict[str, Spot]:
        """The values of the keys, whatever these are."""
        if not isinstance(self.node, Mapping):
            self.wants(A_MAPPING)
            return {}
        found: dict[str, Spot] = {}
        for entry in self.node.entries:
            path = f"{self.key}.{entry.key}".lstrip(".")
            found.setdefault(entry.key, self._inside(entry.value, path, entry.line))
        return found

    def items(self) -> list[Spot]:
        """The entries of a list that has some; those that have an id are called by it."""
        if not isinstance(self.node, Items):
            self.wants(A_LIST)
            return []
        if not self.node.items:
            self.refuse(NO_MEMBERS)
        return [
            self._inside(node, f"{self.key}[{_label(node) or number}]", node.line)
            for number, node in enumerate(self.node.items, start=1)
        ]

    def _inside(self, node: Node, key: str, line: int) -> Spot:
        return Spot(self.sheet, node, key, line, self.rule)

    # ── Single values ─────────────────────────────────────────────────────────────────────────

    @property
    def is_null(self) -> bool:
        return isinstance(self.node, Scalar) and self.node.is_null

    @property
    def plain(self) -> Any:
        """What a scalar stands for: text, truth value, whole number, decimal, None."""
        return plain_value(self.node) if isinstance(self.node, Scalar) else self.node

    def text(self) -> str:
        """A text that is not empty."""
        value = self.plain
        if not isinstance(value, str):
            self.wants(A_TEXT)
            return ""
        if not value.strip():
            self.refuse(EMPTY_TEXT)
        if len(value) > LONGEST_TEXT:
            self.refuse(TOO_LARGE, longest=LONGEST_TEXT)
        return value

    def truth(self) -> bool:
        if not isinstance(self.plain, bool):
            self.wants(A_TRUTH)
            return False
        return self.plain

    def number(self) -> int | Decimal:
        value = self.plain
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.wants(A_NUMBER)
            return 0
        return value

    def whole(self, least: int, most: int) -> int:
        value = self.plain
        if isinstance(value, bool) or not isinstance(value, int):
            self.wants(A_WHOLE)
            return least
        if not least <= value <= most:
            self.refuse(OUT_OF_RANGE, given=self.shown, least=least, most=most)
        return value

    def day(self) -> date | None:
        """A date, None where it is none."""
        value = self.plain
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.refuse(BAD_DATE, given=self.shown)
        return None

    def day_or_null(self) -> date | None:
        return None if self.is_null else self.day()

    def one_of(self, known: Sequence[str], kind: type[RuleFault] | None = None) -> str:
        """A word among those that are known; `kind` is the fault of any other."""
        value = self.plain
        if not isinstance(value, str):
            self.wants(A_TEXT)
        elif value not in known:
            if kind is None:
                self.refuse(UNKNOWN_VALUE, given=self.shown, known=list(known))
            else:
                self.refuse(kind, name=value)
        return value if isinstance(value, str) and value in known else ""

    def window(self) -> tuple[str, str]:
        """Two times, the first before the second; 24:00 is the day's end."""
        items = self.items() if isinstance(self.node, Items) else []
        times = [item.plain for item in items]
        fit = all(isinstance(one, str) and _TIME.fullmatch(one) for one in times)
        if not fit or len(times) != 2 or not times[0] < times[1]:
            self.wants(A_WINDOW)
            return "00:00", "24:00"
        return times[0], times[1]

    def words(self, extra: Sequence[str] = ()) -> Text:
        """A text in every language, whose placeholders all name a parameter or an `extra`."""
        return words_among(self.mapping(" ".join(LANGUAGES)), extra)

    def sentence(self, extra: Sequence[str]) -> str:
        text = self.text()
        for name in placeholders(text):
            if name not in self.sheet.parameters and name not in extra:
                self.refuse(UNKNOWN_PLACEHOLDER, name=name)
        return text


def read_text(text: str, name: str) -> Spot:
    """The whole text as a spot. Raises `RulesRefused` where it is no mapping of YAML; keys given
    twice, anchors, aliases and tags are noted as faults."""
    sheet = Sheet(name)
    start = Spot(sheet, Scalar("", 1), "", 1)
    if len(text) > LONGEST_DOCUMENT:
        start.refuse(TOO_LARGE, longest=LONGEST_DOCUMENT)
        raise RulesRefused(sheet.faults)
    try:
        root, _ = read_document(text.encode("utf-8", "surrogatepass"), name)
    except BadCatalogue as bad:
        for problem in bad.problems:
            spot = Spot(sheet, Scalar("", problem.line), "", problem.line)
            spot.refuse(NOT_YAML, reason=problem.message)
        raise RulesRefused(sheet.faults) from None
    whole = Spot(sheet, root, "", 1)
    _note_oddities(whole)
    return whole


def read_mapping(text: str, name: str) -> dict[str, Any]:
    """The keys of a text and their plain values, such as the facts of an event. Raises
    `RulesRefused` where the text is no mapping of YAML, or gives a key twice."""
    whole = read_text(text, name)
    if whole.sheet.faults:
        raise RulesRefused(whole.sheet.faults)
    return {key: spot.plain for key, spot in whole.entries().items()}


def words_among(spots: dict[str, Spot], extra: Sequence[str] = ()) -> Text:
    """The text whose languages stand among other keys; a missing one is noted elsewhere."""
    return {name: spots[name].sentence(extra) for name in LANGUAGES if name in spots}


def plain_value(scalar: Scalar) -> Any:
    """What YAML 1.2 takes the scalar for: text, truth value, whole number, decimal, None."""
    if scalar.is_null:
        return None
    if scalar.is_text:
        return scalar.text
    if not scalar.is_number:
        return scalar.text.lower() == "true"
    if _WHOLE.fullmatch(scalar.text) and len(scalar.text) <= MOST_DIGITS:
        return int(scalar.text)
    return Decimal(scalar.text)


def _label(node: Node) -> str | None:
    entry = node.get("id") if isinstance(node, Mapping) else None
    return entry.value.text if entry and isinstance(entry.value, Scalar) else None


def _note_oddities(spot: Spot) -> None:
    """Anchors, aliases, tags and keys that are given twice, wherever they stand."""
    if spot.node.oddity:
        spot.refuse(NOT_PLAIN, what=spot.node.oddity)
    for inner in _children(spot):
        _note_oddities(inner)


def _children(spot: Spot) -> Iterator[Spot]:
    if isinstance(spot.node, Items):
        for number, node in enumerate(spot.node.items, start=1):
            yield spot._inside(node, f"{spot.key}[{_label(node) or number}]", node.line)
    if isinstance(spot.node, Mapping):
        for entry in spot.node.entries:
            inner = spot._inside(entry.value, f"{spot.key}.{entry.key}".lstrip("."), entry.line)
            if entry.oddity:
                inner.refuse(NOT_PLAIN, what=entry.oddity)
            if spot.node.get(entry.key) is not entry:
                inner.refuse(REPEATED_KEY, name=entry.key)
            yield inner
