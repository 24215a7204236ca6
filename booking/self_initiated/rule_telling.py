"""What a draft changes, told: kinds with their numbers, then event by event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from booking.core.actors import Actor
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook import RuleSet, text_of
from booking.self_initiated.event_queries import may_see
from booking.self_initiated.rule_words import DECISION_NAMES, KIND_NAMES, SUPPORT_NAMES
from booking.web.languages import locale_language
from booking.web.words import day_in_words, money

Sets = tuple[RuleSet, RuleSet]
"""The rules in force and the draft."""


def changed_kinds(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The kinds of change that there are, with how many events have each."""
    counts = result["counts"]
    return [
        {"id": kind, "title": _(title), "count": counts[kind]}
        for kind, (title, _word) in KIND_NAMES.items()
        if counts.get(kind)
    ]


def rows_of_events(
    actor: Actor,
    rows: Sequence[Mapping[str, Any]],
    events: Mapping[int, SelfInitiatedEvent],
    sets: Sets,
) -> list[dict[str, Any]]:
    """The changed events; the title and the way to it only of those that the actor may see."""
    found = []
    for row in rows:
        event = events.get(row["event"])
        seen = event is not None and may_see(actor, event)
        found.append(
            {
                "title": (event.title or _("Event without a name")) if event and seen else "",
                "reference": event.reference if event and seen else "",
                "url": url_for("self_initiated.show_event", reference=event.reference)
                if event and seen
                else "",
                "starts_at": event.starts_at if event else None,
                "changes": told_changes(row["changes"], sets),
            }
        )
    return found


def rows_of_scenarios(result: Mapping[str, Any], sets: Sets) -> list[dict[str, Any]]:
    """The changed rows of the table of scenarios."""
    return [
        {"id": one["id"], "title": one["title"], "changes": told_changes(one["changes"], sets)}
        for one in result["scenarios"]
    ]


def told_changes(changes: Mapping[str, Any], sets: Sets) -> list[dict[str, str]]:
    """Each change as what it is about, and what was and will be."""
    told = []
    for kind, (_title, word) in KIND_NAMES.items():
        if kind in changes:
            texts = _TELLERS[kind](changes[kind], sets)
            told += [{"word": _(word), "text": text} for text in texts]
    return told


def _arrow(before: str, after: str) -> str:
    return _("%(before)s, with the draft %(after)s", before=before, after=after)


def _decision(step: Mapping[str, Any], _sets: Sets) -> list[str]:
    before, after = (_(DECISION_NAMES[step[key]]) for key in ("before", "after"))
    return [_arrow(before, after)]


def _group(step: Mapping[str, Any], _sets: Sets) -> list[str]:
    return [_arrow(step["before"] or _("still open"), step["after"] or _("still open"))]


def _support(step: Mapping[str, Any], _sets: Sets) -> list[str]:
    return [_arrow(_grant(step["before"]), _grant(step["after"]))]


def _grant(support: Mapping[str, Any]) -> str:
    status, amount = support["status"], support["amount"]
    words = _(SUPPORT_NAMES[status])
    return f"{words} ({money(round(float(amount) * 100))})" if amount else words


def _rules(named: Sequence[str], sets: Sets) -> list[str]:
    return [f"{id_} {_text(id_, sets)}".strip() for id_ in named]


def _moved(moved: Mapping[str, Any], sets: Sets) -> list[str]:
    return [
        f"{id_} {_text(id_, sets)} {_arrow(_day(step['before']), _day(step['after']))}"
        for id_, step in moved.items()
    ]


def _refused(facts: Sequence[str], _sets: Sets) -> list[str]:
    return [", ".join(facts)]


def _text(id_: str, sets: Sets) -> str:
    for rules in reversed(sets):
        if id_ in rules.rules:
            return text_of(rules, rules.rules[id_], locale_language(), date.max)
    return ""


def _day(due: str | None) -> str:
    return day_in_words(date.fromisoformat(due[:10])) if due else _("no date")


_TELLERS: Mapping[str, Any] = {
    "decision": _decision,
    "price_group": _group,
    "support": _support,
    "added": _rules,
    "gone": _rules,
    "moved": _moved,
    "refused": _refused,
}
