"""What a change does to an outcome, and which facts are told and which are taken."""

from __future__ import annotations

from datetime import date

import pytest

from booking.self_initiated.event_rules import (
    answered,
    changes_between,
    facts_of_account,
    home_of,
    merged_facts,
    months_before,
    told_facts,
)

LAWN = {
    "place_kind": "city_outdoor",
    "space_type": "park",
    "outdoor": True,
    "area_preapproved": False,
    "alcohol_allowed": False,
}


def an_outcome(guidance=(), due=None, decision="auto_free", group="K2", amount=0):
    return {
        "guidance": list(guidance),
        "due": due or {},
        "free_use": {"decision": decision, "price_group": group},
        "support": {"status": "eligible", "amount": amount},
    }


def test_the_first_outcome_changes_nothing():
    assert changes_between(None, an_outcome(["G01"])) is None


def test_the_same_outcome_changes_nothing():
    assert changes_between(an_outcome(["G01"]), an_outcome(["G01"])) is None


def test_duties_that_came_and_went_are_told_in_order():
    before = an_outcome(["G01", "G36"], {"G01": "2027-05-14"})
    after = an_outcome(["G02", "G05", "G36"], {"G02": "2027-06-08", "G05": "2027-05-30"})
    assert changes_between(before, after) == {"added": ["G02", "G05"], "gone": ["G01"]}


def test_a_due_date_that_moved_is_told_with_both_days():
    before = an_outcome(["G05"], {"G05": "2027-06-26"})
    after = an_outcome(["G05"], {"G05": "2027-08-14"})
    moved = {"G05": {"before": "2027-06-26", "after": "2027-08-14"}}
    assert changes_between(before, after) == {"moved": moved}


def test_a_due_date_that_becomes_known_moves_from_nothing():
    found = changes_between(an_outcome(["G05"], {"G05": None}), an_outcome(["G05"], {"G05": "x"}))
    assert found == {"moved": {"G05": {"before": None, "after": "x"}}}


def test_decision_group_and_support_are_told_where_they_differ():
    before = an_outcome()
    after = an_outcome(decision="review", group="K4", amount=200)
    assert changes_between(before, after) == {
        "decision": {"before": "auto_free", "after": "review"},
        "price_group": {"before": "K2", "after": "K4"},
        "support": {
            "before": {"status": "eligible", "amount": 0},
            "after": {"status": "eligible", "amount": 200},
        },
    }


def test_a_space_tells_its_facts_whatever_was_told():
    told = {"openness": "open", "place_kind": "street", "outdoor": False}
    assert merged_facts(told, LAWN, {}) == {"openness": "open", **LAWN}


def test_the_account_tells_its_facts_whatever_was_told():
    assert merged_facts({"home": "other"}, None, {"home": "hamina"}) == {"home": "hamina"}


def test_what_is_told_can_be_found_again_among_all_facts():
    told = {"openness": "open", "alcohol": None}
    account = {"no_shows_6m": 1, "organiser_type": "association", "home": "hamina"}
    facts = merged_facts(told, LAWN, account)
    names = facts_of_account(has_account=True, of_organisation=True)
    assert told_facts(facts, has_space=True, of_account=names) == told


def test_what_follows_from_the_kind_of_place_was_not_told():
    told = {"place_kind": "street"}
    facts = merged_facts(told, None, {"no_shows_6m": 0})
    assert facts["outdoor"] is True
    names = facts_of_account(has_account=False, of_organisation=False)
    assert told_facts(facts, has_space=False, of_account=names) == told


def test_a_question_passed_over_is_no_answer():
    assert answered({"alcohol": None, "film": False}) == {"film": False}


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        (date(2027, 1, 11), date(2026, 7, 11)),
        (date(2027, 8, 31), date(2027, 2, 28)),
        (date(2028, 8, 31), date(2028, 2, 29)),
        (date(2027, 6, 30), date(2026, 12, 30)),
    ],
)
def test_six_months_before_is_the_same_day_or_the_last_of_its_month(day, earlier):
    assert months_before(day, 6) == earlier


@pytest.mark.parametrize(
    ("domicile", "home"), [("Hamina", "hamina"), ("FREDRIKSHAMN", "hamina"), ("Kotka", "other")]
)
def test_an_organisation_of_the_city_is_named_so_in_any_of_its_languages(domicile, home):
    names = ["Hamina", "Fredrikshamn"]
    assert home_of(domicile, names, ("hamina", "other"), "hamina") == home
