"""The secretary changes, the bookings stay."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from booking.accounts.errors import (
    InvitationForAnother,
    LastAdmin,
    LinkNotValid,
    NotAMember,
    OrganisationKnown,
    UnknownPriceGroup,
)
from booking.accounts.invitation_use_cases import (
    Invitation,
    accept_invitation,
    invite_member,
)
from booking.accounts.membership_use_cases import (
    Member,
    add_member,
    change_member_role,
    remove_member,
)
from booking.accounts.models import Organisation
from booking.accounts.organisation_use_cases import (
    consent_to_public_name,
    create_organisation,
    register_organisation,
    verify_organisation,
    withdraw_public_name,
)
from booking.accounts.queries import actor_of, find_membership, members_of
from booking.accounts.rules import NewOrganisation
from booking.core.actors import COMMAND, VISITOR, Grant, Role
from booking.core.errors import BookingError, NotAllowed, NotFound, RequestRefused
from tests.accounts.letters import LINKS, last_letter, last_token, letters_to
from tests.accounts.places import a_city
from tests.builders import a_person, an_organisation

SAHLY = NewOrganisation("Haminan Sähly ry", "association", "Hamina", register_number="123.456")


def as_(session, person):
    return actor_of(session, person.id)


# ── Registering and verifying ─────────────────────────────────────────────────────────────────


def test_whoever_registers_an_organisation_is_its_admin(session, now):
    maija = a_person(session)
    club = register_organisation(session, as_(session, maija), SAHLY, now)
    assert (club.slug, club.register_number) == ("haminan-sahly-ry", "123456")
    assert (club.verified_at, club.price_group) == (None, "K4")
    assert as_(session, maija).organisations == {club.id: "admin"}


def test_a_second_organisation_of_the_name_gets_a_slug_of_its_own(session, now):
    actor = as_(session, a_person(session))
    slugs = [register_organisation(session, actor, SAHLY, now).slug for _ in range(3)]
    assert slugs == ["haminan-sahly-ry", "haminan-sahly-ry-2", "haminan-sahly-ry-3"]


def test_a_verified_organisation_is_not_registered_again(session, now):
    an_organisation(session, register_number="123456")
    with pytest.raises(OrganisationKnown):
        register_organisation(session, as_(session, a_person(session)), SAHLY, now)


def test_all_that_is_wrong_is_told_at_once(session, now):
    actor, new = as_(session, a_person(session)), NewOrganisation("", "company", "Hamina")
    with pytest.raises(RequestRefused) as refused:
        register_organisation(session, actor, new, now)
    assert [one.code for one in refused.value.broken] == ["name_missing", "business_id_missing"]


def test_a_visitor_registers_nothing(session, now):
    with pytest.raises(NotAllowed):
        register_organisation(session, VISITOR, SAHLY, now)


def test_staff_verify_and_choose_the_price_group(session, now):
    a_city(session)
    staff = a_person(session, grants=[Grant(Role.APPROVER)])
    club = an_organisation(session, verified_at=None, price_group="K4")
    verify_organisation(session, as_(session, staff), club.slug, "K3", now)
    assert (club.verified_at, club.verified_by_id, club.price_group) == (now, staff.id, "K3")


def test_a_price_group_that_the_catalogue_lacks_is_refused(session, now):
    a_city(session)
    club = an_organisation(session, verified_at=None)
    with pytest.raises(UnknownPriceGroup):
        verify_organisation(session, COMMAND, club.slug, "K9", now)


def test_nobody_verifies_their_own_organisation(session, now):
    a_city(session)
    maija = a_person(session)
    club = an_organisation(session, admins=[maija], verified_at=None)
    with pytest.raises(NotAllowed):
        verify_organisation(session, as_(session, maija), club.slug, "K3", now)
    with pytest.raises(NotAllowed):
        create_organisation(session, as_(session, maija), SAHLY, "K3", now)


# ── What is shown of it ───────────────────────────────────────────────────────────────────────


def test_an_admin_lets_the_name_be_shown_and_takes_it_back(session, now):
    maija = a_person(session)
    club = an_organisation(session, admins=[maija])
    consent_to_public_name(session, as_(session, maija), club.slug, now)
    assert club.name_public
    withdraw_public_name(session, as_(session, maija), club.slug, now)
    assert not club.name_public


# ── Members ───────────────────────────────────────────────────────────────────────────────────


def test_the_secretary_hands_over_and_leaves(session, now):
    old, new = a_person(session), a_person(session)
    club = an_organisation(session, admins=[old], members=[new])
    change_member_role(session, as_(session, old), club.slug, Member(new.id, "admin"), now)
    remove_member(session, as_(session, old), club.slug, old.id, now)
    assert [(one.person, one.role) for one in members_of(session, club.id)] == [(new, "admin")]


@pytest.mark.parametrize(
    "leave",
    [
        lambda s, a, club, now: remove_member(s, a, club.slug, a.person_id, now),
        lambda s, a, club, now: change_member_role(
            s, a, club.slug, Member(a.person_id, "member"), now
        ),
    ],
)
def test_the_last_admin_stays(session, now, leave):
    maija = a_person(session)
    club = an_organisation(session, admins=[maija], members=[a_person(session)])
    with pytest.raises(LastAdmin):
        leave(session, as_(session, maija), club, now)
    assert as_(session, maija).organisations == {club.id: "admin"}


def test_a_member_may_leave_and_do_nothing_else(session, now):
    admin, maija, matti = (a_person(session) for _ in range(3))
    club = an_organisation(session, admins=[admin], members=[maija, matti])
    actor = as_(session, maija)
    for forbidden in (
        lambda: remove_member(session, actor, club.slug, matti.id, now),
        lambda: change_member_role(session, actor, club.slug, Member(maija.id, "admin"), now),
        lambda: consent_to_public_name(session, actor, club.slug, now),
        lambda: withdraw_public_name(session, actor, club.slug, now),
        lambda: add_member(session, actor, club.slug, Member(matti.id, "admin"), now),
        lambda: invite(session, actor, club, now),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    remove_member(session, actor, club.slug, maija.id, now)
    assert find_membership(session, club.id, maija.id) is None


def test_to_a_stranger_the_organisation_does_not_exist(session, now):
    club = an_organisation(session, admins=[a_person(session)])
    stranger = as_(session, a_person(session))
    with pytest.raises(NotFound):
        consent_to_public_name(session, stranger, club.slug, now)
    with pytest.raises(NotFound):
        remove_member(session, stranger, club.slug, stranger.person_id, now)


def test_whoever_is_no_member_has_no_role_to_change(session, now):
    maija = a_person(session)
    club = an_organisation(session, admins=[maija])
    member = Member(a_person(session).id, "admin")
    with pytest.raises(NotAMember):
        change_member_role(session, as_(session, maija), club.slug, member, now)


def test_administrators_help_an_organisation_whose_admin_is_gone(session, now):
    new = a_person(session)
    club = an_organisation(session, admins=[a_person(session)])
    administrator = as_(session, a_person(session, grants=[Grant(Role.ADMINISTRATOR)]))
    add_member(session, administrator, club.slug, Member(new.id, "member"), now)
    add_member(session, administrator, club.slug, Member(new.id, "admin"), now)
    assert as_(session, new).organisations == {club.id: "admin"}


def test_two_admins_who_remove_each_other_at_once_leave_one(app, new_session, session, now):
    people = [a_person(session), a_person(session)]
    club = an_organisation(session, admins=people)
    actors = [as_(session, person) for person in people]
    session.commit()
    meet = threading.Barrier(2, timeout=10)

    def remove(actor, other):
        meet.wait()
        with new_session() as writer:
            try:
                remove_member(writer, actor, club.slug, other.id, now)
                writer.commit()
            except BookingError:
                writer.rollback()

    pairs = list(zip(actors, reversed(people), strict=True))
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert [one.role for one in members_of(session, club.id)] == ["admin"]


# ── Invitations ───────────────────────────────────────────────────────────────────────────────


def invite(session, actor, club, now, email="matti@example.com", role="member"):
    invite_member(session, actor, Invitation(club.slug, email, role), LINKS, now)


@pytest.fixture
def maija(session):
    return a_person(session, name="Maija", email="maija@example.com")


@pytest.fixture
def club(session, maija) -> Organisation:
    return an_organisation(session, name="Sähly ry", admins=[maija], language="sv")


def test_whoever_has_no_account_yet_is_invited_in_the_organisations_language(
    session, maija, club, now
):
    invite(session, as_(session, maija), club, now)
    letter = last_letter(session, "matti@example.com", "organisation_invitation")
    assert (letter.language, letter.recipient_id) == ("sv", None)
    assert (letter.context["organisation"], letter.context["inviter"]) == ("Sähly ry", "Maija")


def test_the_invited_joins_by_the_link(session, maija, club, now):
    invite(session, as_(session, maija), club, now, email="Matti@Example.com", role="admin")
    matti = a_person(session, email="matti@example.com")
    token = last_token(session, "matti@example.com", "organisation_invitation")
    later = now + timedelta(days=14)
    assert accept_invitation(session, as_(session, matti), token, LINKS, later) is club
    assert as_(session, matti).organisations == {club.id: "admin"}
    accept_invitation(session, as_(session, matti), token, LINKS, later)
    assert len(members_of(session, club.id)) == 2


def test_an_invitation_is_for_one_address(session, maija, club, now):
    invite(session, as_(session, maija), club, now)
    token = last_token(session, "matti@example.com", "organisation_invitation")
    with pytest.raises(InvitationForAnother):
        accept_invitation(session, as_(session, a_person(session)), token, LINKS, now)


def test_an_old_invitation_lets_nobody_back_in_who_was_removed(session, maija, club, now):
    matti = a_person(session, email="matti@example.com")
    invite(session, as_(session, maija), club, now)
    token = last_token(session, matti.email, "organisation_invitation")
    accept_invitation(session, as_(session, matti), token, LINKS, now)
    removed = now + timedelta(hours=1)
    remove_member(session, as_(session, maija), club.slug, matti.id, removed)
    later = now + timedelta(hours=2)
    with pytest.raises(LinkNotValid):
        accept_invitation(session, as_(session, matti), token, LINKS, later)

    invite(session, as_(session, maija), club, later)
    token = last_token(session, matti.email, "organisation_invitation")
    accept_invitation(session, as_(session, matti), token, LINKS, later)
    assert as_(session, matti).organisations == {club.id: "member"}


def test_an_address_that_is_none_is_not_invited(session, maija, club, now):
    with pytest.raises(BookingError):
        invite(session, as_(session, maija), club, now, email="matti")
    assert letters_to(session, "matti") == []
