"""Why a rule holds, which nearly do, and how both are said."""

from __future__ import annotations

from datetime import date

import pytest
from flask_babel import force_locale, gettext

from booking.rulebook import Wording, condition_in_words, evaluate, explain, read_facts
from booking.web.languages import LOCALES
from tests.rulebook.scenarios import SCENARIOS, shipped
from tests.rulebook.table import QUIET, TODAY

DAY = date(2027, 6, 12)


def english(sentence, **values):
    return sentence % values if values else sentence


def why(partial=False, today=TODAY, **more):
    facts = read_facts(shipped(), {**QUIET, **more}, partial)
    return explain(shipped(), facts, evaluate(shipped(), facts, today))


def near(**more):
    return {(one.rule, one.fact): one.value for one in why(**more).near}


def causes(rule, **more):
    (found,) = [one for one in why(**more).fired if one.rule == rule]
    return [(one.fact, one.given) for one in found.causes]


def test_199_people_are_told_of_the_rescue_plan_that_is_due_at_200():
    found = near(openness="open", attendance_peak=199)
    rules = {rule for rule, fact in found if fact == "attendance_peak"}
    assert rules == {"F11", "G02", "G05", "G31", "G35"}
    assert found["G05", "attendance_peak"] == 200


@pytest.mark.parametrize(
    ("people", "told"), [(179, False), (180, True), (199, True), (200, False), (201, False)]
)
def test_a_number_is_near_within_a_tenth_of_the_threshold(people, told):
    assert (("G05", "attendance_peak") in near(attendance_peak=people)) is told


def test_a_lower_number_that_would_lighten_a_duty_is_told():
    outside = {"place_kind": "city_outdoor", "outdoor": True}
    assert near(**outside, attendance_peak=50)["G01L", "attendance_peak"] == 49
    assert ("G01L", "attendance_peak") not in near(**outside, attendance_peak=56)


def test_a_parameter_is_near_by_its_own_value():
    assert near(openness="open", attendance_peak=500)["G12", "attendance_peak"] == 501


def test_nothing_is_near_to_none():
    assert not {rule for rule, fact in near() if fact == "grant_requested_eur"}
    assert ("F09", "entrance_fee_eur") not in near()


@pytest.mark.parametrize(
    ("end", "told"), [("21:00", True), ("22:00", True), ("20:59", False), ("22:30", False)]
)
def test_an_end_within_the_hour_before_22_is_near(end, told):
    found = near(openness="open", end=f"2027-06-12T{end}")
    assert (("G02", "end") in found) is told


def test_an_open_door_that_would_make_it_free_is_told():
    assert near()["F03", "openness"] == "open"
    assert near(openness="open", entrance_fee_eur=5)["F03", "entrance_fee_eur"] == 0


def test_another_answer_that_only_brings_a_duty_is_not():
    assert not {rule for rule, fact in near() if fact in ("drone", "overnight", "amplified")}


def test_what_is_suppressed_is_not_near():
    outside = {"place_kind": "city_outdoor", "outdoor": True, "attendance_peak": 49}
    assert "G01" not in {rule for rule, _ in near(**outside)}


def test_a_rule_that_nearly_holds_does_hold_with_the_value_that_is_told():
    for scenario in SCENARIOS:
        facts = read_facts(shipped(), scenario["facts"], scenario["partial"])
        outcome = evaluate(shipped(), facts, scenario["today"])
        for one in explain(shipped(), facts, outcome).near:
            value = one.value if one.fact != "end" else one.value.isoformat()
            changed = read_facts(
                shipped(), {**scenario["facts"], one.fact: value}, scenario["partial"]
            )
            assert one.rule in evaluate(shipped(), changed, scenario["today"]).fired, one


def test_every_rule_that_is_told_has_its_causes():
    for scenario in SCENARIOS:
        facts = read_facts(shipped(), scenario["facts"], scenario["partial"])
        outcome = evaluate(shipped(), facts, scenario["today"])
        explained = explain(shipped(), facts, outcome)
        assert {one.rule for one in explained.fired} == set(outcome.fired)
        assert all(one.causes or one.rule == "F99" for one in explained.fired)


def test_of_several_ways_to_meet_a_condition_those_that_are_met_are_told():
    found = causes("G05", openness="open", attendance_peak=300, open_fire=True)
    assert found == [
        ("attendance_peak", 300),
        ("openness", "open"),
        ("place_kind", "city_indoor"),
        ("open_fire", True),
    ]
    assert causes("G05", attendance_peak=300) == [("attendance_peak", 300)]


def test_what_does_not_hold_is_a_cause_of_a_not():
    found = causes("G18", pyro="consumer", openness="open")
    assert found == [("pyro", "consumer"), ("openness", "open")]


def test_a_near_miss_is_said_with_what_was_given():
    wording = Wording(shipped(), "en", DAY, english)
    (found,) = [one for one in why(attendance_peak=199).near if one.rule == "G05"]
    assert wording.near(found) == (
        "From 200 people on this follows too: Make a rescue plan and send it to the rescue "
        "department. You said 199 people."
    )


def test_a_condition_is_said_in_one_sentence():
    rules = shipped().rules
    say = {
        rule: condition_in_words(shipped(), rules[rule].when, "en", DAY, english)
        for rule in ("F07", "F08", "F12", "F15", "S11W", "G01L", "G18")
    }
    assert say["F07"] == (
        "“What kind of event is it?” – Private celebration and “Who may come?” – "
        "Only invited people or members"
    )
    assert say["F12"] == "“Does the event have a responsible person aged 18 or over?” – no"
    assert say["F15"].endswith("– at least 2 times")
    assert "less than 14 days" in say["S11W"]
    assert "– less than 50 people" in say["G01L"]
    assert "– anything but Sales or advertising" in say["G01L"]
    assert "not (“Who arranges the event?” – Private person and" in say["G18"]


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "vähintään 200 henkeä"), ("sv", "minst 200 personer")]
)
def test_a_condition_is_said_in_each_language(app, language, words):
    with app.test_request_context(), force_locale(LOCALES.get(language, language)):
        found = condition_in_words(shipped(), shipped().rules["G05"].when, language, DAY, gettext)
    assert words in found


def test_every_condition_can_be_said_in_every_language():
    for language in ("fi", "sv", "en"):
        for rule in shipped().rules.values():
            said = condition_in_words(shipped(), rule.when, language, DAY, english)
            assert said
            assert "{" not in said
