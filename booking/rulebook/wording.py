"""Conditions, causes and near misses as sentences, for people who read or edit the rules.

`say` puts a sentence that `N_` marked, with its values, into the reader's language, as gettext
does; `language` is that language, for the texts of the rule set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from booking.core.errors import N_
from booking.rulebook.conditions import All, Any_, Comparison, Condition, Not
from booking.rulebook.explaining import Cause, Near
from booking.rulebook.rule_set import RuleSet, text_of, words_of
from booking.rulebook.texts import number_in_text

Say = Callable[..., str]

YES, NO = N_("yes"), N_("no")
AND, OR = N_("%(one)s and %(other)s"), N_("%(one)s or %(other)s")
NOT = N_("not (%(what)s)")
ANSWER = N_("“%(question)s” – %(answer)s")
_ANSWERS = {
    "ne": N_("anything but %(value)s"),
    "gt": N_("more than %(value)s"),
    "gte": N_("at least %(value)s"),
    "lt": N_("less than %(value)s"),
    "lte": N_("at most %(value)s"),
}
_OPPOSITE = {"eq": "ne", "ne": "eq", "gt": "lte", "lte": "gt", "lt": "gte", "gte": "lt", "in": "ne"}
_DERIVED = {
    "ends_after_22": N_("Does the event end after 22:00 of its first day?"),
    "noise_window": N_("Is part of the event outside the hours of amplified sound?"),
    "nye_window": N_("Is the whole event within New Year's night?"),
    "days_to_event": N_("How many days are left until the event?"),
    "annual_room_eur": N_("How much of the year's grant is left?"),
}
_UNITS = {
    "persons": N_("%(number)s people"),
    "eur": N_("%(number)s euros"),
    "days": N_("%(number)s days"),
    "times": N_("%(number)s times"),
}
FROM_ON = N_("From %(value)s on this follows too: %(rule)s You said %(given)s.")
UP_TO = N_("With at most %(value)s this follows: %(rule)s You said %(given)s.")
ENDING = N_("If the event ended at %(value)s, this would follow: %(rule)s You said %(given)s.")
OTHERWISE = N_("If your answer to “%(question)s” were “%(answer)s”: %(rule)s")


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts what a rule set says into sentences, as it stands on a day."""

    rule_set: RuleSet
    language: str
    day: date
    say: Say

    def condition(self, condition: Condition) -> str:
        """The condition as a sentence without its full stop."""
        match condition:
            case Comparison(fact, op):
                wanted = condition.wanted(self.rule_set.edition(self.day).parameters)
                return self.comparison(fact, op, wanted)
            case Not(Comparison(fact, op, value, param)) if op != "in":
                return self.condition(Comparison(fact, _OPPOSITE[op], value, param))
            case Not(member):
                return self.say(NOT, what=self.condition(member))
            case All(members):
                return self._joined(AND, [self._inside(one, Any_) for one in members])
            case Any_(members):
                return self._joined(OR, [self._inside(one, All) for one in members])

    def cause(self, cause: Cause) -> str:
        """What took part in making a rule hold."""
        if isinstance(cause.given, bool | str) or cause.op == "in":
            return self.comparison(cause.fact, "eq", cause.given)
        op = cause.op if cause.holds else _OPPOSITE[cause.op]
        return self.comparison(cause.fact, op, cause.wanted)

    def near(self, near: Near) -> str:
        """What would follow too if one fact were a little different."""
        rule = text_of(self.rule_set, self.rule_set.rules[near.rule], self.language, self.day)
        values = {"rule": rule, "value": self.value(near.fact, near.value)}
        if isinstance(near.value, datetime):
            return self.say(ENDING, **values, given=self.value(near.fact, near.given))
        if isinstance(near.value, bool | str) or near.op not in _BOUNDS:
            question = self.question(near.fact)
            return self.say(OTHERWISE, question=question, answer=values["value"], rule=rule)
        sentence = FROM_ON if near.value > near.given else UP_TO
        return self.say(sentence, **values, given=self.value(near.fact, near.given))

    def comparison(self, fact: str, op: str, wanted: Any) -> str:
        """A question and the answers to it that are meant."""
        if isinstance(wanted, bool):
            answer = self.value(fact, wanted if op != "ne" else not wanted)
        elif isinstance(wanted, tuple):
            answer = self._joined(OR, [self.value(fact, one) for one in wanted])
        else:
            value = self.value(fact, wanted)
            answer = self.say(_ANSWERS[op], value=value) if op in _ANSWERS else value
        return self.say(ANSWER, question=self.question(fact), answer=answer)

    def question(self, fact: str) -> str:
        """What is asked for the fact."""
        if (known := self.rule_set.vocabulary.get(fact)) is not None:
            return words_of(self.rule_set, known.ask, self.language, self.day)
        return self.say(_DERIVED[fact])

    def value(self, fact: str, value: Any) -> str:
        """A value of the fact as its label, with its unit, or as a time."""
        known = self.rule_set.vocabulary.get(fact)
        match value:
            case bool():
                return self.say(YES if value else NO)
            case int() | Decimal():
                number = number_in_text(value, self.language)
                unit = _UNITS.get(known.unit if known else _UNIT_OF_DERIVED[fact])
                return self.say(unit, number=number) if unit else number
            case datetime():
                return f"{value:%H:%M}" if self.language == "en" else f"{value.hour}.{value:%M}"
        labels: Mapping[str, Any] = known.labels if known else {}
        if value in labels:
            return words_of(self.rule_set, labels[value], self.language, self.day)
        return str(value)

    def _inside(self, condition: Condition, kind: type) -> str:
        words = self.condition(condition)
        return f"({words})" if isinstance(condition, kind) else words

    def _joined(self, sentence: str, words: list[str]) -> str:
        """`a, b and c`."""
        *first, last = words
        if not first:
            return last
        return self.say(sentence, one=", ".join(first), other=last)


_BOUNDS = frozenset({"gt", "gte", "lt", "lte"})
_UNIT_OF_DERIVED = {"days_to_event": "days", "annual_room_eur": "eur"}


def condition_in_words(
    rule_set: RuleSet, condition: Condition, language: str, day: date, say: Say
) -> str:
    """The condition as a sentence without its full stop, as it reads on that day."""
    return Wording(rule_set, language, day, say).condition(condition)
