"""Two who decide about one reservation at the same moment: each step is whole, or is refused."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from booking.core.actors import Role
from booking.core.errors import BookingError
from booking.decisions.use_cases import approve_reservation, deny_reservation
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.use_cases import cancel_reservation, expire_due
from booking.web.session import transact
from tests.places import a_space, an_actor, ask
from tests.values import MONDAY, NOW, at

DAY = MONDAY + timedelta(days=1)
JUST_BEFORE, AT_START = at("18:00", DAY) - timedelta(seconds=1), at("18:00", DAY)


def approve(session, staff, owner, reference):
    approve_reservation(session, staff, reference, JUST_BEFORE)


def deny(session, staff, owner, reference):
    deny_reservation(session, staff, reference, JUST_BEFORE, "No.")


def cancel(session, staff, owner, reference):
    cancel_reservation(session, owner, reference, JUST_BEFORE)


def expire(session, staff, owner, reference):
    expire_due(session, staff, AT_START)


@pytest.mark.parametrize(
    ("one", "other"),
    [(approve, expire), (approve, cancel), (cancel, expire), (expire, expire), (approve, deny)],
    ids=lambda step: step.__name__,
)
def test_of_two_steps_at_once_each_is_taken_whole_and_told_once(app, session, one, other, repeats):
    for number in range(repeats(4, 40)):
        staff, owner = an_actor(session, role=Role.APPROVER), an_actor(session)
        made = ask(session, a_space(session, policy_approval="staff"), actor=owner)
        session.commit()
        _at_once(app, [one, other] if number % 2 else [other, one], staff, owner, made.reference)
        session.expire_all()
        found = session.get_one(Reservation, made.id)
        held = session.scalars(select(Occupancy).where(Occupancy.reservation_id == made.id)).all()
        assert len(held) == (found.state == "confirmed")
        told = session.scalars(
            select(OutgoingEmail.template).where(
                OutgoingEmail.reservation_id == made.id, OutgoingEmail.sent_at.is_(None)
            )
        ).all()
        outcomes = [t for t in told if t not in {"reservation_requested", "staff_new_request"}]
        assert f"reservation_{found.state}" in outcomes
        assert found.version == 1 + len(outcomes), "each step is taken once and told once"
        assert len(outcomes) == 1 or {one, other} == {approve, cancel}
        session.rollback()


def _at_once(app, steps, staff, owner, reference):
    """Each step in a thread and a transaction of its own; refusals are part of the game."""
    barrier, bugs = Barrier(len(steps)), []

    def run(step):
        with app.app_context():
            barrier.wait(10)
            try:
                transact(step, staff, owner, reference)
            except BookingError:
                return
            except Exception as bug:
                bugs.append(bug)

    threads = [Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert bugs == []
    assert NOW < JUST_BEFORE
