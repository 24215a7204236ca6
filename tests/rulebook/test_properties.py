"""What holds of any event: an unknown fact never decides, more people never free of a duty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rulebook import evaluate, read_facts
from booking.rulebook.facts import Facts
from booking.rulebook.rule_set import FREE_USE, GUIDANCE, SUPPORT
from tests.rulebook.scenarios import shipped

TODAY = date(2027, 5, 20)
DUTIES = {"permit", "notification", "plan", "licence", "duty", "prohibition"}
THRESHOLDS = {
    "attendance_peak": (1, 49, 50, 99, 100, 199, 200, 201, 499, 500, 501, 100_000),
    "structure_days": (0, 14, 15),
    "no_shows_6m": (0, 1, 2),
    "lottery_total_eur": (0, 500, 501, 3000, Decimal("3000.01")),
    "collection_target_eur": (0, 10_000, 10_001),
    "grant_requested_eur": (0, 1, 499, 500, 600),
    "grants_this_year_eur": (0, 300, 499, 500),
    "entrance_fee_eur": (0, 5),
}
STARTS = [
    datetime(2027, 5, 19, 18),
    datetime(2027, 5, 20, 9),
    datetime(2027, 6, 2, 19),
    datetime(2027, 6, 13, 8, 30),
    datetime(2027, 12, 31, 22),
]
HOURS = (1, 3, 12, 30)


def values_of(fact):
    """The values of a fact that lie on the sides of what it is compared with."""
    if fact.type == "enum":
        return st.sampled_from(fact.values)
    if fact.type == "bool":
        return st.booleans()
    return st.sampled_from(THRESHOLDS[fact.name])


@st.composite
def whole_events(draw):
    """An event of which everything is known."""
    found = {
        fact.name: draw(values_of(fact))
        for fact in shipped().vocabulary.values()
        if fact.type != "datetime"
    }
    start = draw(st.sampled_from(STARTS))
    return {**found, "start": start, "end": start + timedelta(hours=draw(st.sampled_from(HOURS)))}


@st.composite
def known_and_whole(draw):
    """What is known of an event, and the event."""
    whole = draw(whole_events())
    hidden = draw(st.sets(st.sampled_from(sorted(whole)), max_size=12))
    return {name: value for name, value in whole.items() if name not in hidden}, whole


def judge(facts, partial=False, rule_set=None):
    rule_set = rule_set or shipped()
    return evaluate(rule_set, read_facts(rule_set, facts, partial), TODAY)


@settings(max_examples=150, deadline=None)
@given(known_and_whole())
def test_an_unknown_fact_never_decides_a_price(events):
    known, whole = events
    partial, full = judge(known, partial=True), judge(whole).free_use
    free = partial.free_use
    assert free.decision in ("needs_info", full.decision)
    assert free.price_group in (None, full.price_group)
    if free.decision == "needs_info" and full.decision != "not_applicable":
        assert set(free.rules) <= set(full.rules)
        assert set(full.rules) - {"F99"} <= {*free.rules, *partial.open}


@settings(max_examples=150, deadline=None)
@given(known_and_whole())
def test_an_unknown_fact_never_decides_support(events):
    known, whole = events
    partial, full = judge(known, partial=True).support, judge(whole).support
    assert partial.status in ("needs_info", full.status)
    assert partial.amount in (None, full.amount)
    assert partial.in_kind in (None, full.in_kind)
    assert full.status == "not_requested" or set(partial.rules) <= set(full.rules)


@settings(max_examples=150, deadline=None)
@given(known_and_whole())
def test_a_duty_that_is_listed_stays_and_one_that_comes_was_open(events):
    known, whole = events
    partial, full = judge(known, partial=True), judge(whole)
    assert set(partial.guidance) <= set(full.guidance)
    assert set(full.guidance) <= {*partial.guidance, *partial.open}
    assert all(full.due[rule] == day for rule, day in partial.due.items() if day)


@settings(max_examples=100, deadline=None)
@given(known_and_whole(), st.data())
def test_one_more_fact_never_turns_what_was_settled(events, data):
    known, whole = events
    more = sorted(set(whole) - set(known))
    if not more:
        return
    name = data.draw(st.sampled_from(more))
    before = judge(known, partial=True)
    after = judge({**known, name: whole[name]}, partial=True)
    if before.free_use.decision != "needs_info":
        assert after.free_use.decision == before.free_use.decision
    assert before.free_use.price_group in (None, after.free_use.price_group)
    if before.support.status != "needs_info":
        assert after.support.status == before.support.status
    assert set(before.guidance) <= set(after.guidance)


@settings(max_examples=100, deadline=None)
@given(known_and_whole())
def test_what_is_open_can_be_asked_and_what_is_asked_is_unknown(events):
    known, _ = events
    partial = judge(known, partial=True)
    assert set(partial.questions) <= set(shipped().vocabulary) - set(known)
    assert bool(partial.open) <= bool(partial.questions)


@settings(max_examples=100, deadline=None)
@given(whole_events())
def test_with_everything_known_partial_or_not_is_the_same(whole):
    one, other = judge(whole).as_dict(), judge(whole, partial=True).as_dict()
    assert other["questions"] == other["open"] == []
    assert one == {**other, "partial": False}


@settings(max_examples=150, deadline=None)
@given(whole_events(), st.sampled_from(THRESHOLDS["attendance_peak"]))
def test_more_people_take_no_duty_away_unless_a_rule_suppresses_it(whole, people):
    more = {**whole, "attendance_peak": max(people, whole["attendance_peak"])}
    before, after = judge(whole), judge(more)
    rules = shipped().rules
    gone = set(before.guidance) - set(after.guidance)
    suppressors = {id_ for id_, rule in rules.items() if rule.suppresses}
    assert {id_ for id_ in gone if rules[id_].kind in DUTIES} <= suppressors
    for id_ in gone & suppressors:
        assert set(rules[id_].suppresses) & set(after.guidance)


@settings(max_examples=60, deadline=None)
@given(known_and_whole(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_changes_nothing(events, random):
    known, _ = events
    parts = {part: list(getattr(shipped(), part)) for part in (FREE_USE, SUPPORT, GUIDANCE)}
    for rules in parts.values():
        random.shuffle(rules)
    shuffled = replace(
        shipped(), _editions={}, **{part: tuple(rules) for part, rules in parts.items()}
    )
    one, other = judge(known, True), judge(known, True, shuffled)
    assert one.free_use.decision == other.free_use.decision
    assert one.free_use.price_group == other.free_use.price_group
    assert sorted(one.fired) == sorted(other.fired)
    assert sorted(one.open) == sorted(other.open)
    assert (one.questions, one.due) == (other.questions, other.due)


@settings(max_examples=60, deadline=None)
@given(whole_events())
def test_the_same_facts_have_the_same_outcome_each_time(whole):
    assert judge(whole) == judge(dict(reversed(whole.items())))


def test_nothing_known_decides_nothing():
    outcome = evaluate(shipped(), Facts(dict.fromkeys(shipped().vocabulary), True), TODAY)
    assert outcome.fired == ()
    assert outcome.free_use.decision == outcome.support.status == "needs_info"
    assert set(outcome.open) == set(shipped().rules)
    assert set(outcome.questions) == set(shipped().vocabulary)
