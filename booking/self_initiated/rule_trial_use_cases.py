"""Trying a draft: whose outcome of last year would it have changed? Slice by slice, so that nobody
waits without end, and whoever closes the page goes on later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.database import lock
from booking.rulebook import FactsRefused, RuleSet
from booking.self_initiated import rule_errors as e
from booking.self_initiated.event_rules import answered
from booking.self_initiated.rule_models import RuleTrial, StoredRules
from booking.self_initiated.rule_queries import (
    count_events_of_trial,
    events_of_trial,
    get_rules,
    get_trial,
    is_of_now,
)
from booking.self_initiated.rule_scenarios import scenarios
from booking.self_initiated.rule_sets import rule_set_in_force, stored_rule_set
from booking.self_initiated.rule_trial_rules import Case, as_on, compared, day_of_trial

SLICE = 500
MOST_TOLD = 1000
"""So many of the changed events are told one by one; all are counted."""


def start_trial(session: Session, actor: Actor, draft_id: int, now: datetime) -> RuleTrial:
    """Begin to try a draft as it stands now: the table of scenarios at once, the events in slices.

    Raises `NotAllowed`, `NotFound`, `NotADraft`.
    """
    actor.must(Action.EDIT_RULES)
    draft = get_rules(session, actor, draft_id)
    if draft.published_at is not None or draft.created_by_id is None:
        raise e.NotADraft()
    old, new = rule_set_in_force(session), stored_rule_set(draft)
    day = day_of_trial(old, new, local_date(now, get_catalogue(session).zone))
    total = count_events_of_trial(session, now)
    trial = RuleTrial(
        rule_set_id=draft.id,
        rule_set_version=draft.version,
        total=total,
        result={
            "against": old.version,
            "day": day.isoformat(),
            "scenarios": _changed_scenarios(as_on(old, day), as_on(new, day)),
            "counts": {},
            "changed": 0,
            "unjudged": 0,
            "rows": [],
        },
        started_at=now,
        started_by_id=actor.person_id,
        finished_at=None if total else now,
    )
    session.add(trial)
    session.flush()
    return trial


def continue_trial(
    session: Session, actor: Actor, draft_id: int, trial_id: int, now: datetime
) -> RuleTrial:
    """Put the next 500 events to the draft and to the rules in force; of a finished trial nothing.

    Raises `NotAllowed`, `NotFound`, `TrialOutdated`.
    """
    actor.must(Action.EDIT_RULES)
    lock(session, RuleTrial, [trial_id])
    trial = get_trial(session, actor, draft_id, trial_id)
    session.refresh(trial)
    if trial.finished_at is not None:
        return trial
    draft, old = session.get_one(StoredRules, trial.rule_set_id), rule_set_in_force(session)
    if not is_of_now(trial, draft, old):
        raise e.TrialOutdated()
    day = date.fromisoformat(trial.result["day"])
    rows = events_of_trial(session, trial.started_at, trial.last_event_id, SLICE)
    trial.result = _added(trial.result, rows, as_on(old, day), as_on(stored_rule_set(draft), day))
    if rows:
        trial.last_event_id = rows[-1].id
        trial.done = min(trial.total, trial.done + len(rows))
    if len(rows) < SLICE:
        trial.done, trial.finished_at = trial.total, now
    session.flush()
    return trial


def _changed_scenarios(old: RuleSet, new: RuleSet) -> list[dict[str, Any]]:
    found = []
    for one in scenarios():
        changes = _changes(old, new, one.case)
        if changes:
            found.append({"id": one.id, "title": one.title, "changes": changes})
    return found


def _added(
    result: dict[str, Any], rows: Iterable[Any], old: RuleSet, new: RuleSet
) -> dict[str, Any]:
    """The result with what the draft changes for these events."""
    counts = Counter(result["counts"])
    changed, unjudged, told = result["changed"], result["unjudged"], list(result["rows"])
    for row in rows:
        case = Case(answered(row.facts), row.evaluated_on, bool((row.outcome or {}).get("partial")))
        try:
            changes = compared(old, new, case)
        except FactsRefused:
            unjudged += 1
            continue
        if changes:
            changed += 1
            counts.update(changes.keys())
            if len(told) < MOST_TOLD:
                told.append({"event": row.id, "changes": changes})
    counted = {"counts": dict(counts), "changed": changed, "unjudged": unjudged}
    return {**result, **counted, "rows": told}


def _changes(old: RuleSet, new: RuleSet, case: Case) -> dict[str, Any] | None:
    try:
        return compared(old, new, case)
    except FactsRefused:
        return None
