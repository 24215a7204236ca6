"""The associations of a demo city, in their file."""

import pytest

from booking.catalogue.format.associations import check_digit
from tests.catalogue.broken_files import refuses_association


def test_a_business_id_has_a_right_check_digit():
    refuses_association(
        'business_id: "9900137-9"',
        'business_id: "9900137-8"',
        "business_id",
        '"9900137-8" has a wrong check digit',
        'a business ID with a right check digit in quotes, such as "0737546-2",',
    )


@pytest.mark.parametrize(
    ("number", "digit"), [("0166906", 4), ("2388924", 4), ("0201256", 6), ("0737546", 2)]
)
def test_check_digits_are_those_of_known_business_ids(number, digit):
    assert check_digit(number) == digit


def test_a_business_id_of_remainder_one_does_not_exist():
    assert check_digit("0000006") is None


def test_the_share_of_the_young_is_theirs_rounded_half_up():
    refuses_association(
        'youth_share: "0.73"',
        'youth_share: "0.74"',
        "youth_share",
        '"0.74" is not 300 of 410',
        '"0.73"',
    )


def test_an_association_has_two_or_three_members_who_act_for_it():
    refuses_association(
        "      - {name: Demo Puheenjohtaja, email: puheenjohtaja.mallilansalama@example.org, "
        "role: member}\n      - {name: Demo Ohjaaja, email: ohjaaja.mallilansalama@example.org, "
        "role: member}\n",
        "",
        "members",
        "the list has 1",
        "a list of 2 to 3, each of them {name, email, role}",
        below=-2,
    )
