"""The guide asks what still matters, a few related questions at a time, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.rulebook import evaluate, read_facts
from booking.self_initiated.event_rules import answered, merged_facts
from booking.self_initiated.guide_rules import (
    LEADS,
    NOTHING,
    PROGRAMME,
    STEPS,
    TOPICS,
    Standing,
    asked_on,
    choices_of,
    is_within_reach,
    next_step,
    open_topics,
    step_of,
    steps_left,
    to_ask,
    to_ask_again,
    topic_answers,
    topics_shown,
)
from booking.self_initiated.rule_sets import rule_set_in_force
from tests.rulebook.scenarios import SCENARIOS

RULES = rule_set_in_force()
TODAY = date(2027, 5, 20)
LAWN = {
    "place_kind": "city_outdoor",
    "space_type": "park",
    "outdoor": True,
    "area_preapproved": False,
    "alcohol_allowed": False,
}
WHOLE = [one for one in SCENARIOS if not one["partial"]]
YOGA = {"organiser_type": "private_person", "openness": "open", "purpose": "wellbeing"}


def standing(told, of_space=None, today=TODAY):
    """How far these answers are, for somebody without an account."""
    facts = merged_facts(told, of_space, {"no_shows_6m": 0})
    found = evaluate(RULES, read_facts(RULES, answered(facts), True), today)
    return Standing(facts, facts.keys() - told.keys(), found.questions), found


def answer_for(answers, fact):
    return answers.get(fact, RULES.vocabulary[fact].default)


def walk(answers, of_space=None, today=TODAY):
    """Go through the whole guide with these answers, or else the usual ones: the pages with what
    was asked on each, all that was told, and the outcome."""
    told, pages = {}, []
    while True:
        now, outcome = standing(told, of_space, today)
        step = next_step(RULES, now)
        if step is None:
            return pages, now.facts, outcome
        assert len(pages) < 30
        if step == PROGRAMME:
            chosen = [
                topic
                for topic in topics_shown(RULES, now)
                if any(answer_for(answers, fact) not in NOTHING for fact in STEPS[topic])
            ]
            told |= topic_answers(RULES, now, chosen)
            pages.append((step, [], now))
            if not chosen:
                continue
            step = chosen[0]
            now, outcome = standing(told, of_space, today)
        asked = asked_on(RULES, now, step)
        pages.append((step, asked, now))
        told |= {fact: answer_for(answers, fact) for fact in asked}


def names(pages):
    return [step for step, _asked, _now in pages]


def test_it_begins_with_who_and_what_for():
    pages, _facts, _outcome = walk(YOGA)
    assert names(pages)[:2] == ["who", "idea"]
    assert pages[0][1] == ["organiser_type"]
    assert pages[1][1] == ["purpose", "openness"]


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["id"])
def test_who_answers_all_has_the_outcome_of_all_facts(case):
    today = case["today"]
    _pages, facts, found = walk(case["facts"], today=today)
    whole = evaluate(RULES, read_facts(RULES, answered(facts)), today)
    assert (found.open, found.questions) == ((), ())
    assert found.free_use == whole.free_use
    assert found.support == whole.support
    assert (found.guidance, found.due) == (whole.guidance, whole.due)


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["id"])
def test_a_page_asks_one_to_four_questions_that_still_matter(case):
    pages, _facts, _outcome = walk(case["facts"], today=case["today"])
    asked_so_far = set()
    for step, asked, now in pages:
        if step == PROGRAMME:
            continue
        assert 1 <= len(asked) <= 4
        for fact in asked:
            assert fact in now.questions or RULES.vocabulary[fact].required
            assert fact not in asked_so_far
            asked_so_far.add(fact)


def test_a_park_yoga_takes_few_pages():
    pages, _facts, _outcome = walk({**YOGA, "attendance_peak": 49}, LAWN)
    assert names(pages) == ["who", "idea", "time", "people", "programme", "organiser", "support"]


@pytest.mark.parametrize("fact", sorted(LEADS))
def test_what_depends_on_an_answer_is_not_asked_before_it(fact):
    lead = LEADS[fact]
    now, _outcome = standing(YOGA)
    assert lead not in now.facts
    if step_of(fact) != step_of(lead):
        assert fact not in set(to_ask(RULES, now))


@pytest.mark.parametrize("fact", sorted(fact for fact in LEADS if LEADS[fact] != "start"))
def test_what_depends_on_an_answer_is_not_asked_after_no(fact):
    """The rules drop the question once its lead says no: nothing here knows which answer does."""
    lead = LEADS[fact]
    no = RULES.vocabulary[lead].default
    if no is None:  # the place, which has no such answer
        no = "street"
    now, _outcome = standing(YOGA | {"place_kind": "city_outdoor"} | {lead: no})
    assert fact not in set(to_ask(RULES, now))


@pytest.mark.parametrize(
    ("lead", "value", "follow"),
    [
        ("collection", True, "collection_target_eur"),
        ("lottery", True, "lottery_same_event"),
        ("home", "other", "hamina_benefit"),
        ("grant_requested_eur", 100, "double_funding"),
    ],
)
def test_what_depends_on_an_answer_is_asked_next_after_yes(lead, value, follow):
    now, _outcome = standing(YOGA | {"organiser_type": "association", lead: value})
    assert follow in set(to_ask(RULES, now))
    assert next_step(RULES, now) == step_of(follow)


def test_a_question_that_was_passed_over_is_not_asked_again_and_keeps_what_follows_from_it():
    now, outcome = standing(YOGA | {"collection": None})
    asked = set(to_ask(RULES, now))
    assert "collection" in outcome.questions
    assert asked.isdisjoint({"collection", "collection_target_eur", "group_of_three"})


def test_nothing_of_a_chosen_space_is_asked():
    now, _outcome = standing(YOGA, LAWN)
    assert set(to_ask(RULES, now)).isdisjoint(LAWN)
    assert "place_kind" in set(to_ask(RULES, standing(YOGA)[0]))


@pytest.mark.parametrize(
    ("kind", "implied"),
    [
        ("city_indoor", {"outdoor": False}),
        ("city_outdoor", {"outdoor": True}),
        ("street", {"outdoor": True, "space_type": "none"}),
        ("nature", {"outdoor": True, "space_type": "none"}),
        ("private_place", {"space_type": "none"}),
    ],
)
def test_what_follows_from_the_kind_of_place_is_not_asked(kind, implied):
    now, _outcome = standing(YOGA | {"place_kind": kind})
    assert implied.items() <= now.facts.items()
    assert set(to_ask(RULES, now)).isdisjoint(implied)


def test_whether_it_is_outdoors_is_asked_of_a_private_place_alone():
    now, _outcome = standing(YOGA | {"place_kind": "private_place"})
    assert "outdoor" in set(to_ask(RULES, now))


def test_a_space_outdoors_is_of_an_outdoor_kind():
    word = RULES.vocabulary["space_type"]
    assert "gym" not in choices_of(word, {"place_kind": "city_outdoor"})
    assert "park" not in choices_of(word, {"place_kind": "city_indoor"})
    assert choices_of(word, {}) == list(word.values)


def test_what_is_left_out_of_the_programme_there_is_not():
    now, _outcome = standing(YOGA, LAWN)
    answers = topic_answers(RULES, now, ["sound"])
    assert answers["open_fire"] is False
    assert answers["food"] == "none"
    assert answers["entrance_fee_eur"] == 0
    assert set(answers).isdisjoint(STEPS["sound"])


def test_the_programme_is_not_asked_once_something_of_it_is_known():
    told = YOGA | {"start": "2027-06-13T10:00", "end": "2027-06-13T11:00", "attendance_peak": 9}
    told |= {"target": "all", "personal_data": False}
    assert next_step(RULES, standing(told, LAWN)[0]) == PROGRAMME
    now, _outcome = standing(told | {"open_fire": None}, LAWN)
    assert len(open_topics(RULES, now)) > 1
    assert next_step(RULES, now) != PROGRAMME


def test_a_topic_that_is_chosen_later_is_asked_again():
    first, _outcome = standing(YOGA, LAWN)
    told = YOGA | topic_answers(RULES, first, [])
    now, _outcome = standing(told, LAWN)
    assert topics_shown(RULES, now)["sound"] is False
    assert set(to_ask_again(RULES, now, ["sound"])) <= set(STEPS["sound"])
    assert "amplified" in to_ask_again(RULES, now, ["sound"])


def test_a_topic_of_which_something_was_told_is_shown_as_chosen():
    now, _outcome = standing(YOGA | {"music": "live"}, LAWN)
    assert topics_shown(RULES, now)["sound"] is True
    assert to_ask_again(RULES, now, ["sound"]) == set()


def test_the_pages_that_are_left_grow_fewer():
    pages, _facts, _outcome = walk({**YOGA, "attendance_peak": 49}, LAWN)
    left = [steps_left(RULES, now) for _step, _asked, now in pages]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 1


def test_every_fact_that_is_asked_has_a_page_and_no_page_is_too_long():
    on_pages = [fact for facts in STEPS.values() for fact in facts]
    assert sorted(on_pages) == sorted(set(on_pages))
    assert set(RULES.vocabulary) - set(on_pages) == {"no_shows_6m"}
    assert all(len(facts) <= 4 for facts in STEPS.values())
    assert set(TOPICS) <= set(STEPS)


@pytest.mark.parametrize(
    ("days", "fits"), [(-1, False), (0, True), (3 * 365, True), (3 * 365 + 1, False), (3650, False)]
)
def test_an_event_begins_between_today_and_three_years_from_now(days, fits):
    assert is_within_reach(TODAY + timedelta(days=days), TODAY) is fits
