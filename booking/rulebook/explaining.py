"""Why an outcome is as it is: what made its rules hold, and which rules nearly held.

Kept apart from the evaluation, which is asked far more often than why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from booking.core.holidays import is_public_holiday
from booking.rulebook.conditions import (
    OPERATORS,
    ORDERING,
    All,
    Any_,
    Comparison,
    Condition,
    Not,
    Values,
    comparisons,
)
from booking.rulebook.derived import NOISE_SUNDAY, NOISE_WEEKDAY, SUNDAY, with_derived
from booking.rulebook.evaluation import NOT_APPLICABLE, Outcome, plain
from booking.rulebook.facts import END, START, Facts
from booking.rulebook.rule_set import FREE_USE, GUIDANCE, SUPPORT, Edition, Fact, Judged, RuleSet

NEARNESS = Decimal("0.1")
"""A number is near a threshold within this part of it, or within one step."""

SOON = timedelta(minutes=60)
"""An end is near a time of the clock within so much."""

STEPS: dict[str, int | Decimal] = {"int": 1, "number": Decimal("0.01")}
WELCOME = frozenset({"free", "eligible", "in_kind"})
"""Effects worth another answer to a question with two answers."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A comparison that took part: it held, or that it did not hold was what counted."""

    fact: str
    op: str
    wanted: Any
    given: Any
    holds: bool


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, and why; the default price has no causes."""

    rule: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that would hold if one fact were `value` instead of what was `given`; `op` and
    `threshold` are what it is compared with, None for the time of an end."""

    rule: str
    fact: str
    given: Any
    value: Any
    op: str
    threshold: Any


