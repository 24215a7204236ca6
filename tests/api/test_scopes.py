"""What a token was given of its person's rights: enough on one side of each border, not on the
other; and no operation without a scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.accounts.api import api as whole_api
from booking.accounts.token_use_cases import create_token
from booking.api import blueprint
from booking.core.actors import (
    COMMAND,
    PERMISSIONS,
    SCOPES,
    Action,
    Actor,
    ActorKind,
    Grant,
    Role,
    Scope,
)
from booking.core.errors import NotAllowed
from booking.database import writing
from tests.builders import a_person
from tests.places import a_space
from tests.values import NOW

OTHERS = {one: sorted(set(Scope) - {one}) for one in Scope}
GUARDED = [one for one in whole_api.endpoints if one.needs_token]


@pytest.fixture
def person(session):
    """A manager of the whole city, who may do all that the API can."""
    return a_person(session, grants=[Grant(Role.MANAGER)])


@pytest.fixture
def a_token(session, person):
    """`a_token("read", "book")`: a token of the manager with these scopes."""

    def make(*scopes, of=None):
        with writing():
            owner = of or person
            _token, secret = create_token(
                session, COMMAND, owner.id, "test", NOW, scopes=[Scope(one) for one in scopes]
            )
            session.commit()
        return secret

    return make


@pytest.fixture
def room(session):
    with writing():
        slug = a_space(session, policy_approval="staff").slug
        session.commit()
    return slug


@pytest.fixture
def requested(api, session, a_token, a_wish, room):
    """The request of a resident that awaits approval."""
    made = api("POST", "/reservations", a_token("book", of=a_person(session)), a_wish(room))
    assert (made.status_code, made.json["state"]) == (201, "requested")
    return f"/reservations/{made.json['reference']}"


def lacks(answer, scope):
    """Whether it was refused since the token lacks that scope, in a sentence that says so."""
    told = answer.status_code, answer.json["code"], answer.json["detail"].endswith(f" {scope}.")
    return (
        told == (403, "scope_missing", True) and answer.content_type == "application/problem+json"
    )


# ── No operation without ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("one", GUARDED, ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_needs_a_scope_and_refuses_a_token_without_it(one, api, a_token):
    assert blueprint.name == "api"
    assert one.scope in Scope
    path = one.path.replace("<reference>", "00000-00000").replace("<number>", "1")
    refused = api(one.method, path, a_token(*OTHERS[one.scope]), {})
    assert lacks(refused, one.scope.value)
    assert api(one.method, path, a_token(one.scope), {}).json.get("code") != "scope_missing"


def test_the_document_says_which_scope_an_operation_needs(client):
    document = client.get("/api/v1/openapi.json").json
    for one in whole_api.endpoints:
        path = one.path.replace("<", "{").replace(">", "}")
        operation = document["paths"][path][one.method.lower()]
        if one.needs_token:
            assert operation["security"] == [{"token": [one.scope.value]}]
            assert f"Scope: `{one.scope.value}`." in operation["description"]
            assert "403" in operation["responses"]
        else:
            assert {} in operation["security"]
    told = document["components"]["securitySchemes"]["token"]["description"]
    assert all(f"`{scope.value}`" in told for scope in Scope)


def test_what_needs_no_token_is_open_to_one_with_whatever_scope(api, a_token, room):
    assert api("GET", "/spaces", a_token("money")).status_code == 200


# ── Each scope, on both sides of its border ───────────────────────────────────────────────────


def test_who_may_read_sees_their_own_and_makes_nothing(api, a_token, a_wish, room):
    token = a_token("read")
    assert api("GET", "/me", token).json["scopes"] == ["read"]
    assert api("GET", "/reservations", token).status_code == 200
    assert lacks(api("POST", "/reservations", token, a_wish(room)), "book")


def test_who_may_book_makes_and_cancels_and_reads_nothing(api, a_token, a_wish, room):
    token = a_token("book")
    made = api("POST", "/reservations", token, a_wish(room))
    assert made.status_code == 201
    path = f"/reservations/{made.json['reference']}"
    assert lacks(api("GET", path, token), "read")
    assert api("POST", f"{path}/cancel", token, {}).status_code == 200


def test_without_the_staffs_scope_a_manager_asks_as_anybody(api, a_token, a_wish, room):
    """Who may decide has decided by asking, but not with a token that may not."""
    assert api("POST", "/reservations", a_token("book"), a_wish(room)).json["state"] == "requested"


def test_with_the_right_to_decide_asking_decides(api, a_token, a_wish, room):
    made = api("POST", "/reservations", a_token("book", "decide"), a_wish(room))
    assert made.json["state"] == "confirmed"


def test_without_the_staffs_scope_the_bookings_of_others_are_not_there(api, a_token, requested):
    assert api("GET", requested, a_token("read", "book", "money")).status_code == 404
    assert api("GET", "/reservations", a_token("read")).json["items"] == []
    assert api("GET", requested, a_token("read", "staff")).status_code == 200
    assert len(api("GET", "/reservations", a_token("read", "staff")).json["items"]) == 1


def test_only_with_the_staffs_scope_is_anything_closed_or_booked_for_others(
    api, a_token, a_wish, room
):
    for more in ({"kind": "closure"}, {"on_behalf_of": {"name": "Aino"}}):
        wish = a_wish(room, **more)
        assert lacks(api("POST", "/reservations", a_token("book", "decide"), wish), "staff")
    assert api("POST", "/reservations", a_token("book", "staff"), wish).status_code == 201


def test_only_with_the_scope_to_decide_is_anything_approved(api, a_token, requested):
    refused = api("POST", f"{requested}/approve", a_token("read", "book", "staff"), {})
    assert lacks(refused, "decide")
    approved = api("POST", f"{requested}/approve", a_token("decide"), {})
    assert (approved.status_code, approved.json["state"]) == (200, "confirmed")


def test_only_with_the_scope_of_money_are_charges_seen(api, a_token):
    assert lacks(api("GET", "/charges", a_token("read", "staff")), "money")
    assert api("GET", "/charges", a_token("money")).status_code == 200


def test_a_scope_gives_nobody_a_right_that_they_lack(api, session, a_token, requested):
    resident = a_person(session)
    token = a_token(*Scope, of=resident)
    assert api("GET", requested, token).status_code == 404
    refused = api("GET", "/charges", token)
    assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")


def test_a_token_that_has_expired_opens_nothing(api, session, person, clock):
    with writing():
        _token, secret = create_token(
            session,
            COMMAND,
            person.id,
            "test",
            NOW,
            scopes=[Scope.READ],
            expires_at=NOW + timedelta(days=30),
        )
        session.commit()
    clock.shift(timedelta(days=30) - timedelta(seconds=1))
    assert api("GET", "/me", secret).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert api("GET", "/me", secret).status_code == 401


# ── The table ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("action", list(Action))
def test_each_action_needs_one_of_its_scopes(action):
    def may(*scopes):
        grants = frozenset({Grant(Role.ADMINISTRATOR)})
        actor = Actor(ActorKind.TOKEN, person_id=1, grants=grants, scopes=frozenset(scopes))
        if action in PERMISSIONS:
            assert actor.may(action) == actor.may_anywhere(action)
            assert actor.may(action) == (actor.units_where(action) is None)
        return actor.may(action)

    assert [scope for scope in Scope if may(scope)] == list(SCOPES.get(action, ()))
    assert not may()


def test_what_no_scope_covers_only_a_token_with_all_rights_may_do():
    grants = frozenset({Grant(Role.ADMINISTRATOR)})
    whole = Actor(ActorKind.TOKEN, person_id=1, grants=grants)
    whole.must(Action.MANAGE_PEOPLE)
    with pytest.raises(NotAllowed):
        replace(whole, scopes=frozenset(Scope)).must(Action.MANAGE_PEOPLE)
