"""Who came: checking in, and noting that nobody did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import RequestRefused
from booking.reservations import errors as e
from booking.reservations.circumstances import must_at_units
from booking.reservations.models import Reservation
from booking.reservations.queries import is_owner, units_of
from booking.reservations.states import State
from booking.reservations.use_cases import lock_reservation

CHECK_IN_OPENS = timedelta(minutes=30)


def check_in(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """Note that they came: by its owner or staff who see it, from half an hour before the start
    until the end; again changes nothing.

    Staff take back with it, at any time, that nobody came, and nothing is due for that any more.
    Raises `NotFound`, `StepNotPossible` for what is not confirmed or what staff have noted,
    `RequestRefused` at another time.
    """
    found = lock_reservation(session, actor, reference, now)
    _must_be_confirmed(found)
    if found.checked_in_at is not None:
        return found
    if found.no_show_at is not None:
        if is_owner(actor, found):
            raise e.NobodyCame()
        found.no_show_at = found.due_cents = None
    else:
        _must_be_open(found, now)
    found.checked_in_at = now
    _note(session, actor, found, "checked_in", now)
    return found


def note_no_show(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """Note that nobody came: by staff who may cancel it, once it has begun. What it costs is due.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible` for what is not confirmed or who checked in,
    `RequestRefused` before its start.
    """
    found = lock_reservation(session, actor, reference, now)
    must_at_units(actor, Action.CANCEL_RESERVATION, units_of(get_catalogue(session), found))
    _must_be_confirmed(found)
    if found.checked_in_at is not None:
        raise e.SomebodyCame()
    if found.starts_at > now:
        raise RequestRefused([e.NotBegun()])
    if found.no_show_at is None:
        found.no_show_at, found.due_cents = now, found.total_cents or 0
        _note(session, actor, found, "no_show", now)
    return found


def _must_be_confirmed(reservation: Reservation) -> None:
    if reservation.state != State.CONFIRMED:
        raise reservation.no_step()


def _must_be_open(reservation: Reservation, now: datetime) -> None:
    """Raise `RequestRefused` before half an hour ahead of its start and from its end on."""
    opens = reservation.starts_at - CHECK_IN_OPENS
    if not opens <= now < reservation.ends_at:
        raise RequestRefused([e.NotCheckInTime(opens=opens, closes=reservation.ends_at)])


def _note(
    session: Session, actor: Actor, reservation: Reservation, action: str, now: datetime
) -> None:
    reservation.changed(now, for_calendars=False)
    session.flush()
    record(session, actor, action, reservation, now)
