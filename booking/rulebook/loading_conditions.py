"""Reading the condition of a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from booking.rulebook.conditions import (
    OPERATORS,
    ORDERING,
    All,
    Any_,
    Comparison,
    Condition,
    Not,
)
from booking.rulebook.faults import (
    NO_NUMBER,
    NO_PARAMETER_HERE,
    NOT_COMPARABLE,
    NOT_ONE_FORM,
    NOT_ONE_OF,
    UNKNOWN_FACT,
    UNKNOWN_OPERATOR,
    UNKNOWN_PARAMETER,
)
from booking.rulebook.loading_names import Names
from booking.rulebook.reading import A_WHOLE, Spot

NUMBERS = ("int", "number")


def read_condition(spot: Spot, names: Names) -> Condition | None:
    """The condition, None where a fault in it was noted."""
    found = spot.entries()
    forms = set(found)
    if forms == {"all"} or forms == {"any"}:
        return _many(found, names)
    if forms == {"not"}:
        member = read_condition(found["not"], names)
        return Not(member) if member else None
    if forms & {"all", "any", "not"} or not forms:
        spot.refuse(NOT_ONE_FORM)
        return None
    return _comparison(spot, names)


def _many(found: Mapping[str, Spot], names: Names) -> Condition | None:
    ((form, spot),) = found.items()
    members = [read_condition(item, names) for item in spot.items()]
    known = tuple(member for member in members if member)
    if not members or len(known) < len(members):
        return None
    return All(known) if form == "all" else Any_(known)


def _comparison(spot: Spot, names: Names) -> Comparison | None:
    found = spot.mapping("fact op", "value param")
    before = len(spot.sheet.faults)
    fact = found["fact"].text() if "fact" in found else ""
    op = found["op"].one_of(list(OPERATORS), UNKNOWN_OPERATOR) if "op" in found else ""
    type_ = names.type_of(fact)
    if fact and type_ is None:
        found["fact"].refuse(UNKNOWN_FACT, name=fact)
    if ("value" in found) == ("param" in found):
        spot.refuse(NOT_ONE_OF, names=["value", "param"])
    if len(spot.sheet.faults) > before or not (fact and op and type_):
        return None
    if type_ == "datetime" or (op in ORDERING and type_ not in NUMBERS):
        found["op"].refuse(NOT_COMPARABLE, name=fact, op=op)
        return None
    if "param" in found:
        return _with_parameter(found["param"], fact, op, type_, names)
    value = _value(found["value"], fact, op, type_, names)
    return Comparison(fact, op, value) if len(spot.sheet.faults) == before else None


def _with_parameter(spot: Spot, fact: str, op: str, type_: str, names: Names) -> Comparison | None:
    name = spot.one_of(list(names.parameters), UNKNOWN_PARAMETER)
    if not name:
        return None
    if op == "in" or type_ not in NUMBERS:
        spot.refuse(NO_PARAMETER_HERE, name=fact, op=op)
        return None
    if names.parameters[name].is_window:
        spot.refuse(NO_NUMBER, name=name)
        return None
    return Comparison(fact, op, param=name)


def _value(spot: Spot, fact: str, op: str, type_: str, names: Names) -> Any:
    """What the fact is compared with: a value of its type, of `in` a list of them."""
    read = _READERS[type_]
    if op == "in":
        return tuple(read(item, fact, names) for item in spot.items())
    return read(spot, fact, names)


def _bool(spot: Spot, fact: str, names: Names) -> bool:
    return spot.truth()


def _whole(spot: Spot, fact: str, names: Names) -> int:
    value = spot.plain
    if isinstance(value, bool) or not isinstance(value, int):
        spot.wants(A_WHOLE)
        return 0
    return value


def _number(spot: Spot, fact: str, names: Names) -> int | Decimal:
    return spot.number()


def _choice(spot: Spot, fact: str, names: Names) -> str:
    return spot.one_of(names.facts[fact].values)


_READERS: Mapping[str, Callable[[Spot, str, Names], Any]] = {
    "bool": _bool,
    "int": _whole,
    "number": _number,
    "enum": _choice,
}
