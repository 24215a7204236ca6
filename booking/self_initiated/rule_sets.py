"""Which rule set is in force."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from booking.rulebook import RuleSet, load_rule_set
from config import ROOT

SHIPPED = ROOT / "demo_city" / "rules.yaml"


def rule_set_in_force(session: Session | None = None) -> RuleSet:
    """The rule set by which events are judged now; the one that the product ships, read once."""
    return read_rule_set(SHIPPED)


@lru_cache(maxsize=4)
def read_rule_set(path: Path) -> RuleSet:
    """The rule set in a file. Raises `RulesRefused`, and `OSError` where it can't be read."""
    return load_rule_set(path.read_text(encoding="utf-8"), path.name)
