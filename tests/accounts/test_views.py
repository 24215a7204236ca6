"""Signing in and out, registering, passwords, one's own account, as pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts import passwords
from booking.accounts.models import ApiToken, Person
from booking.accounts.queries import actor_by_token, find_person
from booking.accounts.token_use_cases import create_token
from booking.core.actors import COMMAND, Grant, Role, Scope
from tests.accounts.letters import last_path, letters_to
from tests.accounts.visiting import PASSWORD, is_signed_in, send, sign_in
from tests.builders import a_person
from tests.values import NOW

EMAIL = "maija@example.com"


@pytest.fixture
def maija(session) -> Person:
    person = a_person(session, email=EMAIL, password=PASSWORD, name="Maija")
    session.commit()
    return person


# ── Signing in and out ────────────────────────────────────────────────────────────────────────


def test_maija_signs_in_and_out(client, maija):
    answer = sign_in(client, " MAIJA@example.com")
    assert (answer.status_code, answer.location) == (302, "/en/")
    assert is_signed_in(client)
    answer = send(client, "/en/account", to="/en/sign-out")
    assert answer.status_code == 302
    assert not is_signed_in(client)


def test_a_wrong_password_and_a_missing_account_are_told_the_same(client, maija):
    answers = [
        sign_in(client, EMAIL, "not the password"),
        sign_in(client, "nobody@example.com", "not the password"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "don&#39;t belong together" in answer.text
    changing = r'(value|nonce)="[^"]*"'
    wrong, missing = (re.sub(changing, "", answer.text) for answer in answers)
    assert wrong == missing
    assert not is_signed_in(client)


def test_an_empty_form_says_what_is_missing(client):
    answer = sign_in(client, "", "")
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'href="#password"' in answer.text


def test_after_ten_failures_the_right_password_waits_too(client, maija, clock):
    for _ in range(10):
        assert sign_in(client, EMAIL, "not the password").status_code == 422
    answer = sign_in(client, EMAIL)
    assert answer.status_code == 429
    assert "10:15" in answer.text
    clock.shift(timedelta(minutes=15))
    assert sign_in(client, EMAIL).status_code == 302


def test_whoever_signs_in_comes_back_to_where_they_were(client, maija):
    place = "/en/account/tokens?x=1&y=2"
    answer = client.get(place)
    assert answer.status_code == 302
    page = client.get(answer.location)
    kept = re.search(r'name="next"[^>]*value="([^"]+)"', page.text)
    assert kept
    assert sign_in(client, EMAIL, next=kept[1].replace("&amp;", "&")).location == place


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(client, maija, place):
    page = client.get("/en/sign-in", query_string={"next": place}).text
    assert 'name="next" type="hidden" value=""' in page
    assert sign_in(client, EMAIL, next=place).location == "/en/"


def test_nothing_planted_in_a_session_outlives_signing_in(client, maija):
    with client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
    sign_in(client, EMAIL)
    with client.session_transaction() as kept:
        assert "planted" not in kept


def test_a_form_without_its_token_is_refused(client, maija):
    answer = client.post("/en/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert not is_signed_in(client)


def test_a_password_hashed_at_another_cost_is_hashed_anew(client, app, session, maija):
    dear = passwords.Hashing(passwords.Cost(memory_kib=32, passes=2, lanes=1))
    maija.password_hash = dear.hash(PASSWORD)
    session.commit()
    sign_in(client, EMAIL)
    session.refresh(maija)
    assert not passwords.is_outdated(maija.password_hash)
    assert sign_in(app.test_client(), EMAIL).status_code == 302


# ── Registering ───────────────────────────────────────────────────────────────────────────────


def register(client, email=EMAIL, name="Maija", password=PASSWORD):
    return send(client, "/sv/register", name=name, email=email, password=password)


def test_maija_registers_and_confirms(client, session):
    assert register(client).location == "/sv/sign-in"
    assert EMAIL in client.get("/sv/sign-in").text
    path = last_path(session, EMAIL, "confirm_registration")
    assert path.startswith("/sv/register/confirm/")

    assert EMAIL in client.get(path).text
    session.rollback()
    maija = find_person(session, EMAIL)
    assert maija
    assert maija.email_confirmed_at is None, "a program that only looks confirms nothing"
    assert send(client, path).location == "/sv/sign-in"
    assert sign_in(client, EMAIL).status_code == 302


def test_before_the_address_is_confirmed_only_another_link_is_to_be_had(client, session):
    register(client)
    answer = sign_in(client, EMAIL)
    assert answer.status_code == 422
    assert "not confirmed yet" in answer.text
    assert not is_signed_in(client)
    assert len(letters_to(session, EMAIL)) == 2
    send(client, last_path(session, EMAIL, "confirm_registration"))
    assert sign_in(client, EMAIL).status_code == 302


def test_the_page_betrays_nobody_who_has_an_account(client, session, maija):
    answers = [register(client), register(client, email="new@example.com")]
    assert {(answer.status_code, answer.location) for answer in answers} == {(302, "/sv/sign-in")}
    assert [letter.template for letter in letters_to(session, EMAIL)] == ["already_registered"]
    assert sign_in(client, EMAIL).status_code == 302


@pytest.mark.parametrize(
    ("said", "field"),
    [({"email": "maija"}, "email"), ({"name": " "}, "name"), ({"password": "short"}, "password")],
)
def test_what_is_wrong_stands_beside_its_field(client, session, said, field):
    answer = register(client, **said)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert letters_to(session, EMAIL) == []


def test_an_old_link_says_where_to_get_a_new_one(client, session, clock):
    register(client)
    path = last_path(session, EMAIL, "confirm_registration")
    clock.shift(timedelta(days=4))
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/sv/password" in answer.text


# ── Passwords ─────────────────────────────────────────────────────────────────────────────────


def ask_for_link(client, session):
    send(client, "/en/password", email=EMAIL)
    return last_path(session, EMAIL, "reset_password")


def test_a_forgotten_password_is_replaced_and_ends_all_sessions(client, app, session, maija):
    elsewhere = app.test_client()
    sign_in(elsewhere, EMAIL)
    path = ask_for_link(client, session)
    assert path.startswith("/fi/password/")
    assert send(client, path, password="neljä uutta sanaa").location == "/fi/sign-in"

    assert not is_signed_in(elsewhere)
    assert sign_in(client, EMAIL).status_code == 422
    assert sign_in(client, EMAIL, "neljä uutta sanaa").status_code == 302
    assert client.get(path).status_code == 404


def test_a_new_password_lifts_the_lock(client, session, maija):
    for _ in range(10):
        sign_in(client, EMAIL, "not the password")
    send(client, ask_for_link(client, session), password="neljä uutta sanaa")
    assert sign_in(client, EMAIL, "neljä uutta sanaa").status_code == 302


def test_a_weak_password_is_refused_and_the_link_stays(client, session, maija):
    path = ask_for_link(client, session)
    assert send(client, path, password=EMAIL).status_code == 422
    assert send(client, path, password="neljä uutta sanaa").status_code == 302


def test_asking_for_a_link_betrays_nobody(client, session, maija):
    answers = [send(client, "/en/password", email=email) for email in (EMAIL, "no@example.com")]
    assert {(answer.status_code, answer.location) for answer in answers} == {(302, "/en/sign-in")}
    assert letters_to(session, "no@example.com") == []


# ── One's own account ─────────────────────────────────────────────────────────────────────────


def test_maija_changes_her_name_and_language(client, session, maija):
    sign_in(client, EMAIL)
    assert send(client, "/en/account", name="Maija M", language="sv").status_code == 302
    session.refresh(maija)
    assert (maija.name, maija.language) == ("Maija M", "sv")
    assert send(client, "/en/account", name="", language="xx").status_code == 422


def test_signing_out_everywhere_ends_every_session(client, app, maija):
    elsewhere = app.test_client()
    for one in (client, elsewhere):
        sign_in(one, EMAIL)
    send(client, "/en/account", to="/en/account/sign-out-everywhere")
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_an_account_that_is_closed_is_signed_out_at_once(client, session, maija):
    sign_in(client, EMAIL)
    maija.is_active = False
    session.commit()
    assert not is_signed_in(client)


def test_a_token_is_shown_once_and_can_be_revoked(client, session, maija, now):
    sign_in(client, EMAIL)
    made = send(client, "/en/account/tokens", name="My script", scopes="read", lasts="30")
    found = re.search(r"yt_[\w-]{43}", made.text)
    assert found
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    page = client.get("/en/account/tokens").text
    assert "My script" in page
    assert found[0] not in page

    assert actor_by_token(session, found[0], now)
    session.rollback()
    token_id = session.scalar(select(ApiToken.id))
    session.rollback()
    send(client, "/en/account/tokens", to=f"/en/account/tokens/{token_id}/revoke")
    assert actor_by_token(session, found[0], now) is None
    assert "My script" not in client.get("/en/account/tokens").text


def test_a_token_does_what_was_ticked_for_as_long_as_was_chosen(client, session, maija, now):
    sign_in(client, EMAIL)
    assert "Approve and deny" not in client.get("/en/account/tokens").text
    send(client, "/en/account/tokens", name="A", scopes=["read", "decide"], lasts="30")
    send(client, "/en/account/tokens", name="B", scopes=["book"], lasts="")
    session.rollback()
    made = session.scalars(select(ApiToken).order_by(ApiToken.id)).all()
    assert [(one.scopes, one.expires_at) for one in made] == [
        (["read"], now + timedelta(days=30)),
        (["book"], None),
    ]
    page = client.get("/en/account/tokens").text
    assert "It works until Wed 10 Feb 2027" in page
    assert "It works until you revoke it." in page


def test_a_token_that_may_do_nothing_is_not_made(client, session, maija):
    sign_in(client, EMAIL)
    refused = send(client, "/en/account/tokens", name="My script", lasts="30")
    assert refused.status_code == 422
    assert "Choose at least one thing that the token may do." in refused.text
    assert 'value="My script"' in refused.text
    assert session.scalar(select(ApiToken.id)) is None


def test_staff_may_give_a_token_what_is_theirs(client, session):
    a_person(session, email=EMAIL, password=PASSWORD, grants=[Grant(Role.APPROVER)])
    session.commit()
    sign_in(client, EMAIL)
    send(client, "/en/account/tokens", name="A", scopes=["staff", "decide"], lasts="90")
    session.rollback()
    assert session.scalar(select(ApiToken.scopes)) == ["staff", "decide"]


def test_a_token_of_all_rights_and_one_that_has_ended_say_so(client, session, maija, clock):
    create_token(session, COMMAND, maija.id, "all", NOW)
    ends = NOW + timedelta(minutes=5)
    create_token(session, COMMAND, maija.id, "old", NOW, scopes=[Scope.READ], expires_at=ends)
    session.commit()
    sign_in(client, EMAIL)
    clock.shift(timedelta(minutes=5))
    page = client.get("/en/account/tokens").text
    assert "It may do all that you may." in page
    assert "opens nothing any more." in page


def test_from_a_changed_browser_a_token_needs_the_password_again(client, session, maija):
    sign_in(client, EMAIL)
    with client.session_transaction() as kept:
        kept["_id"] = "that of another browser"
    assert is_signed_in(client)
    answer = send(client, "/en/account/tokens", name="My script", scopes="read", lasts="30")
    assert answer.location.startswith("/en/sign-in")
    assert session.scalar(select(ApiToken.id)) is None
