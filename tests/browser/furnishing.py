"""A demo city in which everything that a page can show has happened to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import ApiToken, Membership, Organisation, Person
from booking.accounts.queries import hash_of_token
from tests.askers import send
from tests.browser.steps import PASSWORD
from tests.builders import a_person
from tests.conftest import NOW
from tests.installations import run_command
from tests.servers import Server

ROOM = "hilman-kokoushuone-1"
HALL = "raatihuoneen-sali"
NEWCOMER = "newcomer@demo.example"
ZONE = ZoneInfo("Europe/Helsinki")
TODAY = NOW.date()


def at(days: int, hour: int) -> str:
    """That hour in the city, so many days from now, as programs write it."""
    return datetime.combine(TODAY + timedelta(days=days), time(hour), ZONE).isoformat()


@dataclass(frozen=True)
class City:
    """The running demo, its application in this process, and the references of what was made."""

    server: Server
    app: Flask
    held: str
    requested: str
    confirmed: str
    cancelled: str
    denied: str
    series: str
    offered: str
    organisation: str
    calendar: int

    @property
    def url(self) -> str:
        return self.server.url

    def deliver_mail(self) -> None:
        """Let the mail that waits arrive at once, in place of within seconds."""
        with time_machine.travel(NOW + timedelta(hours=2)):
            run_command(self.app, "jobs", "once", "deliver-emails")


def furnish(server: Server, app: Flask) -> City:
    """Make what is missing in the demo: a hold, a series, an offer of another place, and so on."""
    with server.session() as session:
        _give_tokens(session)
        organisation = session.scalars(_organisation_of("member@demo.example")).one()
        session.commit()
    as_member = {"organisation": organisation}
    held = _make(server, "resident", "/reservations", hold=True, days=9)
    confirmed = _make(server, "member", "/reservations", **as_member, days=10)
    requested = _make(server, "member", "/reservations", **as_member, space=HALL, days=16)
    cancelled = _make(server, "member", "/reservations", **as_member, days=14)
    denied = _make(server, "member", "/reservations", **as_member, space=HALL, days=17)
    offered = _make(server, "member", "/reservations", **as_member, days=15, hour=9)
    weekly = {"rrule": "FREQ=WEEKLY;COUNT=8", "on_conflict": "skip"}
    series = _make(server, "member", "/series", **as_member, **weekly, days=10, hour=13)
    _ask(server, "member", f"/reservations/{cancelled}/cancel", {"reason": "Sairastuimme."})
    _ask(server, "approver", f"/reservations/{denied}/deny", {"reason": "Sali on remontissa."})
    closing: dict[str, Any] = {"starts_at": at(15, 8), "ends_at": at(15, 12)}
    closing |= {"reason": "Lattia hiotaan.", "spaces": [ROOM], "on_conflict": "propose_moves"}
    _ask(server, "manager", "/closures", closing)
    wish = {"space": ROOM, "name": "Koulun lukujärjestys", "text": outside_calendar(10)}
    calendar = _ask(server, "manager", "/imports", wish)["id"]
    return City(
        server,
        app,
        held,
        requested,
        confirmed,
        cancelled,
        denied,
        series,
        offered,
        organisation,
        calendar,
    )


def outside_calendar(days: int) -> str:
    """A calendar with an event over the booking of that day, one that is free of any, and one that
    can't be read."""
    day = f"{TODAY + timedelta(days=days):%Y%m%d}"
    events = (
        ("Liikuntatunti", f"DTSTART:{day}T150000Z", f"DTEND:{day}T160000Z"),
        ("Kerho", f"DTSTART:{day}T040000Z", f"DTEND:{day}T050000Z"),
        ("Vanhempainilta", "DTSTART:nonsense", f"DTEND:{day}T060000Z"),
    )
    lines = [
        line
        for title, start, end in events
        for line in ("BEGIN:VEVENT", f"UID:{title}", f"SUMMARY:{title}", start, end, "END:VEVENT")
    ]
    return "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""))


def _give_tokens(session: Session) -> None:
    """The demo people may use the API; and one more has just come, and done nothing yet."""
    a_person(session, email=NEWCOMER, name="Uusi Asukas", password=PASSWORD)
    now = NOW.astimezone(UTC)
    for person in session.scalars(select(Person).where(Person.email.like("%@demo.example"))):
        name = person.email.partition("@")[0]
        token = ApiToken(person_id=person.id, name="test", created_at=now, last_used_at=now)
        token.token_hash = hash_of_token(f"yt_{name}")
        session.add(token)


def _organisation_of(email: str) -> Any:
    return (
        select(Organisation.slug)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == email)
    )


def _make(
    server: Server, who: str, path: str, days: int, space: str = ROOM, hour: int = 17, **more: Any
) -> str:
    """The reference of a new booking of that day and hour, two hours long."""
    wish: dict[str, Any] = {
        "space": space,
        "starts_at": at(days, hour),
        "ends_at": at(days, hour + 2),
    }
    wish |= {"title": "Hallituksen kokous", "purpose": "meeting", "people": 8}
    wish |= {"responsible_adult": True, "terms_version": "2026-01-01"}
    reference: str = _ask(server, who, path, wish | more)["reference"]
    return reference


def _ask(server: Server, who: str, path: str, body: dict[str, Any]) -> Any:
    reply = send(server.url, "POST", path, f"yt_{who}", body)
    assert reply.status < 300, (path, reply.status, reply.body)
    return reply.body
