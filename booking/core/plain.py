"""Broken rules as plain values, for what is kept of them and told again later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from booking.core.errors import RuleBroken, Word

_KINDS: Mapping[str, Callable[[Any], object]] = {
    "word": Word,
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "seconds": lambda value: timedelta(seconds=value),
}


def as_plain(rule: RuleBroken) -> dict[str, Any]:
    """The rule with its sentence and values, as JSON can hold it."""
    values = {name: _plain(value) for name, value in rule.values.items()}
    return {"code": rule.code, "message": rule.message, "field": rule.field, "values": values}


def from_plain(kept: Mapping[str, Any]) -> RuleBroken:
    """The rule that was kept: the same sentence, for whichever reader."""
    words = {"code": kept["code"], "message": kept["message"], "about": kept["field"]}
    kind: type[RuleBroken] = type("KeptRule", (RuleBroken,), words)
    return kind(**{name: _value(value) for name, value in kept["values"].items()})


def _plain(value: object) -> object:
    match value:
        case Word():
            return {"kind": "word", "value": str(value)}
        case datetime():
            return {"kind": "instant", "value": value.isoformat()}
        case date():
            return {"kind": "day", "value": value.isoformat()}
        case timedelta():
            return {"kind": "seconds", "value": value.total_seconds()}
        case Mapping():
            return dict(value)
    return value


def _value(kept: Any) -> Any:
    if isinstance(kept, dict) and set(kept) == {"kind", "value"}:
        return _KINDS[kept["kind"]](kept["value"])
    return kept
