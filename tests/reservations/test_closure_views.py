"""The staff's page of closures, and the page of the mail that answers what they offer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from booking.core.actors import Grant, Role
from booking.database import writing
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Reservation
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.places import a_space, a_unit, an_actor, ask
from tests.values import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
PAGE = "/en/staff/closures"
WISH = {
    "date": "2027-01-12",
    "start": "16:00",
    "end": "22:00",
    "reason": "Lattia hiotaan.",
    "on_conflict": "propose_moves",
}


@pytest.fixture
def town(session):
    """A site of two rooms, one booked on Tuesday evening, and a manager, an approver, a booker."""
    with writing():
        unit = a_unit(session)
        room, other = a_space(session, unit=unit), a_space(session, unit=unit)
        for role in (Role.MANAGER, Role.APPROVER):
            grants = [Grant(role, unit.id)]
            a_person(session, email=f"{role}@example.com", password=PASSWORD, grants=grants)
        maija = a_person(session, email="maija@example.com", password=PASSWORD, language="en")
        booked = ask(session, room, actor=an_actor(session, person=maija), title="Choir practice")
        session.commit()
    return unit.slug, room.slug, other.slug, booked.reference


@pytest.fixture
def manager(client, town):
    sign_in(client, "manager@example.com")
    return client


def fields_of(page):
    """What the form of the page would send as it stands, but its buttons."""
    form = page.text[page.text.index('id="closure"') :]
    pairs = re.findall(r'<input[^>]*type="hidden"[^>]*>', form[: form.index("</form>")])
    return {
        re.search(r'name="([^"]*)"', one)[1]: unescape(re.search(r'value="([^"]*)"', one)[1])
        for one in pairs
    }


def looked(client, town, **values):
    """The page that says what would happen."""
    unit, room, *_ = town
    page = client.get(f"{PAGE}?unit={unit}")
    return client.post(PAGE, data={**fields_of(page), "spaces": room, **WISH, **values})


def closed(client, town, page, **values):
    return client.post(
        PAGE, data={**fields_of(page), "spaces": town[1], **WISH, **values, "step": "close"}
    )


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def states(session):
    session.rollback()
    rows = session.execute(select(Reservation.kind, Reservation.state).order_by(Reservation.id))
    return [tuple(row) for row in rows]


def test_looking_says_what_would_happen_and_does_nothing(manager, town, session):
    page = looked(manager, town)
    assert page.status_code == 200
    assert "1 booking is in the way" in words(page)
    assert "Choir practice" in words(page)
    assert "1 is kept another place" in words(page)
    assert f"Moves to: Room {town[2]}, House" in words(page)
    assert states(session) == [("customer", "confirmed")]


def test_the_button_does_what_was_looked_at(manager, town, session):
    page = closed(manager, town, looked(manager, town))
    assert page.status_code == 302
    assert states(session) == [("customer", "held"), ("closure", "confirmed")]
    shown = words(manager.get(PAGE))
    assert "It is closed, and those who had booked are told." in shown
    assert "awaiting an answer: 1" in shown


def test_nothing_is_closed_that_was_not_looked_at(manager, town, session):
    unit, *_ = town
    first = manager.get(f"{PAGE}?unit={unit}")
    assert closed(manager, town, first).status_code == 409
    page = looked(manager, town)
    for changed in ({"end": "21:00"}, {"on_conflict": "notify_and_cancel"}, {"reason": "Why not"}):
        answer = closed(manager, town, page, **changed)
        assert answer.status_code == 409
        assert "Something changed since you looked." in words(answer)
    assert states(session) == [("customer", "confirmed")]
    assert closed(manager, town, answer, **changed).status_code == 302


def test_where_nothing_may_be_booked_the_page_says_what_is(manager, town, session):
    page = looked(manager, town, on_conflict="refuse")
    assert page.status_code == 422
    assert "Something is booked at this time. Choose what becomes of it." in words(page)
    assert "Choir practice" in words(page)
    assert 'value="close"' not in page.text
    assert states(session) == [("customer", "confirmed")]


def test_faults_stand_beside_their_fields_and_nothing_is_lost(manager, town):
    page = looked(manager, town, date="2027-01-10", reason="")
    assert page.status_code == 422
    assert "Say why it is closed." in words(page)
    assert 'value="2027-01-10"' in page.text
    past = looked(manager, town, date="2027-01-10")
    assert (past.status_code, "This time has already passed." in words(past)) == (422, True)
    backwards = looked(manager, town, start="18:00", end="18:00")
    assert backwards.status_code == 422
    skipped = looked(manager, town, date="2027-03-28", start="03:30", end="05:00")
    assert "The clocks skip this time on that day." in words(skipped)


def test_midnight_is_the_end_of_the_last_day(manager, town):
    page = looked(manager, town, start="00:00", end="00:00", end_date="2027-01-13")
    assert "Tue 12 Jan 2027 00:00 – to Thu 14 Jan 2027 00:00" in words(page)


def test_a_closure_is_lifted_with_a_button(manager, town, session):
    closed(manager, town, looked(manager, town))
    reference = session.scalar(select(Reservation.reference).where(Reservation.kind == "closure"))
    session.rollback()
    lift = f"{PAGE}/{reference}/lift"
    assert send(manager, PAGE, lift).status_code == 302
    assert states(session)[1] == ("closure", "cancelled")
    assert "Nothing is going to be closed." in words(manager.get(PAGE))
    assert send(manager, f"{PAGE}?unit={town[0]}", lift).status_code == 302
    assert "is over or was lifted already" in words(manager.get(PAGE))


def test_who_may_not_close_sees_the_closures_and_no_form(manager, town, client):
    closed(manager, town, looked(manager, town))
    client.post("/en/sign-out")
    client.delete_cookie("session")
    sign_in(client, "approver@example.com")
    page = client.get(PAGE)
    assert "Lattia hiotaan." in words(page)
    assert 'id="closure"' not in page.text
    assert ">Lift<" not in page.text
    assert client.get(f"{PAGE}?unit={town[0]}").text.count('id="closure"') == 0


def test_residents_have_no_such_page(client, town):
    sign_in(client, "maija@example.com")
    assert client.get(PAGE).status_code == 403


def test_the_menu_leads_who_may_close(manager):
    assert f'href="{PAGE}"' in manager.get("/en/").text


# ── The answer ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mailed(manager, town, session, app):
    """The address that the mail leads to, and a visitor who is not signed in."""
    closed(manager, town, looked(manager, town))
    email = session.scalar(select(OutgoingEmail).where(OutgoingEmail.template == "closure_notice"))
    path = email.context["path"]
    session.rollback()
    return app.test_client(), f"/en{path}"


def test_looking_at_the_link_of_the_mail_accepts_nothing(mailed, session):
    visitor, page = mailed
    for _ in range(2):
        shown = visitor.get(page)
        assert shown.status_code == 200
        assert visitor.head(page).status_code == 200
    assert "Choir practice" in words(shown)
    assert "Lattia hiotaan." in words(shown)
    assert "Answer by" in words(shown)
    assert visitor.get(f"{page}/accept").status_code == 405
    assert states(session)[0] == ("customer", "held")


@pytest.mark.parametrize(
    ("button", "state", "said"),
    [
        ("accept", "confirmed", "The other place is yours."),
        ("decline", "cancelled", "It is cancelled. Nothing is to be paid."),
    ],
)
def test_one_button_answers(mailed, session, button, state, said):
    visitor, page = mailed
    assert send(visitor, page, f"{page}/{button}").status_code == 302
    assert states(session)[0] == ("customer", state)
    shown = words(visitor.get(page))
    assert said in shown
    assert "Nothing awaits your answer any more." in shown


def test_a_guessed_link_opens_nothing(mailed, town):
    visitor, page = mailed
    for wrong in (page[:-1], "/en/moves/x", f"/en/moves/{town[3]}"):
        assert visitor.get(wrong).status_code == 404


def test_another_site_can_not_answer(mailed, session):
    visitor, page = mailed
    visitor.get(page)
    answer = visitor.post(f"{page}/accept", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 400
    assert states(session)[0] == ("customer", "held")


@pytest.mark.parametrize(("button", "state"), [("accept", "confirmed"), ("decline", "cancelled")])
def test_the_page_of_the_booking_answers_too(mailed, town, session, client, button, state):
    client.delete_cookie("session")
    sign_in(client, "maija@example.com")
    page = f"/en/reservations/{town[3]}"
    shown = client.get(page)
    assert "Your space is closed." in words(shown)
    assert f"Kept for you Room {town[2]}, House" in words(shown)
    assert send(client, page, f"{page}/{button}-move").status_code == 302
    assert states(session)[0] == ("customer", state)
    assert send(client, page, f"{page}/{button}-move").status_code == 302
    assert "This can't be done any more" in words(client.get(page))


def test_what_lapsed_says_why(mailed, town, client, clock):
    clock.shift(timedelta(days=2))
    client.delete_cookie("session")
    sign_in(client, "maija@example.com")
    shown = words(client.get(f"/en/reservations/{town[3]}"))
    assert "The booking has lapsed" in shown
    assert "Lattia hiotaan." in shown
    assert "Kept for you" not in shown
