"""The table beside the rules, and that nothing in the rules could be otherwise unnoticed."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from booking.rulebook import evaluate, read_facts
from tests.rulebook import table, table_of_duties
from tests.rulebook.mutations import mutants
from tests.rulebook.scenarios import SCENARIOS, as_expected, judged, shipped
from tests.rulebook.table import Row

ROWS = [*table.rows(), *table_of_duties.rows()]
EQUIVALENT = {
    **dict.fromkeys(
        ["F02 effect charge", "F05 effect charge"],
        "its group costs nothing, and no cheaper rule can hold beside it",
    ),
    **dict.fromkeys(
        ["F06 effect free", "F17 effect free"],
        "no rule of free use can hold beside it that a charge would beat",
    ),
    **dict.fromkeys(
        ["S04 grant_requested_eur gte", "S06 grant_requested_eur gte"],
        "who asks for nothing is not told of grants at all",
    ),
    **dict.fromkeys(
        ["S01 not needed", "S02 not needed", "S08 effect condition"],
        "S08 refuses exactly whom and what S01 and S02 leave out: two locks on one door",
    ),
    "G02 All without member 0": "an event is open or invited: with 200 people both need the notice",
    "popup_event_cap_eur +1": "the year's cap is the same, and the smaller one counts",
    **{
        f"{name} {more}": "stands only in texts"
        for name in ("popup_receipts_days", "youth_age_limit", "lottery_prize_min_percent")
        for more in ("-1", "+1")
    },
}
"""Changes that no event can show, and why."""


@cache
def read():
    """The facts of every row and every scenario, read once."""
    written = [(read_facts(shipped(), one.facts), one) for one in ROWS]
    known = [(read_facts(shipped(), one["facts"], one["partial"]), one) for one in SCENARIOS]
    return written, known


def fits(row: Row, outcome: dict[str, Any]) -> bool:
    told = {*outcome["free_use"]["rules"], *outcome["support"]["rules"], *outcome["guidance"]}
    flat = {**outcome["free_use"], **outcome["support"]}
    due = row.says.get("due", {})
    return (
        set(row.told.split()) <= told
        and not set(row.not_told.split()) & told
        and all(flat[key] == value for key, value in row.says.items() if key != "due")
        and all(outcome["due"].get(rule) == day for rule, day in due.items())
    )


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_the_rules_say_what_the_table_says(number):
    row = ROWS[number]
    assert fits(row, judged(shipped(), row.facts, row.today)), row


def test_every_rule_holds_in_a_row_and_does_not_in_another():
    told = {rule for row in ROWS for rule in row.told.split()}
    not_told = {rule for row in ROWS for rule in row.not_told.split()}
    assert {*shipped().rules, "F99"} - told == set()
    assert {*shipped().rules, "F99"} - not_told == set()


def is_noticed(rule_set, changed: str) -> bool:
    """Whether some row or scenario tells the rule set from the right one; the rows that speak of
    what is changed are asked first."""
    written, known = read()
    first = [one for one in written if changed in f"{one[1].told} {one[1].not_told}".split()]
    return (
        any(not fits(row, evaluate(rule_set, facts, row.today).as_dict()) for facts, row in first)
        or any(
            as_expected(evaluate(rule_set, facts, one["today"]).as_dict(), one["expected"])
            != one["expected"]
            for facts, one in known
        )
        or any(
            not fits(row, evaluate(rule_set, facts, row.today).as_dict()) for facts, row in written
        )
    )


def test_no_change_of_the_rules_passes_unnoticed():
    noticed: dict[str, bool] = {}
    for name, mutant in mutants(shipped()):
        noticed[name] = noticed.get(name, True) and is_noticed(mutant, name.split()[0])
    assert {name for name, seen in noticed.items() if not seen} == set(EQUIVALENT)
