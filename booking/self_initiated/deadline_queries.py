"""Reading of which deadlines somebody is to be reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking.accounts.models import Membership, Person
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.reminder_models import ReminderChoice


def events_with_deadlines(session: Session, now: datetime) -> Sequence[SelfInitiatedEvent]:
    """The events to come that somebody with an account arranges and the rules asked something of;
    one query."""
    event = SelfInitiatedEvent
    return session.scalars(
        select(event)
        .where(
            event.starts_at > now,
            event.cancelled_at.is_(None),
            event.evaluated_on.is_not(None),
            or_(event.person_id.is_not(None), event.organisation_id.is_not(None)),
        )
        .order_by(event.id)
    ).all()


def whom_to_tell(session: Session, event: SelfInitiatedEvent) -> Sequence[Person]:
    """Who is reminded of what the event owes: its person, of an organisation's its admins; but not
    whoever has chosen to get no reminders at all."""
    people = (
        select(Person)
        .outerjoin(ReminderChoice, ReminderChoice.person_id == Person.id)
        .where(
            Person.is_active,
            Person.anonymised_at.is_(None),
            or_(
                ReminderChoice.id.is_(None),
                ReminderChoice.week,
                ReminderChoice.day,
                ReminderChoice.hours,
            ),
        )
    )
    if event.organisation_id is None:
        people = people.where(Person.id == event.person_id)
    else:
        admins = select(Membership.person_id).where(
            Membership.organisation_id == event.organisation_id, Membership.role == "admin"
        )
        people = people.where(Person.id.in_(admins))
    return session.scalars(people.order_by(Person.id)).all()
