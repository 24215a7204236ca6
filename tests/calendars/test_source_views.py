"""The staff's pages of outside calendars: adding, deciding, bringing in a file after a look."""

from __future__ import annotations

import io
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from booking.calendars.models import CalendarSource, CalendarUpload, ImportCollision
from booking.calendars.outside_text import MOST_BYTES
from booking.calendars.polling import FETCH
from booking.core.actors import Grant, Role
from booking.database import writing
from booking.jobs import JOBS
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Reservation
from booking.reservations.states import State
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.calendars.outside_server import outside_server
from tests.calendars.subscribing import TUESDAY, calendar, event, imported
from tests.places import a_space, a_unit, an_actor, ask
from tests.statements import counted

PAGE = "/en/staff/calendars"
CORPUS = os.environ.get("ICAL_CORPUS", "")


@pytest.fixture
def outside(app):
    with outside_server() as server:
        app.extensions[FETCH] = server.fetch
        yield server


@pytest.fixture
def room(session):
    """A room; a manager and an approver of its site, a manager of another one."""
    with writing():
        unit, other = a_unit(session), a_unit(session)
        room = a_space(session, unit=unit)
        a_space(session, unit=other)
        for email, role, where in (
            ("manager", Role.MANAGER, unit),
            ("approver", Role.APPROVER, unit),
            ("stranger", Role.MANAGER, other),
        ):
            grants = [Grant(role, where.id)]
            a_person(session, email=f"{email}@example.com", password=PASSWORD, grants=grants)
        session.commit()
    return room


@pytest.fixture
def manager(client, room):
    sign_in(client, "manager@example.com")
    return client


@pytest.fixture
def fresh(session):
    """`fresh(model)`: the rows as they stand now."""

    def read(model):
        session.rollback()
        session.expire_all()
        return session.scalars(select(model)).all()

    return read


def add(client, outside, room, **fields):
    wish = {"space": room.slug, "name": "School", "address": outside.url(), **fields}
    return send(client, f"{PAGE}/new", **wish)


@pytest.fixture
def source(manager, outside, room, fresh):
    """A calendar of four classes that the room reads."""
    outside.gives(calendar(*(event(str(n), f"{10 + n}:00", f"{11 + n}:00") for n in range(4))))
    assert add(manager, outside, room).status_code == 302
    [source] = fresh(CalendarSource)
    return source


def press(client, source, step):
    page = f"{PAGE}/{source.id}"
    return send(client, page, f"{page}/{step}")


# ── Adding ────────────────────────────────────────────────────────────────────────────────────


