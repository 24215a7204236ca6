"""Closing things in tests, with what came of it; every promise of the database is kept after it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.closure_models import Displacement
from booking.reservations.closure_rules import ClosureWish, OnConflict
from booking.reservations.closure_use_cases import close_spaces
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
MOVE = OnConflict.PROPOSE_MOVES


def a_closure(*rooms, start="16:00", end="22:00", day=TUESDAY, **values):
    usual = {"reason": "Lattia hiotaan.", "spaces": tuple(room.slug for room in rooms)}
    return ClosureWish(starts_at=at(start, day), ends_at=at(end, day), **{**usual, **values})


def close(session, actor, *rooms, now=NOW, seen=None, **values):
    done = close_spaces(session, actor, a_closure(*rooms, **values), now, seen)
    session.flush()
    assert breaches(session.connection(), now) == []
    return done


def letters(session, template="closure_notice"):
    return session.scalars(
        select(OutgoingEmail).where(OutgoingEmail.template == template).order_by(OutgoingEmail.id)
    ).all()


def moved_from(session, manager, *rooms, **values):
    return close(session, manager, *rooms, on_conflict=MOVE, **values)


def sound(session, now=NOW):
    session.flush()
    return breaches(session.connection(), now) == []


def spaces(reservation):
    return [row.space_id for row in reservation.spaces]


def secret_of(letter):
    return letter.context["path"].removeprefix("/moves/")


def outcomes(session):
    rows = select(Displacement).order_by(Displacement.id).execution_options(populate_existing=True)
    return [one.outcome for one in session.scalars(rows)]
