"""Choosing when to be reminded, and reminding: each reminder once, whoever sends it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.database import lock
from booking.notifications.use_cases import queue_email
from booking.reservations.mails import facts
from booking.reservations.models import Reservation
from booking.reservations.queries import with_all
from booking.reservations.reminder_models import ReminderChoice, SentReminder
from booking.reservations.reminder_queries import chosen_by
from booking.reservations.reminder_rules import Ahead, due_reminders
from booking.reservations.states import State


def choose_reminders(session: Session, actor: Actor, chosen: Collection[Ahead]) -> None:
    """Remind the actor then, and at no other time. Raises `NotAllowed`."""
    actor.must(Action.REQUEST_RESERVATION)
    values = {ahead.value: ahead in chosen for ahead in Ahead}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(ReminderChoice)
        .values(person_id=actor.person_id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )


def send_reminder(session: Session, reservation_id: int, now: datetime) -> bool:
    """Remind of this reservation, if a reminder of it is due that nobody has sent; whether it was.

    Of several that are due (after a pause) one e-mail is sent. Two who do this at once do no harm:
    the reservation is locked, and what was sent is noted under a constraint of its own.
    """
    lock(session, Reservation, [reservation_id])
    found = session.scalars(
        with_all(select(Reservation).where(Reservation.id == reservation_id)).execution_options(
            populate_existing=True
        )
    ).one_or_none()
    if found is None or found.state != State.CONFIRMED or found.booked_for_id is None:
        return False
    city, chosen = get_catalogue(session), chosen_by(session, found.booked_for_id)
    due = due_reminders(chosen, found.starts_at, found.updated_at, now, city.zone)
    day = local_date(found.starts_at, city.zone)
    new = [ahead for ahead in due if _note(session, found, ahead, day, now)]
    if not new or new[-1] is not due[-1]:
        return False
    person = session.get_one(Person, found.booked_for_id)
    told = facts(city, found, now)
    if told["cancel_until"] and datetime.fromisoformat(told["cancel_until"]) <= now:
        told["cancel_until"] = ""
    queue_email(session, "reservation_reminder", person, now, reservation_id=found.id, **told)
    return True


def _note(
    session: Session, reservation: Reservation, ahead: Ahead, day: date, now: datetime
) -> bool:
    """Write down that it is sent; whether nobody had."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.execute(
        insert(SentReminder)
        .values(reservation_id=reservation.id, ahead=ahead.value, begins_on=day, sent_at=now)
        .on_conflict_do_nothing(index_elements=["reservation_id", "ahead", "begins_on"])
        .returning(SentReminder.id)
    )
    return made.scalar_one_or_none() is not None
