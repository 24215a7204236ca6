"""What an account, an organisation and a role may look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.accounts.errors import RoleIsCityWide, UnknownRole
from booking.accounts.rules import (
    NewOrganisation,
    RoleSpec,
    broken_organisation_rules,
    email_problem,
    first_free,
    normal_business_id,
    normal_email,
    normal_register_number,
    own_place,
    parse_role,
    password_problem,
    price_group_of,
    slug_of,
)
from booking.core.actors import Role

# ── People ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Maija@Example.COM ", "maija@example.com"),
        ("maija@hämeenlinna.fi", "maija@xn--hmeenlinna-q5a.fi"),
        ("no address", "no address"),
    ],
)
def test_an_address_is_one_however_it_is_written(typed, kept):
    assert normal_email(typed) == kept


@pytest.mark.parametrize("email", ["a@b.fi", "Maija.M+sahly@Example.com", f"{'a' * 64}@b.fi"])
def test_an_address_may_be_plain_or_odd(email):
    assert email_problem(normal_email(email)) is None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "maija",
        "maija@localhost",
        "@example.com",
        "maija@",
        "a b@example.com",
        "a..b@example.com",
        "maija@example.com\nBcc: all@example.com",
        "maija@-example.com",
        f"{'a' * 65}@b.fi",
        f"a@{'b.' * 130}fi",
    ],
)
def test_what_no_mail_would_reach_is_no_address(email):
    problem = email_problem(normal_email(email))
    assert problem
    assert problem.field == "email"


def test_a_password_needs_ten_characters_of_any_kind():
    assert password_problem("ä" * 10, "a@b.fi") is None
    problem = password_problem("ä" * 9, "a@b.fi")
    assert problem
    assert problem.code == "password_too_short"


def test_a_password_is_not_the_address():
    problem = password_problem("Maija@Example.com", "maija@example.com")
    assert problem
    assert problem.code == "password_is_email"


def test_a_password_ends_somewhere():
    assert password_problem("x" * 1000, "a@b.fi") is None
    assert password_problem("x" * 1001, "a@b.fi")


# ── Organisations ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0166906-4", "0166906-4"),
        ("2388924-4", "2388924-4"),
        ("0201256-6", "0201256-6"),
        ("0112038-9", "0112038-9"),
        ("0737546-2", "0737546-2"),
        ("737546-2", "0737546-2"),
        ("FI07375462", "0737546-2"),
        (" 0737546 - 2 ", "0737546-2"),
    ],
)
def test_a_business_id_has_its_check_digit(typed, kept):
    assert normal_business_id(typed) == kept


@pytest.mark.parametrize(
    "typed", ["0737546-3", "0242496-1", "1234567", "07375462-2", "abc", "", "٠٧٣٧٥٤٦-٢"]
)
def test_other_numbers_are_no_business_id(typed):
    assert normal_business_id(typed) is None


@given(st.integers(0, 9_999_999))
def test_at_most_one_check_digit_is_right(number):
    right = [digit for digit in range(10) if normal_business_id(f"{number:07}-{digit}")]
    assert len(right) <= 1


def test_a_register_number_is_kept_as_digits():
    assert normal_register_number("123.456") == "123456"
    assert normal_register_number("990 001") == "990001"
    assert normal_register_number("77") == "77"


@pytest.mark.parametrize("typed", ["1.234.567", "0", "12a", "", "-5"])
def test_other_numbers_are_no_register_number(typed):
    assert normal_register_number(typed) is None


def an_organisation(**values):
    return NewOrganisation(**{"name": "Sähly ry", "kind": "association", "domicile": "X", **values})


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"register_number": "123456"}, []),
        ({"business_id": "0737546-2"}, []),
        ({}, ["identifier_missing"]),
        ({"kind": "resident_group"}, []),
        ({"kind": "company"}, ["business_id_missing"]),
        ({"kind": "city_unit"}, ["kind_not_open"]),
        ({"kind": "private_person"}, ["kind_not_open"]),
        (
            {"name": " ", "business_id": "07375-3", "register_number": "x"},
            ["name_missing", "business_id_not_valid", "register_number_not_valid"],
        ),
        ({"business_id": "0737546-3"}, ["business_id_check_wrong"]),
    ],
)
def test_all_that_is_wrong_with_an_organisation_is_told_at_once(said, codes):
    assert [one.code for one in broken_organisation_rules(an_organisation(**said))] == codes


def test_before_staff_have_looked_nobody_gets_a_cheaper_price():
    assert price_group_of("association") == "K4"
    assert price_group_of("company") == "K5"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Haminan Sähly ry", "haminan-sahly-ry"),
        ("Åbo Öl & Vänner rf", "abo-ol-vanner-rf"),
        ("  4H – Reitkalli!  ", "4h-reitkalli"),
        ("Đorđe Ærø", "dorde-aero"),
        ("Общество", "organisation"),
        ("y" * 90, "y" * 70),
    ],
)
def test_a_slug_comes_from_the_name(name, slug):
    assert slug_of(name) == slug


@given(st.text(max_size=130))
def test_a_slug_is_always_a_slug(name):
    words = slug_of(name).split("-")
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)


def test_a_slug_that_is_taken_gets_a_number():
    assert first_free("sahly", []) == "sahly"
    assert first_free("sahly", ["sahly"]) == "sahly-2"
    assert first_free("sahly", ["sahly", "sahly-2", "sahlyt"]) == "sahly-3"


# ── Roles and places ──────────────────────────────────────────────────────────────────────────


def test_a_role_is_for_the_city_or_for_one_unit():
    assert parse_role("approver") == RoleSpec(Role.APPROVER)
    assert parse_role("viewer:husulan-koulu") == RoleSpec(Role.VIEWER, "husulan-koulu")
    assert parse_role("viewer:") == RoleSpec(Role.VIEWER, "")


@pytest.mark.parametrize("text", ["boss", "", ":husulan-koulu", "Approver"])
def test_other_roles_are_unknown(text):
    with pytest.raises(UnknownRole):
        parse_role(text)


def test_an_administrator_is_one_of_the_whole_city():
    with pytest.raises(RoleIsCityWide):
        parse_role("administrator:husulan-koulu")


@pytest.mark.parametrize("place", ["/fi/", "/fi/spaces?q=sali&people=20", "/fi/tilat/sähly#top"])
def test_a_place_of_this_site_may_be_gone_back_to(place):
    assert own_place(place) == place


@pytest.mark.parametrize(
    "place",
    [
        None,
        "",
        "fi/spaces",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/fi\x00",
    ],
)
def test_no_other_place_is(place):
    assert own_place(place) is None
