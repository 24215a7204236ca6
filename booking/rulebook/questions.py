"""What to ask next: the unknown facts that could settle most of the open rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from booking.rulebook.conditions import Values
from booking.rulebook.derived import DERIVED
from booking.rulebook.facts import START
from booking.rulebook.rule_set import Judged, RuleSet

NEEDS_INFO = "needs_info"


@dataclass(frozen=True, slots=True)
class Open:
    """The rules of each list that an unknown fact can still bring into the answer."""

    free_use: list[Judged]
    support: list[Judged]
    guidance: list[Judged]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(
            one.rule.id for rules in (self.free_use, self.support, self.guidance) for one in rules
        )


def questions(
    rule_set: RuleSet,
    open_: Open,
    listed: Iterable[Judged],
    values: Values,
    event_values: Values,
    support_status: str,
) -> tuple[str, ...]:
    """The facts to ask, the one that could settle most rules first, equals as in the vocabulary.

    `values` are the facts on the day of the decision, `event_values` on the day of the event.
    """
    counts: Counter[str] = Counter()
    for one in open_.free_use:
        counts.update(_asked(one, values) | _unknown(values, "place_kind"))
    for one in open_.support:
        steering = (
            set() if one.rule.effect == "in_kind" else _unknown(values, "grant_requested_eur")
        )
        counts.update(_asked(one, values) | steering)
    for one in open_.guidance:
        counts.update(_asked(one, event_values))
    if support_status == NEEDS_INFO:
        counts.update(_unknown(values, "grants_this_year_eur"))
    for one in listed:
        counts.update(_unknown(values, START) if one.rule.deadline.unit else ())
    place = rule_set.positions
    return tuple(sorted(counts, key=lambda fact: (-counts[fact], place[fact])))


def _unknown(values: Values, fact: str) -> set[str]:
    return {fact} if values[fact] is None else set()


def _asked(one: Judged, values: Values) -> set[str]:
    """The unknown facts that leave the rule open, each once."""
    found: set[str] = set()
    for name in one.condition.unsettling(values):
        if name in DERIVED:
            found.update(source for source in DERIVED[name][1] if values[source] is None)
        else:
            found.add(name)
    return found
