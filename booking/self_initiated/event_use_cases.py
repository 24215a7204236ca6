"""What people do with events of their own: begin, tell its facts, keep it, cancel it.

An event without an account belongs to whoever has its secret. Whoever keeps it makes it their own,
and the secret opens nothing from then on: the link may have been shared, and what is added from
now on is personal.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue, get_place, may_see_place
from booking.core.actors import Action, Actor
from booking.core.clock import local_date, to_utc
from booking.core.errors import NotFound, StaleVersion
from booking.core.references import new_reference
from booking.database import lock
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_use_cases import reprice_reservations_of
from booking.rulebook.evaluation import evaluate
from booking.rulebook.explaining import explain
from booking.rulebook.facts import read_facts
from booking.rulebook.rule_set import RuleSet
from booking.self_initiated.event_errors import EventIsCancelled, EventIsOver
from booking.self_initiated.event_queries import (
    Asker,
    Secret,
    account_facts,
    event_of_secret,
    hash_of_secret,
    is_forgotten,
    is_theirs,
    space_of,
)
from booking.self_initiated.event_rules import (
    answered,
    changes_between,
    facts_of_account,
    merged_facts,
    told_facts,
)
from booking.self_initiated.rule_sets import rule_set_in_force

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is known of an event that begins: facts, the slug of a space, what it is called, the
    slug of the organisation that arranges it.

    `is_guided`: somebody tells the rest question by question, and what they have not told is
    unknown, however much of it there is. Else what is not told has its default, once all that is
    required is there.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    space: str | None = None
    title: str = ""
    organisation: str | None = None
    language: str = "fi"
    is_guided: bool = False


def start_event(session: Session, actor: Actor, new: NewEvent, now: datetime) -> SelfInitiatedEvent:
    """An event of the actor's own, or of an organisation of theirs, with its outcome.

    Raises `NotAllowed` for whoever has no account, `NotFound` for an organisation that they don't
    act for or a space that they don't know of, `FactsRefused`.
    """
    actor.must(Action.REQUEST_RESERVATION)
    event = _begun(session, actor, new, now)
    event.person_id = actor.person_id
    event.organisation_id = _organisation_of(session, actor, new.organisation)
    event.title = new.title.strip()
    _add(session, event, new, now)
    record(session, actor, "created", event, now)
    return event


def start_guidance(
    session: Session, actor: Actor, new: NewEvent, now: datetime
) -> tuple[SelfInitiatedEvent, Secret]:
    """An event that belongs to nobody, and its secret, which is kept nowhere.

    Nothing personal is kept with it: no title, no name, no account. The secret is 43 characters of
    256 random bits. Raises `NotFound` for a space that the actor does not know of, `FactsRefused`.
    """
    secret = Secret(secrets.token_urlsafe(SECRET_BYTES))
    event = _begun(session, actor, new, now)
    event.secret_hash = hash_of_secret(secret)
    _add(session, event, new, now)
    return event, secret


def _begun(session: Session, actor: Actor, new: NewEvent, now: datetime) -> SelfInitiatedEvent:
    return SelfInitiatedEvent(
        reference=new_reference(),
        language=new.language,
        space_id=_space_id(session, actor, new.space),
        facts={},
        checklist={},
        created_at=now,
        updated_at=now,
    )


def _add(session: Session, event: SelfInitiatedEvent, new: NewEvent, now: datetime) -> None:
    _judge(session, event, new.facts, now, is_guided=new.is_guided)
    session.add(event)
    session.flush()


def change_facts(
    session: Session,
    asker: Asker,
    event: SelfInitiatedEvent,
    facts: Mapping[str, Any],
    now: datetime,
    *,
    forget: Collection[str] = (),
    version: int | None = None,
) -> SelfInitiatedEvent:
    """Tell these facts anew and put all of them to the rules; the others stay as they are.

    None is a question passed over: the fact is unknown. To `forget` one is to let it be asked
    again. What the space or the account tells can't be told otherwise. Raises `NotFound`,
    `EventIsCancelled`, `FactsRefused`, and `StaleVersion` where `version` is not the event's.
    """
    _lock(session, asker, event, version)
    told = {name: value for name, value in _told(event).items() if name not in forget}
    _judge(session, event, told | dict(facts), now)
    _changed(session, asker, event, "changed", now)
    return _followed(session, asker, event, now)


def choose_space(
    session: Session,
    asker: Asker,
    event: SelfInitiatedEvent,
    slug: str | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> SelfInitiatedEvent:
    """Let the event take place in this space, which then tells what it knows of itself; or in none
    of the catalogue: what the space told is asked again, unless it stands in `facts`.

    Raises `NotFound` also for a space that the asker does not know of, `EventIsCancelled`,
    `FactsRefused`.
    """
    _lock(session, asker, event)
    told = _told(event) | dict(facts or {})
    event.space_id = _space_id(session, asker, slug)
    _judge(session, event, told, now)
    _changed(session, asker, event, "changed", now)
    return _followed(session, asker, event, now)


def keep_event(
    session: Session, actor: Actor, secret: Secret, kept: NewEvent, now: datetime
) -> SelfInitiatedEvent:
    """Make an event that belongs to nobody the actor's own, or an organisation's of theirs.

    The secret opens nothing from now on. What the account tells replaces what was told without
    one. Raises `NotFound` for a secret that opens nothing or an organisation that the actor does
    not act for, `NotAllowed`.
    """
    actor.must(Action.REQUEST_RESERVATION)
    event = event_of_secret(session, secret)
    _lock(session, secret, event)
    told = _told(event)
    event.person_id, event.secret_hash = actor.person_id, None
    event.organisation_id = _organisation_of(session, actor, kept.organisation)
    event.title, event.language = kept.title.strip(), kept.language
    _judge(session, event, told, now)
    _changed(session, actor, event, "kept", now)
    return _followed(session, actor, event, now)


def name_event(
    session: Session, actor: Actor, event: SelfInitiatedEvent, title: str, now: datetime
) -> SelfInitiatedEvent:
    """Call the event otherwise. Raises `NotFound`, `EventIsCancelled`."""
    _lock(session, actor, event)
    event.title = title.strip()
    return _changed(session, actor, event, "changed", now)


def evaluate_event(
    session: Session, asker: Asker, event: SelfInitiatedEvent, now: datetime
) -> SelfInitiatedEvent:
    """Put the facts to the rules in force today, as they are. Raises as `change_facts`."""
    return change_facts(session, asker, event, {}, now)


def cancel_event(
    session: Session, actor: Actor, event: SelfInitiatedEvent, now: datetime
) -> SelfInitiatedEvent:
    """Call the event off; its bookings stay, and are cancelled one by one.

    Raises `NotFound`, `EventIsCancelled`, and `EventIsOver` for what has taken place.
    """
    _lock(session, actor, event)
    if event.ends_at is not None and event.ends_at <= now:
        raise EventIsOver()
    event.cancelled_at = now
    return _changed(session, actor, event, "cancelled", now)


def forget_old_events(session: Session, now: datetime) -> int:
    """Erase events without an account that nobody changed for 30 days; how many."""
    count = session.scalar(select(func.count()).where(is_forgotten(now))) or 0
    session.execute(delete(SelfInitiatedEvent).where(is_forgotten(now)))
    return count


# ── Who, and what is judged ───────────────────────────────────────────────────────────────────


def _lock(
    session: Session, asker: Asker, event: SelfInitiatedEvent, version: int | None = None
) -> None:
    """Wait until nobody else is changing the event, and look whether the asker may."""
    lock(session, SelfInitiatedEvent, [event.id])
    session.refresh(event)
    if not is_theirs(asker, event):
        raise NotFound()
    if event.cancelled_at is not None:
        raise EventIsCancelled()
    if version is not None and version != event.version:
        raise StaleVersion()


def _organisation_of(session: Session, actor: Actor, slug: str | None) -> int | None:
    if not slug:
        return None
    found = session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None or found not in actor.organisations:
        raise NotFound()
    return found


def _space_id(session: Session, asker: Asker, slug: str | None) -> int | None:
    if not slug:
        return None
    place = get_place(session, slug)
    if not (place.published or (isinstance(asker, Actor) and may_see_place(asker, place))):
        raise NotFound()
    return place.id


def _told(event: SelfInitiatedEvent) -> dict[str, Any]:
    """The facts that somebody told."""
    known = facts_of_account(
        has_account=event.person_id is not None, of_organisation=event.organisation_id is not None
    )
    return told_facts(event.facts, has_space=event.space_id is not None, of_account=known)


def _judge(
    session: Session,
    event: SelfInitiatedEvent,
    told: Mapping[str, Any],
    now: datetime,
    *,
    is_guided: bool | None = None,
) -> None:
    """Keep the facts, told and taken, with their outcome of today."""
    rules, city = rule_set_in_force(session), get_catalogue(session)
    place = space_of(city, event)
    of_account = account_facts(session, rules, event, now)
    facts = merged_facts(told, place.facts if place else None, of_account)
    is_partial = _is_guided(event) if is_guided is None else is_guided
    is_partial = is_partial or not _has_all_required(rules, facts)
    read, today = read_facts(rules, answered(facts), partial=is_partial), local_date(now, city.zone)
    outcome = evaluate(rules, read, today)
    why = explain(rules, read, outcome).as_dict()
    event.changes = changes_between(event.outcome, outcome.as_dict())
    event.facts, event.outcome = facts, {**outcome.as_dict(), "explanation": why}
    event.rules_version, event.evaluated_on = rules.version, today
    event.starts_at = _instant(facts.get("start"), city.zone)
    event.ends_at = _instant(facts.get("end"), city.zone)


def _is_guided(event: SelfInitiatedEvent) -> bool:
    return bool((event.outcome or {}).get("partial"))


def _has_all_required(rules: RuleSet, facts: Mapping[str, Any]) -> bool:
    return all(
        facts.get(name) is not None for name, word in rules.vocabulary.items() if word.required
    )


def _instant(wall: str | None, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall time as facts hold it."""
    if wall is None:
        return None
    local = datetime.fromisoformat(wall)
    return to_utc(local.date(), local.time(), zone)


def _followed(
    session: Session, asker: Asker, event: SelfInitiatedEvent, now: datetime
) -> SelfInitiatedEvent:
    """Let its bookings follow what the rules say of the event now; what belongs to nobody has
    none."""
    if isinstance(asker, Actor):
        reprice_reservations_of(session, asker, event, now)
    return event


def _changed(
    session: Session, asker: Asker, event: SelfInitiatedEvent, action: str, now: datetime
) -> SelfInitiatedEvent:
    """Write down that the event changed; of what belongs to nobody there is nobody to note."""
    event.updated_at = now
    session.flush()
    if isinstance(asker, Actor):
        record(session, asker, action, event, now)
    return event