def test_a_calendar_is_read_at_once_when_it_is_added(session, manager, source):
    assert len(imported(session, source)) == 4
    page = manager.get(f"{PAGE}/{source.id}").text
    assert "Is read every 15 minutes" in page
    assert "Every event could be read as it stands." in page
    assert "4 times to come" in manager.get(PAGE).text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<!doctype html>", "is no calendar but something else"),
        (calendar(event("a"))[:-20], "breaks off before its end"),
        (b"a" * (MOST_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_can_not_be_read_is_not_added_and_told_beside_the_address(
    manager, outside, room, fresh, body, sentence
):
    outside.gives(body)
    answer = add(manager, outside, room)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert outside.url() in answer.text
    assert fresh(CalendarSource) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"address": "ftp://a.example/"}, "begins with https://"),
        ({"address": "http://10.0.0.1/a.ics"}, "in a closed network"),
        ({"address": ""}, "Write the address."),
        ({"name": ""}, "Give the calendar a name."),
        ({"space": "nowhere"}, "Choose one of these."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(manager, outside, room, fresh, fields, sentence):
    answer = add(manager, outside, room, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (outside.asked, fresh(CalendarSource)) == ([], [])


def test_an_address_is_added_once(manager, outside, source, room):
    assert "reads this address already" in add(manager, outside, room).text


def test_only_who_may_close_the_space_sees_and_changes_its_calendars(client, source, outside, room):
    for email, list_status, one_status in (("approver", 403, 403), ("stranger", 200, 404)):
        client.post("/en/sign-out")
        with client.session_transaction() as kept:
            kept.clear()
        sign_in(client, f"{email}@example.com")
        assert client.get(PAGE).status_code == list_status
        assert source.name not in client.get(PAGE).text
        assert client.get(f"{PAGE}/{source.id}").status_code == one_status
    with client.session_transaction() as kept:
        kept.clear()
    assert client.get(PAGE).status_code == 302


# ── Its life ──────────────────────────────────────────────────────────────────────────────────


def test_it_is_read_now_and_what_is_left_out_is_named_with_why(session, manager, source, outside):
    broken = event("b").replace("DTSTART:", "DTSTART:nonsense").replace("Class", "Lost class")
    outside.gives(
        calendar(*(event(str(n), f"{10 + n}:00", f"{11 + n}:00") for n in range(3)), broken)
    )
    page = f"{PAGE}/{source.id}"
    assert "The calendar is read." in manager.get(press(manager, source, "read").location).text
    told = manager.get(page).text
    assert "Left out (1)" in told
    assert re.search(r"Lost class</strong>\s*<span>Its date or time can", told)
    session.rollback()
    assert len(imported(session, source)) == 3


def test_a_failure_is_told_and_all_stands(session, manager, source, outside):
    outside.gives(b"", status=503)
    press(manager, source, "read")
    page = manager.get(f"{PAGE}/{source.id}").text
    assert "it answered 503" in page
    assert "What it holds stands as it was." in page
    session.rollback()
    assert len(imported(session, source)) == 4


def test_a_fall_of_more_than_half_is_counted_in_the_menu_and_confirmed(
    session, manager, source, outside
):
    outside.gives(calendar(event("0", "10:00", "11:00")))
    press(manager, source, "read")
    page = manager.get(f"{PAGE}/{source.id}").text
    assert "3 times would become free" in page
    assert "Outside calendars (1)" in manager.get("/en/staff/closures").text
    press(manager, source, "confirm")
    session.rollback()
    assert len(imported(session, source)) == 1
    assert "Outside calendars (1)" not in manager.get("/en/staff/closures").text
    again = manager.get(press(manager, source, "read").location).text
    assert "The calendar is read." in again


def test_what_is_stopped_becomes_free_and_can_be_started_again(session, manager, source, outside):
    answer = manager.get(press(manager, source, "stop").location).text
    assert "The calendar is stopped. 4 times have become free." in answer
    session.rollback()
    assert imported(session, source) == []
    assert "has been stopped" in manager.get(press(manager, source, "read").location).text
    press(manager, source, "start")
    session.rollback()
    assert len(imported(session, source)) == 4


def test_a_new_name_is_kept_and_a_new_address_only_when_it_can_be_read(
    manager, source, outside, fresh
):
    page = f"{PAGE}/{source.id}"
    named = {"name": "Gymnasium", "address": outside.url()}
    assert send(manager, page, f"{page}/change", **named).status_code == 302
    moved = {"name": "Gymnasium", "address": outside.url("/b.ics")}
    answer = send(manager, page, f"{page}/change", **moved)
    assert answer.status_code == 422
    assert "it answered 404" in answer.text
    [kept] = fresh(CalendarSource)
    assert (kept.name, kept.address) == ("Gymnasium", outside.url())
    outside.gives(calendar(event("0", "10:00", "11:00"), event("1", "11:00", "12:00")), "/b.ics")
    assert send(manager, page, f"{page}/change", **moved).status_code == 302
    [kept] = fresh(CalendarSource)
    assert (kept.address, kept.report["gone"]) == (outside.url("/b.ics"), 2)


# ── What meets bookings ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def met(session, manager, outside, room, fresh):
    """The page of a calendar one of whose two events meets a booking, and the event's key."""
    maija = a_person(session, email="maija@example.com", language="en")
    ask(session, room, "11:00", "12:00", actor=an_actor(session, person=maija), title="Choir")
    session.commit()
    outside.gives(calendar(event("a", title="Gym class"), event("b", "13:00", "14:00")))
    add(manager, outside, room)
    [row] = fresh(ImportCollision)
    return f"{PAGE}/{row.source_id}", f"{PAGE}/{row.source_id}/collisions/{row.id}"


def state_of_booking(fresh):
    return next(one.state for one in fresh(Reservation) if one.title == "Choir")


def test_the_event_is_shown_beside_the_booking_that_it_meets(manager, met):
    page = manager.get(met[0]).text
    assert "1 event meets a booking" in page
    assert page.index("Gym class") < page.index("Choir")


def test_the_booking_is_kept(manager, met, fresh):
    send(manager, met[0], met[1], keep="yes")
    assert state_of_booking(fresh) == State.CONFIRMED
    page = manager.get(met[0]).text
    assert "1 event meets a booking" not in page
    assert "the booking stays" in page
    assert send(manager, met[0], met[1], keep="yes").status_code == 302


def test_the_booking_is_cancelled_only_with_a_reason_which_its_booker_is_told(manager, met, fresh):
    answer = send(manager, met[0], met[1], reason=" ")
    assert answer.status_code == 422
    assert "Say why. Those who have booked are told." in answer.text
    assert state_of_booking(fresh) == State.CONFIRMED
    send(manager, met[0], met[1], reason="The school needs it.")
    assert state_of_booking(fresh) == State.CANCELLED
    mails = fresh(OutgoingEmail)
    assert [one.template for one in mails if "cancelled" in one.template] == [
        "reservation_cancelled"
    ]
    assert {one.title for one in fresh(Reservation) if one.state == State.CONFIRMED} == {
        "Gym class",
        "Class",
    }


def test_all_bookings_are_kept_at_once(session, manager, room, outside, met, fresh):
    ask(session, room, "15:00", "16:00", title="Band")
    session.commit()
    outside.gives(calendar(event("a"), event("b", "13:00", "14:00"), event("c", "15:00", "17:00")))
    send(manager, met[0], f"{met[0]}/read")
    assert "2 events meet bookings" in manager.get(met[0]).text
    answer = manager.get(send(manager, met[0], f"{met[0]}/keep-all").location)
    assert "2 events take no time." in answer.text
    assert {one.settlement for one in fresh(ImportCollision)} == {"kept"}


# ── Files ─────────────────────────────────────────────────────────────────────────────────────


def look(client, room, body, **fields):
    page = f"{PAGE}/file"
    file = io.BytesIO(body if isinstance(body, bytes) else body.encode()), "a.ics"
    wish = {"space": room.slug, "name": "Spring", "file": file, **fields}
    return send(client, page, **wish)


def key_of(answer):
    found = re.search(r'name="key" value="([^"]+)"', answer.text)
    return found[1] if found else ""


def bring_in(client, key):
    return send(client, f"{PAGE}/file", f"{PAGE}/file/bring-in", key=key)


def test_a_file_is_looked_at_and_then_brought_in_once(session, manager, room, fresh):
    ask(session, room, "11:00", "12:00", title="Choir")
    session.commit()
    seen = look(manager, room, calendar(event("a"), event("b", "13:00", "14:00")))
    assert seen.status_code == 200
    assert "1 time would be taken" in seen.text
    assert "1 event meets a booking" in seen.text
    assert "Choir" in seen.text
    assert (fresh(CalendarSource), len(fresh(Reservation))) == ([], 1)
    assert bring_in(manager, key_of(seen)).status_code == 302
    [source] = fresh(CalendarSource)
    assert (source.name, source.address, source.next_read_at) == ("Spring", None, None)
    assert len(imported(session, source)) == 1
    assert len(fresh(ImportCollision)) == 1
    again = bring_in(manager, key_of(seen))
    assert again.status_code == 422
    assert "Choose the file again" in again.text
    assert len(fresh(CalendarSource)) == 1


def test_what_is_looked_at_is_nobody_elses_and_forgotten_after_a_day(
    client, manager, room, fresh, app, clock
):
    key = key_of(look(manager, room, calendar(event("a"))))
    with client.session_transaction() as kept:
        kept.clear()
    sign_in(client, "stranger@example.com")
    assert bring_in(client, key).status_code == 422
    assert len(fresh(CalendarUpload)) == 1
    clock.shift(timedelta(hours=24, seconds=1))
    assert JOBS["forget-calendar-uploads"].run(app) == 1
    assert fresh(CalendarUpload) == []


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is no calendar but something else"),
        (b"PK\x03\x04" + bytes(100), "is no calendar but something else"),
        (b"", "is no calendar but something else"),
        (calendar(event("a"))[:-20].encode(), "breaks off before its end"),
        (b"a" * (MOST_BYTES + 1), "larger than 10 MB"),
        (b"a" * (MOST_BYTES + 100_000), "larger than 10 MB"),
    ],
    ids=["picture", "archive", "empty", "cut short", "too large", "far too large"],
)
def test_a_file_that_is_no_calendar_whatever_it_is_called_is_refused_in_words(
    manager, room, fresh, body, sentence
):
    answer = look(manager, room, body)
    assert answer.status_code in {422, 413}
    assert sentence in answer.text
    assert (fresh(CalendarUpload), fresh(CalendarSource)) == ([], [])


