"""The form that asks for a space: all that is wrong at once, nothing typed is lost, asked once."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from booking.core.actors import Grant, Role
from booking.reservations.models import Reservation
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person
from tests.places import a_space

OLD_PAGE = "The page had been open for too long. Nothing is lost: send it again."
HERE = {"Origin": "http://localhost"}
WISH = {
    "date": "2027-01-12",
    "start": "18:00",
    "end": "20:00",
    "title": "Choir",
    "purpose": "culture",
    "people": "5",
    "terms": "y",
}


@pytest.fixture
def maija(client, session):
    """A visitor who is signed in."""
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "maija@example.com")
    return client


@pytest.fixture
def room(session):
    space = a_space(session, policy_required_fields=["title", "purpose"])
    session.commit()
    return space


def hidden_of(page):
    """What the form of the page holds that nobody typed."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    pairs = [
        (re.search(r'name="([^"]*)"', one)[1], re.search(r'value="([^"]*)"', one)[1])
        for one in found
    ]
    return dict(pairs)


def sent(client, room, wish=WISH, lang="en", **hidden):
    address = f"/{lang}/spaces/{room.slug}/reserve"
    return client.post(address, data={**hidden_of(client.get(address)), **wish, **hidden})


def errors_of(page):
    """What stands beside each field."""
    found = re.findall(r'id="(\w+)-error"><span[^>]*>[^<]*</span> (.*?)</p>', page.text)
    return {field: unescape(text) for field, text in found}


def count(session):
    session.rollback()
    return session.scalar(select(func.count(Reservation.id)))


# ── All at once ───────────────────────────────────────────────────────────────────────────────


def test_faults_of_fields_and_broken_rules_are_told_together(maija, room, session):
    page = sent(
        maija, room, {"date": "2027-01-12", "start": "17:50", "end": "18:50", "people": "x"}
    )
    assert page.status_code == 422
    assert set(errors_of(page)) == {"start", "title", "purpose", "people", "terms"}
    assert errors_of(page)["people"] == "Write a whole number, such as 20."
    assert "start every 30 min" in errors_of(page)["start"]
    assert count(session) == 0


def test_without_a_time_the_rules_are_told_that_look_at_none(maija, room):
    page = sent(maija, room, {"people": "21"})
    assert set(errors_of(page)) == {"date", "start", "end", "title", "purpose", "people", "terms"}
    assert errors_of(page)["people"] == "There is room for 20 people here."


def test_the_library_speaks_the_readers_language(maija, room):
    errors = errors_of(sent(maija, room, {**WISH, "people": "x", "purpose": "x"}, lang="fi"))
    assert errors["people"] == "Kirjoita kokonaisluku, esimerkiksi 20."
    assert errors["purpose"] == "Valitse jokin näistä."


@pytest.mark.parametrize(("start", "field"), [("24:00", "start"), ("23:30", "end")])
def test_nothing_starts_at_the_end_of_a_day(maija, room, start, field):
    errors = errors_of(sent(maija, room, {**WISH, "start": start, "end": "23:00"}))
    assert field in errors
    if field == "start":
        assert errors == {"start": "Nothing starts at 24:00: write 00:00 of the next day."}


@pytest.mark.parametrize("title", [b"\xff", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_are_told_beside_the_field(maija, room, session, title):
    address = f"/en/spaces/{room.slug}/reserve"
    fields = {"csrf_token": hidden_of(maija.get(address))["csrf_token"], **WISH}
    parts = {**{name: text.encode() for name, text in fields.items()}, "title": title}
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), part)
        for name, part in parts.items()
    )
    page = maija.post(address, data=body + b"--x--", content_type="multipart/form-data; boundary=x")
    assert page.status_code == 422
    assert errors_of(page) == {"title": "Some characters can't be read. Write it anew."}
    assert count(session) == 0


@pytest.mark.parametrize("body", [b"\xff", b"[1]", b'{"title": 1}'])
def test_a_form_is_never_sent_as_json(maija, room, body):
    maija.application.config["WTF_CSRF_ENABLED"] = False
    address = f"/en/spaces/{room.slug}/reserve"
    assert maija.post(address, data=body, content_type="application/json").status_code == 422


def test_an_unpublished_space_is_not_there_for_whoever_asks_for_it(maija, session):
    secret = a_space(session, published=False)
    session.commit()
    maija.application.config["WTF_CSRF_ENABLED"] = False
    for answer in (
        maija.get(f"/en/spaces/{secret.slug}/reserve"),
        maija.post(f"/en/spaces/{secret.slug}/reserve", data=WISH),
    ):
        assert answer.status_code == 404
        assert secret.name["en"] not in answer.text


# ── Once ──────────────────────────────────────────────────────────────────────────────────────


