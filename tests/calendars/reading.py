"""Reading feeds as a calendar program does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from booking.accounts.models import Person
from booking.calendars.rules import FeedKind
from booking.calendars.use_cases import FeedWish, create_feed
from booking.core.actors import Actor, ActorKind

SPACE = "/calendars/spaces/sali.ics"
UNIT = "/calendars/units/koulu.ics"
PUBLIC = (SPACE, "/calendars/spaces/lohko-1.ics", UNIT, "/calendars/units/talo.ics")


def a_secret_address(session: Session, person: Person, now: datetime) -> str:
    """The path of a new calendar of all that is the person's, in English."""
    actor = Actor(ActorKind.PERSON, person.id)
    _feed, secret = create_feed(session, actor, FeedWish(FeedKind.MINE, "en"), now)
    session.commit()
    return f"/calendars/private/{secret}.ics"


def events(answer: TestResponse) -> list[Any]:
    """The events of a feed as they are read back."""
    return list(Calendar.from_ical(answer.get_data(as_text=True)).events)


def summaries(answer: TestResponse) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(answer)]


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """The browser of somebody who is signed in."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = f"{person.id}.{person.auth_version}", True
    return client
