"""What of the law a new rule set would remove or change; only its keeper may."""

from __future__ import annotations

from booking.rulebook.rule_set import STATUTE, RuleSet


def changed_statute(old: RuleSet, new: RuleSet) -> list[str]:
    """The rules (by id) and parameters (by name) with basis statute that `new` lacks or has
    otherwise, in the order of the old set; one that becomes statute is not among them."""
    rules = [
        id_
        for id_, rule in old.rules.items()
        if rule.basis == STATUTE and new.rules.get(id_) != rule
    ]
    parameters = [
        name
        for name, parameter in old.parameters.items()
        if parameter.basis == STATUTE and new.parameters.get(name) != parameter
    ]
    return rules + parameters
