"""The page of a series: its dates in the reader's language, and cancelling what is to come."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from booking.core.actors import Grant, Role
from booking.core.errors import NotFound
from booking.database import writing
from booking.reservations.models import Reservation
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.states import State
from tests.builders import a_person
from tests.places import an_actor, ask
from tests.reservations.test_series import TUESDAY, WEEK, a_room, a_wish, make
from tests.values import NOW, ZONE


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


def test_its_owner_ends_it_early_and_the_first_dates_stay(client, session, series, now):
    later = str(TUESDAY + 2 * WEEK)
    answer = client.post(
        f"/en/series/{series.reference}/cancel", data={"from_day": later, "reason": ""}
    )
    assert answer.status_code == 302
    session.expire_all()
    assert [one.state for one in dates_of(session, series)] == ["confirmed", "cancelled"]


def test_its_owner_moves_the_dates_to_come(client, session, series, now):
    sent = {"from_day": "", "date": str(TUESDAY), "start": "16:00", "end": "18:00"}
    answer = client.post(f"/en/series/{series.reference}/move", data=sent)
    assert answer.status_code == 302
    session.expire_all()
    starts = [one.starts_at.astimezone(ZONE) for one in dates_of(session, series)]
    assert [f"{one:%d %H:%M}" for one in starts] == ["12 16:00", "26 16:00"]


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"start": "05:00", "end": "06:00"}, 422, "Tue 12 Jan 2027, Tue 26 Jan 2027: Room"),
        ({"start": "noon"}, 422, "Write the time as"),
        ({"date": ""}, 422, "Fill in this field"),
        ({"from_day": "2027-01-13"}, 422, "Choose one of these"),
    ],
)
def test_what_can_t_be_moved_so_is_told_and_nothing_typed_is_lost(
    client, session, series, now, typed, status, words
):
    sent = {"from_day": "", "date": str(TUESDAY), "start": "16:00", "end": "18:00", **typed}
    answer = client.post(f"/en/series/{series.reference}/move", data=sent)
    assert answer.status_code == status
    assert words in answer.text
    assert 'value="18:00"' in answer.text or sent["end"] != "18:00"


def test_a_skipped_date_is_added_back_once_it_is_free(client, session, series, now):
    address, day = f"/en/series/{series.reference}", str(TUESDAY + WEEK)
    assert "Add back" in client.get(address).text
    refused = client.post(f"{address}/add", data={"day": day})
    assert refused.status_code == 422
    assert "is taken at this time" in refused.text
    with writing():
        for one in session.scalars(select(Reservation).where(Reservation.series_id.is_(None))):
            one.step_to(State.CANCELLED, NOW)
        session.commit()
    assert client.post(f"{address}/add", data={"day": day}).status_code == 302
    session.expire_all()
    assert len(dates_of(session, series)) == 3
    assert "Add back" not in client.get(address).text


def test_a_stranger_does_not_find_it(client, session, series):
    client.post("/en/sign-out")
    with pytest.raises(NotFound):
        get_series(session, an_actor(session), series.reference)
    assert client.get(f"/en/series/{series.reference}").status_code == 302


@pytest.fixture
def asked_for(app, client, session):
    """A series that awaits a decision, and an approver who is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    staff = a_person(
        session, email="staff@example.com", password="right horse", grants=[Grant(Role.APPROVER)]
    )
    with writing():
        room = a_room(session, policy_approval="staff")
        made = make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3"))
        session.commit()
    client.post("/en/sign-in", data={"email": staff.email, "password": "right horse"})
    return made


def decide(client, series, step, reason=""):
    return client.post(f"/en/staff/inbox/series/{series.reference}/{step}", data={"reason": reason})


def test_the_inbox_leads_to_the_series_and_its_page_decides_about_all(client, session, asked_for):
    address = f"/en/series/{asked_for.reference}"
    assert address in client.get("/en/staff/inbox").text
    assert "Approve" in client.get(address).text
    assert decide(client, asked_for, "approve").location == address
    session.expire_all()
    assert {one.state for one in dates_of(session, asked_for)} == {"confirmed"}
    assert "Approve" not in client.get(address).text


def test_a_denial_without_a_reason_is_told_beside_the_field(client, session, asked_for):
    refused = decide(client, asked_for, "deny", " ")
    assert refused.status_code == 422
    assert 'id="decision-reason-error"' in refused.text
    assert decide(client, asked_for, "deny", "A repair.").status_code == 302
    session.expire_all()
    assert {one.state for one in dates_of(session, asked_for)} == {"denied"}
    late = decide(client, asked_for, "approve")
    assert late.status_code == 409
    assert "No date of the series is left" in late.text


def test_a_date_leads_to_its_series(client, session, asked_for):
    one = dates_of(session, asked_for)[0]
    page = client.get(f"/en/reservations/{one.reference}").text
    assert f"/en/series/{asked_for.reference}" in page
