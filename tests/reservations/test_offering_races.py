"""Two who offer what became free at the same moment: each place is offered once, and in order."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import select

from booking.core.actors import job
from booking.invariants import breaches
from booking.reservations.models import Reservation
from booking.reservations.offering import offer_freed_places
from booking.reservations.use_cases import cancel_reservation
from booking.reservations.waiting_models import WaitingEntry
from tests.places import a_space, an_actor, ask
from tests.reservations.waiting import TUESDAY, mails, wait
from tests.values import NOW

TWO_AT_ONCE = 2


def offer_at_once(app):
    """What each of two jobs offered that set off together."""
    gate, offered, failed = threading.Barrier(TWO_AT_ONCE), [], []

    def run():
        try:
            with app.app_context():
                gate.wait()
                offered.append(offer_freed_places(job("offer-freed-places"), NOW))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(TWO_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return offered


def states(session):
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(WaitingEntry.state).order_by(WaitingEntry.id)))


def test_two_jobs_at_once_make_one_offer(app, session, repeats):
    room, owner = a_space(session), an_actor(session)
    for number in range(repeats(3, 20)):
        day = TUESDAY + timedelta(days=number)
        taken = ask(session, room, actor=owner, day=day)
        first, second = wait(session, room, day=day), wait(session, room, day=day)
        cancel_reservation(session, owner, taken.reference, NOW)
        session.commit()
        assert sum(offer_at_once(app)) == 1
        assert states(session)[-2:] == ["offered", "waiting"]
        assert (mails(session, first.person_id), mails(session, second.person_id)) == (
            ["waiting_offer"],
            [],
        )
        assert breaches(session.connection(), NOW) == []


def test_two_places_freed_at_once_are_both_offered(app, session):
    rooms, owner = [a_space(session) for _ in range(2)], an_actor(session)
    taken = [ask(session, room, actor=owner) for room in rooms]
    for room in rooms * 2:
        wait(session, room)
    for one in taken:
        cancel_reservation(session, owner, one.reference, NOW)
    session.commit()
    assert sum(offer_at_once(app)) == 2
    assert states(session) == ["offered", "offered", "waiting", "waiting"]
    held = session.scalars(select(Reservation).where(Reservation.state == "held")).all()
    assert len({one.booked_for_id for one in held}) == 2


def test_who_was_faster_than_the_job_has_it_and_nobody_is_told(app, session):
    room, owner = a_space(session), an_actor(session)
    taken = ask(session, room, actor=owner)
    waiting = wait(session, room)
    cancel_reservation(session, owner, taken.reference, NOW)
    ask(session, room, "19:00", "20:00")
    session.commit()
    assert sum(offer_at_once(app)) == 0
    assert (states(session), mails(session, waiting.person_id)) == (["waiting"], [])
