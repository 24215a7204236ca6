"""Whose outcome another rule set would change; on plain values.

Last year's events lie in the past, and a change of the rules mostly begins in the future. So both
sets are taken as they read on one day, that of the last change, as if they had always read so: what
is told is what would have been different.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from booking.rulebook import FactsRefused, RuleSet, evaluate, read_facts
from booking.rulebook.rule_set import Rule, Version
from booking.self_initiated.event_rules import changes_between

KINDS = ("decision", "price_group", "support", "added", "gone", "moved", "refused")
"""What a change can be of; `refused`: the facts can't be judged by the new set."""


@dataclass(frozen=True, slots=True)
class Case:
    """An event, or a row of the table of scenarios, that is put to both sets."""

    facts: Mapping[str, Any]
    today: date
    partial: bool = False


def day_of_trial(old: RuleSet, new: RuleSet, today: date) -> date:
    """The day on which all that was changed holds: today, or the last turn that only the new set
    has."""
    own = set(new.turns) - set(old.turns)
    return max([today, *own])


def as_on(rule_set: RuleSet, day: date) -> RuleSet:
    """The rule set as it reads on that day, as if it had always read so."""

    def held(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(
            replace(rule, valid_from=date.min, valid_to=None)
            for rule in rules
            if rule.in_force(day)
        )

    return replace(
        rule_set,
        parameters={
            name: replace(one, versions=(Version(one.on(day), None, None),))
            for name, one in rule_set.parameters.items()
        },
        free_use=held(rule_set.free_use),
        support=held(rule_set.support),
        guidance=held(rule_set.guidance),
        _editions={},
    )


def compared(old: RuleSet, new: RuleSet, case: Case) -> dict[str, Any] | None:
    """What the new set changes for the case, by kind, None where it changes nothing. Raises
    `FactsRefused` where the old set can't judge it either."""
    before = _outcome(old, case)
    try:
        after = _outcome(new, case)
    except FactsRefused as refused:
        return {"refused": [fault.field for fault in refused.faults]}
    return changes_between(before, after)


def _outcome(rule_set: RuleSet, case: Case) -> dict[str, Any]:
    facts = read_facts(rule_set, case.facts, case.partial)
    return evaluate(rule_set, facts, case.today).as_dict()
