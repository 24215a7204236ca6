"""What the rules say of support is found anew, with what is asked for and was granted this year."""

from __future__ import annotations

from datetime import date

from booking.self_initiated.support_rules import BudgetLine
from booking.self_initiated.support_terms import reasons_for, support_outcome, terms_of
from tests.places import an_actor
from tests.self_initiated.applying import a_decider, an_application, an_event, grant
from tests.values import MONDAY

FACTS = {
    "organiser_type": "private_person",
    "openness": "open",
    "purpose": "culture",
    "attendance_peak": 40,
    "place_kind": "city_indoor",
    "space_type": "hall",
    "start": "2027-01-30T12:00",
    "end": "2027-01-30T15:00",
}


def outcome_of(session, actor, requested=30_000, support=None, **facts):
    event = an_event(session, actor=actor, facts={**FACTS, **facts}, support=support)
    return support_outcome(session, event, requested, MONDAY)


def test_the_terms_are_those_of_the_rule_set_on_the_day(session):
    terms = terms_of(session, MONDAY)
    assert (terms.event_cap_cents, terms.annual_cap_cents) == (50_000, 50_000)
    assert terms.receipts_days == 60


def test_the_facts_are_put_to_the_rules_with_the_sum_that_is_asked_for(session):
    actor = an_actor(session)
    found = outcome_of(session, actor)
    assert (found.status, found.in_kind) == ("eligible", True)
    assert {"S01", "S02", "S03", "S04", "S06", "S07", "S12"} == set(found.rules)
    assert outcome_of(session, actor, requested=0).status == "not_requested"
    assert outcome_of(session, actor, purpose="commerce").is_against


def test_who_has_used_the_sum_of_the_year_is_told_so(session):
    actor = an_actor(session)
    application = an_application(
        session,
        actor=actor,
        requested_cents=50_000,
        budget=(BudgetLine("cost", "All", 50_000),),
    )
    grant(session, a_decider(session), application, 50_000)
    assert outcome_of(session, actor).is_against
    assert not outcome_of(session, an_actor(session)).is_against


def test_facts_that_fit_no_rule_set_of_today_keep_what_was_found(session):
    kept = {"status": "ineligible", "rules": ["S08", "S99"]}
    event = an_event(session, facts={"of_old": 1}, support=kept)
    found = support_outcome(session, event, 30_000, MONDAY)
    assert (found.status, found.rules) == ("ineligible", ("S08", "S99"))
    reasons = reasons_for(session, found, "en", date(2027, 1, 11))
    assert reasons["against"] == ["This applicant or this purpose cannot get a grant."]
    assert reasons["others"] == ["S99"], "a rule that is gone keeps its id"
    assert "The event is open to all." in reasons["lacking"]


def test_parameters_stand_in_the_sentences(session):
    found = outcome_of(session, an_actor(session))
    assert "Avustus on enintään 500 euroa." in reasons_for(session, found, "fi", MONDAY)["others"]
