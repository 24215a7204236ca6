"""Rule sets that differ from one in a single thing, each of which some test has to notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from booking.rulebook.conditions import All, Any_, Comparison, Condition, Not
from booking.rulebook.rule_set import FREE_USE, GUIDANCE, SUPPORT, Rule, RuleSet

PARTS = (FREE_USE, SUPPORT, GUIDANCE)
FLIPS = {
    "eq": ("ne",),
    "ne": ("eq",),
    "gt": ("gte", "lte"),
    "gte": ("gt", "lt"),
    "lt": ("lte", "gte"),
    "lte": ("lt", "gt"),
}
EFFECTS = {
    FREE_USE: ("free", "charge", "review", "deny"),
    SUPPORT: ("condition", "ineligible", "in_kind"),
}
NEUTRAL = frozenset({"eligible", "condition", "cap", "warning"})
"""Effects that are only told: what they are called is for the page that tells them."""


def mutants(rule_set: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Each with a name that says what is different; it begins with what is changed."""
    for part in PARTS:
        rules = getattr(rule_set, part)
        for number, rule in enumerate(rules):
            before, after = rules[:number], rules[number + 1 :]
            yield f"{rule.id} dropped", _with(rule_set, **{part: before + after})
            for name, changed in _changed(rule, rule_set):
                yield f"{rule.id} {name}", _with(rule_set, **{part: (*before, changed, *after)})
    yield from _of_parameters(rule_set)
    yield from _of_resolution(rule_set)


def _of_resolution(rule_set: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    for need in rule_set.needs:
        rest = tuple(one for one in rule_set.needs if one != need)
        yield f"{need} not needed", _with(rule_set, needs=rest)
    for name in ("free_use_applies", "support_applies"):
        for what, condition in _flipped(getattr(rule_set, name)):
            yield f"{name} {what}", _with(rule_set, **{name: condition})
    for group in rule_set.groups:
        if group != rule_set.default_price.price_group:
            price = replace(rule_set.default_price, price_group=group)
            yield f"default {group}", _with(rule_set, default_price=price)


def _with(rule_set: RuleSet, **changes: Any) -> RuleSet:
    return replace(rule_set, _editions={}, **changes)


def _changed(rule: Rule, rule_set: RuleSet) -> Iterator[tuple[str, Rule]]:
    for name, when in _flipped(rule.when):
        yield name, replace(rule, when=when)
    yield from _with_other_effect(rule, rule_set)
    if rule.final:
        yield "not final", replace(rule, final=False)
    if rule.overrides_all:
        yield "overrides nothing", replace(rule, overrides_all=False)
    if rule.suppresses:
        yield "suppresses nothing", replace(rule, suppresses=())
    for more in (-1, 1) if rule.deadline.unit else ():
        later = replace(rule.deadline, n=rule.deadline.n + more)
        yield f"deadline {more:+}", replace(rule, deadline=later)


def _with_other_effect(rule: Rule, rule_set: RuleSet) -> Iterator[tuple[str, Rule]]:
    for effect in EFFECTS.get(rule.part, ()):
        if effect != rule.effect and not {effect, rule.effect} <= NEUTRAL:
            group = rule.price_group or "K3"
            yield f"effect {effect}", replace(rule, effect=effect, price_group=group, final=False)
    for group in rule_set.groups if rule.price_group else ():
        if group != rule.price_group:
            yield f"group {group}", replace(rule, price_group=group)


def _flipped(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The condition with one comparison otherwise, or one member left out."""
    match condition:
        case Comparison():
            yield from _compared_otherwise(condition)
        case Not(member):
            yield "without not", member
            for name, flipped in _flipped(member):
                yield f"not {name}", Not(flipped)
        case All(members) | Any_(members):
            kind = type(condition)
            for number, member in enumerate(members):
                before, after = members[:number], members[number + 1 :]
                if before or after:
                    yield f"{kind.__name__} without member {number}", kind(before + after)
                for name, flipped in _flipped(member):
                    yield name, kind((*before, flipped, *after))


def _compared_otherwise(one: Comparison) -> Iterator[tuple[str, Condition]]:
    if one.op != "in":
        for other in FLIPS[one.op]:
            yield f"{one.fact} {other}", replace(one, op=other)
        return
    yield f"not {one.fact} in", Not(one)
    for value in one.value:
        rest = tuple(other for other in one.value if other != value)
        yield f"{one.fact} without {value}", replace(one, value=rest)


def _of_parameters(rule_set: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    for name, parameter in rule_set.parameters.items():
        for more in (-1, 1):
            value = _moved(parameter.versions[0].value, more)
            versions = (replace(parameter.versions[0], value=value),)
            changed = {**rule_set.parameters, name: replace(parameter, versions=versions)}
            yield f"{name} {more:+}", _with(rule_set, parameters=changed)


def _moved(value: Any, more: int) -> Any:
    """A number one more or less; a window one minute wider or narrower at both ends."""
    if isinstance(value, int | Decimal):
        return value + more
    return tuple(_later(time, more * sign) for time, sign in zip(value, (-1, 1), strict=True))


def _later(time: str, minutes: int) -> str:
    whole = int(time[:2]) * 60 + int(time[3:]) + minutes
    return f"{whole // 60:02}:{whole % 60:02}"
