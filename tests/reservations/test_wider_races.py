"""Races over HTTP between one booking and what takes much at once: a series, a closure, another
division of the hall, another catalogue. One winner, never none, and no bug shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import delete

from booking.accounts.models import ApiToken
from booking.accounts.queries import hash_of_token
from booking.catalogue.exporting import export_catalogue
from booking.catalogue.importing import import_catalogue
from booking.core.actors import COMMAND, Grant, Role
from booking.core.errors import BookingError
from booking.invariants import breaches
from booking.reservations.models import Reservation, Series
from booking.reservations.retaking import follow_division
from booking.web.session import transact
from tests.askers import overlaps, people_with_tokens, send, send_all_at_once
from tests.builders import a_person
from tests.catalogue.demo_files import HOST, with_space
from tests.installations import serving, settings_for
from tests.servers import Server
from tests.stages import build_town, divided
from tests.values import MONDAY, NOW, at

pytestmark = pytest.mark.soak
DAY = MONDAY + timedelta(days=1)
STAFF = "yt_staff"


@pytest.fixture(scope="module")
def running(engine, migrated, tmp_path_factory):
    """A server of several processes with the town, two residents and a manager."""
    url = engine.create(migrated)
    server = Server(settings_for(url, tmp_path_factory.mktemp("races")), workers=3, at=NOW).start()
    with server.session() as session:
        build_town(session)
        manager = a_person(session, grants=[Grant(Role.MANAGER)])
        session.add(
            ApiToken(
                person_id=manager.id,
                name="test",
                token_hash=hash_of_token(STAFF),
                created_at=NOW,
                last_used_at=NOW,
            )
        )
        people_with_tokens(session, 2, NOW)
        session.commit()
    yield server
    server.stop()
    engine.drop(url)


@pytest.fixture
def server(running):
    """The server, with nothing booked."""
    yield running
    with running.session() as session:
        session.execute(delete(Reservation))
        session.execute(delete(Series))
        session.commit()


ONE, OTHER = "yt_asker_0", "yt_asker_1"


def a_wish(space, day, start="12:00", end="14:00", **more):
    return {
        "space": space,
        "starts_at": at(start, day).isoformat(),
        "ends_at": at(end, day).isoformat(),
        "title": "Race",
        "purpose": "culture",
        "people": 5,
        "terms_version": "2026-01-01",
        **more,
    }


def race(server, calls, number):
    """The answers in the order of the calls, which set off in both orders by turns."""
    turned = calls[:: 1 if number % 2 else -1]
    replies = send_all_at_once(server.url, [(*call, {}) for call in turned])
    all_is_well(server)
    return replies[:: 1 if number % 2 else -1]


def all_is_well(server):
    with server.session() as session:
        assert overlaps(session) == 0
        assert breaches(session.connection(), NOW) == []


def cancel(server, token, reply, reason=""):
    path = f"/reservations/{reply.body['reference']}/cancel"
    assert send(server.url, "POST", path, token, {"reason": reason}).status == 200


# ── Series ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("on_conflict", ["refuse", "skip"])
def test_of_a_series_and_a_booking_on_one_of_its_days_one_has_the_day(server, repeats, on_conflict):
    for number in range(repeats(2, 20)):
        first = DAY + timedelta(days=number % 7)
        hours = [f"{8 + 2 * (number // 7)}:00", f"{10 + 2 * (number // 7)}:00"]
        rule = {"rrule": "FREQ=WEEKLY;COUNT=4", "on_conflict": on_conflict}
        contested = first + timedelta(days=14)
        series, single = race(
            server,
            [
                ("POST", "/series", ONE, a_wish("one", first, *hours, **rule)),
                ("POST", "/reservations", OTHER, a_wish("one", contested, *hours)),
            ],
            number,
        )
        answers = (series.status, single.status)
        if on_conflict == "refuse":
            assert sorted(answers) == [201, 409]
        else:
            skipped = [one["date"] for one in series.body["skipped"]]
            wins = {(201, 409): [], (201, 201): [contested.isoformat()]}
            assert skipped == wins[answers]


# ── Closures ──────────────────────────────────────────────────────────────────────────────────


def test_of_a_closure_of_the_hall_and_a_booking_of_a_section_exactly_one_wins(server, repeats):
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        closure = a_wish("hall", day, "08:00", "22:00", kind="closure")
        replies = race(
            server,
            [
                ("POST", "/reservations", STAFF, closure),
                ("POST", "/reservations", ONE, a_wish("two", day)),
            ],
            number,
        )
        assert sorted(reply.status for reply in replies) == [201, 409]


# ── The catalogue ─────────────────────────────────────────────────────────────────────────────


class Importer:
    """Another process of the installation than the server's: it imports catalogues."""

    def __init__(self, app):
        self._app = app
        with app.app_context():
            self.file = transact(export_catalogue)

    def bring_in(self, file):
        """The codes for which it is refused; none where it came in."""
        follow = partial(follow_division, now=NOW)
        with self._app.app_context():
            try:
                transact(import_catalogue, COMMAND, file, NOW, HOST, on_parts_changed=follow)
            except BookingError as refused:
                return {reason.code for reason in refused.reasons}
        return set()

    def while_somebody_asks(self, file, server, wish):
        """What the import and the asker were told, who set off at the same instant."""
        barrier = Barrier(2)

        def ask():
            barrier.wait(30)
            return send(server.url, "POST", "/reservations", ONE, wish)

        def change():
            barrier.wait(30)
            return self.bring_in(file)

        with ThreadPoolExecutor(2) as pool:
            asked, changed = pool.submit(ask), pool.submit(change)
            return asked.result(60), changed.result(60)


@pytest.fixture
def importer(server):
    with serving(server.settings) as app:
        yield Importer(app)


def test_of_another_division_and_a_booking_that_it_would_hit_exactly_one_wins(
    server, importer, repeats
):
    """The pair of sections one and two is booked, and is to be the pair of two and three, while
    somebody asks for three."""
    before, after = (
        divided(importer.file, pair, has_remainder=False)
        for pair in (("one", "two"), ("two", "three"))
    )
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        wish = a_wish("pair", day, "13:00", "15:00")
        pair = send(server.url, "POST", "/reservations", OTHER, wish)
        assert pair.status == 201
        asked, refused = importer.while_somebody_asks(after, server, a_wish("three", day))
        all_is_well(server)
        assert (asked.status, refused) in [(201, {"parts_collide"}), (409, set())]
        if asked.status == 201:
            cancel(server, ONE, asked)
        cancel(server, OTHER, pair)
        assert importer.bring_in(before) == set()


def test_of_a_smaller_room_and_a_booking_of_many_each_is_judged_by_what_stands(
    server, importer, repeats
):
    """The import always comes in; who was before it has the room, and nobody has it after."""
    large, small = (with_space(importer.file, "one", capacity=number) for number in (20, 5))
    for number in range(repeats(2, 20)):
        wish = a_wish("one", DAY + timedelta(days=number), people=10)
        asked, refused = importer.while_somebody_asks(small, server, wish)
        assert refused == set()
        assert asked.status in {201, 422}
        if asked.status == 422:
            assert [one["code"] for one in asked.body["violations"]] == ["over_capacity"]
        later = a_wish("one", DAY + timedelta(days=number), "16:00", "17:00", people=10)
        assert send(server.url, "POST", "/reservations", ONE, later).status == 422
        all_is_well(server)
        assert importer.bring_in(large) == set()
