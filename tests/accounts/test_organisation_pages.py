"""What admins, those who are invited and staff see of an organisation, page by page."""

from __future__ import annotations

import pytest

from booking.accounts.models import Organisation
from booking.accounts.organisation_queries import open_invitations
from booking.accounts.queries import find_organisation, find_person, members_of
from booking.core.actors import Grant, Role
from tests.accounts.letters import last_path, letters_to
from tests.accounts.places import a_city
from tests.accounts.visiting import PASSWORD, is_signed_in, send
from tests.builders import a_person, an_organisation
from tests.installations import engine_of
from tests.statements import counted

MINE = "/en/organisations/"
PAGE = "/en/organisations/sahly"
STAFF = "/en/staff/organisations"
MAIL = "organisation_invitation"
MATTI = "matti@example.com"


@pytest.fixture
def maija(as_):
    return as_("maija@example.com", name="Maija")


@pytest.fixture
def staff(as_):
    return as_("staff@example.com", grants=[Grant(Role.APPROVER)])


@pytest.fixture
def club(session, maija):
    a_city(session)
    admin = find_person(session, "maija@example.com")
    values = {"slug": "sahly", "name": "Sähly ry", "language": "en", "verified_at": None}
    club = an_organisation(session, admins=[admin], **values)
    session.commit()
    return club


def now_of(session, club):
    session.rollback()
    return session.get(Organisation, club.id, populate_existing=True)


# ── Registering ───────────────────────────────────────────────────────────────────────────────


def test_all_that_is_said_is_kept(maija, session):
    a_city(session)
    session.commit()
    said = {
        "name": "Kuoro ry",
        "kind": "association",
        "business_id": " FI 0737546 2 ",
        "domicile": "Hamina",
        "email": "Kuoro@Example.org",
        "language": "sv",
        "activity": "Laulua.",
    }
    assert send(maija, MINE, **said).status_code == 302
    kept = find_organisation(session, "kuoro-ry")
    assert (kept.business_id, kept.email, kept.language, kept.activity, kept.name_public) == (
        "0737546-2",
        "kuoro@example.org",
        "sv",
        "Laulua.",
        False,
    )


def test_whose_organisation_is_here_already_may_ask_its_admins(maija, session, as_):
    a_city(session)
    owner = a_person(session, email="owner@example.com")
    an_organisation(session, name="Secret name ry", admins=[owner], register_number="99")
    session.commit()
    said = {"name": "Mine ry", "kind": "association", "domicile": "Hamina"}
    refused = send(maija, MINE, register_number="99", **said)
    assert refused.status_code == 409
    assert "Ask its admins to invite me" in refused.text
    assert "Secret name" not in refused.text

    told = [
        send(maija, MINE, to=f"{MINE}ask", register_number=number, business_id="").location
        for number in ("99", "98")
    ]
    assert told == [MINE, MINE]
    assert len(letters_to(session, owner.email)) == 1
    assert maija.get(f"{MINE}ask").location == MINE, "for the choice of language"


def test_no_organisation_takes_the_address_of_another_page(maija, session):
    a_city(session)
    session.commit()
    said = {"kind": "resident_group", "domicile": "Hamina"}
    assert send(maija, MINE, name="Ask", **said).location == "/en/organisations/ask-2"


# ── Details ───────────────────────────────────────────────────────────────────────────────────


def test_details_are_changed_and_a_new_name_is_checked_again(maija, club, session, staff):
    send(staff, STAFF + "/sahly", to=f"{PAGE}/verify", price_group="K3")
    said = {"kind": "association", "register_number": "7", "domicile": "Kotka", "language": "fi"}
    page = f"{PAGE}/details"
    assert "Some changes are checked again" in maija.get(page).text
    assert send(maija, page, name="Uusi ry", **said).location == PAGE
    assert "they check it again" in maija.get(PAGE).text
    kept = now_of(session, club)
    assert (kept.name, kept.domicile, kept.verified_at) == ("Uusi ry", "Kotka", None)


def test_wrong_details_are_told_beside_their_fields(maija, club, session):
    wrong = {"name": "", "kind": "association", "business_id": "0737546-3", "domicile": "Kotka"}
    refused = send(maija, f"{PAGE}/details", **wrong, language="fi")
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    refused = send(maija, f"{PAGE}/details", **{**wrong, "name": "Sähly ry"}, language="fi")
    assert "The last digit of 0737546-3 does not match" in refused.text
    assert now_of(session, club).domicile == "Hamina"


# ── Invitations ───────────────────────────────────────────────────────────────────────────────


def test_an_open_invitation_is_listed_sent_again_and_revoked(maija, club, session, now):
    send(maija, PAGE, to=f"{PAGE}/invitations", email=MATTI, role="member")
    (invited,) = open_invitations(session, club.id, now)
    assert "matti<wbr>@example.com" in maija.get(PAGE).text
    send(maija, PAGE, to=f"{PAGE}/invitations/{invited.id}/again")
    session.rollback()
    assert len(letters_to(session, MATTI)) == 2
    path = last_path(session, MATTI, MAIL)
    send(maija, PAGE, to=f"{PAGE}/invitations/{invited.id}/revoke")
    assert maija.get(path).status_code == 404
    for step in ("again", "revoke"):
        send(maija, PAGE, to=f"{PAGE}/invitations/{invited.id}/{step}")
        assert "accepted or revoked in the meantime" in maija.get(PAGE).text


