"""Reading the three lists of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from booking.rulebook.faults import (
    BAD_ADDRESS,
    BAD_ID,
    DATES_CROSSED,
    NOT_WITH,
    REPEATED_ID,
    UNKNOWN_FEE,
    UNKNOWN_GROUP,
    UNKNOWN_KIND,
)
from booking.rulebook.loading_conditions import read_condition
from booking.rulebook.loading_names import BASES, ID, Names
from booking.rulebook.reading import Spot, words_among
from booking.rulebook.rule_set import (
    FREE_USE,
    GUIDANCE,
    SUPPORT,
    Deadline,
    Place,
    Rule,
)
from booking.rulebook.texts import DEADLINE

EFFECTS = {
    FREE_USE: ("free", "charge", "review", "deny"),
    SUPPORT: ("eligible", "ineligible", "condition", "warning", "cap", "in_kind"),
}
PRICING = ("free", "charge")
CONFIDENCES = ("H", "M", "L")
UNITS = ("days", "workdays", "hours", "none")
DEADLINE_BASES = (*BASES, "recommended")
MOST_UNITS = 3000
_ADDRESS = re.compile(r"[^\s:<>\"'\\]{1,300}")

_KEYS = "id when basis source conf fi sv en"
_DATES = "valid_from valid_to source_checked recheck_by"
_REQUIRED = {
    FREE_USE: "effect",
    SUPPORT: "effect",
    GUIDANCE: "kind authority where write deadline fee",
}
_OPTIONAL = {
    FREE_USE: "price_group final overrides_all",
    SUPPORT: "",
    GUIDANCE: "task suppresses",
}


class RuleReader:
    """Reads rules one by one; `spots` has where each stands, `parts` the list it is in."""

    def __init__(self, names: Names, defaults: Mapping[str, Any]) -> None:
        self.names, self.defaults = names, defaults
        self.spots: dict[str, Spot] = {}
        self.parts: dict[str, str] = {}

    def read(self, part: str, spot: Spot) -> tuple[Rule, ...]:
        """The rules of a list that have no fault in their condition."""
        rules = [self._rule(part, item) for item in spot.items()]
        return tuple(rule for rule in rules if rule is not None)

    def _rule(self, part: str, spot: Spot) -> Rule | None:
        id_spot = spot.entries().get("id")
        id_ = id_spot.text() if id_spot else ""
        spot = spot.of_rule(id_)
        found = spot.mapping(f"{_KEYS} {_REQUIRED[part]}", f"{_DATES} {_OPTIONAL[part]}")
        self._note_id(part, id_, found)
        when = read_condition(found["when"], self.names) if "when" in found else None
        if when is None or id_ not in self.spots:
            _Details(found, self.names).of(part)
            return None
        details = _Details(found, self.names)
        return Rule(
            id_,
            part,
            when,
            details.one_of("basis", BASES),
            details.read("source", Spot.text, ""),
            details.one_of("conf", CONFIDENCES),
            **self._dates(spot, found),
            **details.of(part),
        )

    def _note_id(self, part: str, id_: str, found: Mapping[str, Spot]) -> None:
        if "id" not in found or not id_:
            return
        if not ID.fullmatch(id_):
            found["id"].refuse(BAD_ID, name=id_[:20])
        elif id_ in self.spots:
            found["id"].refuse(REPEATED_ID, name=id_)
        else:
            self.spots[id_], self.parts[id_] = found["id"], part

    def _dates(self, spot: Spot, found: Mapping[str, Spot]) -> dict[str, Any]:
        """The rule's own dates beat the defaults, key by key."""
        dates: dict[str, date | None] = dict(self.defaults)
        for key in _DATES.split():
            if key in found:
                read = Spot.day_or_null if key == "valid_to" else Spot.day
                dates[key] = read(found[key])
        first, last = dates.get("valid_from"), dates.get("valid_to")
        if first and last and last < first:
            spot.refuse(DATES_CROSSED)
        dates["valid_from"] = first or date.min
        return {key: dates.get(key) for key in _DATES.split()}


class _Details:
    """What a rule says beside its condition, read from its keys."""

    def __init__(self, found: dict[str, Spot], names: Names) -> None:
        self.found, self.names = found, names

    def read(self, key: str, read: Callable[[Spot], Any], otherwise: Any) -> Any:
        return read(self.found[key]) if key in self.found else otherwise

    def one_of(self, key: str, known: Sequence[str], kind: Any = None) -> str:
        value: str = self.read(key, lambda spot: spot.one_of(known, kind), "")
        return value

    def of(self, part: str) -> dict[str, Any]:
        """The keys that only rules of this list have, and the texts."""
        if part == GUIDANCE:
            return self._guidance()
        effect = self.one_of("effect", EFFECTS[part])
        if part == SUPPORT:
            return {"effect": effect, "text": words_among(self.found)}
        return {"effect": effect, "text": words_among(self.found), **self._price(effect)}

    def _price(self, effect: str) -> dict[str, Any]:
        final = self.read("final", Spot.truth, False)
        if effect in PRICING:
            self.found["effect"].needs(self.found, "price_group")
        elif effect and "price_group" in self.found:
            self._misplaced("price_group", f"effect: {effect}")
        if "final" in self.found and effect not in ("free", ""):
            self._misplaced("final", f"effect: {effect}")
        if "overrides_all" in self.found and not final:
            self._misplaced("overrides_all", "final: false")
        return {
            "price_group": self.one_of("price_group", list(self.names.groups), UNKNOWN_GROUP),
            "final": final,
            "overrides_all": self.read("overrides_all", Spot.truth, False),
        }

    def _misplaced(self, key: str, other: str) -> None:
        self.found[key].refuse(NOT_WITH, name=key, other=other)

    def _guidance(self) -> dict[str, Any]:
        deadline = self.read("deadline", _deadline, Deadline())
        own = [DEADLINE] if deadline.unit else []
        return {
            "kind": self.one_of("kind", list(self.names.kinds), UNKNOWN_KIND),
            "authority": self.read("authority", lambda spot: spot.words(own), {}),
            "where": self.read("where", lambda spot: read_place(spot, own), None),
            "write": self.read("write", lambda spot: spot.words(own), {}),
            "deadline": deadline,
            "fee": self.one_of("fee", list(self.names.fees), UNKNOWN_FEE),
            "task": self.read("task", Spot.truth, True),
            "suppresses": self.read(
                "suppresses", lambda spot: tuple(item.text() for item in spot.items()), ()
            ),
            "text": words_among(self.found, own),
        }


def read_place(spot: Spot, extra: Sequence[str] = ()) -> Place:
    """A name and an address without protocol, null where it is not known."""
    found = spot.mapping("fi sv en address")
    address = None
    if "address" in found and not found["address"].is_null:
        address = found["address"].text()
        if address and not _ADDRESS.fullmatch(address):
            found["address"].refuse(BAD_ADDRESS, given=found["address"].shown)
    return Place(words_among(found, extra), address)


def _deadline(spot: Spot) -> Deadline:
    """`{n, unit, basis}` or `{unit: none}`."""
    unit = spot.entries().get("unit")
    if unit is not None and unit.plain == "none":
        spot.mapping("unit")
        return Deadline()
    found = spot.mapping("n unit basis")
    return Deadline(
        found["unit"].one_of(UNITS) or None if "unit" in found else None,
        found["n"].whole(0, MOST_UNITS) if "n" in found else 0,
        found["basis"].one_of(DEADLINE_BASES) if "basis" in found else "",
    )
