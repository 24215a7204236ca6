"""What rules may not be together with others, and conditions that nothing can meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from booking.rulebook.conditions import TooManyWays, can_be_met, canonical, ways
from booking.rulebook.faults import (
    IMPOSSIBLE,
    SHADOWED,
    SUPPRESSES_ITSELF,
    SUPPRESSES_STATUTE,
    TOO_COMPLEX,
    TOO_UNSURE,
    UNKNOWN_RULE,
)
from booking.rulebook.reading import Spot
from booking.rulebook.rule_set import GUIDANCE, STATUTE, Rule, RuleSet

UNSURE = "L"
DENYING = frozenset({"deny", "ineligible", "prohibition", "permit"})
_STEPS = {"int": Decimal(1), "number": Decimal("0.01")}


def note_contradictions(rule_set: RuleSet, spots: Mapping[str, Spot]) -> None:
    """Note every fault that shows only when the rules are known; `spots` is where each stands."""
    parameters = [rule_set.parameters_on(day) for day in (date.min, *rule_set.turns)]
    seen: dict[Any, list[Rule]] = {}
    for rule in rule_set.rules.values():
        spot = spots[rule.id].of_rule(rule.id)
        _note_confidence(rule, spot)
        _note_suppressed(rule, rule_set.rules, spots, spot)
        _note_impossible(rule, rule_set, parameters, spot)
        _note_shadowed(rule, seen, spot)


def _note_confidence(rule: Rule, spot: Spot) -> None:
    denies = rule.effect in DENYING or rule.kind in DENYING
    if rule.conf == UNSURE and (denies or rule.suppresses):
        spot.refuse(TOO_UNSURE)


def _note_suppressed(
    rule: Rule, rules: Mapping[str, Rule], spots: Mapping[str, Spot], spot: Spot
) -> None:
    for name in rule.suppresses:
        if name == rule.id:
            spot.refuse(SUPPRESSES_ITSELF)
        elif name not in spots or (name in rules and rules[name].part != GUIDANCE):
            spot.refuse(UNKNOWN_RULE, name=name)
        elif name in rules and rules[name].basis == STATUTE and rule.basis != STATUTE:
            spot.refuse(SUPPRESSES_STATUTE, name=name)


def _note_impossible(
    rule: Rule, rule_set: RuleSet, parameters: list[Mapping[str, Any]], spot: Spot
) -> None:
    try:
        found = ways(rule.when)
    except TooManyWays:
        spot.refuse(TOO_COMPLEX)
        return
    candidates = _candidates_of(rule_set)
    if not any(can_be_met(way, candidates, some) for some in parameters for way in found):
        spot.refuse(IMPOSSIBLE)


def _candidates_of(rule_set: RuleSet) -> Callable[[str, list[Any]], list[Any]]:
    def candidates(fact: str, wanted: list[Any]) -> list[Any]:
        """Of an enum its values, of a number its borders, the thresholds and their neighbours."""
        known = rule_set.vocabulary.get(fact)
        type_ = known.type if known else rule_set.derived[fact].type
        if known and type_ == "enum":
            return list(known.values)
        if type_ == "bool":
            return [True, False]
        least, most = (known.least, known.most) if known else (_LEAST.get(fact), None)
        near = [border for border in (least, most) if border is not None]
        for one in wanted:
            for number in one if isinstance(one, tuple) else (one,):
                near += [number - _STEPS[type_], number, number + _STEPS[type_]]
        return [
            number
            for number in near
            if (least is None or number >= least)
            and (most is None or number <= most)
            and (type_ == "number" or number == int(number))
        ]

    return candidates


_LEAST = {"annual_room_eur": 0}


def _note_shadowed(rule: Rule, seen: dict[Any, list[Rule]], spot: Spot) -> None:
    """Another rule of the list, in force at the same time, that does the same where it does."""
    does = (rule.part, rule.effect, rule.kind, rule.price_group, tuple(rule.authority.items()))
    same = seen.setdefault((*does, canonical(rule.when)), [])
    for other in same:
        if _ever_together(rule, other):
            spot.refuse(SHADOWED, name=other.id)
            break
    same.append(rule)


def _ever_together(one: Rule, other: Rule) -> bool:
    def ends_before(rule: Rule, begins: date) -> bool:
        return rule.valid_to is not None and rule.valid_to < begins

    return not (ends_before(one, other.valid_from) or ends_before(other, one.valid_from))
