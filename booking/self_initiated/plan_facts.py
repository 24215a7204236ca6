"""The facts of an event in words, as its page and the paper for authorities tell them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from booking.rulebook.rule_set import Fact, RuleSet, words_of
from booking.self_initiated.plan_words import FACT_NAMES, PRIVATE_FACTS
from booking.web.languages import locale_language
from booking.web.words import money

TOLD_APART = frozenset({"start", "end"})
"""Facts that stand in the heading."""

ON_PAPER: tuple[str, ...] = (
    "purpose",
    "attendance_peak",
    "openness",
    "entrance_fee_eur",
    "amplified",
    "noise_disturbing",
    "music",
    "food",
    "alcohol",
    "structures",
    "structure_days",
    "active_programme",
    "stewards_or_traffic",
    "street_closure",
    "open_fire",
    "pyro",
    "exits_changed",
    "special_danger",
    "overnight",
)
"""What an authority asks for, said on paper even where it is no."""


@dataclass(frozen=True, slots=True)
class FactInWords:
    """A fact: what it is called, and what was told."""

    fact: str
    name: str
    value: str


def facts_told(
    rules: RuleSet, facts: Mapping[str, Any], known: Collection[str], today: date
) -> list[FactInWords]:
    """What was told of the event, in the order of the questions; without what is not so, and
    without what is `known` from elsewhere."""
    named = [
        name
        for name in rules.vocabulary
        if name not in {*TOLD_APART, *known} and not _is_nothing(facts.get(name))
    ]
    return list(_in_words(rules, facts, named, today))


def facts_on_paper(
    rules: RuleSet, facts: Mapping[str, Any], known: Collection[str], today: date
) -> list[FactInWords]:
    """What authorities ask for, in the order of the paper, and whatever else was told that is
    theirs to know; without what is `known` from the place."""
    first = [name for name in ON_PAPER if name in rules.vocabulary]
    left_out = {*first, *TOLD_APART, *PRIVATE_FACTS, *known}
    more = [
        name
        for name in rules.vocabulary
        if name not in left_out and not _is_nothing(facts.get(name))
    ]
    with_defaults = {**{name: rules.vocabulary[name].default for name in first}, **facts}
    if not with_defaults.get("structure_days"):
        first.remove("structure_days")
    return list(_in_words(rules, with_defaults, first + more, today))


def _is_nothing(value: Any) -> bool:
    """Whether it says only that something is not so."""
    return value is None or value is False or value == "none" or value == 0


def _in_words(
    rules: RuleSet, facts: Mapping[str, Any], names: Iterable[str], today: date
) -> Iterable[FactInWords]:
    for name in names:
        fact = rules.vocabulary[name]
        if facts.get(name) is not None:
            yield FactInWords(
                name, fact_name(rules, fact, today), value_of(rules, fact, facts[name], today)
            )


def fact_name(rules: RuleSet, fact: Fact, today: date) -> str:
    """The short name of a fact, else its question."""
    known = FACT_NAMES.get(fact.name)
    return _(known) if known else words_of(rules, fact.ask, locale_language(), today)


def value_of(rules: RuleSet, fact: Fact, value: Any, today: date) -> str:
    """What was told, in words: the label of a choice, yes or no, a number with its unit."""
    if fact.labels and value in fact.labels:
        return words_of(rules, fact.labels[value], locale_language(), today)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if fact.unit == "eur":
        return money(round(float(value) * 100)) if float(value) else _("Free of charge")
    return str(format_decimal(value))
