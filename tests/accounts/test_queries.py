"""Reading people, organisations, roles and tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.accounts.models import ApiToken
from booking.accounts.queries import (
    actor_by_token,
    actor_of,
    approvers_of,
    find_account,
    find_person,
    get_organisation,
    hash_of_token,
    members_of,
    organisations_of,
)
from booking.core.actors import VISITOR, Action, ActorKind, Grant, Role
from booking.core.errors import NotFound
from tests.accounts.places import a_site
from tests.builders import a_person, an_organisation
from tests.statements import counted


def a_token(session, person, text, now, **values):
    token = ApiToken(
        person_id=person.id,
        name="script",
        token_hash=hash_of_token(text),
        created_at=now,
        **values,
    )
    session.add(token)
    session.flush()
    return token


# ── People and what they may do ───────────────────────────────────────────────────────────────


def test_a_person_is_found_however_the_address_is_written(session):
    maija = a_person(session, email="maija@example.com")
    assert find_person(session, " MAIJA@example.com ") is maija
    assert find_person(session, "maija@example.org") is None


def test_an_actor_has_all_roles_and_organisations(session):
    school = a_site(session, "husulan-koulu")
    grants = [Grant(Role.APPROVER, school.id), Grant(Role.VIEWER)]
    maija = a_person(session, name="Maija", language="sv", grants=grants)
    ours = an_organisation(session, admins=[maija])
    theirs = an_organisation(session, members=[maija])

    actor = actor_of(session, maija.id)
    assert (actor.kind, actor.person_id) == (ActorKind.PERSON, maija.id)
    assert (actor.name, actor.language) == ("Maija", "sv")
    assert actor.grants == frozenset(grants)
    assert actor.organisations == {ours.id: "admin", theirs.id: "member"}
    assert actor.scopes is None


def test_an_actor_costs_one_query_whatever_they_are(session):
    maija = a_person(session, grants=[Grant(role) for role in Role])
    for _ in range(5):
        an_organisation(session, admins=[maija])
    with counted(session.get_bind()) as statements:
        actor_of(session, maija.id)
    assert len(statements) == 1


def test_a_resident_is_an_actor_without_roles(session):
    actor = actor_of(session, a_person(session).id)
    assert (actor.grants, actor.organisations) == (frozenset(), {})


def test_whoever_is_not_there_or_not_active_is_no_actor(session):
    gone = a_person(session, is_active=False)
    for person_id in (gone.id, gone.id + 1000):
        assert find_account(session, person_id) is None
        with pytest.raises(NotFound):
            actor_of(session, person_id)


def test_approvers_hold_a_role_at_the_unit_or_in_the_city(session):
    school, library = a_site(session, "koulu"), a_site(session, "kirjasto")
    at_school = a_person(session, grants=[Grant(Role.APPROVER, school.id)])
    at_library = a_person(session, grants=[Grant(Role.MANAGER, library.id)])
    city = a_person(session, grants=[Grant(Role.ADMINISTRATOR), Grant(Role.MANAGER)])
    a_person(session, grants=[Grant(Role.VIEWER, school.id), Grant(Role.BOOKER)])
    a_person(session, grants=[Grant(Role.APPROVER)], is_active=False)

    assert approvers_of(session, [school.id]) == [at_school, city]
    assert approvers_of(session, [school.id, library.id]) == [at_school, at_library, city]
    assert approvers_of(session, []) == [city]


# ── Organisations ─────────────────────────────────────────────────────────────────────────────


def test_only_members_and_verifiers_know_of_an_organisation(session):
    maija = a_person(session)
    club = an_organisation(session, members=[maija])
    staff = a_person(session, grants=[Grant(Role.APPROVER)])
    stranger = a_person(session, grants=[Grant(Role.BOOKER)])

    for person in (maija, staff):
        assert get_organisation(session, actor_of(session, person.id), club.slug) is club
    for actor in (actor_of(session, stranger.id), VISITOR):
        with pytest.raises(NotFound):
            get_organisation(session, actor, club.slug)


def test_an_approver_of_one_unit_verifies_no_organisations(session):
    school = a_site(session, "koulu")
    approver = a_person(session, grants=[Grant(Role.APPROVER, school.id)])
    club = an_organisation(session)
    with pytest.raises(NotFound):
        get_organisation(session, actor_of(session, approver.id), club.slug)


def test_organisations_and_members_come_in_order(session):
    maija = a_person(session, name="Maija")
    matti = a_person(session, name="Matti")
    b = an_organisation(session, name="B ry", admins=[matti], members=[maija])
    a = an_organisation(session, name="A ry", admins=[maija])
    assert organisations_of(session, maija.id) == [a, b]
    assert [member.person for member in members_of(session, b.id)] == [matti, maija]


# ── Tokens ────────────────────────────────────────────────────────────────────────────────────


def test_a_token_stands_for_its_person_with_all_rights(session, now):
    maija = a_person(session, grants=[Grant(Role.APPROVER)])
    club = an_organisation(session, members=[maija])
    token = a_token(session, maija, "yt_secret", now)

    actor = actor_by_token(session, "yt_secret", now)
    assert actor
    assert (actor.kind, actor.person_id, actor.token_id) == (ActorKind.TOKEN, maija.id, token.id)
    assert actor.may(Action.DECIDE_RESERVATION)
    assert actor.organisations == {club.id: "member"}
    assert actor.scopes is None


def test_a_token_costs_one_query(session, now):
    maija = a_person(session, grants=[Grant(Role.APPROVER), Grant(Role.VIEWER)])
    a_token(session, maija, "yt_secret", now)
    with counted(session.get_bind()) as statements:
        actor_by_token(session, "yt_secret", now)
    assert len(statements) == 1


def test_a_token_with_scopes_keeps_to_them(session, now):
    a_token(session, a_person(session), "yt_secret", now, scopes=["read"])
    actor = actor_by_token(session, "yt_secret", now)
    assert actor
    assert actor.scopes == frozenset({"read"})


@pytest.mark.parametrize(
    "ended",
    [
        lambda now: {"revoked_at": now},
        lambda now: {"expires_at": now},
        lambda now: {"expires_at": now - timedelta(days=1)},
    ],
)
def test_a_token_that_has_ended_opens_nothing(session, now, ended):
    a_token(session, a_person(session), "yt_secret", now, **ended(now))
    assert actor_by_token(session, "yt_secret", now) is None


def test_a_token_works_until_its_last_moment(session, now):
    a_token(session, a_person(session), "yt_secret", now, expires_at=now + timedelta(seconds=1))
    assert actor_by_token(session, "yt_secret", now)


def test_a_token_of_somebody_inactive_and_an_unknown_one_open_nothing(session, now):
    a_token(session, a_person(session, is_active=False), "yt_secret", now)
    assert actor_by_token(session, "yt_secret", now) is None
    assert actor_by_token(session, "yt_other", now) is None
