"""Two who offer what became free at the same moment: each place is offered once, and in order."""

from __future__ import annotations

import threading
from datetime import date, timedelta

from sqlalchemy import select

from booking.core.actors import job
from booking.core.errors import RequestRefused
from booking.invariants import breaches
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Reservation
from booking.reservations.offering import offer_freed_places
from booking.reservations.rules import ReservationRequest
from booking.reservations.use_cases import cancel_reservation, request_reservation
from booking.reservations.waiting_models import WaitingEntry
from booking.web.session import transact
from tests.places import a_space, an_actor, ask
from tests.reservations.waiting import TUESDAY, mails, wait
from tests.values import NOW, at


def offer():
    return offer_freed_places(job("offer-freed-places"), NOW)


def at_once(app, *steps):
    """What each of these gives that set off together, in a connection of its own."""
    gate, given, failed = threading.Barrier(len(steps)), [], []

    def run(step):
        try:
            with app.app_context():
                gate.wait()
                given.append(step())
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return given


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
        assert sum(at_once(app, offer, offer)) == 1
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
    assert sum(at_once(app, offer, offer)) == 2
    assert states(session) == ["offered", "offered", "waiting", "waiting"]
    held = session.scalars(select(Reservation).where(Reservation.state == "held")).all()
    assert len({one.booked_for_id for one in held}) == 2


def test_of_an_offer_and_a_request_of_the_same_moment_exactly_one_has_it(app, session, repeats):
    room, owner, other = a_space(session), an_actor(session), an_actor(session)
    for number in range(repeats(3, 20)):
        day = TUESDAY + timedelta(days=number)
        taken = ask(session, room, actor=owner, day=day)
        wait(session, room, day=day)
        cancel_reservation(session, owner, taken.reference, NOW)
        session.commit()
        wish = ReservationRequest(
            (room.slug,),
            at("19:00", day),
            at("21:00", day),
            title="Choir",
            terms=(date(2026, 1, 1),),
        )

        def book(wish=wish):
            try:
                transact(request_reservation, other, wish, NOW)
            except (RequestRefused, SpaceNotFree):
                return 0
            return 1

        assert sum(at_once(app, offer, book)) == 1
        assert breaches(session.connection(), NOW) == []
        session.rollback()


def test_who_was_faster_than_the_job_has_it_and_nobody_is_told(app, session):
    room, owner = a_space(session), an_actor(session)
    taken = ask(session, room, actor=owner)
    waiting = wait(session, room)
    cancel_reservation(session, owner, taken.reference, NOW)
    ask(session, room, "19:00", "20:00")
    session.commit()
    assert sum(at_once(app, offer, offer)) == 0
    assert (states(session), mails(session, waiting.person_id)) == (["waiting"], [])
