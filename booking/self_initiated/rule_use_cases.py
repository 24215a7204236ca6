"""What the keepers of the city's rules do: make drafts, change them, publish.

A draft is at all times a rule set that the strict loader takes; what it refuses is not written.
Whoever changes a place says which text they read there (its fingerprint), so that two editors of a
draft never overwrite each other unseen, and never wait for each other at different places.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import find_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound, RequestRefused
from booking.database import constraint_means, lock
from booking.rulebook import RuleSet, changed_statute, load_rule_set
from booking.rulebook.rule_set import STATUTE, Parameter, Rule
from booking.self_initiated import rule_errors as e
from booking.self_initiated.rule_changes import changed_versions
from booking.self_initiated.rule_models import StoredRules
from booking.self_initiated.rule_queries import (
    get_rules,
    has_finished_trial,
    is_copy_of_published,
)
from booking.self_initiated.rule_sets import (
    forget_rule_set_in_force,
    rule_set_in_force,
    shipped_rule_set,
    shipped_text,
    stored_rule_set,
)
from booking.self_initiated.rule_texts import Block, RuleText, fingerprint

LONGEST_NAME = 40
_NAMES_ONCE = ("uq_rule_set_name", "rule_set.name")
"""The constraint that lets each name be given once, as each engine calls it."""


def make_draft(
    session: Session, actor: Actor, base_id: int | None, name: str, note: str, now: datetime
) -> StoredRules:
    """A draft that begins as a copy of a stored set, or without one of what the product ships.

    Raises `NotAllowed`, `NotFound`, `RequestRefused`.
    """
    actor.must(Action.EDIT_RULES)
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise RequestRefused([e.NameUnfit()])
    body = shipped_text() if base_id is None else _base(session, actor, base_id).body
    if _is_taken(session, name):
        raise RequestRefused([e.NameTaken()])
    draft = StoredRules(
        name=name,
        body=RuleText(body).with_version(name),
        note=note.strip(),
        base_id=base_id,
        created_at=now,
        created_by_id=actor.person_id,
        updated_at=now,
    )
    with constraint_means(session, dict.fromkeys(_NAMES_ONCE, e.NameTaken)):
        session.add(draft)
    record(session, actor, "drafted", draft, now, name=name, base=base_id)
    return draft


def keep_shipped_rules(session: Session, now: datetime) -> int:
    """Keep the rule set that the product ships under its version, so that what it said can be
    repeated when a later product ships another; 1 where it was not kept yet. Where there is no city
    yet, nothing was said."""
    shipped = shipped_rule_set()
    if find_catalogue(session) is None:
        return 0
    if session.scalar(select(StoredRules.id).where(StoredRules.name == shipped.version)):
        return 0
    session.add(
        StoredRules(name=shipped.version, body=shipped_text(), created_at=now, updated_at=now)
    )
    return 1


def discard_draft(session: Session, actor: Actor, draft_id: int, now: datetime) -> None:
    """Throw a draft away. Raises `NotAllowed`, `NotFound`, `NotADraft`."""
    draft = _locked_draft(session, actor, draft_id)
    record(session, actor, "discarded", draft, now, name=draft.name)
    session.delete(draft)


# ── Changing a draft ──────────────────────────────────────────────────────────────────────────


def change_whole(
    session: Session, actor: Actor, draft_id: int, text: str, seen: str, now: datetime
) -> StoredRules:
    """Put another text in the place of the whole; it keeps the name of the draft.

    Raises `NotAllowed`, `NotFound`, `NotADraft`, `DraftChanged`, `RulesRefused`, `RequestRefused`.
    """
    draft = _locked_draft(session, actor, draft_id)
    _must_be_what_was_seen(draft.body, seen)
    plain = text.replace("\r\n", "\n").removeprefix("\ufeff")
    body = RuleText(plain).with_version(draft.name)
    return _write(session, actor, draft, body, now, changed="all")


def change_rule(
    session: Session, actor: Actor, draft_id: int, rule: str, text: str, seen: str, now: datetime
) -> StoredRules:
    """Put another text in the place of one rule. Raises as `change_whole` does."""
    draft = _locked_draft(session, actor, draft_id)
    whole, block = _rule_block(draft, rule)
    _must_be_what_was_seen(whole.text_of(block), seen)
    body = whole.replaced(block, text)
    return _write(session, actor, draft, body, now, only=rule, changed=rule)


def change_keys_of_rule(
    session: Session,
    actor: Actor,
    draft_id: int,
    rule: str,
    keys: Mapping[str, Any],
    seen: str,
    now: datetime,
) -> StoredRules:
    """Give some keys of a rule other values, None to take them away; the rest of its text stays.
    Raises as `change_whole` does."""
    draft = _locked_draft(session, actor, draft_id)
    whole, block = _rule_block(draft, rule)
    _must_be_what_was_seen(whole.text_of(block), seen)
    body = whole.with_keys(block, keys)
    return _write(session, actor, draft, body, now, only=rule, changed=rule)


def add_rule(
    session: Session, actor: Actor, draft_id: int, part: str, text: str, now: datetime
) -> StoredRules:
    """Add a rule, written as text, to the end of a list. Raises as `change_whole` does."""
    draft = _locked_draft(session, actor, draft_id)
    try:
        body = RuleText(draft.body).added(part, text)
    except KeyError:
        raise RequestRefused([e.WrittenOtherwise()]) from None
    return _write(session, actor, draft, body, now, changed=f"{part}, added")


def remove_rule(
    session: Session, actor: Actor, draft_id: int, rule: str, seen: str, now: datetime
) -> StoredRules:
    """Take a rule out of a draft. Raises as `change_whole` does."""
    draft = _locked_draft(session, actor, draft_id)
    whole, block = _rule_block(draft, rule)
    _must_be_what_was_seen(whole.text_of(block), seen)
    return _write(session, actor, draft, whole.removed(block), now, changed=f"{rule}, removed")


def change_parameter(
    session: Session,
    actor: Actor,
    draft_id: int,
    name: str,
    value: Any,
    from_day: date,
    today: date,
    seen: str,
    now: datetime,
) -> StoredRules:
    """Give a parameter another value from a day on: the value before it ends the day before, and
    one that begins later stays. Raises as `change_whole` does."""
    draft = _locked_draft(session, actor, draft_id)
    rules = stored_rule_set(draft)
    parameter = rules.parameters.get(name)
    if parameter is None:
        raise NotFound()
    whole = RuleText(draft.body)
    block = whole.parameters.get(name)
    if block is None:
        raise RequestRefused([e.WrittenOtherwise()])
    _must_be_what_was_seen(whole.text_of(block), seen)
    if from_day < today:
        raise RequestRefused([e.FromDayPast()])
    if parameter.on(from_day) == value:
        raise RequestRefused([e.ParameterUnchanged()])
    first = min(rule.valid_from for rule in rules.rules.values())
    versions = changed_versions(parameter, value, from_day, first)
    body = whole.with_keys(block, {"value": None, "versions": versions})
    return _write(session, actor, draft, body, now, only=name, changed=name)


# ── Publishing ────────────────────────────────────────────────────────────────────────────────


def publish_rules(
    session: Session, actor: Actor, draft_id: int, reason: str, now: datetime
) -> StoredRules:
    """From now on events are judged by the draft, which never changes again.

    It has been tried as it stands, unless it says word for word what was published before: to go
    back has to be possible at once. What was judged before stays as it is until its facts change.
    Raises `NotAllowed`, `NotFound`, `NotADraft`, `RulesRefused`, `RequestRefused`.
    """
    draft = _locked_draft(session, actor, draft_id)
    rules = load_rule_set(draft.body, f"{draft.name}.yaml")
    _must_keep_statute(session, rules)
    if not reason.strip():
        raise RequestRefused([e.ReasonMissing()])
    if not is_copy_of_published(session, draft) and not has_finished_trial(session, draft):
        raise RequestRefused([e.TrialMissing()])
    before = rule_set_in_force(session).version
    draft.note, draft.published_at, draft.published_by_id = reason.strip(), now, actor.person_id
    draft.updated_at = now
    session.flush()
    forget_rule_set_in_force(session)
    told = {"name": draft.name, "before": before, "reason": draft.note}
    record(session, actor, "published", draft, now, **told)
    return draft


# ── Shared ────────────────────────────────────────────────────────────────────────────────────


def _locked_draft(session: Session, actor: Actor, draft_id: int) -> StoredRules:
    """The draft, when nobody else is changing it any more."""
    actor.must(Action.EDIT_RULES)
    lock(session, StoredRules, [draft_id])
    draft = get_rules(session, actor, draft_id)
    session.refresh(draft)
    if draft.published_at is not None or draft.created_by_id is None:
        raise e.NotADraft()
    return draft


def _base(session: Session, actor: Actor, base_id: int) -> StoredRules:
    """What a draft may be made of: what was published or kept, no other draft."""
    base = get_rules(session, actor, base_id)
    if base.published_at is None and base.created_by_id is not None:
        raise NotFound()
    return base


def _is_taken(session: Session, name: str) -> bool:
    if name == shipped_rule_set().version:
        return True
    return session.scalar(select(StoredRules.id).where(StoredRules.name == name)) is not None


def _must_be_what_was_seen(text: str, seen: str) -> None:
    if fingerprint(text) != seen:
        raise e.DraftChanged()


def _rule_block(draft: StoredRules, rule: str) -> tuple[RuleText, Block]:
    """Where a rule stands that a city may change."""
    found = stored_rule_set(draft).rules.get(rule)
    if found is None:
        raise NotFound()
    if found.basis == STATUTE:
        raise RequestRefused([e.StatuteChanged(names=rule)])
    whole = RuleText(draft.body)
    if rule not in whole.rules:
        raise RequestRefused([e.WrittenOtherwise()])
    return whole, whole.rules[rule]


def _write(
    session: Session,
    actor: Actor,
    draft: StoredRules,
    body: str,
    now: datetime,
    *,
    changed: str,
    only: str | None = None,
) -> StoredRules:
    """Keep the new text, if it is a rule set and changes nothing that it may not."""
    if body == draft.body:
        return draft
    rules = load_rule_set(body, f"{draft.name}.yaml")
    if only is not None and not _differ_only_in(only, stored_rule_set(draft), rules):
        raise RequestRefused([e.OnlyThisRule()])
    if rules.version != draft.name:
        raise RequestRefused([e.WrittenOtherwise()])
    _must_keep_statute(session, rules)
    draft.body, draft.updated_at = body, now
    session.flush()
    record(session, actor, "changed", draft, now, what=changed)
    return draft


def _differ_only_in(name: str, old: RuleSet, new: RuleSet) -> bool:
    """Whether everything else is as it was, and the one named is still there."""

    def others(rules: RuleSet) -> tuple[Any, ...]:
        return (
            {key: one for key, one in rules.rules.items() if key != name},
            {key: one for key, one in rules.parameters.items() if key != name},
            rules.groups,
            rules.fees,
            rules.kinds,
            rules.vocabulary,
            rules.needs,
        )

    return (name in new.rules or name in new.parameters) and others(old) == others(new)


def _must_keep_statute(session: Session, new: RuleSet) -> None:
    """What rests on statute stands as in the rules in force or as the product ships it."""
    in_force, shipped = rule_set_in_force(session), shipped_rule_set()
    told = dict.fromkeys(changed_statute(in_force, new))
    added = [one for one in _statutes(new) if one not in _statutes(in_force)]
    names = [one for one in (*told, *added) if not _same(one, new, shipped)]
    if names:
        raise RequestRefused([e.StatuteChanged(names=", ".join(names))])


def _statutes(rules: RuleSet) -> dict[str, Any]:
    both: dict[str, Rule | Parameter] = {**rules.rules, **rules.parameters}
    return {name: one for name, one in both.items() if one.basis == STATUTE}


def _same(name: str, new: RuleSet, other: RuleSet) -> bool:
    return _statutes(new).get(name) == _statutes(other).get(name)
