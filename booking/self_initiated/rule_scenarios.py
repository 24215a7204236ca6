"""The table of scenarios that lies beside the rules: a trial of a draft puts each row to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ruamel.yaml import YAML

from booking.self_initiated.rule_trial_rules import Case
from config import ROOT

TABLE = ROOT / "demo_city" / "scenarios.yaml"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A made-up event: its id, what it is, and what is put to the rules."""

    id: str
    title: str
    case: Case


@cache
def scenarios() -> Sequence[Scenario]:
    """All rows, in their order."""
    table = YAML(typ="safe").load(TABLE.read_text(encoding="utf-8"))
    return [
        Scenario(one["id"], one["title"], Case(one["facts"], one["today"], partial))
        for part, partial in (("scenarios", False), ("partial_scenarios", True))
        for one in table[part]
    ]
