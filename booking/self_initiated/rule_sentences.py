"""The rules of free use that fired for events, as sentences: read for the bookings' pages, letters
and inbox, which know no rule sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.rule_sentences import FiredRule
from booking.rulebook import RuleSet, text_of, words_of
from booking.rulebook.texts import LANGUAGES
from booking.self_initiated.rule_sets import rule_set_in_force


def read_fired_rules(
    session: Session, events: Sequence[SelfInitiatedEvent]
) -> Mapping[int, Sequence[FiredRule]]:
    """The rules of free use that fired for each of these events, by its key, as they read on the
    day of its evaluation. What the rule set in force has no more is left out."""
    rules = rule_set_in_force(session)
    return {one.id: _rules_of(rules, one) for one in events}


def _rules_of(rules: RuleSet, event: SelfInitiatedEvent) -> list[FiredRule]:
    fired = ((event.outcome or {}).get("free_use") or {}).get("rules") or ()
    day = event.evaluated_on or event.created_at.date()
    return [known for id_ in fired if (known := _fired(rules, id_, day)) is not None]


def _fired(rules: RuleSet, id_: str, day: date) -> FiredRule | None:
    """The rule as a sentence; what a use pays that no rule prices is of the city's policy."""
    if id_ == rules.default_price.id:
        text = rules.default_price.text
        texts = {one: words_of(rules, text, one, day) for one in LANGUAGES}
        return FiredRule(id_, "charge", "policy", texts)
    rule = rules.rules.get(id_)
    if rule is None:
        return None
    texts = {language: text_of(rules, rule, language, day) for language in LANGUAGES}
    return FiredRule(id_, rule.effect, rule.basis, texts)