def test_the_same_page_sent_twice_leads_to_the_same_reservation(maija, room, session):
    hidden = hidden_of(maija.get(f"/en/spaces/{room.slug}/reserve"))
    first, second = (sent(maija, room, sending=hidden["sending"]) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert count(session) == 1


def test_another_wish_on_the_same_page_is_another_request(maija, room, session):
    hidden = hidden_of(maija.get(f"/en/spaces/{room.slug}/reserve"))
    for start, end in (("18:00", "19:00"), ("19:00", "20:00")):
        wish = {**WISH, "start": start, "end": end}
        assert sent(maija, room, wish, sending=hidden["sending"]).status_code == 302
    assert count(session) == 2


def test_another_page_with_the_same_wish_hears_that_it_is_taken(maija, room):
    assert sent(maija, room).status_code == 302
    taken = sent(maija, room)
    assert taken.status_code == 422
    assert "is taken at this time" in errors_of(taken)["start"]


def test_a_page_that_was_refused_can_be_sent_again(maija, room, session):
    hidden = hidden_of(maija.get(f"/en/spaces/{room.slug}/reserve"))
    refused = sent(maija, room, {**WISH, "terms": ""}, sending=hidden["sending"])
    assert hidden_of(refused)["sending"] == hidden["sending"]
    assert sent(maija, room, sending=hidden["sending"]).status_code == 302


# ── Old pages ─────────────────────────────────────────────────────────────────────────────────


def test_a_page_open_for_too_long_is_shown_again_with_what_was_typed(maija, room, session):
    page = sent(maija, room, csrf_token="of yesterday")
    assert page.status_code == 400
    assert OLD_PAGE in page.text
    assert 'value="Choir"' in page.text
    assert 'value="18:00"' in page.text
    assert count(session) == 0
    again = maija.post(f"/en/spaces/{room.slug}/reserve", data={**WISH, **hidden_of(page)})
    assert again.status_code == 302


def test_whoever_was_signed_out_meanwhile_keeps_what_they_typed(client, room):
    page = client.post(f"/en/spaces/{room.slug}/reserve", data=WISH, headers=HERE)
    assert page.status_code == 400
    assert OLD_PAGE in page.text
    assert 'name="title" type="text" value="Choir"' in page.text
    assert "Sign in and book" in page.text


def test_every_form_keeps_what_was_typed_but_passwords(client):
    typed = {"name": "Maija", "email": "m@example.com", "password": PASSWORD}
    page = client.post("/en/register", data=typed, headers=HERE)
    assert page.status_code == 400
    assert OLD_PAGE in page.text
    assert 'name="name" value="Maija"' in page.text
    assert PASSWORD not in page.text
    again = client.post("/en/register", data={**typed, **hidden_of(page)})
    assert again.status_code == 302


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://[", ""])
def test_what_another_site_sends_is_not_offered_to_be_sent_again(client, origin):
    headers = {} if origin is None else {"Origin": origin}
    page = client.post("/en/register", data={"name": "Maija"}, headers=headers)
    assert page.status_code == 400
    assert "Maija" not in page.text


def test_signing_in_on_an_old_page_keeps_the_address(client, session):
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    typed = {"email": "maija@example.com", "password": PASSWORD}
    page = client.post("/en/sign-in", data=typed)
    assert page.status_code == 400
    assert OLD_PAGE in page.text
    assert 'value="maija@example.com"' in page.text
    assert client.get("/en/account").status_code == 302


@pytest.mark.parametrize(
    "place", ["/en/sign-out", "/fi/sign-out?x=1", "/en/sign-in", "/sv/sign-in?next=/en/sign-out"]
)
def test_whoever_signs_in_is_not_led_out_again(client, session, place):
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    assert sign_in(client, "maija@example.com", next=place).location == "/en/"
    assert client.get("/en/account").status_code == 200


# ── Deciding on the page itself ───────────────────────────────────────────────────────────────


@pytest.fixture
def asked_for(session, client):
    """The address of a request that awaits a decision, and its room."""
    space = a_space(session, policy_approval="staff")
    a_person(session, email="asker@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "asker@example.com")
    return sent(client, space).location, space


def as_staff(client, session, role):
    a_person(session, email="staff@example.com", password=PASSWORD, grants=[Grant(role)])
    session.commit()
    client.delete_cookie("session")
    sign_in(client, "staff@example.com")


def test_who_may_decide_finds_the_decision_on_the_page_of_the_request(client, session, asked_for):
    page, _space = asked_for
    as_staff(client, session, Role.APPROVER)
    shown = client.get(page)
    approve = re.search(r'action="([^"]*/approve)"', shown.text)[1]
    token = hidden_of(shown)["csrf_token"]
    answer = client.post(approve, data={"csrf_token": token, "back": "page"})
    assert answer.location == page
    assert "Confirmed" in client.get(page).text


def test_a_reason_that_is_owed_is_asked_for_on_that_page(client, session, asked_for):
    page, _space = asked_for
    as_staff(client, session, Role.APPROVER)
    shown = client.get(page)
    deny = re.search(r'formaction="([^"]*/deny)"', shown.text)[1]
    data = {"csrf_token": hidden_of(shown)["csrf_token"], "back": "page"}
    refused = client.post(deny, data=data)
    assert refused.status_code == 422
    assert "so that the person knows" in refused.text
    assert page in refused.text
    assert client.post(deny, data={**data, "reason": "Repairs"}).location == page


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_who_may_not_decide_finds_no_decision_there(client, session, asked_for, role):
    page, _space = asked_for
    if role:
        as_staff(client, session, role)
    shown = client.get(page)
    assert shown.status_code == 200
    assert "/approve" not in shown.text
