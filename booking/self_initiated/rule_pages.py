"""The rules as people read them: each a sentence, when it applies, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from booking.rulebook import Rule, RuleSet, Wording, text_of, words_of
from booking.rulebook.conditions import All, Condition
from booking.rulebook.rule_set import GUIDANCE, STATUTE, Parameter
from booking.rulebook.texts import value_in_text
from booking.self_initiated.rule_words import (
    BASIS_NAMES,
    DEADLINE_NAMES,
    EFFECT_NAMES,
    PART_NAMES,
    UNIT_NAMES,
)
from booking.web.languages import locale_language

CHECKED_EVERY = timedelta(days=365)
"""A source that nobody has looked at for so long is to be checked again."""

Face = dict[str, Any]


def rule_faces(
    rules: RuleSet, day: date, part: str, words: str, *, in_force: bool
) -> list[dict[str, Any]]:
    """The parts with their rules, of one part only where one is named, of those that say all the
    words; without a rule a part is left out."""
    wanted = words.casefold().split()
    wording = Wording(rules, locale_language(), day, _)
    found = []
    for name, title in PART_NAMES.items():
        if part not in ("", name):
            continue
        faces = [
            face
            for rule in getattr(rules, name)
            if not in_force or rule.in_force(day)
            if _says(face := rule_face(wording, rule), wanted)
        ]
        if faces:
            found.append({"id": name, "title": _(title), "rules": faces})
    return found


def rule_face(wording: Wording, rule: Rule) -> Face:
    """One rule."""
    rules, language, day = wording.rule_set, wording.language, wording.day
    conditions, all_hold = _conditions(wording, rule.when)
    return {
        "id": rule.id,
        "text": text_of(rules, rule, language, day),
        "says": says_of(rules, rule, day),
        "conditions": conditions,
        "all_hold": all_hold,
        "basis": _(BASIS_NAMES[rule.basis]),
        "is_statute": rule.basis == STATUTE,
        "source": rule.source,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "in_force": rule.in_force(day),
        "source_checked": rule.source_checked,
        "is_due": is_due_for_check(rule, day),
        **(_guidance_face(rules, rule, language, day) if rule.part == GUIDANCE else {}),
    }


def says_of(rules: RuleSet, rule: Rule, day: date) -> str:
    """What the rule does, in a word or two."""
    language = locale_language()
    if rule.part == GUIDANCE:
        return words_of(rules, rules.kinds[rule.kind], language, day)
    words = _(EFFECT_NAMES[rule.effect])
    if rule.price_group:
        group = words_of(rules, rules.groups[rule.price_group].name, language, day)
        return f"{words} ({rule.price_group}: {group})"
    return words


def is_due_for_check(rule: Rule, day: date) -> bool:
    """Whether its source is to be read again."""
    too_old = rule.source_checked < day - CHECKED_EVERY
    return too_old or (rule.recheck_by is not None and rule.recheck_by < day)


def due_for_check(rules: RuleSet, day: date) -> list[Face]:
    """The rules whose sources are to be read again, the longest waiting first."""
    due = [
        rule for rule in rules.rules.values() if rule.in_force(day) and is_due_for_check(rule, day)
    ]
    due.sort(key=lambda rule: rule.recheck_by or rule.source_checked)
    return [
        {
            "id": rule.id,
            "text": text_of(rules, rule, locale_language(), day),
            "source": rule.source,
            "source_checked": rule.source_checked,
            "recheck_by": rule.recheck_by,
        }
        for rule in due
    ]


def parameter_faces(rules: RuleSet, day: date, words: str = "") -> list[Face]:
    """The numbers and hours, each with what it is on that day and later."""
    wanted = words.casefold().split()
    faces = (parameter_face(rules, one, day) for one in rules.parameters.values())
    return [face for face in faces if _says(face, wanted)]


def parameter_face(rules: RuleSet, parameter: Parameter, day: date) -> Face:
    return {
        "name": parameter.name,
        "label": words_of(rules, parameter.label, locale_language(), day),
        "value": value_in_words(parameter, parameter.on(day)),
        "versions": [
            {
                "value": value_in_words(parameter, one.value),
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }
            for one in parameter.versions
        ],
        "later": [
            {"value": value_in_words(parameter, one.value), "valid_from": one.valid_from}
            for one in parameter.versions
            if one.valid_from is not None and one.valid_from > day
        ],
        "basis": _(BASIS_NAMES[parameter.basis]),
        "is_statute": parameter.basis == STATUTE,
        "source": parameter.source,
    }


def value_in_words(parameter: Parameter, value: Any) -> str:
    """A value with its unit."""
    written = value_in_text(value, locale_language())
    unit = UNIT_NAMES.get(parameter.unit)
    return _(unit, value=written) if unit else written


def _guidance_face(rules: RuleSet, rule: Rule, language: str, day: date) -> Face:
    unit = rule.deadline.unit
    return {
        "authority": words_of(rules, rule.authority, language, day),
        "deadline": _(DEADLINE_NAMES[unit], value=rule.deadline.n) if unit else "",
        "fee": words_of(rules, rules.fees[rule.fee], language, day),
    }


def _conditions(wording: Wording, condition: Condition) -> tuple[list[str], bool]:
    """The condition in sentences; whether there are several, all of which have to hold."""
    if isinstance(condition, All):
        return [wording.condition(one) for one in condition.members], len(condition.members) > 1
    return [wording.condition(condition)], False


def _says(face: Mapping[str, Any], wanted: Sequence[str]) -> bool:
    text = " ".join(_texts(face.values())).casefold()
    return all(word in text for word in wanted)


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))
