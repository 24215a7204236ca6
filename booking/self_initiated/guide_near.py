"""What nearly follows for an event: "From 200 people on: a rescue plan. You said 199." """

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from booking.rulebook import Explanation, Outcome, Wording, evaluate, explain, read_facts
from booking.rulebook.conditions import comparisons
from booking.rulebook.explaining import Near
from booking.rulebook.rule_set import GUIDANCE
from booking.self_initiated.event_rules import answered
from booking.self_initiated.guide_rendering import Told
from booking.web.languages import locale_language

PEOPLE = "attendance_peak"
MOST = 3
"""So many changes of one answer are told."""

WORTH_TELLING = frozenset({"review", "deny", "free"})
"""Effects of free use that are told; all guidance is."""


@dataclass
class NearMiss:
    """One answer, a little different: what it would be, what was said, and what would follow."""

    what: str
    given: str
    rules: list[str] = field(default_factory=list)


def near_misses(told: Told) -> list[NearMiss]:
    """What would follow too if one answer were a little different, each answer once; first what a
    few more people would bring."""
    wording = Wording(told.rules, locale_language(), told.event_day, _)
    found = {(PEOPLE, value): miss for value, miss in _more_people(told, wording)}
    for near in _worth_telling(told, _explanation(told)):
        key = near.fact, near.value
        if key not in found and len(found) >= MOST:
            continue
        miss = found.setdefault(key, _miss(wording, near))
        text = told.duty_text(near.rule)
        if text not in miss.rules:
            miss.rules.append(text)
    return list(found.values())


def _more_people(told: Told, wording: Wording) -> Iterator[tuple[int, NearMiss]]:
    """What a tenth more people would bring, by the number from which on it does: judged anew, as
    more people also take away what kept a duty from counting."""
    people = told.event.facts.get(PEOPLE)
    if people is None:
        return
    known = {*told.outcome["guidance"], *told.outcome["free_use"]["rules"]}
    for value in sorted(_thresholds(told)):
        if people < value <= people + max(1, people // 10):
            outcome = _outcome(told, {PEOPLE: value})
            new = [
                rule for rule in (*outcome.guidance, *outcome.free_use.rules) if rule not in known
            ]
            known.update(new)
            if texts := [told.duty_text(rule) for rule in new if rule in told.rules.rules]:
                what = _("From %(value)s on:", value=wording.value(PEOPLE, value))
                given = _("You said %(given)s.", given=wording.value(PEOPLE, people))
                yield value, NearMiss(what, given, texts)


def _thresholds(told: Told) -> set[int]:
    """The numbers of people at which some rule begins or ceases to hold."""
    parameters = told.rules.edition(told.event_day).parameters
    wanted = [
        one.wanted(parameters)
        for rule in told.rules.rules.values()
        for one in comparisons(rule.when)
        if one.fact == PEOPLE
    ]
    return {int(number) + more for number in wanted for more in (0, 1)}


def _outcome(told: Told, changed: Mapping[str, Any]) -> Outcome:
    partial = bool(told.outcome.get("partial"))
    facts = read_facts(told.rules, answered(told.event.facts) | dict(changed), partial)
    return evaluate(told.rules, facts, told.today)


def _explanation(told: Told) -> Explanation:
    partial = bool(told.outcome.get("partial"))
    facts = read_facts(told.rules, answered(told.event.facts), partial)
    return explain(told.rules, facts, evaluate(told.rules, facts, told.today))


def _worth_telling(told: Told, explanation: Explanation) -> Iterator[Near]:
    """The near rules that matter to whoever arranges the event: duties, and who decides; another
    answer only where the space would be free of charge with it."""
    is_free = told.outcome["free_use"]["decision"] == "auto_free"
    for near in explanation.near:
        if near.fact == PEOPLE:
            continue
        rule = told.rules.rules[near.rule]
        if rule.part == GUIDANCE or (rule.effect in WORTH_TELLING and not rule.overrides_all):
            if rule.effect == "free" and is_free:
                continue
            yield near


def _miss(wording: Wording, near: Near) -> NearMiss:
    value, given = wording.value(near.fact, near.value), wording.value(near.fact, near.given)
    if isinstance(near.value, datetime):
        what = _("If it ended at %(value)s:", value=value)
    elif isinstance(near.value, bool | str) or near.op in {"eq", "ne"}:
        values = {"question": wording.question(near.fact), "answer": value}
        return NearMiss(_("If the answer to “%(question)s” were “%(answer)s”:", **values), "")
    elif near.value > near.given:
        what = _("From %(value)s on:", value=value)
    else:
        what = _("With at most %(value)s:", value=value)
    return NearMiss(what, _("You said %(given)s.", given=given))
