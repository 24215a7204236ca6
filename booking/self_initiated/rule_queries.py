"""Reading the rule sets: drafts, what was published when, and the trials of drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, defer, undefer

from booking.accounts.models import Person
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook import RuleSet
from booking.self_initiated.rule_models import RuleTrial, StoredRules
from booking.self_initiated.rule_sets import rule_set_in_force, shipped_text
from booking.self_initiated.rule_texts import RuleText

LOOKED_BACK = timedelta(days=365)
MOST_TRIALS = 20


def published_sets(session: Session, actor: Actor) -> Sequence[StoredRules]:
    """What was published, the newest first, without the texts. Raises `NotAllowed`."""
    actor.must(Action.EDIT_RULES)
    return session.scalars(
        select(StoredRules)
        .options(defer(StoredRules.body))
        .where(StoredRules.published_at.is_not(None))
        .order_by(StoredRules.published_at.desc(), StoredRules.id.desc())
    ).all()


def draft_sets(session: Session, actor: Actor) -> Sequence[StoredRules]:
    """The drafts, the one changed last first, without the texts. Raises `NotAllowed`."""
    actor.must(Action.EDIT_RULES)
    return session.scalars(
        select(StoredRules)
        .options(defer(StoredRules.body))
        .where(StoredRules.published_at.is_(None), StoredRules.created_by_id.is_not(None))
        .order_by(StoredRules.updated_at.desc(), StoredRules.id.desc())
    ).all()


def get_rules(session: Session, actor: Actor, rules_id: int) -> StoredRules:
    """One of them with its text. Raises `NotAllowed`, `NotFound`."""
    actor.must(Action.EDIT_RULES)
    found = session.scalars(
        select(StoredRules).options(undefer(StoredRules.body)).where(StoredRules.id == rules_id)
    ).first()
    if found is None:
        raise NotFound()
    return found


def in_force_since(session: Session) -> datetime | None:
    """When the rules in force were published; None for those that the product ships."""
    return session.scalar(select(func.max(StoredRules.published_at)))


def names_of_people(session: Session, ids: Collection[int | None]) -> Mapping[int, str]:
    """What they are called, in one query."""
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def is_copy_of_published(session: Session, draft: StoredRules) -> bool:
    """Whether the draft says word for word what was in force before, or what the product ships: to
    go back to it."""
    base = session.get(StoredRules, draft.base_id) if draft.base_id is not None else None
    body = base.body if base is not None else shipped_text()
    return RuleText(body).with_version(draft.name) == draft.body


# ── Trials ────────────────────────────────────────────────────────────────────────────────────


def get_trial(session: Session, actor: Actor, rules_id: int, trial_id: int) -> RuleTrial:
    """One trial of a draft. Raises `NotAllowed`, `NotFound`."""
    actor.must(Action.EDIT_RULES)
    found = session.get(RuleTrial, trial_id)
    if found is None or found.rule_set_id != rules_id:
        raise NotFound()
    return found


def last_trial(session: Session, draft: StoredRules) -> RuleTrial | None:
    """The trial of the draft that began last."""
    return session.scalars(
        select(RuleTrial)
        .where(RuleTrial.rule_set_id == draft.id)
        .order_by(RuleTrial.id.desc())
        .limit(1)
    ).first()


def is_of_now(trial: RuleTrial, draft: StoredRules, in_force: RuleSet) -> bool:
    """Whether the trial tells of the draft and of the rules in force as they stand now."""
    return (
        trial.rule_set_version == draft.version and trial.result.get("against") == in_force.version
    )


def has_finished_trial(session: Session, draft: StoredRules) -> bool:
    """Whether the draft as it stands was tried to the end against the rules in force."""
    trial = last_trial(session, draft)
    return (
        trial is not None
        and trial.finished_at is not None
        and is_of_now(trial, draft, rule_set_in_force(session))
    )


def count_events_of_trial(session: Session, started_at: datetime) -> int:
    """How many events a trial puts to the rules: those that began within the year before it."""
    return session.scalar(select(func.count()).where(_of_trial(started_at))) or 0


def events_of_trial(
    session: Session, started_at: datetime, after_id: int, most: int
) -> Sequence[Any]:
    """The next of them, by key: id, facts, outcome, evaluated_on."""
    event = SelfInitiatedEvent
    return session.execute(
        select(event.id, event.facts, event.outcome, event.evaluated_on)
        .where(_of_trial(started_at), event.id > after_id)
        .order_by(event.id)
        .limit(most)
    ).all()


def events_by_id(session: Session, ids: Collection[int]) -> Mapping[int, SelfInitiatedEvent]:
    """These events by key, in one query."""
    found = session.scalars(
        select(SelfInitiatedEvent).where(SelfInitiatedEvent.id.in_(sorted(ids)))
    )
    return {one.id: one for one in found}


def _of_trial(started_at: datetime) -> ColumnElement[bool]:
    return and_(
        SelfInitiatedEvent.starts_at >= started_at - LOOKED_BACK,
        SelfInitiatedEvent.starts_at < started_at,
        SelfInitiatedEvent.evaluated_on.is_not(None),
        SelfInitiatedEvent.cancelled_at.is_(None),
    )
