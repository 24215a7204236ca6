"""Which questions the guide asks next, a few at a time; on plain values.

The rules say which facts could still settle something. The guide asks these and no others, besides
the few without which there is no event (`required`); it puts related ones together, and what
follows from another answer only once that is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from booking.rulebook.rule_set import Fact, RuleSet

STEPS: Mapping[str, Sequence[str]] = {
    "who": ("organiser_type",),
    "idea": ("purpose", "openness"),
    "place": ("place_kind",),
    "kind-of-place": ("space_type", "outdoor"),
    "time": ("start", "end"),
    "people": ("attendance_peak", "target", "personal_data"),
    "organiser": ("home", "responsible_adult"),
    "for-whom": ("hamina_benefit",),
    "money": ("entrance_fee_eur", "collection", "lottery"),
    "collection": ("collection_target_eur", "group_of_three"),
    "lottery": ("lottery_total_eur", "lottery_same_event"),
    "sound": ("music", "amplified", "noise_disturbing", "film"),
    "food": ("food", "alcohol"),
    "serving": ("alcohol_allowed", "area_preapproved"),
    "danger": ("open_fire", "pyro", "special_danger", "exits_changed"),
    "structures": ("structures", "active_programme"),
    "standing": ("structure_days",),
    "traffic": ("street_closure", "stewards_or_traffic", "drone"),
    "safety": ("minors_volunteers", "overnight"),
    "support": ("grant_requested_eur",),
    "support-more": ("grants_this_year_eur", "double_funding", "economic_activity"),
}
"""Related questions, which stand on one page; at most four."""

LEADS: Mapping[str, str] = {
    "space_type": "place_kind",
    "outdoor": "place_kind",
    "end": "start",
    "hamina_benefit": "home",
    "collection_target_eur": "collection",
    "group_of_three": "collection",
    "lottery_total_eur": "lottery",
    "lottery_same_event": "lottery",
    "alcohol_allowed": "alcohol",
    "area_preapproved": "alcohol",
    "structure_days": "structures",
    "grants_this_year_eur": "grant_requested_eur",
    "double_funding": "grant_requested_eur",
    "economic_activity": "grant_requested_eur",
}
"""What is asked only once another answer is known; whether it is then, the rules say."""

TOPICS = ("money", "food", "sound", "structures", "danger", "traffic", "safety")
"""Pages about what many events don't have: asked first whether there is any such thing at all."""

PROGRAMME = "programme"
"""The page that asks it."""

NEVER_ASKED = frozenset({"no_shows_6m"})
"""Only the account can tell it."""

FIRST, LAST = ("who", "idea"), "support"
"""Who, for whom and what for comes first; what one wants of the city when the rest is clear."""

SPACE_TYPES: Mapping[str, Sequence[str]] = {
    "city_indoor": ("meeting_room", "hall", "gym", "library", "youth_space", "school", "none"),
    "city_outdoor": ("square", "park", "field", "beach", "arena", "none"),
}
"""Which types of space there are indoors and outdoors."""

NOTHING = (False, "none", 0)
"""Answers that say that there is no such thing at the event."""

