"""How many events a second the rules judge on one core: reading the facts and the whole outcome."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

from booking.rulebook import evaluate, explain, read_facts
from tests.rulebook.scenarios import SCENARIOS, shipped

SECONDS = 2.0


def whole() -> float:
    """Events a second of which everything is known."""
    return _rate(_judge, partial=False)


def half_known() -> float:
    """Events a second of which some is known, with the questions that are left."""
    return _rate(_judge, partial=True)


def explained() -> float:
    """Events a second, each with why its rules hold and which nearly do."""

    def judge(one: dict[str, Any]) -> None:
        rule_set = shipped()
        facts = read_facts(rule_set, one["facts"], one["partial"])
        explain(rule_set, facts, evaluate(rule_set, facts, one["today"]))

    return _rate(judge, partial=False)


def _judge(one: dict[str, Any]) -> None:
    rule_set = shipped()
    facts = read_facts(rule_set, one["facts"], one["partial"])
    evaluate(rule_set, facts, one["today"]).as_dict()


def _rate(judge: Callable[[dict[str, Any]], None], partial: bool) -> float:
    """How often a second of this process's own time, over the scenarios of that kind."""
    chosen = [one for one in SCENARIOS if one["partial"] is partial]
    for one in chosen:
        judge(one)
    count, begun = 0, process_time()
    while process_time() - begun < SECONDS:
        for one in chosen:
            judge(one)
        count += len(chosen)
    return count / (process_time() - begun)
