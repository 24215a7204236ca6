"""The service killed at random moments under load: what was answered stays, whole; mail goes out.

All processes of the server and the one that runs the jobs end at once, as in a power cut.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import literal, select, text

from booking.audit.models import AuditEntry
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Occupancy, Reservation, ReservationSpace
from tests.askers import people_with_tokens
from tests.crashing import Asker, Crowd
from tests.notifications.outbox import OK, Postman, serving
from tests.places import a_policy, a_space, a_unit
from tests.servers import Scheduler, clock_from, run_command
from tests.values import MONDAY, NOW, at

pytestmark = pytest.mark.soak
SEED = 20270111
ASKERS = 4
LONGEST = 60.0
CALLS = 400
"""More than anybody gets answered before the service is killed."""
LATER = NOW + timedelta(hours=6)
"""When whatever a killed process had claimed may be claimed again."""


def slots(room):
    """Half hours of the room, day after day, each once."""
    for day in range(1, 60):
        for minute in range(8 * 60, 22 * 60, 30):
            start = at(f"{minute // 60}:{minute % 60:02}", MONDAY + timedelta(days=day))
            yield {
                "space": room,
                "starts_at": start.isoformat(),
                "ends_at": (start + timedelta(minutes=30)).isoformat(),
                "terms_version": "2026-01-01",
            }


def a_crowd(server, draw):
    """People with a room each, all under one policy, in one house."""
    with server.session() as session:
        unit = a_unit(session)
        quota = {"active": 100_000, "hours_per_week": None, "series_counts_as": "one"}
        policy = a_policy(session, quota=quota)
        rooms = [a_space(session, unit=unit, policy=policy).slug for _ in range(ASKERS)]
        tokens = people_with_tokens(session, ASKERS, NOW)
        session.commit()
    return Crowd(
        [
            Asker(f"asker {number}", token, slots(room), random.Random(draw.random()))
            for number, (token, room) in enumerate(zip(tokens, rooms, strict=True))
        ]
    )


def eventually(claim):
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.002)
    return False


def test_what_was_answered_survives_any_kill_whole_and_every_mail_goes_out(
    settings, serve, engine, repeats
):
    draw, postman, message_ids = random.Random(SEED), Postman(), {}
    with serving(postman) as mail_url:
        server = serve(replace(settings, mail_url=mail_url), workers=2, preload=True)
        crowd = a_crowd(server, draw)
        with Scheduler(server) as jobs:
            killer = Killer(server, jobs, crowd, postman, draw)
            for round_ in range(repeats(3, 50)):
                killer.kill(round_)
                about = f"seed {SEED}, kill {round_ + 1}"
                with server.session() as session:
                    assert engine.name == "sqlite" or eventually(lambda: others(session) == 0)
                    nothing_answered_is_lost(session, crowd, about)
                    remember_message_ids(session, message_ids, about)
                server.start()
                crowd.settle(server.url)
        server.stop()
        assert not any(one.is_open for one in crowd.bookings)
        with server.session() as session:
            nothing_answered_is_lost(session, crowd, f"seed {SEED}, all asked again")
        everything_is_delivered(server, postman, message_ids)


def remember_message_ids(session, known, about):
    """And that none that was known before is another now."""
    for row in session.scalars(select(OutgoingEmail)):
        assert known.setdefault(row.id, row.message_id) == row.message_id, about


class Killer:
    """Kills the server and its jobs at a moment under load, drawn anew for each kill."""

    def __init__(self, server, jobs, crowd, postman, draw):
        self._server, self._jobs, self._crowd = server, jobs, crowd
        self._postman, self._draw = postman, draw

    def kill(self, round_):
        """At one kind of moment after the other."""
        kinds = [self.after_some_answers, self.as_a_letter_is_taken, self.after_some_letters]
        kinds[round_ % len(kinds)]()

    def after_some_answers(self):
        """Anywhere in the work on bookings."""
        self._jobs.start()
        self._crowd.begin(self._server.url, CALLS)
        answers = self._crowd.answers + self._draw.randint(1, 40)
        self._wait_for(lambda: self._crowd.answers >= answers)
        self._kill()

    def after_some_letters(self):
        """Anywhere in the delivery of mail."""
        letters = self._first_letter() + self._draw.randint(1, 20)
        self._crowd.begin(self._server.url, CALLS)
        self._wait_for(lambda: len(self._postman.taken) >= letters and self._crowd.is_asking())
        self._kill()

    def as_a_letter_is_taken(self):
        """Between the sending of a mail and the note that it was sent."""
        self._first_letter()
        gone, handed = Event(), Event()

        def keep_waiting(_message):
            handed.set()
            gone.wait(LONGEST)
            return OK

        self._crowd.begin(self._server.url, CALLS)
        answers = self._crowd.answers + self._draw.randint(1, 40)
        self._wait_for(lambda: self._crowd.answers >= answers)
        self._postman.on_data = keep_waiting
        assert handed.wait(LONGEST)
        self._kill()
        self._postman.on_data = lambda message: OK
        gone.set()

    def _first_letter(self):
        """How many letters had come once the jobs were at work."""
        before = len(self._postman.taken)
        self._jobs.start()
        self._wait_for(lambda: len(self._postman.taken) > before)
        return len(self._postman.taken)

    def _wait_for(self, claim):
        assert eventually(claim), "there was no load"

    def _kill(self):
        time.sleep(self._draw.uniform(0, 0.02))
        assert self._crowd.is_asking()
        self._server.kill()
        self._jobs.kill()
        self._crowd.end()


def nothing_answered_is_lost(session, crowd, about):
    assert breaches(session.connection(), NOW) == [], about
    rows = session.scalars(select(Reservation)).all()
    found = {row.title: row for row in rows}
    assert len(found) == len(rows), f"{about}: a key made two bookings"
    belongings = Belongings(session)
    for booking in crowd.bookings:
        row = found.pop(booking.key, None)
        if row is None:
            assert booking.reference is None, f"{about}: {booking} is lost"
        else:
            is_as_answered(booking, row, about)
            belongings.are_whole(row, about)
    assert not found, f"{about}: nobody asked for {sorted(found)}"


def is_as_answered(booking, row, about):
    """It stands as its asker was told, or as the step leads to that got no answer."""
    assert booking.reference in {None, row.reference}, f"{about}: {booking}"
    assert (row.state, row.starts_at) in {booking.known, booking.after}, f"{about}: {booking}"
    more = {0, 1} if booking.is_open else {0}
    assert row.version - booking.version in more, f"{about}: {booking}"


class Belongings:
    """By the key of a reservation: its spaces, the times taken, its mails and the steps noted."""

    def __init__(self, session):
        self.spaces = Counter(session.scalars(select(ReservationSpace.reservation_id)))
        self.held = defaultdict(list)
        for row in session.scalars(select(Occupancy)):
            self.held[row.reservation_id].append((row.starts_at, row.ends_at))
        mail, entry = OutgoingEmail, AuditEntry
        self.mails = counted(session, select(mail.reservation_id, mail.template))
        steps = select(entry.subject_id, literal("reservation_").concat(entry.action))
        self.steps = counted(session, steps.where(entry.subject == "reservation"))

    def are_whole(self, row, about):
        """As many steps as its version says, each told once, and the time of its state taken."""
        about = f"{about}: {row.title} is half there"
        assert self.spaces[row.id] == 1, about
        assert self.held[row.id] == [(row.starts_at, row.ends_at)] * (row.state == "confirmed"), (
            about
        )
        assert sum(self.steps[row.id].values()) == row.version, about
        assert self.mails[row.id] == self.steps[row.id], about


def counted(session, pairs):
    """How often each second value comes with each first."""
    found = defaultdict(Counter)
    for first, second in session.execute(pairs):
        found[first][second] += 1
    return found


def others(session):
    """How many else are connected to the database; the killed may still be noticed."""
    session.rollback()
    return session.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    )


def everything_is_delivered(server, postman, message_ids):
    """Each row at least once, always under its own Message-ID and in the same words."""
    done = run_command(server.settings, "jobs", "once", "deliver-emails", clock=clock_from(LATER))
    assert done.returncode == 0, done.stderr
    with server.session() as session:
        queued = session.scalars(select(OutgoingEmail)).all()
    assert all(row.sent_at for row in queued)
    assert set(postman.ids) == {row.message_id for row in queued}
    assert message_ids.items() <= {row.id: row.message_id for row in queued}.items()
    assert len(postman.ids) > len(queued), "no mail was sent twice, so nothing was shown"
    words = defaultdict(set)
    for message in postman.taken:
        parts = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
        heads = (message[name] for name in ("To", "Subject", "Date"))
        words[message["Message-ID"]].add((*heads, *parts))
    assert {len(each) for each in words.values()} == {1}
