"""Reading who is to be reminded of what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from booking.accounts.models import Membership, Person
from booking.catalogue.queries import find_catalogue
from booking.core.clock import local_date
from booking.reservations.models import Reservation
from booking.reservations.reminder_models import ReminderChoice, SentReminder
from booking.reservations.reminder_rules import REACH, USUAL, Ahead, due_reminders
from booking.reservations.states import State

_COLUMNS: Mapping[Ahead, ColumnElement[bool]] = {
    ahead: func.coalesce(getattr(ReminderChoice, ahead.value), ahead in USUAL) for ahead in Ahead
}
_WITHIN = {Ahead.WEEK: REACH, Ahead.DAY: timedelta(hours=26), Ahead.HOURS: timedelta(hours=3)}
"""How long before the start each may be due, with room for the change of clocks."""


def chosen_by(session: Session, person_id: int) -> frozenset[Ahead]:
    """The reminders that a person has chosen, or the usual ones."""
    row = session.scalars(
        select(ReminderChoice).where(ReminderChoice.person_id == person_id)
    ).one_or_none()
    if row is None:
        return USUAL
    return frozenset(ahead for ahead in Ahead if getattr(row, ahead.value))


def whom_to_remind(session: Session, now: datetime) -> list[int]:
    """The keys of the reservations of which a reminder is due that was not sent; two queries for
    however many."""
    city = find_catalogue(session)
    if city is None:
        return []
    rows = session.execute(
        select(Reservation.id, Reservation.starts_at, Reservation.updated_at, *_COLUMNS.values())
        .join(Person, Person.id == Reservation.booked_for_id)
        .outerjoin(ReminderChoice, ReminderChoice.person_id == Person.id)
        .where(
            Reservation.state == State.CONFIRMED,
            Reservation.starts_at > now,
            or_(*(_may_be_due(ahead, now) for ahead in Ahead)),
            Person.is_active,
            Person.anonymised_at.is_(None),
            _still_theirs(),
        )
        .order_by(Reservation.starts_at, Reservation.id)
    ).all()
    due = {
        (key, ahead, local_date(starts_at, city.zone))
        for key, starts_at, known, *wanted in rows
        for ahead in due_reminders(
            [one for one, is_wanted in zip(Ahead, wanted, strict=True) if is_wanted],
            starts_at,
            known,
            now,
            city.zone,
        )
    }
    sent = session.execute(
        select(SentReminder.reservation_id, SentReminder.ahead, SentReminder.begins_on)
        .join(Reservation, Reservation.id == SentReminder.reservation_id)
        .where(Reservation.starts_at > now, Reservation.starts_at <= now + REACH)
    )
    due -= {(key, Ahead(ahead), day) for key, ahead, day in sent}
    owed = {key for key, _ahead, _day in due}
    return [key for key, *_ in rows if key in owed]


def _may_be_due(ahead: Ahead, now: datetime) -> ColumnElement[bool]:
    return and_(_COLUMNS[ahead].is_(true()), Reservation.starts_at <= now + _WITHIN[ahead])


def _still_theirs() -> ColumnElement[bool]:
    """Whether who booked it may still see it: who left the organisation it is for may not."""
    membership = (
        select(Membership.id)
        .where(
            Membership.organisation_id == Reservation.organisation_id,
            Membership.person_id == Reservation.booked_for_id,
        )
        .exists()
    )
    return or_(Reservation.organisation_id.is_(None), membership)