LONGEST_AHEAD = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the answers are: all facts that are known or, as None, were passed over; which of
    them nobody is asked, since the space or the account tells them or they follow; and which
    unknown facts could still settle something, the most settling first."""

    facts: Mapping[str, Any]
    taken: Collection[str]
    questions: Sequence[str]


def step_of(fact: str) -> str:
    """The page on which a fact is asked; of one that the guide does not know, its own."""
    return next((step for step, facts in STEPS.items() if fact in facts), fact)


def next_step(rules: RuleSet, now: Standing) -> str | None:
    """The page that comes next; None where no question is left.

    First who, for whom and what for, then what belongs to an answer just given, then what every
    event has (where, when, how many), then what there is at it at all and more of that, then what
    settles most, and support last.
    """
    open_facts = list(to_ask(rules, now))
    if not open_facts:
        return None
    turn, step = min((_turn(rules, now, fact), step_of(fact)) for fact in open_facts)
    return PROGRAMME if turn >= (3, 0) and _asks_programme(rules, now) else step


def _asks_programme(rules: RuleSet, now: Standing) -> bool:
    """Whether nothing is known yet of what there is at the event, and several things may be."""
    of_topics = {fact for topic in TOPICS for fact in STEPS[topic]}
    return of_topics.isdisjoint(now.facts) and len(open_topics(rules, now)) > 1


def open_topics(rules: RuleSet, now: Standing) -> list[str]:
    """The topics of which something is to be asked."""
    steps = {step_of(fact) for fact in to_ask(rules, now)}
    return [topic for topic in TOPICS if topic in steps]


def topics_shown(rules: RuleSet, now: Standing) -> Mapping[str, bool]:
    """The topics that matter to this event, and whether something was told of them already."""
    return {
        topic: any(now.facts.get(fact) not in (None, *NOTHING) for fact in facts)
        for topic in TOPICS
        if (facts := asked_on(rules, now, topic))
    }


def topic_answers(rules: RuleSet, now: Standing, chosen: Collection[str]) -> dict[str, Any]:
    """What is known once these topics were chosen: of the others that there is no such thing."""
    return {
        fact: rules.vocabulary[fact].default
        for topic in TOPICS
        if topic not in chosen
        for fact in asked_on(rules, now, topic)
    }


def to_ask_again(rules: RuleSet, now: Standing, chosen: Collection[str]) -> set[str]:
    """The facts of chosen topics of which it was told before that there is no such thing."""
    shown = topics_shown(rules, now)
    return {
        fact
        for topic in chosen
        if shown.get(topic) is False
        for fact in asked_on(rules, now, topic)
        if fact in now.facts
    }


def _turn(rules: RuleSet, now: Standing, fact: str) -> tuple[int, int]:
    step = step_of(fact)
    if step in FIRST:
        return 0, FIRST.index(step)
    if fact in LEADS and step != step_of(LEADS[fact]):
        return 1, list(STEPS).index(step)
    if rules.vocabulary[fact].required:
        return 2, list(STEPS).index(step)
    return (3 if step in TOPICS else 5 if step == LAST else 4), now.questions.index(fact)


def steps_left(rules: RuleSet, now: Standing) -> int:
    """How many pages may still matter, as far as is known now."""
    steps = {step_of(fact) for fact in to_ask(rules, now)}
    if _asks_programme(rules, now):
        steps = {PROGRAMME, *steps.difference(TOPICS)}
    return len(steps)


def to_ask(rules: RuleSet, now: Standing) -> Iterator[str]:
    """The facts that are to be asked and were not passed over."""
    for fact, word in rules.vocabulary.items():
        if fact in now.facts or fact in now.taken or fact in NEVER_ASKED:
            continue
        if fact not in now.questions and not word.required:
            continue
        if _may_be_asked(fact, now):
            yield fact


def _may_be_asked(fact: str, now: Standing) -> bool:
    """Whether what it depends on is known, or stands on the same page."""
    lead = LEADS.get(fact)
    if lead is None or step_of(lead) == step_of(fact):
        return True
    return now.facts.get(lead) is not None


def asked_on(rules: RuleSet, now: Standing, step: str) -> list[str]:
    """The facts on a page, in its order: those that are to be asked, and those that were answered
    or passed over there, to be changed. None where nothing of it is asked of this event."""
    wanted = set(to_ask(rules, now))
    known = STEPS.get(step, (step,))
    return [
        fact
        for fact in known
        if fact in rules.vocabulary
        and fact not in now.taken
        and (fact in wanted or fact in now.facts)
    ]


def choices_of(fact: Fact, facts: Mapping[str, Any]) -> Sequence[str]:
    """The values of a fact that can be chosen beside the other answers."""
    if fact.name == "space_type":
        fitting = SPACE_TYPES.get(facts.get("place_kind") or "", fact.values)
        return [value for value in fact.values if value in fitting]
    return fact.values


def says_nothing(fact: Fact) -> bool:
    """Whether the fact's default says that there is no such thing at the event."""
    return not fact.required and any(fact.default is one or fact.default == one for one in NOTHING)


def is_within_reach(day: date, today: date) -> bool:
    """Whether an event may begin on that local day: neither past nor more than three years ahead.

    The rules would judge it all the same; but it is rather a slip of the pen.
    """
    return today <= day <= today + LONGEST_AHEAD
