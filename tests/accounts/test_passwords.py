"""Passwords: real hashes, at a cost of their own."""

from __future__ import annotations

import threading

import pytest

from booking.accounts.passwords import CHEAP, Cost, Hashing


@pytest.fixture(scope="module")
def hashing():
    return Hashing(CHEAP)


def test_only_the_password_is_right(hashing):
    kept = hashing.hash("kolme pientä sanaa")
    assert hashing.is_right("kolme pientä sanaa", kept)
    assert not hashing.is_right("kolme pienta sanaa", kept)


def test_an_ae_is_one_letter_from_every_keyboard(hashing):
    assert hashing.is_right("pa\u0308ssa\u0308pa\u0308iva\u0308", hashing.hash("pässäpäivä"))


def test_nobody_has_no_password(hashing):
    assert not hashing.is_right("a password that nobody has", None)


def test_what_is_no_hash_opens_nothing(hashing):
    assert not hashing.is_right("kolme sanaa", "plain text")


def test_two_hashes_of_one_password_differ(hashing):
    assert hashing.hash("kolme sanaa") != hashing.hash("kolme sanaa")


def test_a_hash_of_another_cost_is_outdated(hashing):
    kept = hashing.hash("kolme sanaa")
    assert not hashing.is_outdated(kept)
    assert Hashing(Cost(memory_kib=16, passes=2, lanes=1)).is_outdated(kept)


def test_what_passwords_cost_when_people_use_them():
    assert Hashing(Cost()).hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_many_at_once_take_turns_and_all_come_through():
    hashing = Hashing(Cost(memory_kib=8, passes=1, lanes=1, at_once=1))
    kept = hashing.hash("kolme sanaa")
    answers: list[bool] = []

    def ask() -> None:
        answers.append(hashing.is_right("kolme sanaa", kept))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 8
