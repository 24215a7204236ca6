"""The people of a demo city."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from booking.accounts import passwords
from booking.accounts.demo import (
    DEMO_PASSWORD,
    DEMO_PEOPLE,
    list_demo_accounts,
    load_demo_people,
)
from booking.accounts.models import Membership, Organisation, Person, RoleAssignment
from booking.accounts.queries import actor_of, find_organisation, find_person, members_of
from booking.catalogue.format import load_associations
from booking.core.actors import Grant, Role
from config import ROOT
from tests.accounts.places import a_site
from tests.accounts.visiting import is_signed_in, send

ASSOCIATIONS = load_associations(ROOT / "demo_city/associations.yaml").associations


@pytest.fixture
def first_unit(session, now):
    a_site(session, "second", position=1)
    first = a_site(session, "first", position=0)
    load_demo_people(session, ASSOCIATIONS, now)
    return first


def test_there_is_one_of_each_role(session, first_unit):
    grants = {}
    for demo in DEMO_PEOPLE:
        person = find_person(session, demo.email)
        assert person
        assert person.is_demo
        assert person.email_confirmed_at
        assert passwords.is_right(DEMO_PASSWORD, person.password_hash)
        grants[demo.email.partition("@")[0]] = set(actor_of(session, person.id).grants)
    assert grants == {
        "resident": set(),
        "member": set(),
        "booker": {Grant(Role.BOOKER)},
        "approver": {Grant(Role.APPROVER)},
        "manager": {Grant(Role.MANAGER)},
        "caretaker": {Grant(Role.VIEWER, first_unit.id)},
        "administrator": {Grant(Role.ADMINISTRATOR)},
    }
    assert list_demo_accounts(session) == list(DEMO_PEOPLE)


def test_all_associations_are_there_with_their_members(session, first_unit):
    assert session.scalar(select(func.count()).select_from(Organisation)) == len(ASSOCIATIONS)
    for given in ASSOCIATIONS:
        made = find_organisation(session, given.slug)
        assert made
        assert bool(made.verified_at) is given.verified
        assert made.price_group == given.expected_price_group
        assert made.usual_event
        assert made.usual_event["purpose"] == given.usual_event.purpose
        people = {(one.person.email, one.role) for one in members_of(session, made.id)}
        assert people >= {(one.email, one.role) for one in given.members}


def test_the_member_is_admin_of_the_first_association(session, first_unit):
    member, first = find_person(session, "member@demo.example"), ASSOCIATIONS[0]
    made = find_organisation(session, first.slug)
    assert member
    assert made
    assert actor_of(session, member.id).organisations == {made.id: "admin"}


def test_loading_twice_is_loading_once(session, first_unit, now):
    tables = (Person, Organisation, Membership, RoleAssignment)
    counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    load_demo_people(session, ASSOCIATIONS, now)
    assert counts == [session.scalar(select(func.count()).select_from(table)) for table in tables]


# ── The page that lists them ──────────────────────────────────────────────────────────────────


def test_the_sign_in_page_of_a_demo_lets_in_by_one_button(city_client):
    page = city_client.get("/en/sign-in").text
    for person in DEMO_PEOPLE:
        assert f'name="demo" value="{person.email}"' in page
    assert page.count('name="email"') == page.count('name="password"') == 1
    assert (
        send(city_client, "/en/sign-in", demo="approver@demo.example", email="").status_code == 302
    )
    assert is_signed_in(city_client)


def test_outside_a_demo_there_is_no_such_button(client, session, first_unit):
    session.commit()
    assert "demo.example" not in client.get("/en/sign-in").text
    assert send(client, "/en/sign-in", demo="approver@demo.example", email="").status_code == 422
    assert not is_signed_in(client)
