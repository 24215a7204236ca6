"""Who owes what and when, references, payers and parts of an amount, on plain values."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.billing.rules import (
    Amounts,
    CreditWish,
    PayerDetails,
    broken_payer_rules,
    creditor_reference,
    credits_of,
    owed_for,
    part_of,
    reference_number,
    sum_of,
)
from tests.values import NOW

# ── What is owed ──────────────────────────────────────────────────────────────────────────────

ENDED, NOT_YET = NOW, NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "ends_at", "due", "is_no_show", "reason"),
    [
        ("confirmed", ENDED, None, False, "use"),
        ("confirmed", NOT_YET, None, False, None),
        ("confirmed", ENDED, 900, True, "no_show"),
        ("confirmed", ENDED, 0, True, None),
        ("confirmed", NOT_YET, 900, True, None),
        ("cancelled", ENDED, 900, False, "late_cancellation"),
        ("cancelled", NOT_YET, 900, False, None),
        ("cancelled", ENDED, 0, False, None),
        ("cancelled", ENDED, None, False, None),
        ("denied", ENDED, None, False, None),
        ("expired", ENDED, 900, False, None),
        ("requested", ENDED, None, False, None),
        ("held", ENDED, None, False, None),
    ],
)
def test_what_is_owed_once_its_time_is_over(state, ends_at, due, is_no_show, reason):
    assert owed_for(state, ends_at, due, is_no_show, NOW) == reason


# ── References ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("base", "reference"),
    [
        (123, "1232"),
        (123456, "1234561"),
        (100, "1009"),
        (999, "9991"),
        (1234567890123456789, "12345678901234567894"),
    ],
)
def test_a_reference_number_ends_in_its_check_digit(base, reference):
    assert reference_number(base) == reference


@pytest.mark.parametrize("base", [99, 0, -123, 10**19])
def test_a_reference_number_has_three_digits_to_nineteen_before_that(base):
    with pytest.raises(ValueError, match="3 to 19"):
        reference_number(base)


@given(st.integers(100, 10**12), st.integers(1, 9))
def test_one_wrong_digit_never_goes_unseen(base, change):
    reference = reference_number(base)
    for place in range(len(reference) - 1):
        digit = str((int(reference[place]) + change) % 10)
        wrong = reference[:place] + digit + reference[place + 1 : -1]
        if wrong[0] != "0":
            assert reference_number(int(wrong)) != wrong + reference[-1]


@pytest.mark.parametrize(
    ("reference", "creditor"),
    [("539007547034", "RF18539007547034"), ("2348231", "RF712348231")],
)
def test_the_creditor_reference_is_that_of_iso_11649(reference, creditor):
    assert creditor_reference(reference) == creditor


# ── Payers ────────────────────────────────────────────────────────────────────────────────────

CLUB = PayerDetails(
    "Haminan Sähly ry", "Puistokatu 2", "49400", "Hamina", "1234567-1", own_reference="PO 7"
)


def problems(payer):
    return [(rule.code, rule.field) for rule in broken_payer_rules(payer.in_order())]


def but(**values):
    return PayerDetails(**{**CLUB.__dict__, **values})


def test_a_payer_with_name_and_address_can_be_invoiced():
    assert problems(CLUB) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, ("field_required", "name")),
        ({"town": ""}, ("field_required", "town")),
        ({"postcode": "4940"}, ("postcode_not_valid", "postcode")),
        ({"postcode": "494000"}, ("postcode_not_valid", "postcode")),
        ({"business_id": "1234567-2"}, ("business_id_not_valid", "business_id")),
        ({"e_invoice_address": "003712345671"}, ("field_required", "e_invoice_operator")),
        ({"e_invoice_operator": "003721291126"}, ("field_required", "e_invoice_address")),
    ],
)
def test_what_is_wrong_with_a_payer_is_told_beside_its_field(change, problem):
    assert problems(but(**change)) == [problem]


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("003712345671", True),
        ("0037 1234 5671", True),
        ("00371234567112345", True),
        ("003712345671123456", False),
        ("003712345672", False),
        ("FI21 1234 5600 0007 85", True),
        ("FI2112345600000786", False),
        ("FI2212345600000785", False),
        ("1234567-1", False),
    ],
)
def test_an_e_invoice_goes_to_an_ovt_code_or_an_iban(address, is_one):
    payer = but(e_invoice_address=address, e_invoice_operator="BAWCFI22")
    assert (problems(payer) == []) is is_one


@pytest.mark.parametrize(
    ("operator", "is_one"),
    [
        ("BAWCFI2", False),
        ("BAWCFI22", True),
        ("9" * 35, True),
        ("9" * 36, False),
        ("a;b" * 4, False),
    ],
)
def test_an_operator_has_eight_to_thirty_five_letters_and_digits(operator, is_one):
    payer = but(e_invoice_address="003712345671", e_invoice_operator=operator)
    assert (problems(payer) == []) is is_one


def test_whoever_takes_e_invoices_needs_no_other_address():
    payer = PayerDetails(
        "Firma Oy", e_invoice_address="003712345671", e_invoice_operator="003721291126"
    )
    assert problems(payer) == []


def test_a_payer_is_kept_in_order():
    typed = but(name="  Haminan\tSähly ry ", business_id="fi12345671", postcode=" 49 400")
    assert typed.in_order() == CLUB


# ── Credits ───────────────────────────────────────────────────────────────────────────────────

# What is left (net, VAT), the rate, what is credited in all | its net and VAT
PARTS = [
    ((793, 107), "13.5", 900, (793, 107)),
    ((793, 107), "13.5", 450, (396, 54)),
    ((9000, 0), "0", 4500, (4500, 0)),
    ((30000, 4050), "13.5", 17025, (15000, 2025)),
    ((8040, 2050), "25.5", 10090, (8040, 2050)),
    ((8040, 2050), "25.5", 5045, (4020, 1025)),
    ((8040, 2050), "25.5", 1, (1, 0)),
    ((2, 1), "25.5", 2, (2, 0)),
    ((1, 1), "25.5", 2, (1, 1)),
]


@pytest.mark.parametrize(("left", "percent", "total", "part"), PARTS)
def test_a_part_of_a_line_has_its_vat_to_the_cent(left, percent, total, part):
    assert part_of(Amounts(*left), total, Decimal(percent)) == Amounts(*part)


@given(
    st.integers(1, 10**6),
    st.sampled_from(["0", "13.5", "14", "25.5"]),
    st.booleans(),
    st.lists(st.integers(1, 10**5), max_size=8),
)
def test_all_parts_together_never_exceed_the_line_and_the_last_ends_it(cents, rate, added, parts):
    percent = Decimal(rate)
    exact = Decimal(cents) * percent / 100 if added else cents - cents / (1 + percent / 100)
    vat = int(exact.quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    line = left = Amounts(cents, vat) if added else Amounts(cents - vat, vat)
    taken = []
    for wanted in [*parts, line.total]:
        total = min(wanted, left.total)
        if total:
            part = part_of(left, total, percent)
            assert (part.total, part.net >= 0, part.vat >= 0) == (total, True, True)
            left -= part
            taken.append(part)
            assert left.net >= 0
            assert left.vat >= 0
    assert sum_of(taken) == line


LEFT = [(Amounts(793, 107), Decimal("13.5")), (Amounts(9000, 0), Decimal(0))]


def test_without_wishes_all_that_is_left_is_credited():
    assert credits_of(LEFT, None) == {1: Amounts(793, 107), 2: Amounts(9000, 0)}
    assert credits_of([(Amounts(0, 0), Decimal(0)), LEFT[1]], None) == {2: Amounts(9000, 0)}


@pytest.mark.parametrize(
    ("wishes", "codes"),
    [
        ([(1, 900), (2, 1)], None),
        ([(1, 901)], ["credit_above_charge"]),
        ([(1, 0)], ["nothing_credited"]),
        ([], ["nothing_credited"]),
        ([(0, 1)], ["invalid_value"]),
        ([(3, 1)], ["invalid_value"]),
        ([(1, 1), (1, 1)], ["invalid_value"]),
        ([(1, 901), (2, 9001)], ["credit_above_charge", "credit_above_charge"]),
    ],
)
def test_a_credit_stays_within_the_lines_and_all_that_is_wrong_is_told(wishes, codes):
    taken = credits_of(LEFT, [CreditWish(*wish) for wish in wishes])
    assert (taken if isinstance(taken, list) else None) is None or [
        rule.code for rule in taken
    ] == codes
    assert isinstance(taken, dict) is (codes is None)


def test_nothing_is_left_to_credit_of_what_was_credited_wholly():
    assert [rule.code for rule in credits_of([(Amounts(0, 0), Decimal(0))], None)] == [
        "nothing_credited"
    ]
