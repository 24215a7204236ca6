"""What rules may name, and how names look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from booking.rulebook.rule_set import Derived, Fact, Group, Parameter
from booking.rulebook.texts import Text

BASES = ("statute", "city", "policy", "practice")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
ID = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Names:
    """What the rules of a set may name."""

    parameters: Mapping[str, Parameter]
    facts: Mapping[str, Fact]
    derived: Mapping[str, Derived]
    groups: Mapping[str, Group]
    fees: Mapping[str, Text]
    kinds: Mapping[str, Text]

    def type_of(self, fact: str) -> str | None:
        """What kind of fact it is; None where there is no such fact."""
        found = self.facts.get(fact) or self.derived.get(fact)
        return found.type if found else None
