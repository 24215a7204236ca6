"""The strict loader: conditions that nothing can meet, and rules that do what others do."""

from __future__ import annotations

import pytest

from booking.rulebook import load_rule_set
from tests.rulebook.changed_rules import TEXT, a_rule, faults_of, in_rule, with_change

IMPOSSIBLE = [
    "{all: [{fact: openness, op: eq, value: open}, {fact: openness, op: eq, value: invited}]}",
    "{all: [{fact: overnight, op: eq, value: true}, {fact: overnight, op: ne, value: true}]}",
    "{fact: attendance_peak, op: lt, value: 1}",
    "{fact: attendance_peak, op: gt, value: 100000}",
    "{all: [{fact: attendance_peak, op: gt, value: 5}, {fact: attendance_peak, op: lt, value: 6}]}",
    "{all: [{fact: entrance_fee_eur, op: gt, value: 5}, "
    "{fact: entrance_fee_eur, op: lt, value: 5.01}]}",
    "{all: [{fact: attendance_peak, op: lt, param: rescue_attendance}, "
    "{fact: attendance_peak, op: gte, param: review_attendance}]}",
    "{not: {any: [{fact: openness, op: eq, value: open}, "
    "{fact: openness, op: eq, value: invited}]}}",
    "{not: {fact: openness, op: in, value: [open, invited]}}",
    "{fact: annual_room_eur, op: lt, value: 0}",
    "{fact: attendance_peak, op: eq, value: 0}",
]
POSSIBLE = [
    "{all: [{fact: attendance_peak, op: gt, value: 5}, {fact: attendance_peak, op: lt, value: 7}]}",
    "{all: [{fact: entrance_fee_eur, op: gt, value: 5}, "
    "{fact: entrance_fee_eur, op: lt, value: 5.02}]}",
    "{fact: days_to_event, op: lt, value: -3}",
    "{any: [{fact: attendance_peak, op: lt, value: 1}, {fact: drone, op: eq, value: true}]}",
]


@pytest.mark.parametrize("when", IMPOSSIBLE)
def test_a_condition_that_nothing_can_meet_is_refused(when):
    (fault,) = faults_of(in_rule("F12", "{fact: responsible_adult, op: eq, value: false}", when))
    assert (fault.code, fault.rule) == ("impossible", "F12")


@pytest.mark.parametrize("when", POSSIBLE)
def test_a_condition_that_something_meets_is_taken(when):
    load_rule_set(in_rule("F12", "{fact: responsible_adult, op: eq, value: false}", when))


def test_a_condition_with_too_many_ways_is_refused():
    either = "{any: [{fact: openness, op: eq, value: open}, {fact: drone, op: eq, value: true}]}"
    when = f"{{all: [{', '.join([either] * 40)}]}}"
    (fault,) = faults_of(in_rule("F12", "{fact: responsible_adult, op: eq, value: false}", when))
    assert fault.code == "too_complex"


def test_a_rule_that_does_the_same_as_another_is_refused():
    for rule in ("F12", "S11", "G33"):
        (fault,) = faults_of(a_rule(rule))
        assert (fault.code, fault.values["name"]) == ("shadowed", "X1")


OPEN = "{fact: openness, op: eq, value: invited}"
PARTY = "{fact: purpose, op: eq, value: celebration}"


@pytest.mark.parametrize(
    "same",
    [
        f"{{all: [{OPEN}, {PARTY}]}}",
        f"{{all: [{OPEN}, {{not: {{fact: purpose, op: ne, value: celebration}}}}]}}",
        f"{{all: [{{all: [{PARTY}]}}, {{any: [{OPEN}]}}]}}",
        f"{{not: {{not: {{all: [{PARTY}, {OPEN}]}}}}}}",
    ],
)
def test_another_way_to_write_a_condition_hides_no_rule(same):
    text = a_rule("F07", when=(f"{{all: [{PARTY}, {OPEN}]}}", same))
    assert [one.code for one in faults_of(text)] == ["shadowed"]


@pytest.mark.parametrize(
    "change",
    [
        ("effect: deny", "effect: review"),
        ("conf: H", "conf: H\n  valid_from: 2028-01-01"),
        ("responsible_adult, op: eq", "responsible_adult, op: ne"),
    ],
)
def test_another_effect_or_time_or_condition_hides_no_rule(change):
    text = in_rule("F12", "conf: H", "conf: H\n  valid_to: 2027-12-31")
    end = text.index("- id: F13\n")
    rule = TEXT[TEXT.index("- id: F12\n") : TEXT.index("- id: F13\n")].replace("F12", "X1")
    load_rule_set(text[:end] + with_change(*change, rule) + text[end:])
