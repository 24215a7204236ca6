"""Invitations are used once, and the secretary's post changes hands in one step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.errors import (
    EmailTaken,
    LinkNotValid,
    NotAMember,
    SuccessorIsYou,
    SuccessorMissing,
)
from booking.accounts.invitation_use_cases import (
    HandOver,
    Invitation,
    accept_invitation,
    forget_old_invitations,
    hand_over,
    invite_member,
    register_invited,
    revoke_invitation,
    send_invitation_again,
)
from booking.accounts.membership_use_cases import Member, change_member_role, remove_member
from booking.accounts.organisation_queries import open_invitations
from booking.accounts.queries import actor_of, find_person, members_of
from booking.accounts.rules import Registration
from booking.audit.models import AuditEntry
from booking.core.actors import VISITOR, Grant, Role
from booking.core.errors import NotAllowed, NotFound
from tests.accounts.letters import LINKS, last_letter, last_token, letters_to
from tests.builders import a_person, an_organisation

MAIL = "organisation_invitation"
MATTI = "matti@example.com"


@pytest.fixture
def maija(session):
    return a_person(session, name="Maija", email="maija@example.com")


@pytest.fixture
def club(session, maija):
    return an_organisation(session, name="Sähly ry", admins=[maija], language="sv")


def as_(session, person):
    return actor_of(session, person.id)


def invite(session, person, club, now, email=MATTI, role="member"):
    return invite_member(
        session, as_(session, person), Invitation(club.slug, email, role), LINKS, now
    )


def ask(session, person, club, now, **wish):
    wish = HandOver(club.slug, **{"inviter_becomes": "member", "email": MATTI, **wish})
    return hand_over(session, as_(session, person), wish, LINKS, now)


def accept(session, person, now, token=None):
    token = token or last_token(session, person.email, MAIL)
    return accept_invitation(session, as_(session, person), token, LINKS, now)


def roles(session, club):
    return {one.person.name: one.role for one in members_of(session, club.id)}


# ── Invitations ───────────────────────────────────────────────────────────────────────────────


def test_who_is_invited_twice_has_one_invitation_with_the_role_named_last(
    session, maija, club, now
):
    invite(session, maija, club, now)
    invite(session, maija, club, now, role="admin")
    assert [(one.email, one.role) for one in open_invitations(session, club.id, now)] == [
        (MATTI, "admin")
    ]
    assert len(letters_to(session, MATTI)) == 2


def test_a_revoked_invitation_lets_nobody_in_by_any_of_its_links(session, maija, club, now):
    invited = invite(session, maija, club, now)
    send_invitation_again(session, as_(session, maija), club.slug, invited.id, LINKS, now)
    revoke_invitation(session, as_(session, maija), club.slug, invited.id, now)
    matti = a_person(session, email=MATTI)
    for letter in letters_to(session, MATTI):
        with pytest.raises(LinkNotValid):
            accept(session, matti, now, letter.context["link"].rpartition("/")[2])
    with pytest.raises(NotFound):
        revoke_invitation(session, as_(session, maija), club.slug, invited.id, now)


def test_an_invitation_that_is_sent_again_holds_for_another_fortnight(session, maija, club, now):
    invited = invite(session, maija, club, now)
    later = now + timedelta(days=10)
    send_invitation_again(session, as_(session, maija), club.slug, invited.id, LINKS, later)
    assert open_invitations(session, club.id, now + timedelta(days=24)) == [invited]
    assert open_invitations(session, club.id, now + timedelta(days=24, seconds=1)) == []
    accept(session, a_person(session, email=MATTI), now + timedelta(days=24))


def test_only_admins_repeat_and_revoke(session, maija, club, now):
    invited = invite(session, maija, club, now)
    stranger = as_(session, a_person(session))
    with pytest.raises(NotFound):
        revoke_invitation(session, stranger, club.slug, invited.id, now)
    member = a_person(session, email=MATTI)
    accept(session, member, now)
    other = invite(session, maija, club, now, email="other@example.com")
    for forbidden in (
        lambda: revoke_invitation(session, as_(session, member), club.slug, other.id, now),
        lambda: send_invitation_again(
            session, as_(session, member), club.slug, other.id, LINKS, now
        ),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_an_invitation_of_one_organisation_is_not_revoked_by_another(session, maija, club, now):
    invited = invite(session, maija, club, now)
    other = an_organisation(session, admins=[a_person(session)])
    admin = members_of(session, other.id)[0].person
    with pytest.raises(NotFound):
        revoke_invitation(session, as_(session, admin), other.slug, invited.id, now)


def test_who_is_invited_makes_an_account_by_the_link_alone(session, maija, club, now):
    invite(session, maija, club, now)
    token = last_token(session, MATTI, MAIL)
    new = Registration("Matti", MATTI, "a hash", "fi")
    person, joined = register_invited(session, VISITOR, token, new, LINKS, now)
    assert joined is club
    assert (person.email, person.email_confirmed_at) == (MATTI, now)
    assert roles(session, club) == {"Maija": "admin", "Matti": "member"}
    with pytest.raises(LinkNotValid):
        register_invited(session, VISITOR, token, new, LINKS, now)


def test_an_account_that_exists_is_not_made_anew_by_an_invitation(session, maija, club, now):
    invite(session, maija, club, now)
    a_person(session, email=MATTI)
    token = last_token(session, MATTI, MAIL)
    new = Registration("Matti", MATTI, "a hash", "fi")
    with pytest.raises(EmailTaken):
        register_invited(session, VISITOR, token, new, LINKS, now)


def test_an_account_is_made_for_the_invited_address_only(session, maija, club, now):
    invite(session, maija, club, now)
    token = last_token(session, MATTI, MAIL)
    new = Registration("Eve", "eve@example.com", "a hash", "fi")
    with pytest.raises(LinkNotValid):
        register_invited(session, VISITOR, token, new, LINKS, now)
    assert find_person(session, "eve@example.com") is None


def test_an_address_that_was_invited_is_forgotten_after_a_while(session, maija, club, now):
    invite(session, maija, club, now)
    end = now + timedelta(days=14 + 30)
    assert forget_old_invitations(session, end - timedelta(seconds=1)) == 0
    assert forget_old_invitations(session, end) == 1
    assert open_invitations(session, club.id, now) == []
    with pytest.raises(LinkNotValid):
        accept(session, a_person(session, email=MATTI), now)


# ── Handing over ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("becomes", "left"),
    [
        ("member", {"Maija": "member", "Matti": "admin"}),
        ("leaves", {"Matti": "admin"}),
    ],
)
def test_the_post_changes_hands_when_the_successor_accepts(
    session, maija, club, now, becomes, left
):
    ask(session, maija, club, now, inviter_becomes=becomes)
    assert roles(session, club) == {"Maija": "admin"}, "until then all stays as it is"
    accept(session, a_person(session, email=MATTI, name="Matti"), now)
    assert roles(session, club) == left
    mails = [last_letter(session, one, "organisation_handed_over") for one in (maija.email, MATTI)]
    assert [mail.context["is_new"] for mail in mails] == [False, True]
    assert mails[0].context["stays"] is (becomes == "member")
    entry = session.scalars(select(AuditEntry).filter_by(action="handed_over")).one()
    assert (entry.details["from"], entry.details["then"]) == (maija.id, becomes)


def test_a_member_takes_over_by_accepting_too(session, maija, club, now):
    matti = a_person(session, email=MATTI, name="Matti")
    invite(session, maija, club, now)
    accept(session, matti, now)
    ask(session, maija, club, now, member_id=matti.id, email="", inviter_becomes="leaves")
    accept(session, matti, now)
    assert roles(session, club) == {"Matti": "admin"}


def test_a_new_hand_over_takes_the_place_of_the_earlier_one(session, maija, club, now):
    ask(session, maija, club, now)
    token = last_token(session, MATTI, MAIL)
    ask(session, maija, club, now, email="liisa@example.com")
    with pytest.raises(LinkNotValid):
        accept(session, a_person(session, email=MATTI), now, token)
    assert [one.email for one in open_invitations(session, club.id, now)] == ["liisa@example.com"]


@pytest.mark.parametrize("end", ["demoted", "removed"])
def test_who_is_no_admin_any_more_hands_nothing_over(session, maija, club, now, end):
    other = a_person(session, name="Other")
    invite(session, maija, club, now, email=other.email, role="admin")
    accept(session, other, now)
    ask(session, maija, club, now)
    actor = as_(session, other)
    if end == "removed":
        remove_member(session, actor, club.slug, maija.id, now)
    else:
        change_member_role(session, actor, club.slug, Member(maija.id, "member"), now)
    with pytest.raises(LinkNotValid):
        accept(session, a_person(session, email=MATTI), now)


def test_a_successor_is_named_and_is_somebody_else(session, maija, club, now):
    with pytest.raises(SuccessorMissing):
        ask(session, maija, club, now, email=" ")
    with pytest.raises(SuccessorIsYou):
        ask(session, maija, club, now, email="Maija@Example.com")
    with pytest.raises(NotAMember):
        ask(session, maija, club, now, email="", member_id=a_person(session).id)


def test_only_an_admin_has_the_post_to_give(session, maija, club, now):
    member = a_person(session, email=MATTI)
    invite(session, maija, club, now)
    accept(session, member, now)
    administrator = a_person(session, grants=[Grant(Role.ADMINISTRATOR)])
    for person in (member, administrator):
        with pytest.raises(NotAllowed):
            ask(session, person, club, now, email="liisa@example.com")
