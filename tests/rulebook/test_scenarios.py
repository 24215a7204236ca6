"""The scenarios of the city, exactly, by the pure function."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tests.rulebook.scenarios import IDS, SCENARIOS, as_expected, judged, shipped


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_the_rules_say_of_each_scenario_what_its_table_says(scenario):
    found = judged(shipped(), scenario["facts"], scenario["today"], scenario["partial"])
    assert as_expected(found, scenario["expected"]) == scenario["expected"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_the_order_of_the_rules_changes_only_the_order_of_printing(scenario):
    random, rule_set = Random(scenario["id"]), shipped()
    shuffled = replace(
        rule_set,
        _editions={},
        **{
            part: tuple(random.sample(getattr(rule_set, part), len(getattr(rule_set, part))))
            for part in ("free_use", "support", "guidance")
        },
    )
    facts, today, partial = scenario["facts"], scenario["today"], scenario["partial"]
    one = judged(rule_set, facts, today, partial)
    other = judged(shuffled, facts, today, partial)
    for part in ("free_use", "support"):
        one[part]["rules"], other[part]["rules"] = (
            sorted(found[part]["rules"]) for found in (one, other)
        )
    for part in ("guidance", "open"):
        one[part], other[part] = sorted(one[part]), sorted(other[part])
    assert one == other


def test_each_scenario_has_an_id_of_its_own():
    assert len(set(IDS)) == len(IDS) == 28
