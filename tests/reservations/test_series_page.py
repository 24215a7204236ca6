"""The page of a series: its dates in the reader's language, and cancelling what is to come."""

from __future__ import annotations

import pytest

from booking.core.errors import NotFound
from booking.database import writing
from booking.reservations.series_queries import dates_of, get_series
from tests.builders import a_person
from tests.places import an_actor, ask
from tests.reservations.test_series import TUESDAY, WEEK, a_room, a_wish, make


@pytest.fixture
def series(app, client, session):
    """A series of two dates and a skipped one, whose owner is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    person = a_person(session, email="choir@example.com", password="right horse")
    with writing():
        room, owner = a_room(session), an_actor(session, person=person)
        ask(session, room, day=TUESDAY + WEEK)
        made = make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3", skip=True), owner)
        session.commit()
    client.post("/en/sign-in", data={"email": person.email, "password": "right horse"})
    return made


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", ["Varaussarja", "2 ajankohtaa", "ti 19.1.2027", "on varattu tähän aikaan"]),
        ("sv", ["Bokningsserie", "2 tidpunkter", "tis 19.1.2027"]),
        ("en", ["A series of bookings", "2 dates", "Tue 19 Jan 2027", "is taken at this time"]),
    ],
)
def test_it_shows_its_dates_and_why_one_was_skipped(client, series, language, words):
    page = client.get(f"/{language}/series/{series.reference}").text
    assert [word for word in words if word not in page] == []


def test_its_owner_cancels_what_is_to_come(client, session, series, now):
    answer = client.post(f"/en/series/{series.reference}/cancel", data={"reason": ""})
    assert answer.status_code == 302
    session.expire_all()
    assert {one.state for one in dates_of(session, series)} == {"cancelled"}
    again = client.post(f"/en/series/{series.reference}/cancel", data={"reason": ""})
    assert again.status_code == 409
    assert "No date of the series is left" in again.text


def test_a_stranger_does_not_find_it(client, session, series):
    client.post("/en/sign-out")
    with pytest.raises(NotFound):
        get_series(session, an_actor(session), series.reference)
    assert client.get(f"/en/series/{series.reference}").status_code == 302
