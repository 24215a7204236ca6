"""Tokens by which a person's programs use the API."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from booking.accounts.errors import EndsBeforeItBegins, NoScope
from booking.accounts.models import ApiToken
from booking.accounts.queries import actor_by_token, actor_of, tokens_of
from booking.accounts.token_use_cases import (
    create_token,
    is_worth_noting,
    note_token_use,
    revoke_token,
)
from booking.core.actors import COMMAND, VISITOR, Grant, Role, Scope
from booking.core.errors import NotAllowed, NotFound
from tests.builders import a_person


def test_a_token_is_shown_once_and_kept_as_its_hash(session, now):
    maija = a_person(session)
    token, secret = create_token(
        session, actor_of(session, maija.id), maija.id, " My  script ", now
    )
    assert re.fullmatch(r"yt_[A-Za-z0-9_-]{43}", secret)
    assert secret not in {token.token_hash, token.name}
    assert (token.name, len(token.token_hash)) == ("My script", 64)
    actor = actor_by_token(session, secret, now)
    assert actor
    assert actor.person_id == maija.id


def test_two_tokens_are_never_alike(session, now):
    maija = a_person(session)
    made = [create_token(session, COMMAND, maija.id, "script", now)[1] for _ in range(2)]
    assert made[0] != made[1]


def test_a_revoked_token_opens_nothing(session, now):
    maija = a_person(session)
    token, secret = create_token(session, COMMAND, maija.id, "script", now)
    revoke_token(session, actor_of(session, maija.id), token.id, now)
    session.flush()
    assert actor_by_token(session, secret, now) is None
    assert tokens_of(session, maija.id) == []


def test_nobody_makes_or_revokes_the_token_of_another(session, now):
    maija = a_person(session)
    matti = actor_of(session, a_person(session, grants=[Grant(Role.MANAGER)]).id)
    token, _ = create_token(session, COMMAND, maija.id, "script", now)
    for actor in (matti, VISITOR):
        with pytest.raises(NotAllowed):
            create_token(session, actor, maija.id, "script", now)
        with pytest.raises(NotFound):
            revoke_token(session, actor, token.id, now)
    with pytest.raises(NotFound):
        revoke_token(session, matti, token.id + 1000, now)


def test_a_token_without_scopes_named_has_all_rights_and_one_for_nothing_is_not_made(session, now):
    maija = a_person(session)
    assert create_token(session, COMMAND, maija.id, "script", now)[0].scopes is None
    made, _ = create_token(session, COMMAND, maija.id, "s", now, scopes={Scope.BOOK, Scope.READ})
    assert made.scopes == ["read", "book"]
    with pytest.raises(NoScope):
        create_token(session, COMMAND, maija.id, "script", now, scopes=[])


def test_a_token_ends_after_it_begins(session, now):
    maija = a_person(session)
    with pytest.raises(EndsBeforeItBegins):
        create_token(session, COMMAND, maija.id, "script", now, expires_at=now)
    ends = now + timedelta(seconds=1)
    assert create_token(session, COMMAND, maija.id, "s", now, expires_at=ends)[0].expires_at == ends


def test_a_token_with_scopes_makes_no_other(session, now):
    maija = a_person(session)
    _token, secret = create_token(session, COMMAND, maija.id, "s", now, scopes=list(Scope))
    session.flush()
    with pytest.raises(NotAllowed):
        create_token(session, actor_by_token(session, secret, now), maija.id, "more", now)


def test_a_use_is_worth_noting_once_an_hour(session, now):
    token, _ = create_token(session, COMMAND, a_person(session).id, "script", now)
    assert is_worth_noting(token.last_used_at, now)
    note_token_use(session, token.id, now)
    session.flush()
    assert session.get_one(ApiToken, token.id).last_used_at == now
    assert not is_worth_noting(now, now + timedelta(minutes=59))
    assert is_worth_noting(now, now + timedelta(hours=1))
