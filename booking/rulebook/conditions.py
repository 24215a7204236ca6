"""Conditions over facts: what they say, and whether they hold when not all facts are known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]
"""What is known of every fact, the derived ones among them; None is unknown."""

Test = Callable[[Values], bool | None]
"""True, false, or None where the facts that are known do not settle it."""

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "in": lambda value, among: value in among,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
ORDERING = frozenset({"gt", "gte", "lt", "lte"})
_OPPOSITES = {"eq": "ne", "ne": "eq", "gt": "lte", "lte": "gt", "lt": "gte", "gte": "lt"}
MOST_WAYS = 2000


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fact compared with a value (of `in`: a tuple of them) or with a parameter."""

    fact: str
    op: str
    value: Any = None
    param: str | None = None

    def wanted(self, parameters: Mapping[str, Any]) -> Any:
        """What the fact is compared with, under these parameters."""
        return self.value if self.param is None else parameters[self.param]


@dataclass(frozen=True, slots=True)
class All:
    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    member: Condition


Condition = Comparison | All | Any_ | Not


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition ready to be tested, under the parameters of a date."""

    condition: Condition
    test: Test
    members: tuple[Compiled, ...] = field(default=())

    def unsettling(self, values: Values) -> Iterator[str]:
        """The facts that leave this unknown, the derived ones by their own names; of a condition
        that is settled, none."""
        if self.test(values) is not None:
            return
        if isinstance(self.condition, Comparison):
            yield self.condition.fact
        for member in self.members:
            yield from member.unsettling(values)


def compiled(condition: Condition, parameters: Mapping[str, Any]) -> Compiled:
    """The condition as functions, its parameters put in."""
    match condition:
        case Comparison():
            return Compiled(condition, _leaf(condition, condition.wanted(parameters)))
        case Not(member):
            inner = compiled(member, parameters)
            return Compiled(condition, _negation(inner.test), (inner,))
        case All(members):
            inners = tuple(compiled(member, parameters) for member in members)
            return Compiled(condition, _chain([one.test for one in inners], False), inners)
        case Any_(members):
            inners = tuple(compiled(member, parameters) for member in members)
            return Compiled(condition, _chain([one.test for one in inners], True), inners)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison in it, as written."""
    match condition:
        case Comparison():
            yield condition
        case Not(member):
            yield from comparisons(member)
        case All(members) | Any_(members):
            for member in members:
                yield from comparisons(member)


def _leaf(comparison: Comparison, wanted: Any) -> Test:
    compare, fact = OPERATORS[comparison.op], comparison.fact
    among = frozenset(wanted) if comparison.op == "in" else wanted

    def test(values: Values) -> bool | None:
        value = values[fact]
        return None if value is None else compare(value, among)

    return test


def _negation(inner: Test) -> Test:
    def test(values: Values) -> bool | None:
        found = inner(values)
        return None if found is None else not found

    return test


def _chain(tests: list[Test], settling: bool) -> Test:
    """Of `all` a false member settles it, of `any` a true one."""

    def test(values: Values) -> bool | None:
        unknown = False
        for one in tests:
            found = one(values)
            if found is settling:
                return settling
            unknown = unknown or found is None
        return None if unknown else not settling

    return test


# ── Whether anything can meet it ──────────────────────────────────────────────────────────────


class TooManyWays(Exception):
    """The condition, written as any of alls, has more than `MOST_WAYS` alls."""


@dataclass(frozen=True, slots=True)
class Held:
    """A comparison that must hold, or must not."""

    comparison: Comparison
    holds: bool


def ways(condition: Condition, holds: bool = True) -> list[tuple[Held, ...]]:
    """The condition as any of alls: each way to meet it. Raises `TooManyWays`."""
    match condition:
        case Comparison():
            return [(Held(condition, holds),)]
        case Not(member):
            return ways(member, not holds)
        case All(members):
            return _every(members, holds) if holds else _either(members, holds)
        case Any_(members):
            return _either(members, holds) if holds else _every(members, holds)


def _either(members: tuple[Condition, ...], holds: bool) -> list[tuple[Held, ...]]:
    found = [way for member in members for way in ways(member, holds)]
    if len(found) > MOST_WAYS:
        raise TooManyWays
    return found


def _every(members: tuple[Condition, ...], holds: bool) -> list[tuple[Held, ...]]:
    found: list[tuple[Held, ...]] = [()]
    for member in members:
        more = ways(member, holds)
        if len(found) * len(more) > MOST_WAYS:
            raise TooManyWays
        found = [(*way, *other) for way in found for other in more]
    return found


def can_be_met(
    way: tuple[Held, ...],
    candidates: Callable[[str, list[Any]], list[Any]],
    parameters: Mapping[str, Any],
) -> bool:
    """Whether, fact by fact, some candidate meets all that the way asks of that fact.

    `candidates` gives the values to try of a fact, from the thresholds it is compared with.
    """
    asked: dict[str, list[Held]] = {}
    for held in way:
        asked.setdefault(held.comparison.fact, []).append(held)
    for fact, helds in asked.items():
        wanted = [held.comparison.wanted(parameters) for held in helds]
        tests = [
            (OPERATORS[held.comparison.op], value, held.holds)
            for held, value in zip(helds, wanted, strict=True)
        ]
        if not any(
            all(test(tried, value) is holds for test, value, holds in tests)
            for tried in candidates(fact, wanted)
        ):
            return False
    return True


def canonical(condition: Condition) -> Any:
    """The same value for conditions that say the same in another order."""
    match condition:
        case Comparison(fact, "in", value):
            return fact, "in", frozenset(value)
        case Comparison(fact, op, value, param):
            return fact, op, _number(value), param
        case Not(Comparison(fact, op, value, param)) if op in _OPPOSITES:
            return fact, _OPPOSITES[op], _number(value), param
        case Not(Not(member)):
            return canonical(member)
        case Not(member):
            return "not", canonical(member)
        case All() | Any_():
            flat = frozenset(_flat(condition, type(condition)))
            return next(iter(flat)) if len(flat) == 1 else (type(condition).__name__, flat)


def _flat(condition: Condition, kind: type) -> Iterator[Any]:
    members = condition.members if isinstance(condition, All | Any_) else ()
    for member in members:
        if isinstance(member, kind):
            yield from _flat(member, kind)
        else:
            yield canonical(member)


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