@dataclass(frozen=True, slots=True)
class Explanation:
    """The rules that are told with their causes, and those that nearly are, the nearest kind of
    fact (numbers and times) first."""

    fired: tuple[Fired, ...]
    near: tuple[Near, ...]

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON holds it."""
        return {
            "fired": [
                {
                    "rule": one.rule,
                    "because": [
                        {
                            "fact": cause.fact,
                            "op": cause.op,
                            "value": plain(cause.wanted),
                            "given": plain(cause.given),
                            "holds": cause.holds,
                        }
                        for cause in one.causes
                    ],
                }
                for one in self.fired
            ],
            "near": [
                {
                    "rule": one.rule,
                    "fact": one.fact,
                    "given": plain(one.given),
                    "value": plain(one.value),
                }
                for one in self.near
            ],
        }


def explain(rule_set: RuleSet, facts: Facts, outcome: Outcome) -> Explanation:
    """Why these facts have this outcome, which `evaluate` gave for them."""
    told = set(outcome.fired)
    fired: list[Fired] = []
    near: list[Near] = []
    for part, day in _parts(rule_set, outcome):
        edition = rule_set.edition(day)
        values = with_derived(facts.values, outcome.today, edition.parameters)
        closest = _Closest(rule_set, edition, facts, values, outcome.today)
        silent = _silent(part, edition, values)
        for one in getattr(edition, part):
            if one.rule.id in told:
                fired.append(Fired(one.rule.id, tuple(_causes(one, edition, values))))
            elif one.condition.test(values) is False and one.rule.id not in silent:
                near += closest.to(one)
    if rule_set.default_price.id in told:
        fired.append(Fired(rule_set.default_price.id, ()))
    near.sort(key=lambda found: found.op not in ORDERING)
    return Explanation(tuple(fired), tuple(near))


def _parts(rule_set: RuleSet, outcome: Outcome) -> Iterator[tuple[str, date]]:
    """The lists that have a say, and the day on which each is judged."""
    if outcome.free_use.decision != NOT_APPLICABLE:
        yield FREE_USE, outcome.today
    yield SUPPORT, outcome.today
    yield GUIDANCE, outcome.event_day


def _silent(part: str, edition: Edition, values: Values) -> set[str]:
    """The rules that would not be told though they held: of grants where none is asked for, and
    duties that another rule suppresses."""
    if part == SUPPORT and not edition.support_applies.test(values):
        return {one.rule.id for one in edition.support if one.rule.effect != "in_kind"}
    if part != GUIDANCE:
        return set()
    holding = [one.rule for one in edition.guidance if one.condition.test(values)]
    return {name for rule in holding for name in rule.suppresses}


# ── Why a rule holds ──────────────────────────────────────────────────────────────────────────


def _causes(one: Judged, edition: Edition, values: Values) -> Iterator[Cause]:
    """What made its condition true; of several ways to meet it, all that are met."""
    seen = set()
    for comparison, holds in _deciding(one.rule.when, True, edition, values):
        if comparison not in seen:
            seen.add(comparison)
            wanted, given = comparison.wanted(edition.parameters), values[comparison.fact]
            yield Cause(comparison.fact, comparison.op, wanted, given, holds)


def _deciding(
    condition: Condition, holds: bool, edition: Edition, values: Values
) -> Iterator[tuple[Comparison, bool]]:
    """The comparisons by which the condition holds, or does not."""
    match condition:
        case Comparison():
            yield condition, holds
        case Not(member):
            yield from _deciding(member, not holds, edition, values)
        case All(members) | Any_(members):
            for member in members:
                if _holds(member, edition, values) is holds:
                    yield from _deciding(member, holds, edition, values)


def _holds(condition: Condition, edition: Edition, values: Values) -> bool | None:
    match condition:
        case Comparison(fact, op):
            given, wanted = values[fact], condition.wanted(edition.parameters)
            return None if given is None else OPERATORS[op](given, wanted)
        case Not(member):
            found = _holds(member, edition, values)
            return None if found is None else not found
        case All(members) | Any_(members):
            settling = isinstance(condition, Any_)
            found_all = [_holds(member, edition, values) for member in members]
            if settling in found_all:
                return settling
            return None if None in found_all else not settling


# ── What nearly holds ─────────────────────────────────────────────────────────────────────────


class _Closest:
    """Looks for one fact that keeps a rule from holding, and for a value near enough."""

    def __init__(
        self, rule_set: RuleSet, edition: Edition, facts: Facts, values: Values, today: date
    ) -> None:
        self.rule_set, self.edition, self.facts = rule_set, edition, facts
        self.values, self.today = values, today

    def to(self, one: Judged) -> list[Near]:
        """The nearest value of each fact that alone would make the rule hold."""
        found: dict[str, Near] = {}
        for comparison in comparisons(one.rule.when):
            for fact, value in self._tries(comparison, one.rule.effect in WELCOME):
                if fact not in found and self._would_hold(one, fact, value):
                    threshold = comparison.wanted(self.edition.parameters)
                    given = self.values[fact]
                    found[fact] = Near(one.rule.id, fact, given, value, comparison.op, threshold)
        return list(found.values())

    def _tries(self, comparison: Comparison, welcome: bool) -> Iterator[tuple[str, Any]]:
        fact = self.rule_set.vocabulary.get(comparison.fact)
        if fact is None:
            for moment in self._ends(comparison.fact):
                yield END, moment
            return
        given = self.values[fact.name]
        if given is None:
            return
        if fact.type in STEPS:
            yield from ((fact.name, value) for value in self._numbers(fact, comparison, welcome))
        elif welcome and fact.taken_from == "asked":
            known = [True, False] if fact.type == "bool" else list(fact.values)
            if len(known) == 2:
                yield fact.name, known[1 - known.index(given)]

    def _numbers(self, fact: Fact, comparison: Comparison, welcome: bool) -> Iterator[Any]:
        """The values at a threshold that is near; where it is welcome, any that equals it. Nothing
        is near to none: whoever asks for no grant does not nearly ask for one."""
        wanted, given = comparison.wanted(self.edition.parameters), self.values[fact.name]
        if comparison.op == "in":
            return
        step, free = STEPS[fact.type], welcome and comparison.op == "eq"
        reach = max(Decimal(step), NEARNESS * Decimal(wanted)) if wanted else 0
        around = (wanted - step, wanted, wanted + step)
        for value in sorted(around, key=lambda one: abs(one - given)):
            if value != given and (free or abs(value - given) <= reach) and _within(fact, value):
                yield value

    def _ends(self, derived: str) -> list[datetime]:
        """The ends near a time of the clock that the derived fact looks at, and just after it."""
        start, end = self.values[START], self.values[END]
        if start is None or end is None or derived not in ("ends_after_22", "noise_window"):
            return []
        hours = [time(22, 0)]
        if derived == "noise_window":
            sunday = start.weekday() == SUNDAY or is_public_holiday(start.date())
            closes = self.edition.parameters[NOISE_SUNDAY if sunday else NOISE_WEEKDAY][1]
            hours = [time.fromisoformat(closes)] if closes < "24:00" else []
        moments = [datetime.combine(start.date(), hour) for hour in hours]
        near = [one for one in moments if abs(one - end) <= SOON]
        tries = [one + timedelta(minutes=more) for one in near for more in (0, 1)]
        return [one for one in tries if start < one != end]

    def _would_hold(self, one: Judged, fact: str, value: Any) -> bool:
        changed = {**self.facts.values, fact: value}
        values = with_derived(changed, self.today, self.edition.parameters)
        return one.condition.test(values) is True


def _within(fact: Fact, value: Any) -> bool:
    return (fact.least is None or value >= fact.least) and (fact.most is None or value <= fact.most)
