"""What feedback keeps of the page it came from."""

from __future__ import annotations

import pytest

from booking.feedback.rules import (
    LONGEST_MESSAGE,
    LONGEST_PAGE,
    message_problem,
    page_kept,
    space_of,
    unit_of,
)


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/fi/spaces/hall?week=2027-01-11", "/fi/spaces/hall?week=2027-01-11"),
        ("/fi/organisations/join/s3cret", "/fi/organisations/join/…"),
        ("/fi/organisations/join/s3cret/register", "/fi/organisations/join/…"),
        ("/sv/password/s3cret?x=1", "/sv/password/…"),
        ("/en/register/confirm/s3cret", "/en/register/confirm/…"),
        ("/en/moves/s3cret/accept", "/en/moves/…"),
        ("/en/password", "/en/password"),
        ("https://elsewhere.example/", ""),
        ("//elsewhere.example/", ""),
        ("/fi/\nspaces", ""),
        (None, ""),
    ],
)
def test_a_page_is_one_of_ours_and_lets_nobody_in(page, kept):
    assert page_kept(page) == kept


def test_a_long_address_is_cut():
    assert len(page_kept("/" + "x" * LONGEST_PAGE)) == LONGEST_PAGE


def test_a_page_says_which_space_or_unit_it_is_about():
    assert space_of("/fi/spaces/hall/reserve?date=2027-01-11") == "hall"
    assert unit_of("/sv/units/town-hall") == "town-hall"
    for page in ("/fi/spaces?q=hall", "/fi/", "", "/fi/reservations/ABC"):
        assert (space_of(page), unit_of(page)) == ("", "")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (" \n", "message_missing"),
        ("x", None),
        ("x" * LONGEST_MESSAGE, None),
        ("x" * (LONGEST_MESSAGE + 1), "message_too_long"),
    ],
)
def test_a_message_has_words_but_not_a_book_of_them(message, code):
    problem = message_problem(message)
    assert (problem.code if problem else None) == code
