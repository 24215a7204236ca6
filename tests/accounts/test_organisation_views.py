"""The pages of organisations."""

from __future__ import annotations

import pytest

from booking.accounts.queries import find_organisation, find_person, members_of
from booking.core.actors import Grant, Role
from tests.accounts.letters import last_path
from tests.accounts.places import a_city
from tests.accounts.visiting import send
from tests.builders import an_organisation

MINE = "/en/organisations/"


@pytest.fixture
def maija(as_):
    return as_("maija@example.com")


@pytest.fixture
def club(session, maija):
    a_city(session)
    admin = find_person(session, "maija@example.com")
    assert admin
    club = an_organisation(session, slug="sahly", name="Sähly ry", admins=[admin], verified_at=None)
    session.commit()
    return club


PAGE = "/en/organisations/sahly"


def test_maija_registers_an_association(maija, session):
    a_city(session)
    session.commit()
    assert 'value="Hamina"' in maija.get(MINE).text
    said = {"kind": "association", "domicile": "Hamina", "name_public": "y"}
    refused = send(maija, MINE, name="Sähly ry", business_id="0737546-3", **said)
    assert refused.status_code == 422
    assert 'id="business_id-error"' in refused.text

    answer = send(maija, MINE, name="Sähly ry", business_id="0737546-2", **said)
    assert answer.location == "/en/organisations/sahly-ry"
    assert "not verified this organisation yet" in maija.get(answer.location).text
    club = find_organisation(session, "sahly-ry")
    assert club
    assert (club.business_id, club.name_public) == ("0737546-2", True)
    assert "Sähly ry" in maija.get(MINE).text


def test_the_secretary_hands_over(maija, club, session, as_):
    invited = send(maija, PAGE, to=f"{PAGE}/invitations", email="matti@example.com", role="admin")
    assert invited.location == PAGE
    path = last_path(session, "matti@example.com", "organisation_invitation")
    matti = as_("matti@example.com")
    assert "Sähly ry" in matti.get(path).text
    assert send(matti, path).location.endswith("/organisations/sahly")

    me = find_person(session, "maija@example.com")
    assert me
    assert send(maija, PAGE, to=f"{PAGE}/members/{me.id}/remove").location == MINE
    assert maija.get(PAGE).status_code == 404
    session.rollback()
    assert [one.person.email for one in members_of(session, club.id)] == ["matti@example.com"]


def test_the_last_admin_is_told_why_they_stay(maija, club, session):
    me = find_person(session, "maija@example.com")
    assert me
    for change in ({"to": f"{PAGE}/members/{me.id}/remove"}, {}):
        to = change.get("to", f"{PAGE}/members/{me.id}/role")
        send(maija, PAGE, to=to, role="member")
        assert "needs at least one admin" in maija.get(PAGE).text


def test_an_invitation_that_names_nobody_is_refused(maija, club):
    answer = send(maija, PAGE, to=f"{PAGE}/invitations", email="matti", role="admin")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert maija.get(f"{PAGE}/invitations").location == PAGE, "for the choice of language"


def test_an_invitation_can_be_read_by_whoever_holds_it(client, maija, club, session, as_):
    send(maija, PAGE, to=f"{PAGE}/invitations", email="matti@example.com", role="member")
    path = last_path(session, "matti@example.com", "organisation_invitation")
    assert "matti@example.com" in client.get(path).text
    stranger = as_("stranger@example.com")
    assert "stranger@example.com" in stranger.get(path).text
    assert send(stranger, path).location.endswith("/organisations/")
    session.rollback()
    assert len(members_of(session, club.id)) == 1


def test_consent_is_given_and_taken_back(maija, club, session):
    for path, is_public in (("public-name", True), ("public-name/withdraw", False)):
        send(maija, PAGE, to=f"{PAGE}/{path}")
        session.rollback()
        session.refresh(club)
        assert club.name_public is is_public


def test_to_strangers_there_is_no_such_organisation(club, as_):
    stranger = as_("stranger@example.com", grants=[Grant(Role.BOOKER)])
    assert stranger.get(PAGE).status_code == 404
    assert send(stranger, MINE, to=f"{PAGE}/public-name").status_code == 404
    assert stranger.get("/en/organisations/no-such").status_code == 404


def test_staff_see_and_verify_and_change_nothing_else(club, session, as_):
    staff = as_("staff@example.com", grants=[Grant(Role.APPROVER)])
    assert "Sähly ry" in staff.get("/en/staff/organisations").text
    assert staff.get(PAGE).status_code == 200
    assert send(staff, PAGE, to=f"{PAGE}/public-name").status_code == 403
    assert send(staff, PAGE, to=f"{PAGE}/verify", price_group="K9").status_code == 422
    assert send(staff, PAGE, to=f"{PAGE}/verify", price_group="K3").status_code == 302
    session.refresh(club)
    assert club.verified_at
    assert club.price_group == "K3"


def test_an_admin_does_not_verify_their_own(maija, club):
    assert send(maija, PAGE, to=f"{PAGE}/verify", price_group="K3").status_code == 403
