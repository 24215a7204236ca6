"""Who is asking, and who may ask which page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from booking.accounts import access
from booking.accounts.models import ApiToken
from booking.accounts.token_use_cases import create_token
from booking.core.actors import COMMAND, PERMISSIONS, VISITOR, Action, Actor, ActorKind, Grant, Role
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person

# One row per action, as the glossary's roles would read it aloud.
TABLE = {
    Action.SEE_RESERVATIONS: "viewer booker approver manager administrator",
    Action.BOOK_AS_STAFF: "booker approver manager administrator",
    Action.OVERRIDE_RULES: "approver manager administrator",
    Action.DECIDE_RESERVATION: "approver manager administrator",
    Action.CANCEL_RESERVATION: "approver manager administrator",
    Action.VERIFY_ORGANISATION: "approver manager administrator",
    Action.CLOSE_SPACES: "manager administrator",
    Action.EDIT_CATALOGUE: "manager administrator",
    Action.EDIT_RULES: "manager administrator",
    Action.SEE_AUDIT: "manager administrator",
    Action.SEE_CHARGES: "manager administrator",
    Action.CREDIT_CHARGES: "manager administrator",
    Action.HANDLE_FEEDBACK: "booker approver manager administrator",
    Action.HANDLE_CITY_FEEDBACK: "manager administrator",
    Action.HANDLE_SUPPORT: "approver manager administrator",
    Action.PAY_SUPPORT: "manager administrator",
    Action.KEEP_POWERS: "administrator",
    Action.MANAGE_PEOPLE: "administrator",
}


@pytest.mark.parametrize("action", list(PERMISSIONS))
def test_each_role_may_what_the_table_says_and_no_more(action):
    allowed = {
        role
        for role in Role
        if Actor(ActorKind.PERSON, person_id=1, grants=frozenset({Grant(role)})).may(action)
    }
    assert allowed == {Role(name) for name in TABLE[action].split()}


@pytest.mark.parametrize("action", list(Action))
def test_a_visitor_may_nothing(action):
    assert not VISITOR.may(action)
    assert not VISITOR.may(action, unit_id=1)


@pytest.mark.parametrize("action", list(PERMISSIONS))
def test_a_role_at_one_unit_is_none_at_another(action):
    actor = Actor(ActorKind.PERSON, person_id=1, grants=frozenset({Grant(Role.MANAGER, 7)}))
    assert not actor.may(action, 8)
    assert not actor.may(action)


def test_every_page_of_accounts_says_who_may_ask(app: Flask):
    pages = {name: view for name, view in app.view_functions.items() if "accounts." in name}
    assert len(pages) > 20
    declared = {name: getattr(view, "access", None) for name, view in pages.items()}
    assert set(declared.values()) == {"public", "signed_in", "staff"}


def test_what_a_visitor_may_not_see_leads_to_sign_in_and_back(client, app: Flask):
    for path in ("/en/account", "/en/account/tokens", "/en/organisations/", "/en/organisations/x"):
        location = client.get(f"{path}?a=1").location
        assert urlsplit(location).path == "/en/sign-in"
        assert parse_qs(urlsplit(location).query) == {"next": [f"{path}?a=1"]}


# ── Routes of the test's own ──────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(app: Flask):
    """The application with a page for each kind of visitor."""

    @access.signed_in
    def private() -> str:
        return access.current_actor().name

    @access.staff
    def staff() -> str:
        return access.current_actor().name

    @access.public
    def bearer() -> str:
        actor = access.bearer_actor()
        return f"{actor.kind} {actor.person_id}" if actor else "nobody"

    for view in (private, staff, bearer):
        app.add_url_rule(f"/try/{view.__name__}", view_func=view, methods=["GET", "POST"])
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return app


def test_staff_pages_are_for_people_with_a_role(guarded, session):
    for name, grants in (("resident", []), ("viewer", [Grant(Role.VIEWER)])):
        person = a_person(
            session, email=f"{name}@example.com", name=name, password=PASSWORD, grants=grants
        )
        session.commit()
        client = guarded.test_client()
        sign_in(client, person.email)
        assert client.get("/try/private").text == name
        assert client.get("/try/staff").status_code == (200 if grants else 403)
    assert guarded.test_client().get("/try/staff").status_code == 302


@pytest.mark.parametrize(
    ("referer", "place"),
    [
        ("http://localhost/en/spaces?q=a", "/en/spaces?q=a"),
        ("https://evil.example/en/spaces", None),
        ("http://localhost//evil.example", None),
        ("", None),
    ],
)
def test_whose_session_has_ended_comes_back_to_the_form_they_sent(guarded, referer, place):
    answer = guarded.test_client().post("/try/private", headers={"Referer": referer})
    expected = {"next": [place]} if place else {}
    assert parse_qs(urlsplit(answer.location).query) == expected


def test_a_form_that_asks_while_it_is_filled_in_is_not_led_away_from(guarded):
    """Where the session has ended, leaving the page would lose what stands in it."""
    headers = {"HX-Request": "true", "Referer": "http://localhost/en/spaces"}
    answer = guarded.test_client().get("/try/private", headers=headers)
    assert (answer.status_code, answer.data) == (204, b"")
    assert not {"HX-Redirect", "HX-Refresh", "Location"} & set(answer.headers.keys())


@pytest.mark.parametrize("kept", ["", "x", "1", "1.x", "99999.1", "1.2.3"])
def test_a_session_that_names_nobody_is_nobody(guarded, session, kept):
    a_person(session)
    session.commit()
    client = guarded.test_client()
    with client.session_transaction() as planted:
        planted["_user_id"] = kept
        planted["_fresh"] = True
    assert client.get("/try/private").status_code == 302


# ── Tokens ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def token(session, now):
    person = a_person(session)
    made = create_token(session, COMMAND, person.id, "script", now)
    session.commit()
    return made


def ask(app, header):
    headers = {"Authorization": header} if header else {}
    return app.test_client().get("/try/bearer", headers=headers).text


def test_a_bearer_token_stands_for_its_person(guarded, token):
    row, secret = token
    assert ask(guarded, f"Bearer {secret}") == f"token {row.person_id}"
    assert ask(guarded, f"bearer  {secret} ") == f"token {row.person_id}"


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer yt_unknown", "Basic x"])
def test_any_other_header_stands_for_nobody(guarded, token, header):
    assert ask(guarded, header) == "nobody"


def test_that_a_token_is_used_is_noted_once_an_hour(guarded, session, token, now, clock):
    row, secret = token
    noted = []
    for minutes in (0, 59, 1):
        clock.shift(60 * minutes)
        ask(guarded, f"Bearer {secret}")
        session.rollback()
        session.expire_all()
        noted.append((session.get_one(ApiToken, row.id).last_used_at - now).total_seconds() / 60)
    assert noted == [0, 0, 60]
