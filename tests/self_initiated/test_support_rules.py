"""The rules of support on both sides of their borders."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from booking.core.errors import RuleBroken
from booking.self_initiated.power_rules import Power, powers_of
from booking.self_initiated.receipt_files import MOST_BYTES, kind_of_receipt
from booking.self_initiated.support_rules import (
    LONGEST_TEXT,
    MOST_LINES,
    BudgetLine,
    LoanLine,
    SupportTerms,
    broken_by_grant,
    broken_in_draft,
    broken_in_submission,
    due_reminder,
    file_name_kept,
    iban_problem,
    read_euros,
)
from tests.self_initiated.applying import a_pdf, a_wish

TERMS = SupportTerms(50_000, 50_000, 60)
TENT = LoanLine("tent", 1, date(2027, 1, 12), date(2027, 1, 13))
COST = BudgetLine("cost", "Musicians", 40_000)


def codes(broken):
    return [one.code for one in broken]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("120", 12_000),
        ("120,50", 12_050),
        ("120.50", 12_050),
        ("0", 0),
        ("0,01", 1),
        (" 1 200,00 € ", 120_000),
        ("1\u00a0200", 120_000),
        ("1000000", 100_000_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, cents):
    assert read_euros(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        *("", "1,5", "-5", "+5", "1,555", "1.200,50", "12 00", "1e3", "abc", "NaN", "٣"),
        *("1000000,01", "9" * 5000),
    ],
)
def test_an_amount_that_may_mean_something_else_is_refused(text):
    with pytest.raises(ValueError, match=r"^"):
        read_euros(text)


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("FI21 1234 5600 0007 85", None),
        ("fi2112345600000785", None),
        ("DE89 3704 0044 0532 0130 00", None),
        ("GB82 WEST 1234 5698 7654 32", None),
        ("FI21 1234 5600 0007 86", "iban_mistyped"),
        ("FI12 2134 5600 0007 85", "iban_mistyped"),
        ("FI21 1234 5600 0007 8", "iban_of_wrong_length"),
        ("FI21 1234 5600 0007 855", "iban_of_wrong_length"),
        ("DE89 3704 0044 0532 0130 01", "iban_mistyped"),
        ("123456-785", "iban_malformed"),
        ("FI２１12345600000785", "iban_malformed"),
        ("FI21", "iban_malformed"),
        ("=FI2112345600000785", "iban_malformed"),
    ],
)
def test_an_account_number_has_check_digits_and_a_finnish_one_18_characters(iban, code):
    problem = iban_problem(iban)
    assert (problem.code if problem else None) == code


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({}, []),
        ({"requested_cents": 50_000, "budget": (BudgetLine("cost", "All", 50_000),)}, []),
        (
            {"requested_cents": 50_001, "budget": (BudgetLine("cost", "All", 50_001),)},
            ["requested_too_much"],
        ),
        ({"requested_cents": 40_000}, []),
        ({"requested_cents": 40_001}, ["costs_too_small"]),
        ({"budget": (COST, BudgetLine("income", "Coffee", 10_000))}, []),
        ({"budget": (COST, BudgetLine("income", "Coffee", 10_001))}, ["costs_too_small"]),
        ({"budget": (BudgetLine("cost", "Musicians", None),)}, ["budget_line_unfinished"]),
        ({"budget": (COST, BudgetLine("income", "", 5))}, ["budget_line_unfinished"]),
        ({"budget": (COST, BudgetLine("income", "", None))}, []),
        ({"budget": (BudgetLine("cost", "", None),)}, ["costs_missing"]),
        ({"description": " "}, ["description_missing"]),
        ({"payee": "", "iban": ""}, ["payee_missing", "iban_missing"]),
        ({"iban": "FI00"}, ["iban_malformed"]),
        ({"requested_cents": 0}, ["nothing_applied_for"]),
        ({"requested_cents": 0, "loans": (TENT,), "payee": "", "iban": "", "budget": ()}, []),
        ({"description": "x" * LONGEST_TEXT}, []),
        ({"description": "x" * (LONGEST_TEXT + 1)}, ["text_too_long"]),
        ({"description": "x" * 5_000_000}, ["text_too_long"]),
    ],
)
def test_an_application_says_what_for_how_much_and_to_which_account(values, broken):
    assert codes(broken_in_submission(a_wish(**values), (), TERMS)) == broken


def test_who_does_business_owes_a_declaration_of_public_aid():
    assert codes(broken_in_submission(a_wish(), ("S10",), TERMS)) == ["other_aid_missing"]
    assert broken_in_submission(a_wish(other_aid="None."), ("S10",), TERMS) == []


def test_a_draft_may_lack_everything_but_not_hold_a_book():
    nothing = {"description": "", "budget": (), "payee": "", "iban": "", "requested_cents": 0}
    assert broken_in_draft(a_wish(**nothing)) == []
    lines = (BudgetLine("cost", "x", 1),) * MOST_LINES
    assert broken_in_draft(a_wish(budget=lines)) == []
    assert codes(broken_in_draft(a_wish(budget=(*lines, COST)))) == ["too_many_budget_lines"]


@pytest.mark.parametrize(
    ("amount", "reason", "against", "broken"),
    [
        (40_000, "", False, []),
        (39_999, "", False, ["field_required"]),
        (39_999, "Less is enough.", False, []),
        (40_001, "x", False, ["grant_too_large"]),
        (0, "x", False, ["grant_missing"]),
        (40_000, "", True, ["field_required"]),
        (40_000, "Because.", True, []),
    ],
)
def test_a_grant_is_at_most_what_was_asked_for_and_less_needs_a_reason(
    amount, reason, against, broken
):
    found = broken_by_grant(amount, 40_000, TERMS, is_against_rules=against, reason=reason)
    assert codes(found) == broken


@pytest.mark.parametrize(
    ("today", "reminder"),
    [
        (date(2027, 3, 5), None),
        (date(2027, 3, 6), "ahead"),
        (date(2027, 3, 13), "ahead"),
        (date(2027, 3, 14), "overdue"),
    ],
)
def test_receipts_are_reminded_of_a_week_ahead_and_once_they_are_late(today, reminder):
    assert due_reminder(date(2027, 3, 13), today) == reminder


# ── Powers ────────────────────────────────────────────────────────────────────────────────────

HOLDER, OTHER = 1, 2
POST = Power(
    1,
    "support",
    {"fi": "Koordinaattori"},
    50_000,
    HOLDER,
    date(2027, 1, 1),
    date(2027, 12, 31),
    OTHER,
    date(2027, 7, 1),
    date(2027, 7, 31),
)


@pytest.mark.parametrize(
    ("person", "day", "has"),
    [
        (HOLDER, date(2026, 12, 31), False),
        (HOLDER, date(2027, 1, 1), True),
        (HOLDER, date(2027, 12, 31), True),
        (HOLDER, date(2028, 1, 1), False),
        (OTHER, date(2027, 6, 30), False),
        (OTHER, date(2027, 7, 1), True),
        (OTHER, date(2027, 7, 31), True),
        (OTHER, date(2027, 8, 1), False),
        (HOLDER, date(2027, 7, 15), True),
        (3, date(2027, 7, 15), False),
        (None, date(2027, 7, 15), False),
    ],
)
def test_a_power_is_its_holders_and_in_their_days_the_substitutes(person, day, has):
    assert bool(powers_of([POST], person, day)) is has


def test_a_power_reaches_its_limit_to_the_cent():
    assert POST.reaches(50_000)
    assert not POST.reaches(50_001)


# ── Files ─────────────────────────────────────────────────────────────────────────────────────


def a_picture(kind, size=(8, 8)):
    written = BytesIO()
    Image.new("RGB", size, "white").save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_pdf(), "application/pdf"),
        (a_pdf() + b"\n\n", "application/pdf"),
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("PNG"), "image/png"),
        (a_picture("WEBP"), "image/webp"),
    ],
)
def test_a_receipt_is_a_whole_pdf_or_a_whole_picture(data, kind):
    assert kind_of_receipt(data)[0] == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00" + b"\0" * 100,
        b"%PDF-1.4\n" + b"<script>alert(1)</script>" * 9,
        b"%PDF-1.4\n1 0 obj\nendobj\nstartxref\n999999\n%%EOF",
        b"%PDF-1.4\nMZ hello\nstartxref\n3\n%%EOF",
        a_pdf()[:-40],
        a_pdf() + b"PK\x03\x04 a zip behind it",
        b"\xff\xd8\xff\xe0 no picture",
        b"\x89PNG\r\n\x1a\n",
        a_picture("JPEG")[:-200],
        a_picture("PNG", (64, 64))[:-30],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        a_picture("GIF"),
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\0" * (MOST_BYTES + 1),
    ],
    ids=range(15),
)
def test_a_file_that_lies_or_is_damaged_is_refused(data):
    with pytest.raises(RuleBroken):
        kind_of_receipt(data)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("kuitti.pdf", "kuitti.pdf"),
        ("Kesäjuhlan kuitti (1).PDF", "Kesäjuhlan kuitti (1).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\m\\scan.exe", "scan.pdf"),
        ('a"b\r\nX: y;.pdf', "a_b__X_ y_.pdf"),
        ("", "receipt.pdf"),
        (".pdf", "receipt.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_file_name_keeps_no_folders_and_its_true_ending(name, kept):
    assert file_name_kept(name, "pdf") == kept
