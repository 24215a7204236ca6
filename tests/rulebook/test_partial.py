"""What is asked and what stays open while a single fact is unknown."""

from __future__ import annotations

from tests.rulebook.scenarios import SCENARIOS, judged, shipped

YOGA = next(one for one in SCENARIOS if one["id"] == "PS02")


def yoga(**more):
    """A park yoga of which everything is known, but for what is None."""
    facts = {**YOGA["facts"], "attendance_peak": 20, **more}
    return judged(shipped(), facts, YOGA["today"], partial=True)


def test_with_everything_known_nothing_is_asked():
    found = yoga(collection_target_eur=0, lottery_total_eur=0, group_of_three=False)
    assert (found["open"], found["questions"]) == ([], [])


def test_a_needed_rule_that_is_unknown_keeps_support_open():
    support = yoga(openness=None)["support"]
    assert (support["status"], support["amount"]) == ("needs_info", None)


def test_money_already_granted_that_is_unknown_keeps_support_open():
    found = yoga(grants_this_year_eur=None)
    assert found["support"]["status"] == "needs_info"
    assert found["questions"] == ["grants_this_year_eur"]


def test_the_start_is_asked_for_the_deadline_of_a_listed_duty_alone():
    demonstration = {"purpose": "demonstration", "openness": "invited", "grant_requested_eur": 0}
    found = yoga(**demonstration, start=None, end=None)
    assert (found["guidance"], found["due"]) == (["G04"], {"G04": None})
    assert (found["open"], found["questions"]) == ([], ["start"])
