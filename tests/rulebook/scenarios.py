"""The table of acceptance that lies beside the rules, and the rules."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from booking.rulebook import RuleSet, evaluate, load_rule_set, read_facts
from config import ROOT

RULES = ROOT / "demo_city" / "rules.yaml"


@cache
def shipped() -> RuleSet:
    """The rule set that the product ships."""
    return load_rule_set(RULES.read_text(encoding="utf-8"), RULES.name)


def _scenarios() -> list[dict[str, Any]]:
    table = YAML(typ="safe").load((ROOT / "demo_city" / "scenarios.yaml").read_text("utf-8"))
    whole = [{**one, "partial": False} for one in table["scenarios"]]
    return whole + [{**one, "partial": True} for one in table["partial_scenarios"]]


SCENARIOS = _scenarios()
IDS = [one["id"] for one in SCENARIOS]


def judged(rule_set: RuleSet, facts: dict[str, Any], today: date, partial: bool = False):
    """The outcome as a dictionary, as the command prints it."""
    return evaluate(rule_set, read_facts(rule_set, facts, partial), today).as_dict()


def as_expected(outcome: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What of the outcome the table speaks of."""
    return {key: outcome[key] for key in expected}
