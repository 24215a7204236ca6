"""Going through the guide as a visitor does, page by page."""

from __future__ import annotations

from sqlalchemy import select

from booking.reservations.event_models import SelfInitiatedEvent
from tests.accounts.visiting import send

GUIDE = "/en/events/plan"


def begin(client, page=GUIDE, **fields):
    """The address of an event that was begun, without its step."""
    answer = send(client, page, GUIDE, **fields)
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[0]


def tell(client, event, step, **answers):
    return send(client, f"{event}/{step}", **answers)


def of(session):
    session.rollback()
    return session.scalars(select(SelfInitiatedEvent).order_by(SelfInitiatedEvent.id)).all()


def the_event(session):
    (event,) = of(session)
    return event


def tell_the_beginning(client, event):
    tell(client, event, "who", organiser_type="private_person")
    tell(client, event, "idea", purpose="wellbeing", openness="open")


def until_the_programme(client, event):
    tell_the_beginning(client, event)
    tell(client, event, "place", place_kind="city_outdoor")
    tell(client, event, "kind-of-place", space_type="park")
    tell(client, event, "time", date="2027-06-13", start="10:00", end="11:00")
    tell(client, event, "people", attendance_peak="49", target="all", personal_data="no")


def through_all(client, event):
    until_the_programme(client, event)
    tell(client, event, "programme")
    tell(client, event, "organiser", home="hamina", responsible_adult="yes")
    tell(client, event, "support", grant_requested_eur="120")
    more = {"grants_this_year_eur": "0", "double_funding": "no", "economic_activity": "no"}
    return tell(client, event, "support-more", **more)
