"""Reading self-initiated events: who may see which, and what the account tells of who arranges."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.clock import local_date, local_day
from booking.core.errors import NotFound
from booking.core.references import normal_reference
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.models import Reservation
from booking.rulebook.rule_set import RuleSet
from booking.self_initiated.event_rules import (
    KEPT_WITHOUT_ACCOUNT,
    NO_SHOW_MONTHS,
    home_of,
    months_before,
)
from booking.self_initiated.ledger_queries import granted_this_year

MOST_LISTED = 100


class Secret(str):
    """The secret of an event that belongs to nobody: whoever has it may do all with the event."""


Asker = Actor | Secret
"""Who asks: somebody with an account, or the holder of a secret."""


def hash_of_secret(secret: str) -> str:
    """How a secret is kept. It is 256 random bits, so a fast hash without salt will do."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def get_event(session: Session, actor: Actor, reference: str) -> SelfInitiatedEvent:
    """The event of this reference, case and hyphen ignored.

    Raises `NotFound` too where the actor may not see it: knowing a reference opens nothing.
    """
    found = session.scalars(
        select(SelfInitiatedEvent)
        .options(joinedload(SelfInitiatedEvent.organisation))
        .where(SelfInitiatedEvent.reference == normal_reference(reference))
    ).first()
    if found is None or not may_see(actor, found):
        raise NotFound()
    return found


def get_own_event(session: Session, actor: Actor, reference: str) -> SelfInitiatedEvent:
    """The event of this reference, where the actor arranges it; raises `NotFound`."""
    event = get_event(session, actor, reference)
    if not is_theirs(actor, event):
        raise NotFound()
    return event


def event_of_secret(session: Session, secret: str) -> SelfInitiatedEvent:
    """The event of this secret, while it belongs to nobody; raises `NotFound`."""
    found = session.scalars(
        select(SelfInitiatedEvent).where(
            SelfInitiatedEvent.secret_hash == hash_of_secret(secret),
            SelfInitiatedEvent.person_id.is_(None),
        )
    ).first()
    if found is None:
        raise NotFound()
    return found


def is_theirs(asker: Asker, event: SelfInitiatedEvent) -> bool:
    """Whether they arrange the event: the organisation's members where it is one's, else its
    person; of an event that belongs to nobody whoever has the secret."""
    if isinstance(asker, Secret):
        return event.person_id is None and event.secret_hash == hash_of_secret(asker)
    if event.organisation_id is not None:
        return event.organisation_id in asker.organisations
    return asker.person_id is not None and event.person_id == asker.person_id


def may_see(actor: Actor, event: SelfInitiatedEvent) -> bool:
    """Whether the actor may know of it: who arranges it, and staff who decide in the whole city; of
    an event that belongs to nobody only whoever has its secret."""
    if event.person_id is None:
        return False
    return is_theirs(actor, event) or actor.may(Action.DECIDE_RESERVATION)


def events_of(session: Session, actor: Actor) -> Sequence[SelfInitiatedEvent]:
    """What the actor arranges, alone or with an organisation: the soonest first, then what has no
    time yet, then what is over; at most a hundred."""
    if actor.person_id is None:
        return []
    own = and_(
        SelfInitiatedEvent.person_id == actor.person_id,
        SelfInitiatedEvent.organisation_id.is_(None),
    )
    theirs = SelfInitiatedEvent.organisation_id.in_(sorted(actor.organisations))
    return session.scalars(
        select(SelfInitiatedEvent)
        .options(joinedload(SelfInitiatedEvent.organisation))
        .where(or_(own, theirs))
        .order_by(SelfInitiatedEvent.updated_at.desc(), SelfInitiatedEvent.id.desc())
        .limit(MOST_LISTED)
    ).all()


def space_of(city: Catalogue, event: SelfInitiatedEvent) -> Place | None:
    """The space of the catalogue that was chosen for the event."""
    return city.places_by_id.get(event.space_id) if event.space_id is not None else None


# ── What the account tells ────────────────────────────────────────────────────────────────────


def account_facts(
    session: Session, rules: RuleSet, event: SelfInitiatedEvent, now: datetime
) -> dict[str, Any]:
    """What needs no asking, since the account of who arranges the event tells it.

    How many bookings were left unused is asked of nobody: of somebody without an account none is
    known, and it is looked at when the event is kept. What was granted counts in the year of today.
    """
    if event.person_id is None:
        return {"no_shows_6m": 0}
    today = local_date(now, get_catalogue(session).zone)
    cents = granted_this_year(session, event.person_id, event.organisation_id, today.year)
    found: dict[str, Any] = {
        "no_shows_6m": count_no_shows(session, event, now),
        "grants_this_year_eur": cents / 100 if cents % 100 else cents // 100,
    }
    if event.organisation_id is not None:
        organisation = session.get_one(Organisation, event.organisation_id)
        home, names = rules.vocabulary["home"], get_catalogue(session).name.values()
        found["organiser_type"] = organisation.kind
        found["home"] = home_of(organisation.domicile, names, home.values, home.default)
    return found


def count_no_shows(session: Session, event: SelfInitiatedEvent, now: datetime) -> int:
    """How many bookings of who arranges the event were left unused and ended within the 6 calendar
    months before today: of the organisation if it is one's, else of the person alone."""
    zone = get_catalogue(session).zone
    today = local_date(now, zone)
    if event.organisation_id is not None:
        whose = Reservation.organisation_id == event.organisation_id
    else:
        whose = and_(
            Reservation.booked_for_id == event.person_id, Reservation.organisation_id.is_(None)
        )
    count = session.scalar(
        select(func.count())
        .select_from(Reservation)
        .where(
            whose,
            Reservation.no_show_at.is_not(None),
            Reservation.ends_at >= local_day(months_before(today, NO_SHOW_MONTHS), zone).starts_at,
            Reservation.ends_at <= now,
        )
    )
    return count or 0


def is_forgotten(now: datetime) -> ColumnElement[bool]:
    """Events without an account that nobody changed for 30 days."""
    return and_(
        SelfInitiatedEvent.person_id.is_(None),
        SelfInitiatedEvent.updated_at <= now - KEPT_WITHOUT_ACCOUNT,
    )
