"""Reading the facts and the parameters of a rule set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from booking.rulebook.facts import value_of
from booking.rulebook.faults import (
    BAD_ID,
    DATES_CROSSED,
    LABELS_DIFFER,
    LAST_VERSION_ENDS,
    NOT_ONE_OF,
    NOT_WITH,
    OUT_OF_RANGE,
    UNKNOWN_VALUE,
    VERSIONS_APART,
    WRONG_TYPE,
    FactFault,
)
from booking.rulebook.loading_names import BASES, NAME
from booking.rulebook.reading import Spot
from booking.rulebook.rule_set import Fact, Parameter, Version

TYPES = ("enum", "bool", "int", "number", "datetime")
_OWN_KEYS = {
    "enum": "values labels",
    "int": "unit min max",
    "number": "unit min max",
    "datetime": "max_days_after_start",
}
_OPTIONAL = "required default taken_from values labels unit min max max_days_after_start"
MOST_DAYS = 3660


# ── Parameters ────────────────────────────────────────────────────────────────────────────────


def read_parameters(spot: Spot) -> dict[str, Parameter]:
    """The parameters by name."""
    return {name: _parameter(name, inner) for name, inner in spot.entries().items()}


def _parameter(name: str, spot: Spot) -> Parameter:
    found = spot.mapping("unit basis source label", "value versions note")
    if not NAME.fullmatch(name):
        spot.refuse(BAD_ID, name=name)
    unit = found["unit"].text() if "unit" in found else ""
    read: Callable[[Spot], Any] = Spot.window if unit == "local_time_window" else Spot.number
    versions: tuple[Version, ...] = ()
    if ("value" in found) == ("versions" in found):
        spot.refuse(NOT_ONE_OF, names=["value", "versions"])
    elif "value" in found:
        versions = (Version(read(found["value"]), None, None),)
    else:
        versions = tuple(_version(item, read) for item in found["versions"].items())
        _note_gaps(found["versions"], versions)
    return Parameter(
        name,
        versions or (Version(0, None, None),),
        unit,
        found["basis"].one_of(BASES) if "basis" in found else "",
        found["source"].text() if "source" in found else "",
        found["label"].words() if "label" in found else {},
        found["note"].text() if "note" in found else "",
    )


def _version(spot: Spot, read: Callable[[Spot], Any]) -> Version:
    found = spot.mapping("value valid_from valid_to")
    return Version(
        read(found["value"]) if "value" in found else 0,
        found["valid_from"].day() if "valid_from" in found else None,
        found["valid_to"].day_or_null() if "valid_to" in found else None,
    )


def _note_gaps(spot: Spot, versions: tuple[Version, ...]) -> None:
    """Versions follow each other day by day, and the last has no end."""
    items = spot.items()
    for item, one in zip(items, versions, strict=True):
        if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
            item.refuse(DATES_CROSSED)
    for item, before, after in zip(items[1:], versions, versions[1:], strict=False):
        wanted = before.valid_to + timedelta(days=1) if before.valid_to else None
        if wanted is None or after.valid_from != wanted:
            item.refuse(VERSIONS_APART, wanted=wanted.isoformat() if wanted else "?")
    if versions and versions[-1].valid_to is not None:
        items[-1].refuse(LAST_VERSION_ENDS)


# ── Facts ─────────────────────────────────────────────────────────────────────────────────────


def read_facts_of(spot: Spot) -> dict[str, Fact]:
    """The facts of the vocabulary by name, in its order."""
    return {name: _fact(name, inner) for name, inner in spot.entries().items()}


def _fact(name: str, spot: Spot) -> Fact:
    found = spot.mapping("type ask why", _OPTIONAL)
    if not NAME.fullmatch(name):
        spot.refuse(BAD_ID, name=name)
    type_ = found["type"].one_of(TYPES) if "type" in found else ""
    _note_misplaced(spot, found, type_)
    required = found["required"].truth() if "required" in found else False
    if required == ("default" in found):
        spot.refuse(NOT_ONE_OF, names=["required: true", "default"])
    values = _values(found.get("values"))
    least, most = (found[key].number() if key in found else None for key in ("min", "max"))
    if least is not None and most is not None and least > most:
        found["max"].refuse(OUT_OF_RANGE, given=most, least=least, most="…")
    days = found.get("max_days_after_start")
    fact = Fact(
        name,
        type_,
        required,
        None,
        found["taken_from"].one_of(["asked", "space", "account"])
        if "taken_from" in found
        else "asked",
        found["ask"].words() if "ask" in found else {},
        found["why"].words() if "why" in found else {},
        values,
        _labels(found.get("labels"), values),
        found["unit"].text() if "unit" in found else "",
        least,
        most,
        days.whole(1, MOST_DAYS) if days else None,
    )
    return _with_default(fact, found.get("default"))


def _note_misplaced(spot: Spot, found: Mapping[str, Spot], type_: str) -> None:
    """Keys that another type of fact has, and those that this type lacks."""
    own = _OWN_KEYS.get(type_, "").split()
    for key in {key for keys in _OWN_KEYS.values() for key in keys.split()} & set(found):
        if type_ and key not in own:
            found[key].refuse(NOT_WITH, name=key, other=f"type: {type_}")
    if type_ != "datetime":
        spot.needs(found, " ".join(own))


def _values(spot: Spot | None) -> tuple[str, ...]:
    if spot is None:
        return ()
    items = spot.items()
    values = [item.text() for item in items]
    for number, item in enumerate(items):
        if values[number] in values[:number]:
            item.refuse(UNKNOWN_VALUE, given=item.shown, known=[])
    return tuple(values)


def _labels(spot: Spot | None, values: tuple[str, ...]) -> dict[str, Any]:
    if spot is None:
        return {}
    found = spot.entries()
    for name in (*found, *values):
        if (name in found) != (name in values):
            found.get(name, spot).refuse(LABELS_DIFFER, name=name)
    return {name: inner.words() for name, inner in found.items()}


def _with_default(fact: Fact, spot: Spot | None) -> Fact:
    """The fact with its default, which has to be one of its values."""
    if spot is None or not fact.type:
        return fact
    try:
        default = value_of(fact, spot.plain)
    except FactFault:
        spot.refuse(WRONG_TYPE, given=spot.shown, wanted=fact.type)
        return fact
    return replace(fact, default=default)
