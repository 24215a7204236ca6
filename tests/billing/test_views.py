"""The page on which one says who pays."""

from __future__ import annotations

import re
from html import unescape

import pytest

from booking.accounts.queries import actor_of
from booking.billing.queries import get_payer
from booking.billing.use_cases import make_charges
from booking.core.actors import Grant, Role, job
from booking.reservations.models import Reservation
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.billing.owed import ENDS
from tests.builders import a_person
from tests.places import a_space, ask

TYPED = {
    "name": "Maija Meikäläinen",
    "street_address": "Puistokatu 2",
    "postcode": "49400",
    "town": "Hamina",
}


@pytest.fixture
def mine(client, session):
    """The page of a reservation of the visitor's own."""
    maija = a_person(session, email="maija@example.com", password=PASSWORD)
    made = ask(session, a_space(session), actor=actor_of(session, maija.id))
    session.commit()
    sign_in(client, "maija@example.com")
    return f"/en/reservations/{made.reference}"


def errors_of(page):
    found = re.findall(r'id="(\w+)-error"><span[^>]*>[^<]*</span> (.*?)</p>', page.text)
    return {field: unescape(text) for field, text in found}


def test_the_owner_says_who_pays_and_finds_it_again(client, session, mine):
    assert f'href="{mine}/payer"' in client.get(mine).text
    assert 'value="Maija Meikäläinen"' in client.get(f"{mine}/payer").text
    saved = send(client, f"{mine}/payer", **TYPED, keep_as_usual="y")
    assert saved.location == mine
    assert 'value="Puistokatu 2"' in client.get(f"{mine}/payer").text
    reservation = session.query(Reservation).one()
    assert get_payer(session, reservation).town == "Hamina"


def test_what_is_wrong_is_told_beside_its_field_and_kept(client, mine):
    refused = send(client, f"{mine}/payer", name="Maija", postcode="4940", business_id="1-2")
    assert refused.status_code == 422
    assert set(errors_of(refused)) == {"street_address", "town", "postcode", "business_id"}
    assert 'value="4940"' in refused.text


def test_once_charged_the_payer_stays(client, session, mine):
    make_charges(session, job("make-charges"), ENDS)
    session.commit()
    refused = send(client, f"{mine}/payer", **TYPED)
    assert refused.status_code == 409
    assert "The charge has been made already." in refused.text


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.VIEWER, 403), (Role.BOOKER, 200)])
def test_others_say_who_pays_only_where_they_book_as_staff(client, session, mine, role, status):
    grants = [Grant(role)] if role else []
    a_person(session, email="other@example.com", password=PASSWORD, grants=grants)
    session.commit()
    client.delete_cookie("session")
    sign_in(client, "other@example.com")
    assert client.get(f"{mine}/payer").status_code == status
    shown = client.get(mine)
    assert (f'href="{mine}/payer"' in shown.text) is (status == 200)


def test_where_nothing_is_to_be_paid_nobody_is_asked_who_pays(client, session, mine):
    reservation = session.query(Reservation).one()
    reservation.total_cents = 0
    session.commit()
    assert f'href="{mine}/payer"' not in client.get(mine).text
