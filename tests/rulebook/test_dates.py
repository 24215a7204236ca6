"""Rules and parameters that begin and end: each is judged on its own date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.rulebook import changed_statute, text_of, words_of
from booking.rulebook.rule_set import Version
from tests.rulebook.scenarios import judged, shipped
from tests.rulebook.table import QUIET

EVENT = date(2027, 6, 12)
TURN = date(2027, 6, 1)


def changed(part, id_, **changes):
    rules = tuple(
        replace(rule, **changes) if rule.id == id_ else rule for rule in getattr(shipped(), part)
    )
    return replace(shipped(), _editions={}, **{part: rules})


def with_parameter(name, *versions):
    parameter = replace(shipped().parameters[name], versions=versions)
    return replace(shipped(), _editions={}, parameters={**shipped().parameters, name: parameter})


def told(rule_set, today, **more):
    found = judged(rule_set, {**QUIET, **more}, today)
    return {*found["free_use"]["rules"], *found["support"]["rules"], *found["guidance"]}


@pytest.mark.parametrize(("day", "holds"), [(-1, False), (0, True), (5, True), (6, False)])
def test_a_rule_of_prices_holds_by_the_day_of_the_decision_both_ends_included(day, holds):
    rule_set = changed("free_use", "F15", valid_from=TURN, valid_to=TURN + timedelta(days=5))
    today = TURN + timedelta(days=day)
    assert ("F15" in told(rule_set, today, no_shows_6m=2)) is holds


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (EVENT, EVENT, True),
        (EVENT + timedelta(days=1), None, False),
        (date(2026, 1, 1), EVENT - timedelta(days=1), False),
    ],
)
def test_a_duty_holds_by_the_day_of_the_event(first, last, holds):
    rule_set = changed("guidance", "G33", valid_from=first, valid_to=last)
    assert ("G33" in told(rule_set, TURN, drone=True)) is holds


def test_a_duty_of_an_event_without_a_day_is_judged_today():
    rule_set = changed("guidance", "G33", valid_from=TURN)
    for day, guidance in ((TURN, ["G33"]), (TURN - timedelta(days=1), [])):
        assert judged(rule_set, {"drone": True}, day, partial=True)["guidance"] == guidance


def test_a_needed_rule_that_has_ended_is_needed_no_more():
    rule_set = changed("support", "S03", valid_to=TURN)
    facts = {**QUIET, "grant_requested_eur": 100}
    assert judged(rule_set, facts, TURN)["support"]["status"] == "ineligible"
    later = judged(rule_set, facts, TURN + timedelta(days=1))
    assert later["support"]["status"] == "eligible"


def test_a_parameter_of_a_duty_is_that_of_the_day_of_the_event():
    old = Version(200, date(2026, 1, 1), EVENT - timedelta(days=1))
    rule_set = with_parameter("rescue_attendance", old, Version(300, EVENT, None))
    assert "G05" not in told(rule_set, TURN, attendance_peak=299)
    assert "G05" in told(rule_set, TURN, attendance_peak=300)
    assert "G05" in told(
        rule_set, TURN, attendance_peak=200, start="2027-06-11T12:00", end="2027-06-11T13:00"
    )


def test_a_parameter_of_a_price_is_that_of_the_day_of_the_decision():
    old = Version(200, date(2026, 1, 1), TURN - timedelta(days=1))
    rule_set = with_parameter("review_attendance", old, Version(300, TURN, None))
    assert "F11" in told(rule_set, TURN - timedelta(days=1), attendance_peak=200)
    assert "F11" not in told(rule_set, TURN, attendance_peak=200)


def test_a_day_before_the_first_version_takes_the_first():
    rule_set = with_parameter("review_attendance", Version(200, date(2030, 1, 1), None))
    assert "F11" in told(rule_set, TURN, attendance_peak=200)


def test_a_window_of_noise_is_that_of_the_day_of_the_event():
    old = Version(("07:00", "22:00"), date(2026, 1, 1), EVENT - timedelta(days=1))
    rule_set = with_parameter("noise_weekday_window", old, Version(("07:00", "21:00"), EVENT, None))
    loud = {"outdoor": True, "amplified": True, "organiser_type": "association"}
    assert "G07" in told(rule_set, TURN, **loud, end="2027-06-12T21:30")
    earlier = {"start": "2027-06-11T12:00", "end": "2027-06-11T21:30"}
    assert "G07" not in told(rule_set, TURN, **loud, **earlier)


def test_a_text_reads_as_on_its_date():
    rule_set = with_parameter(
        "health_attendance_over",
        Version(500, date(2026, 1, 1), EVENT - timedelta(days=1)),
        Version(1500, EVENT, None),
    )
    rule = rule_set.rules["G12"]
    assert "yli 500 hengen" in text_of(rule_set, rule, "fi", TURN)
    assert "yli 1\u00a0500 hengen" in text_of(rule_set, rule, "fi", EVENT)
    assert "more than 1,500 people" in text_of(rule_set, rule, "en", EVENT)


def test_texts_have_their_own_deadline_their_windows_and_no_unit():
    rule_set = shipped()
    assert "vähintään 24 tuntia ennen" in text_of(rule_set, rule_set.rules["G04"], "fi", TURN)
    noise = rule_set.rules["G07"]
    assert "klo 7.00–22.00 ja" in text_of(rule_set, noise, "fi", TURN)
    assert "kl. 9.00–20.00." in text_of(rule_set, noise, "sv", TURN)
    assert "at 07:00–22:00 and" in text_of(rule_set, noise, "en", TURN)
    under20 = rule_set.vocabulary["target"].labels["under20"]
    assert words_of(rule_set, under20, "fi", TURN) == "Alle 20-vuotiaille"


def test_what_of_the_law_is_removed_or_changed_is_told_apart():
    assert changed_statute(shipped(), shipped()) == []
    city = changed("free_use", "F15", conf="H")
    assert changed_statute(shipped(), city) == []
    law = changed("guidance", "G05", fee="city tariff")
    assert changed_statute(shipped(), law) == ["G05"]
    softer = changed("guidance", "G05", basis="policy")
    assert changed_statute(shipped(), softer) == ["G05"]
    gone = tuple(rule for rule in shipped().guidance if rule.id != "G05")
    assert changed_statute(shipped(), replace(shipped(), guidance=gone)) == ["G05"]
    limit = with_parameter("rescue_attendance", Version(300, None, None))
    assert changed_statute(shipped(), limit) == ["rescue_attendance"]
    own = with_parameter("review_attendance", Version(300, None, None))
    assert changed_statute(shipped(), own) == []
