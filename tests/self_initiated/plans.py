"""Events with a plan, as tests of it need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from booking.accounts.models import Membership, Organisation, Person
from booking.core.actors import Actor, ActorKind, Grant, Role
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.event_use_cases import NewEvent, start_event

# A Friday evening in the summer; its duties are those of scenario SC10.
CONCERT: dict[str, Any] = {
    "organiser_type": "association",
    "openness": "open",
    "purpose": "culture",
    "attendance_peak": 450,
    "place_kind": "city_outdoor",
    "space_type": "park",
    "outdoor": True,
    "amplified": True,
    "music": "live",
    "structures": "tent_or_stage",
    "structure_days": 1,
    "stewards_or_traffic": True,
    "start": "2027-08-06T19:00",
    "end": "2027-08-06T23:00",
}
DEMONSTRATION: dict[str, Any] = {
    "organiser_type": "resident_group",
    "openness": "open",
    "purpose": "demonstration",
    "attendance_peak": 80,
    "place_kind": "city_outdoor",
    "space_type": "square",
    "outdoor": True,
    "amplified": True,
    "start": "2027-04-10T12:00",
    "end": "2027-04-10T13:00",
}


def an_actor(
    person: Person, organisation: Organisation | None = None, role: str = "admin"
) -> Actor:
    """Somebody who is signed in, perhaps as an admin or a member of the organisation."""
    organisations = {organisation.id: role} if organisation else {}
    return Actor(ActorKind.PERSON, person.id, organisations=organisations)


def an_approver() -> Actor:
    """Staff who decide in the whole city."""
    return Actor(ActorKind.PERSON, 10_000, grants=frozenset({Grant(Role.APPROVER)}))


def a_plan(
    session: Session,
    person: Person,
    now: datetime,
    facts: dict[str, Any] | None = None,
    organisation: Organisation | None = None,
    **more: Any,
) -> SelfInitiatedEvent:
    """A concert in the park (or these facts) that the person arranges, evaluated."""
    new = NewEvent(
        facts={**(CONCERT if facts is None else facts)},
        title=more.pop("title", "Kesäkonsertti"),
        organisation=organisation.slug if organisation else None,
        **more,
    )
    event = start_event(session, an_actor(person, organisation), new, now)
    session.commit()
    return event


def join(session: Session, organisation: Organisation, person: Person, role: str) -> None:
    """Make the person one of the organisation."""
    session.add(
        Membership(
            organisation_id=organisation.id,
            person_id=person.id,
            role=role,
            since=organisation.created_at,
        )
    )
    session.commit()


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """The browser of somebody who is signed in."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = f"{person.id}.{person.auth_version}", True
    return client
