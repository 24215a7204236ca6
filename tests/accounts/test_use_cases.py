"""What people do with their accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from booking.accounts.errors import EmailNotPlausible, LinkNotValid, NameMissing, NameTooLong
from booking.accounts.models import Person, RoleAssignment
from booking.accounts.queries import actor_by_token, actor_of, find_person
from booking.accounts.rules import NewPassword, NewPerson, Registration
from booking.accounts.token_use_cases import create_token
from booking.accounts.use_cases import (
    change_details,
    change_language,
    confirm_registration,
    create_person,
    grant_role,
    register,
    request_password_reset,
    reset_password,
    revoke_role,
    sign_out_everywhere,
)
from booking.audit.models import AuditEntry
from booking.core.actors import COMMAND, VISITOR, Grant, Role
from booking.core.errors import NotAllowed
from tests.accounts.letters import LINKS, last_letter, last_token, letters_to
from tests.accounts.places import a_site
from tests.builders import a_person

EMAIL = "maija@example.com"


def register_maija(session, now, **values):
    said = {"name": "Maija", "email": EMAIL, "password_hash": "hash", "language": "sv", **values}
    register(session, VISITOR, Registration(**said), LINKS, now)


def audited(session):
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# ── Registration ──────────────────────────────────────────────────────────────────────────────


def test_a_registration_waits_until_its_address_is_confirmed(session, now):
    register_maija(session, now, email=" Maija@Example.com ")
    maija = find_person(session, EMAIL)
    assert maija
    assert maija.email_confirmed_at is None

    letter = last_letter(session, EMAIL, "confirm_registration")
    assert letter.language == "sv"
    assert letter.context["expires_at"] == (now + timedelta(days=3)).isoformat()
    later = now + timedelta(days=3)
    token = last_token(session, EMAIL, "confirm_registration")
    assert confirm_registration(session, VISITOR, token, LINKS, later) is maija
    assert maija.email_confirmed_at == later
    assert audited(session) == ["registered", "confirmed"]


def test_confirming_twice_changes_nothing(session, now):
    register_maija(session, now)
    token = last_token(session, EMAIL, "confirm_registration")
    confirm_registration(session, VISITOR, token, LINKS, now)
    later = now + timedelta(hours=1)
    assert confirm_registration(session, VISITOR, token, LINKS, later).email_confirmed_at == now


def test_whoever_has_an_account_is_told_by_mail_alone(session, now):
    maija = a_person(session, email=EMAIL, password_hash="her own", name="Maija M")
    register_maija(session, now, name="Somebody else")
    assert last_letter(session, EMAIL, "already_registered").context["link"].endswith("/sign_in/")
    assert (maija.name, maija.password_hash) == ("Maija M", "her own")


def test_nothing_is_written_to_somebody_inactive(session, now):
    a_person(session, email=EMAIL, is_active=False)
    register_maija(session, now)
    request_password_reset(session, VISITOR, EMAIL, LINKS, now)
    assert letters_to(session, EMAIL) == []


def test_a_registration_never_confirmed_can_be_begun_anew(session, now):
    register_maija(session, now, password_hash="of somebody else")
    old = last_token(session, EMAIL, "confirm_registration")
    register_maija(session, now, password_hash="her own", name="Maija M")
    with pytest.raises(LinkNotValid):
        confirm_registration(session, VISITOR, old, LINKS, now)
    new = last_token(session, EMAIL, "confirm_registration")
    maija = confirm_registration(session, VISITOR, new, LINKS, now)
    assert (maija.name, maija.password_hash) == ("Maija M", "her own")
    assert session.scalar(select(func.count()).select_from(Person)) == 1


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"email": "maija"}, EmailNotPlausible),
        ({"name": "  "}, NameMissing),
        ({"name": "M" * 121}, NameTooLong),
    ],
)
def test_a_registration_needs_an_address_and_a_name(session, now, said, error):
    with pytest.raises(error):
        register_maija(session, now, **said)


# ── The password ──────────────────────────────────────────────────────────────────────────────


def ask_for_link(session, now):
    request_password_reset(session, VISITOR, EMAIL, LINKS, now)
    return last_token(session, EMAIL, "reset_password")


def test_a_link_sets_a_new_password_once(session, now):
    maija = a_person(session, email=EMAIL, password_hash="old")
    token = ask_for_link(session, now)
    reset_password(session, VISITOR, NewPassword(token, "new"), LINKS, now)
    assert (maija.password_hash, maija.auth_version) == ("new", 2)
    with pytest.raises(LinkNotValid):
        reset_password(session, VISITOR, NewPassword(token, "newer"), LINKS, now)
    assert maija.password_hash == "new"


def test_a_new_password_makes_older_links_and_all_tokens_worthless(session, now):
    maija = a_person(session, email=EMAIL)
    _, secret = create_token(session, actor_of(session, maija.id), maija.id, "script", now)
    first, second = ask_for_link(session, now), ask_for_link(session, now)
    reset_password(session, VISITOR, NewPassword(second, "new"), LINKS, now)
    session.flush()
    assert actor_by_token(session, secret, now) is None
    with pytest.raises(LinkNotValid):
        reset_password(session, VISITOR, NewPassword(first, "newer"), LINKS, now)


def test_the_link_confirms_the_address_too(session, now):
    maija = a_person(session, email=EMAIL, email_confirmed_at=None)
    reset_password(session, VISITOR, NewPassword(ask_for_link(session, now), "new"), LINKS, now)
    assert maija.email_confirmed_at == now


def test_the_link_works_for_an_hour(session, now):
    a_person(session, email=EMAIL)
    token = ask_for_link(session, now)
    late = now + timedelta(hours=1, seconds=1)
    with pytest.raises(LinkNotValid):
        reset_password(session, VISITOR, NewPassword(token, "new"), LINKS, late)


def test_whoever_has_no_account_gets_no_mail(session, now):
    request_password_reset(session, VISITOR, EMAIL, LINKS, now)
    assert letters_to(session, EMAIL) == []


# ── One's own account ─────────────────────────────────────────────────────────────────────────


def test_people_change_their_own_name_and_language(session, now):
    maija = a_person(session)
    actor = actor_of(session, maija.id)
    change_details(session, actor, " Maija  M ", "en", now)
    assert (maija.name, maija.language) == ("Maija M", "en")
    change_language(session, actor, "sv", now)
    assert maija.language == "sv"


def test_signing_out_everywhere_makes_every_session_an_old_one(session, now):
    maija = a_person(session)
    sign_out_everywhere(session, actor_of(session, maija.id), now)
    assert maija.auth_version == 2


def test_a_visitor_has_no_account_to_change(session, now):
    with pytest.raises(NotAllowed):
        sign_out_everywhere(session, VISITOR, now)


# ── Accounts of others ────────────────────────────────────────────────────────────────────────


def test_an_account_that_staff_make_is_confirmed(session, now):
    new = NewPerson("Maija@example.com", "Maija", "hash")
    maija = create_person(session, COMMAND, new, now)
    assert (maija.email, maija.email_confirmed_at) == (EMAIL, now)


def test_an_account_that_is_there_is_brought_up_to_date(session, now):
    maija = a_person(session, email=EMAIL, password_hash="old", email_confirmed_at=None)
    create_person(session, COMMAND, NewPerson(EMAIL, "Maija M"), now)
    assert (maija.name, maija.password_hash, maija.auth_version) == ("Maija M", "old", 1)
    create_person(session, COMMAND, NewPerson(EMAIL, "Maija M", "new"), now)
    assert (maija.password_hash, maija.auth_version) == ("new", 2)
    assert maija.email_confirmed_at == now


def test_roles_are_given_once_and_taken_back(session, now):
    maija, school = a_person(session), a_site(session, "koulu")
    for grant in (Grant(Role.VIEWER), Grant(Role.VIEWER, school.id)):
        grant_role(session, COMMAND, maija.id, grant, now)
        grant_role(session, COMMAND, maija.id, grant, now)
    assert session.scalar(select(func.count()).select_from(RoleAssignment)) == 2
    revoke_role(session, COMMAND, maija.id, Grant(Role.VIEWER), now)
    revoke_role(session, COMMAND, maija.id, Grant(Role.VIEWER), now)
    session.flush()
    assert actor_of(session, maija.id).grants == {Grant(Role.VIEWER, school.id)}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_make_accounts_and_give_roles(session, now, role):
    person = a_person(session, grants=[Grant(role)])
    staff = actor_of(session, person.id)
    with pytest.raises(NotAllowed):
        create_person(session, staff, NewPerson(EMAIL, "Maija"), now)
    with pytest.raises(NotAllowed):
        grant_role(session, staff, person.id, Grant(Role.ADMINISTRATOR), now)
    with pytest.raises(NotAllowed):
        revoke_role(session, staff, person.id, Grant(role), now)
