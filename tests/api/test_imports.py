"""Outside calendars over the API: added by address or text, read, confirmed, stopped, decided."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from booking.accounts.models import ApiToken
from booking.accounts.queries import hash_of_token
from booking.calendars.models import CalendarSource
from booking.calendars.polling import FETCH
from booking.core.actors import Grant, Role
from booking.invariants import breaches
from booking.reservations.models import Reservation
from booking.reservations.states import State
from tests.builders import a_person
from tests.calendars.outside_server import outside_server
from tests.calendars.subscribing import calendar, event
from tests.places import a_space, ask
from tests.values import NOW

FOUR = [event(str(n), f"{10 + n}:00", f"{11 + n}:00") for n in range(4)]
_numbers = count(1)
CORPUS = Path(os.environ.get("ICAL_CORPUS", ""))
FILES = json.loads((CORPUS / "expected.json").read_text()) if os.environ.get("ICAL_CORPUS") else {}


@pytest.fixture
def outside(app):
    with outside_server() as server:
        app.extensions[FETCH] = server.fetch
        yield server


@pytest.fixture
def bearer(session):
    """`bearer(role, scopes)`: a token of somebody with this role in the whole city."""

    def make(role=Role.MANAGER, scopes=None):
        secret = f"yt_{next(_numbers)}"
        person = a_person(session, grants=[Grant(role)] if role else [])
        session.add(
            ApiToken(
                person_id=person.id,
                name="test",
                token_hash=hash_of_token(secret),
                created_at=NOW,
                last_used_at=NOW,
                scopes=scopes,
            )
        )
        session.commit()
        return secret

    return make


@pytest.fixture
def manager(bearer):
    return bearer()


@pytest.fixture
def room(session):
    room = a_space(session)
    session.commit()
    return room


@pytest.fixture(autouse=True)
def kept(session):
    """After each test every promise of the database holds."""
    yield
    session.rollback()
    assert breaches(session.connection(), NOW) == []


def codes(answer):
    return [(one["code"], one.get("field")) for one in answer.json["violations"]]


def add(api, token, room, **body):
    return api("POST", "/imports", token, {"space": room.slug, "name": "School", **body})


def test_a_text_is_taken_once_and_reported(api, manager, room):
    broken = event("b", "14:00", "13:00", title="Backwards")
    made = add(api, manager, room, text=calendar(*FOUR, broken))
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["url"], made.json["held"]) == ("active", None, 4)
    report = made.json["report"]
    assert (report["added"], report["collisions"], report["waits"]) == (4, 0, False)
    [remark] = report["remarks"]
    assert (remark["code"], remark["outcome"], remark["event"]) == (
        "ends_before_start",
        "skipped",
        "Backwards",
    )
    assert made.headers["Location"] == f"/api/v1/imports/{made.json['id']}"
    busy = api(
        "GET", f"/spaces/{room.slug}/availability?from=2027-01-12T00:00:00Z&to=2027-01-13T00:00:00Z"
    ).json["busy"]
    assert len(busy) == 1
    assert api("POST", f"/imports/{made.json['id']}/read", manager, {}).status_code == 409


def test_an_address_is_read_and_followed(api, manager, room, outside):
    outside.gives(calendar(*FOUR))
    made = add(api, manager, room, url=outside.url())
    assert (made.status_code, made.json["held"]) == (201, 4)
    outside.gives(calendar(*FOUR[:2]))
    path = f"/imports/{made.json['id']}"
    read = api("POST", f"{path}/read", manager, {})
    assert (read.json["report"]["gone"], read.json["held"]) == (2, 2)
    outside.gives(calendar())
    waits = api("POST", f"{path}/read", manager, {})
    assert (waits.json["state"], waits.json["held"]) == ("waiting", 2)
    outside.gives("", status=500)
    failed = api("POST", f"{path}/confirm", manager, {})
    assert (failed.status_code, codes(failed)) == (422, [("refused", "url")])
    assert api("GET", path, manager).json["error"]["code"] == "refused"
    outside.gives(calendar())
    done = api("POST", f"{path}/confirm", manager, {})
    assert (done.json["state"], done.json["held"]) == ("active", 0)
    assert api("POST", f"{path}/confirm", manager, {}).status_code == 409
    assert api("POST", f"{path}/stop", manager, {}).json["state"] == "stopped"
    assert api("POST", f"{path}/stop", manager, {}).status_code == 409
    outside.gives(calendar(*FOUR))
    assert api("POST", f"{path}/start", manager, {}).json["held"] == 4
    assert [one["id"] for one in api("GET", "/imports", manager).json["items"]] == [made.json["id"]]


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://[::1]/a.ics", "http://[::ffff:127.0.0.1]/", "http://0/"),
        *("http://2130706433/", "http://0177.0.0.1/", "http://localhost/a.ics", "http://10.1.2.3/"),
        *("http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://a/"),
    ],
)
def test_what_stands_inside_is_never_asked(api, manager, room, url, session):
    answer = add(api, manager, room, url=url)
    assert answer.status_code == 422, answer.text
    [(code, field)] = codes(answer)
    assert code in {"address_not_allowed", "bad_address"}
    assert field == "url"
    assert session.scalar(select(func.count()).select_from(CalendarSource)) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "not_a_calendar"), ("<html>", "not_a_calendar"), (calendar(*FOUR)[:-9], "cut_short")],
)
def test_a_text_that_is_no_whole_calendar_is_refused(api, manager, room, text, code):
    assert codes(add(api, manager, room, text=text)) == [(code, "text")]


def test_one_of_address_and_text_is_given(api, manager, room):
    assert add(api, manager, room).status_code == 422
    both = add(api, manager, room, url="https://a.example/", text=calendar())
    assert both.status_code == 422


def test_the_same_key_adds_once(api, manager, room, session):
    body = {"space": room.slug, "name": "School", "text": calendar(*FOUR)}
    first, again = (
        api("POST", "/imports", manager, body, **{"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert session.scalar(select(func.count()).select_from(CalendarSource)) == 1


def test_only_who_may_close_spaces_and_has_the_scope_may(api, bearer, room):
    text = calendar(*FOUR)
    assert add(api, None, room, text=text).status_code == 401
    assert add(api, bearer(None), room, text=text).status_code == 403
    assert add(api, bearer(Role.APPROVER), room, text=text).status_code == 403
    assert add(api, bearer(Role.MANAGER, ["read", "book"]), room, text=text).status_code == 403
    made = add(api, bearer(Role.MANAGER, ["staff"]), room, text=text)
    assert made.status_code == 201
    path = f"/imports/{made.json['id']}"
    assert api("GET", path, bearer(None, ["staff"])).status_code == 404
    for wrong in ("0", "999", "a", "-1", "9" * 30):
        assert api("GET", f"/imports/{wrong}", bearer(Role.ADMINISTRATOR)).status_code == 404


def test_a_collision_is_decided(api, manager, room, session):
    booking = ask(session, room, "10:30", "11:00")
    session.commit()
    made = add(api, manager, room, text=calendar(*FOUR)).json
    assert (made["report"]["collisions"], made["held"]) == (1, 3)
    path = f"/imports/{made['id']}"
    [met] = api("GET", path, manager).json["collisions"]
    assert met["reservations"] == [booking.reference]
    decide = f"{path}/collisions/{met['id']}"
    assert codes(api("POST", decide, manager, {"keep": False})) == [("field_required", "reason")]
    other = add(api, manager, room, text=calendar()).json["id"]
    wrong = f"/imports/{other}/collisions/{met['id']}"
    assert api("POST", wrong, manager, {"keep": True}).status_code == 404
    done = api("POST", decide, manager, {"keep": False, "reason": "School"})
    assert (done.json["held"], done.json["collisions"][0]["settlement"]) == (4, "cancelled")
    session.rollback()
    session.expire_all()
    assert session.get(Reservation, booking.id).state == State.CANCELLED
    assert api("POST", decide, manager, {"keep": True}).status_code == 409


def test_a_large_calendar_fits_where_other_bodies_may_not(api, manager, room):
    text = calendar(*FOUR).replace("Class", "C" * 1_000_000)
    assert add(api, manager, room, text=text).status_code == 201


def test_what_an_outside_event_is_called_is_told_to_nobody_but_staff(
    api, client, manager, room, bearer
):
    secret = event("a", title="Appointment of Maija Meikäläinen")
    add(api, manager, room, text=calendar(secret))
    day = "2027-01-12"
    for address in (
        f"/en/spaces/{room.slug}",
        f"/en/spaces/{room.slug}?date={day}",
        f"/calendars/spaces/{room.slug}.ics",
        f"/api/v1/spaces/{room.slug}/availability?from={day}T00:00:00Z&to={day}T23:00:00Z",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Maija" not in answer.text, address
    assert "BEGIN:VEVENT" in client.get(f"/calendars/spaces/{room.slug}.ics").text
    assert "Maija" not in api("GET", "/reservations", bearer(None)).text


@pytest.mark.skipif(not FILES, reason="ICAL_CORPUS names no folder of calendars")
def test_a_hard_file_is_accepted_or_refused_as_it_ought_to_be(api, manager, room):
    for name, expected in FILES.items():
        text = (CORPUS / name).read_bytes().decode("utf-8", errors="replace")
        answer = add(api, manager, room, text=text)
        wanted = 422 if expected["want"] == "refuse" else 201
        assert answer.status_code == wanted, (name, answer.text)