def test_who_is_new_registers_by_the_invitation(client, maija, club, session):
    send(maija, PAGE, to=f"{PAGE}/invitations", email=MATTI, role="member")
    path = last_path(session, MATTI, MAIL)
    refused = send(client, path, to=f"{path}/register", name="Matti", password="short")
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    answer = send(client, path, to=f"{path}/register", name="Matti", password=PASSWORD)
    assert answer.location.endswith("/organisations/sahly")
    assert is_signed_in(client)
    assert "has been accepted" in client.get(path).text
    session.rollback()
    assert [one.person.name for one in members_of(session, club.id)] == ["Maija", "Matti"]


def test_who_has_an_account_signs_in_to_accept(client, maija, club, session):
    a_person(session, email=MATTI, password=PASSWORD, language="en")
    session.commit()
    send(maija, PAGE, to=f"{PAGE}/invitations", email=MATTI, role="member")
    path = last_path(session, MATTI, MAIL)
    page = client.get(path).text
    assert "Sign in as matti@example.com" in page
    assert "/register" not in page.partition("<main")[2]


def test_an_invitation_that_was_tampered_with_opens_nothing(client, club):
    for path in ("join/forged", "join/forged/register"):
        assert client.post(f"/en/organisations/{path}").status_code in {302, 400, 403, 404}
    assert client.get("/en/organisations/join/forged").status_code == 404


# ── Handing over ──────────────────────────────────────────────────────────────────────────────


def test_a_hand_over_says_what_is_missing(maija, club):
    page = f"{PAGE}/hand-over"
    for said, field in (
        ({"inviter_becomes": "leaves"}, "member"),
        ({"member": "email", "inviter_becomes": "leaves"}, "member"),
        ({"member": "email", "email": "nowhere", "inviter_becomes": "leaves"}, "email"),
        ({"member": "email", "email": "maija@example.com", "inviter_becomes": "member"}, "email"),
        ({"member": "999", "inviter_becomes": "member"}, None),
    ):
        refused = send(maija, page, **said)
        assert refused.status_code in {404, 422}
        if field:
            assert f'id="{field}-error"' in refused.text


def test_administrators_have_no_post_to_give(as_, club):
    administrator = as_("admin@example.com", grants=[Grant(Role.ADMINISTRATOR)])
    assert administrator.get(f"{PAGE}/hand-over").status_code == 403


# ── For staff ─────────────────────────────────────────────────────────────────────────────────


def test_staff_ask_admins_answer_and_staff_verify(maija, club, staff, session):
    assert "Sähly ry" in staff.get(STAFF).text
    page = f"{STAFF}/sahly"
    refused = send(staff, page, to=f"{page}/ask", remark="")
    assert refused.status_code == 422
    assert 'id="remark-error"' in refused.text
    assert send(staff, page, to=f"{page}/ask", remark="Mikä kotipaikka?").location == page
    assert "Mikä kotipaikka?" in maija.get(PAGE).text
    assert send(maija, PAGE, to=f"{PAGE}/answer", answer=" ").status_code == 422
    assert send(maija, PAGE, to=f"{PAGE}/answer", answer="Hamina").location == PAGE
    assert "Hamina" in staff.get(page).text
    send(staff, page, to=f"{PAGE}/verify", price_group="K3")
    assert now_of(session, club).verified_at
    send(staff, page, to=f"{page}/refuse", remark="Lakannut.")
    assert now_of(session, club).verified_at is None
    assert "Lakannut." in maija.get(PAGE).text


def test_the_list_is_for_those_who_verify(maija, club, as_):
    assert maija.get(STAFF).status_code == 403
    booker = as_("booker@example.com", grants=[Grant(Role.BOOKER)])
    assert booker.get(STAFF).status_code == 403
    assert STAFF not in booker.get(MINE).text
    assert booker.get(f"{STAFF}/sahly").status_code == 404


def test_the_list_is_searched_and_paged(staff, club, session):
    for number in range(51):
        an_organisation(session, name=f"Kerho {number:02} ry", slug=f"kerho-{number:02}")
    session.commit()
    first = staff.get(STAFF).text
    assert f'href="{STAFF}?page=2"' in first
    assert "Kerho 50 ry" in staff.get(f"{STAFF}?page=2").text
    found = staff.get(f"{STAFF}?q=kerho 07").text
    assert "Kerho 07 ry" in found
    assert "Kerho 08 ry" not in found
    for odd in ("page=0", "page=x", "page=-1", "page=99999999"):
        assert staff.get(f"{STAFF}?{odd}").status_code == 200


@pytest.mark.parametrize("address", [STAFF, f"{STAFF}/sahly", PAGE])
def test_a_page_asks_the_database_as_often_for_many_as_for_one(
    app, session, club, staff, maija, address
):
    client = maija if address == PAGE else staff

    def queries():
        client.get(address)
        with counted(engine_of(app)) as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    few = queries()
    for number in range(8):
        an_organisation(session, name=f"Kerho {number}", verified_at=None)
        session.commit()  # who holds the one write lock of SQLite would wait for itself
        send(maija, PAGE, to=f"{PAGE}/invitations", email=f"m{number}@example.com", role="member")
    assert queries() <= few + 1 <= 16
