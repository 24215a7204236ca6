"""Subscribed calendars are read by a job, each by one reader, and no fault erases anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import select

from booking.calendars import source_use_cases as use_cases
from booking.calendars.models import CalendarSource
from booking.calendars.polling import FETCH, read_due_calendars
from booking.core.actors import Role, job
from booking.jobs import JOBS
from booking.reservations.models import Reservation
from booking.reservations.states import Kind
from booking.web.session import db
from tests.calendars.outside_server import outside_server
from tests.calendars.subscribing import calendar, event, imported
from tests.places import a_space, an_actor, ask
from tests.values import NOW

QUARTER = timedelta(minutes=15)
READER = job("read-calendars")


@pytest.fixture
def outside(app):
    """A server whose calendars the application may read."""
    with outside_server() as server:
        app.extensions[FETCH] = server.fetch
        yield server


@pytest.fixture
def room(session):
    return a_space(session)


@pytest.fixture
def subscribe(session, outside):
    """`subscribe(room, path)`: a source that is due."""

    def make(room, path="/a.ics"):
        source = CalendarSource(
            space_id=room.id,
            name=f"School {path}",
            address=outside.url(path),
            added_at=NOW,
            next_read_at=NOW,
        )
        session.add(source)
        session.commit()
        return source

    return make


@pytest.fixture
def read(app, session, clock):
    """`read(later)`: the job runs, so much later; how many were due."""

    def run(later=timedelta(0)):
        clock.move_to(NOW + later)
        count = JOBS["read-calendars"].run(app)
        session.rollback()
        session.expire_all()
        return count

    return run


def test_a_calendar_is_read_every_quarter_of_an_hour(session, outside, room, subscribe, read):
    source = subscribe(room)
    outside.gives(calendar(event("a")))
    assert read() == 1
    assert [one.kind for one in imported(session, source)] == [Kind.IMPORTED]
    assert (source.read_at, source.next_read_at) == (NOW, NOW + QUARTER)
    assert read(QUARTER - timedelta(seconds=1)) == 0
    assert read(QUARTER) == 1


def test_changes_only_are_asked_for_and_nothing_new_leaves_all_as_it_is(
    session, outside, room, subscribe, read
):
    source = subscribe(room)
    outside.gives(calendar(event("a")), ETag='"1"', Last_Modified="yesterday")
    read()
    outside.gives(b"", status=304)
    read(QUARTER)
    assert outside.asked[1][1]["If-None-Match"] == '"1"'
    assert outside.asked[1][1]["If-Modified-Since"] == "yesterday"
    assert (source.read_at, source.etag, source.failures) == (NOW + QUARTER, '"1"', 0)
    assert len(imported(session, source)) == 1


def test_once_a_day_a_calendar_is_read_whole_since_days_come_into_sight(
    outside, room, subscribe, read
):
    subscribe(room)
    outside.gives(calendar(event("a")), ETag='"1"')
    read()
    outside.gives(b"", status=304)
    read(timedelta(hours=23, minutes=59))
    outside.gives(calendar(event("a")), ETag='"1"')
    read(timedelta(hours=24, minutes=14))
    asked = ["If-None-Match" in headers for _path, headers in outside.asked]
    assert asked == [False, True, False]


def test_while_an_event_waits_for_a_booking_the_calendar_is_read_whole(
    session, outside, room, subscribe, read
):
    source = subscribe(room)
    outside.gives(calendar(event("a")), ETag='"1"')
    booking = ask(session, room, "10:00", "11:00")
    session.commit()
    read()
    assert imported(session, source) == []
    booking = session.get(Reservation, booking.id)
    booking.step_to("cancelled", NOW)
    session.commit()
    read(QUARTER)
    assert "If-None-Match" not in outside.asked[1][1]
    assert len(imported(session, source)) == 1


BROKEN = {
    "empty": b"",
    "a page": b"<!doctype html><title>Sign in</title>",
    "cut short": calendar(event("a"), event("b")).encode()[:-20],
    "no text": bytes(range(256)),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_is_no_whole_calendar_erases_nothing(
    session, outside, room, subscribe, read, body
):
    source = subscribe(room)
    outside.gives(calendar(event("a")))
    read()
    outside.gives(body)
    read(QUARTER)
    assert len(imported(session, source)) == 1
    assert source.failures == 1
    assert source.last_error in {"not_a_calendar", "cut_short"}
    assert source.read_at == NOW
    outside.gives(calendar(event("a")))
    read(2 * QUARTER)
    assert (source.failures, source.last_error) == (0, None)


def test_who_fails_is_asked_less_and_less_often_up_to_six_hours(outside, room, subscribe, read):
    source = subscribe(room)
    later, pauses = timedelta(0), []
    for _again in range(8):
        read(later)
        pauses.append((source.next_read_at - NOW - later) / QUARTER)
        later = source.next_read_at - NOW
    assert pauses == [1, 2, 4, 8, 16, 24, 24, 24]
    assert source.last_error == "refused 404"


def test_what_is_wrong_with_one_calendar_stops_no_other(session, outside, room, subscribe, read):
    others = [subscribe(room, path) for path in ("/broken.ics", "/gone.ics")]
    source = subscribe(room)
    outside.gives("nothing", "/broken.ics")
    outside.gives(calendar(event("a")))
    assert read() == 3
    assert len(imported(session, source)) == 1
    assert [one.failures for one in others] == [1, 1]


def test_a_fall_of_more_than_half_waits_until_a_person_says_so(
    session, outside, room, subscribe, read
):
    source = subscribe(room)
    outside.gives(calendar(*(event(str(n), f"{10 + n}:00", f"{11 + n}:00") for n in range(4))))
    read()
    outside.gives(calendar(event("0", "10:00", "11:00")))
    read(QUARTER)
    assert (source.state, source.report["gone"], len(imported(session, source))) == (
        "waiting",
        3,
        4,
    )
    read(2 * QUARTER)
    assert len(imported(session, source)) == 4


# ── One reader ────────────────────────────────────────────────────────────────────────────────


def test_of_two_readers_each_calendar_has_one(app, session, outside, room, subscribe):
    sources = [subscribe(room, f"/{n}.ics") for n in range(6)]
    for number in range(6):
        outside.gives(calendar(event(str(number))), f"/{number}.ics")
    both = Barrier(2)

    def run():
        both.wait()
        return read_due_calendars(app, READER)

    with ThreadPoolExecutor(2) as readers:
        counts = [one.result() for one in [readers.submit(run) for _ in range(2)]]
    assert sum(counts) == 6
    assert sorted(path for path, _headers in outside.asked) == [f"/{n}.ics" for n in range(6)]
    session.rollback()
    assert sum(len(imported(session, one)) for one in sources) == 6


def test_no_transaction_is_open_while_a_server_thinks(app, session, outside, room, subscribe):
    """Else a slow server would keep everybody from writing."""
    source = subscribe(room)
    asked, written = Event(), Event()

    def think(handler):
        asked.set()
        assert written.wait(10)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(calendar(event("a")).encode())

    outside.answers["/a.ics"] = think
    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(read_due_calendars, app, READER)
        assert asked.wait(10)
        ask(session, room, "15:00", "16:00")
        session.get(CalendarSource, source.id).name = "Another"
        session.commit()
        written.set()
        assert reading.result() == 1
    session.rollback()
    assert len(imported(session, source)) == 1


def test_what_was_stopped_while_it_was_read_stays_stopped(app, session, outside, room, subscribe):
    source = subscribe(room)
    manager = an_actor(session, role=Role.MANAGER)
    session.commit()

    def stop(handler):
        use_cases.stop_source(session, manager, source.id, NOW)
        session.commit()
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(calendar(event("a")).encode())

    outside.answers["/a.ics"] = stop
    with app.app_context():
        assert read_due_calendars(app, READER) == 1
        db.session.rollback()
    session.rollback()
    session.expire_all()
    assert (source.state, imported(session, source)) == ("stopped", [])
    assert session.scalars(select(Reservation)).all() == []


def test_a_reader_that_died_is_followed_by_another(session, outside, room, subscribe, read):
    source = subscribe(room)
    outside.gives(calendar(event("a")))
    source.locked_until = NOW + use_cases.LEASE
    session.commit()
    assert read() == 0
    assert read(use_cases.LEASE) == 1
