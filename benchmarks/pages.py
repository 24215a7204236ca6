"""The main pages over HTTP, in a town of 500 spaces and 100,000 reservations."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import growth
from benchmarks.growth import Town
from benchmarks.load import Request, measure
from booking.accounts import passwords
from booking.accounts.models import Person, RoleAssignment
from booking.core.actors import Role
from tests.installations import settings_for
from tests.servers import Server

OCCUPANCIES = 124_000
"""That many belong to 100,000 reservations, since a hall has three parts."""
MINE, ROUNDS, PASSWORD = 40, 200, "kolme pientä sanaa"


@dataclass(frozen=True)
class Page:
    """What a page cost: milliseconds for one visitor at a time, queries, bytes of HTML."""

    name: str
    p50: float
    p95: float
    queries: str
    bytes: int


def measured(url: str, folder: Path) -> Iterator[Page]:
    """Each main page, asked for by somebody who has bookings and decides about others'."""
    with growth.towns(url, folder, (OCCUPANCIES,)) as [town]:
        reference, space, unit = _furnish(town)
        database = url.replace("/postgres?", f"/town_{OCCUPANCIES}?")
        server = Server(
            settings_for(database, folder),
            workers=2,
            preload=True,
            application="benchmarks.bare:app",
        ).start()
        try:
            cookie = _sign_in(server.url)
            day = town.today + timedelta(days=3)
            when = f"date={day}&start=12:00&end=14:00&people=5"
            for name, path in (
                ("home", "/fi/"),
                ("search, all", "/fi/spaces"),
                ("search, for a time", f"/fi/spaces?{when}"),
                ("search, by words", "/fi/spaces?q=kokouksen+pitopaikka"),
                ("space", f"/fi/spaces/{space}"),
                ("unit", f"/fi/units/{unit}"),
                ("booking form", f"/fi/spaces/{space}/reserve?{when}"),
                ("mine", "/fi/reservations"),
                ("one booking", f"/fi/reservations/{reference}"),
                ("inbox", "/fi/staff/inbox"),
            ):
                yield _page(server.url, name, path, cookie)
        finally:
            server.stop()


def _furnish(town: Town) -> tuple[str, str, str]:
    """Some bookings are the asker's, some await them; a reference, and the slugs of a space."""
    with Session(town.engine) as session:
        person = session.get_one(Person, town.person_id)
        person.password_hash = passwords.hash_password(PASSWORD)
        person.roles = [RoleAssignment(role=Role.APPROVER)]
        session.flush()
        newest = "SELECT id FROM reservation ORDER BY id DESC LIMIT :count"
        session.execute(
            text(f"UPDATE reservation SET booked_by_id = :person WHERE id IN ({newest})"),
            {"person": person.id, "count": MINE},
        )
        session.execute(
            text(f"UPDATE reservation SET state = 'requested' WHERE id IN ({newest} OFFSET 1)"),
            {"count": MINE},
        )
        row = session.execute(
            text(
                "SELECT reservation.reference, space.slug, unit.slug FROM reservation"
                " JOIN reservation_space ON reservation_id = reservation.id"
                " JOIN space ON space.id = space_id JOIN unit ON unit.id = space.unit_id"
                " WHERE booked_by_id = :person ORDER BY reservation.id DESC LIMIT 1"
            ),
            {"person": person.id},
        ).one()
        session.commit()
        return row[0], row[1], row[2]


def _sign_in(url: str) -> str:
    """The cookies of somebody who has signed in."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{url}/en/sign-in").read().decode()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page for signing in has no token")
    fields = {"csrf_token": found[1], "email": "bench@example.com", "password": PASSWORD}
    browser.open(f"{url}/en/sign-in", urllib.parse.urlencode(fields).encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _page(url: str, name: str, path: str, cookie: str) -> Page:
    request = Request(path, headers=(("Cookie", cookie),))
    measure(url, [request] * 10, clients=2)  # each process works out its catalogue once
    found = measure(url, [request] * ROUNDS, clients=1)
    asked = urllib.request.Request(f"{url}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(asked) as answer:
        return Page(name, found.p50, found.p95, answer.headers["X-Statements"], len(answer.read()))
