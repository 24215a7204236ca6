"""`flask users create`: accounts made at the command line."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from booking.accounts import passwords
from booking.accounts.models import Organisation, Person
from booking.accounts.queries import (
    actor_by_token,
    actor_of,
    find_organisation,
    find_person,
)
from booking.core.actors import Grant, Role
from tests.accounts.places import a_city, a_site
from tests.builders import a_person

EMAIL = "maija@example.com"


@pytest.fixture
def create(app, session):
    """`create(…)`: what the command answers."""

    def run(*arguments: str):
        session.commit()
        result = app.test_cli_runner().invoke(args=["users", "create", *arguments])
        session.rollback()
        session.expire_all()
        return result

    return run


def test_a_person_is_made_with_roles_and_a_password(create, session):
    school = a_site(session, "husulan-koulu")
    roles = ["--role", "approver", "--role", "viewer:husulan-koulu"]
    result = create("Maija@Example.com", "--name", "Maija", "--password", "kolme sanaa", *roles)
    assert result.exit_code == 0, result.output
    maija = find_person(session, EMAIL)
    assert maija
    assert maija.email_confirmed_at
    assert passwords.is_right("kolme sanaa", maija.password_hash)
    expected = {Grant(Role.APPROVER), Grant(Role.VIEWER, school.id)}
    assert actor_of(session, maija.id).grants == expected


def test_an_existing_address_is_brought_up_to_date(create, session):
    maija = a_person(session, email=EMAIL, grants=[Grant(Role.APPROVER)])
    for _ in range(2):
        assert create(EMAIL, "--name", "Maija M", "--role", "approver").exit_code == 0
    session.refresh(maija)
    assert maija.name == "Maija M"
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_the_token_is_the_last_word(create, session, now):
    result = create(EMAIL, "--name", "Maija", "--token", "--password", "lyhyt")
    token = result.output.split()[-1]
    assert re.fullmatch(r"yt_[\w-]{43}", token)
    actor = actor_by_token(session, token, now)
    assert actor
    assert actor.name == "Maija"


def test_the_organisation_is_made_if_absent(create, session):
    a_city(session)
    for email in (EMAIL, "matti@example.com"):
        result = create(email, "--name", "X", "--organisation", "Haminan Sähly ry")
        assert result.exit_code == 0, result.output
    club = find_organisation(session, "haminan-sahly-ry")
    assert club
    assert club.verified_at
    assert (club.kind, club.domicile, club.price_group) == ("association", "Hamina", "K3")
    assert session.scalar(select(func.count()).select_from(Organisation)) == 1
    for email in (EMAIL, "matti@example.com"):
        person = find_person(session, email)
        assert person
        assert actor_of(session, person.id).organisations == {club.id: "admin"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["maija", "--name", "Maija"], "This is not an e-mail address."),
        ([EMAIL], "Missing option '--name'."),
        ([EMAIL, "--name", " "], "Enter a name."),
        ([EMAIL, "--name", "M", "--role", "boss"], "There is no role boss."),
        ([EMAIL, "--name", "M", "--role", "viewer:x"], "There is no site x in the catalogue."),
        ([EMAIL, "--name", "M", "--role", "administrator:x"], "is for the whole city"),
        ([EMAIL, "--name", "M", "--organisation", "Sähly ry"], "import a catalogue first"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_made(
    create, session, arguments, sentence
):
    result = create(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output
    assert find_person(session, EMAIL) is None