def test_one_bad_event_of_a_file_is_named_and_stops_no_other(manager, room):
    backwards = event("b", "14:00", "13:00", title="Backwards")
    seen = look(manager, room, calendar(event("a"), backwards))
    assert "1 time would be taken" in seen.text
    assert re.search(r"Backwards</strong>\s*<span>It ends before it starts\.", seen.text)


@pytest.mark.skipif(not CORPUS, reason="ICAL_CORPUS names no folder of calendars")
def test_every_hard_file_is_looked_at_or_refused_in_words(manager, room):
    for path in sorted(Path(CORPUS).glob("*.ics")):
        assert look(manager, room, path.read_bytes()).status_code in {200, 422}, path.name


# ── What it costs ─────────────────────────────────────────────────────────────────────────────


def test_the_list_asks_the_same_however_many_calendars_there_are(
    session, manager, outside, room, source, fresh
):
    def statements():
        with counted(session.get_bind()) as sent:
            assert manager.get(PAGE).status_code == 200
        return len(sent)

    before = statements()
    for number in range(5):
        outside.gives(calendar(event(str(number), day=TUESDAY)), f"/{number}.ics")
        add(manager, outside, room, address=outside.url(f"/{number}.ics"))
    assert len(fresh(CalendarSource)) == 6
    assert statements() == before
