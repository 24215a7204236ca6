"""What staff and admins say to each other until an organisation is verified, and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.accounts.errors import (
    AnswerMissing,
    BusinessIdCheckWrong,
    OrganisationKnown,
    RemarkMissing,
)
from booking.accounts.organisation_queries import (
    count_ahead,
    count_waiting,
    find_review,
    find_speaker,
    list_organisations,
    steps_of,
)
from booking.accounts.organisation_use_cases import (
    answer_review,
    ask_organisation,
    ask_to_be_invited,
    change_organisation,
    refuse_organisation,
    register_organisation,
    verify_organisation,
)
from booking.accounts.queries import actor_of
from booking.accounts.rules import NewOrganisation
from booking.core.actors import VISITOR, Grant, Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from tests.accounts.letters import last_letter, letters_to
from tests.accounts.places import a_city
from tests.builders import a_person, an_organisation

MAIL = "organisation_reviewed"
SAID = NewOrganisation(
    "Sähly ry", "association", "Hamina", register_number="123.456", email="Club@Example.org"
)


@pytest.fixture
def maija(session):
    a_city(session)
    return a_person(session, name="Maija", email="maija@example.com")


@pytest.fixture
def club(session, maija, now):
    return register_organisation(session, as_(session, maija), SAID, now)


@pytest.fixture
def staff(session):
    return actor_of(session, a_person(session, grants=[Grant(Role.APPROVER)]).id)


def as_(session, person):
    return actor_of(session, person.id)


# ── Verifying ─────────────────────────────────────────────────────────────────────────────────


def test_admins_are_told_when_the_organisation_is_verified_and_not_again(
    session, maija, club, staff, now
):
    verify_organisation(session, staff, club.slug, "K3", now)
    verify_organisation(session, staff, club.slug, "K4", now)
    assert [one.context["outcome"] for one in letters_to(session, maija.email)] == ["verified"]


def test_a_question_is_mailed_and_the_answer_brings_the_organisation_back(
    session, maija, club, staff, now
):
    ask_organisation(session, staff, club.slug, "Mikä on kotipaikka?", now)
    assert last_letter(session, maija.email, MAIL).context["remark"] == "Mikä on kotipaikka?"
    assert count_waiting(session) == 0
    answer_review(session, as_(session, maija), club.slug, "Hamina.", now)
    assert find_review(session, club.id) is None
    assert count_waiting(session) == 1
    assert [(one.action, one.words) for one in steps_of(session, club.id)] == [
        ("answered", "Hamina."),
        ("asked", "Mikä on kotipaikka?"),
        ("created", ""),
    ]


def test_a_refused_organisation_counts_as_not_verified(session, club, staff, now):
    verify_organisation(session, staff, club.slug, "K3", now)
    refuse_organisation(session, staff, club.slug, "Yhdistys on lakannut.", now)
    assert club.verified_at is None
    assert find_review(session, club.id).kind == "refused"
    verify_organisation(session, staff, club.slug, "K3", now)
    assert find_review(session, club.id) is None


def test_nobody_is_asked_or_answered_without_words(session, maija, club, staff, now):
    for review in (ask_organisation, refuse_organisation):
        with pytest.raises(RemarkMissing):
            review(session, staff, club.slug, " ", now)
    with pytest.raises(AnswerMissing):
        answer_review(session, as_(session, maija), club.slug, "", now)


def test_only_staff_who_verify_ask_and_refuse(session, maija, club, now):
    for review in (ask_organisation, refuse_organisation):
        with pytest.raises(NotAllowed):
            review(session, as_(session, maija), club.slug, "Miksi?", now)
    with pytest.raises(NotAllowed):
        list_organisations(session, as_(session, maija), "", 0, 10)


def test_those_that_wait_come_first_the_oldest_of_them_first(session, club, staff, now):
    older = an_organisation(session, name="Alku ry", verified_at=None)
    verified = an_organisation(session, name="Ensin ry")
    rows = list_organisations(session, staff, "", 0, 10)
    assert [one.organisation for one in rows] == [older, club, verified]
    assert count_ahead(session, club) == 1
    assert count_ahead(session, older) == 0


@pytest.mark.parametrize("text", ["sähly", "SÄHLY RY", "123 456", "123.456"])
def test_staff_find_an_organisation_by_a_part_of_its_name_or_its_number(session, club, staff, text):
    an_organisation(session, name="Toinen ry")
    assert [one.organisation for one in list_organisations(session, staff, text, 0, 10)] == [club]


# ── Details ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "is_verified"),
    [
        ({"domicile": "Kotka", "activity": "Salibandya", "language": "sv"}, True),
        ({"email": "new@example.org", "name_public": True}, True),
        ({"name": "Sählyseura ry"}, False),
        ({"register_number": "654321"}, False),
        ({"kind": "party"}, False),
    ],
)
def test_what_staff_verified_is_verified_again_when_it_changes(
    session, maija, club, staff, now, change, is_verified
):
    verify_organisation(session, staff, club.slug, "K3", now)
    change_organisation(session, as_(session, maija), club.slug, replace(SAID, **change), now)
    assert (club.verified_at is not None) is is_verified
    assert club.price_group == ("K4" if "kind" in change else "K3")


def test_a_changed_organisation_answers_what_was_asked(session, maija, club, staff, now):
    ask_organisation(session, staff, club.slug, "Mikä on numero?", now)
    change_organisation(
        session, as_(session, maija), club.slug, replace(SAID, register_number="7"), now
    )
    assert find_review(session, club.id) is None
    assert (club.register_number, club.email) == ("7", "club@example.org")


def test_an_organisation_does_not_take_the_number_of_another(session, maija, club, now):
    an_organisation(session, business_id="0737546-2")
    new = replace(SAID, business_id="07375462")
    with pytest.raises(OrganisationKnown):
        change_organisation(session, as_(session, maija), club.slug, new, now)


def test_a_mistyped_digit_is_told_as_such(session, maija, club, now):
    new = replace(SAID, business_id="0737546-3", email="nowhere")
    with pytest.raises(RequestRefused) as refused:
        change_organisation(session, as_(session, maija), club.slug, new, now)
    wrong, implausible = refused.value.broken
    assert isinstance(wrong, BusinessIdCheckWrong)
    assert wrong.values == {"number": "0737546-3"}
    assert implausible.code == "email_not_plausible"


def test_only_admins_change_what_is_said(session, club, now):
    with pytest.raises(NotFound):
        change_organisation(session, as_(session, a_person(session)), club.slug, SAID, now)
    member = a_person(session)
    other = an_organisation(session, members=[member])
    with pytest.raises(NotAllowed):
        change_organisation(session, as_(session, member), other.slug, SAID, now)


# ── Asking to be invited ──────────────────────────────────────────────────────────────────────


def test_admins_hear_once_a_day_who_would_join_and_the_asker_nothing(session, maija, now):
    known = an_organisation(session, admins=[maija], register_number="99")
    matti = as_(session, a_person(session, email="matti@example.com"))
    for number, when in (
        ("99", now),
        ("99", now + timedelta(hours=23)),
        ("12345", now),
        ("no number", now),
        ("99", now + timedelta(days=1)),
    ):
        assert ask_to_be_invited(session, matti, "", number, when) is None
        session.flush()
    asked = letters_to(session, maija.email)
    assert [one.template for one in asked] == ["organisation_asked_to_join"] * 2
    assert asked[0].context["email"] == "matti@example.com"
    assert known.slug in asked[0].context["path"]


def test_members_and_visitors_ask_nobody(session, maija, now):
    an_organisation(session, admins=[maija], register_number="99")
    ask_to_be_invited(session, as_(session, maija), "", "99", now)
    assert letters_to(session, maija.email) == []
    with pytest.raises(NotAllowed):
        ask_to_be_invited(session, VISITOR, "", "99", now)


# ── Who is written to ─────────────────────────────────────────────────────────────────────────


def test_who_has_left_is_followed_by_the_admin_of_longest_standing(session, maija, club):
    member, gone = a_person(session), a_person(session)
    other = an_organisation(session, admins=[maija], members=[member])
    assert find_speaker(session, other.id, member) is member
    assert find_speaker(session, other.id, gone) is maija
