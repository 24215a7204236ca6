"""Attempts to sign in are counted in the database, and too many lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from booking.accounts.errors import SignInLocked
from booking.accounts.models import SignInFailures
from booking.accounts.rules import SignInAttempt
from booking.accounts.sign_in_use_cases import (
    FAILURES_OF_ADDRESS,
    FAILURES_OF_EMAIL,
    LOCKED_FOR,
    WINDOW,
    begin_sign_in,
    finish_sign_in,
    forget_old_failures,
)
from booking.audit.models import AuditEntry
from booking.core.actors import VISITOR
from tests.builders import a_person

EMAIL = "maija@example.com"


def fail(session, now, email=EMAIL, address="192.0.2.1", times=1):
    """Attempts whose password was wrong: begun and never finished."""
    for _ in range(times):
        begin_sign_in(session, VISITOR, SignInAttempt(email, address), now)
        session.flush()


def succeed(session, person, now, address="192.0.2.1"):
    attempt = SignInAttempt(person.email, address)
    begin_sign_in(session, VISITOR, attempt, now)
    finish_sign_in(session, VISITOR, attempt, person.id, now)
    session.flush()


def test_the_hash_to_check_is_that_of_the_account(session, now):
    maija = a_person(session, email=EMAIL, password_hash="hash")
    candidate = begin_sign_in(session, VISITOR, SignInAttempt("MAIJA@example.com", "::1"), now)
    assert (candidate.person_id, candidate.password_hash) == (maija.id, "hash")


@pytest.mark.parametrize("is_active", [None, False])
def test_nobody_has_no_hash(session, now, is_active):
    if is_active is not None:
        a_person(session, email=EMAIL, password_hash="hash", is_active=is_active)
    candidate = begin_sign_in(session, VISITOR, SignInAttempt(EMAIL, "192.0.2.1"), now)
    assert (candidate.person_id, candidate.password_hash) == (None, None)


def test_the_tenth_failure_locks_the_account_for_a_quarter_of_an_hour(session, now):
    fail(session, now, times=FAILURES_OF_EMAIL)
    with pytest.raises(SignInLocked) as locked:
        fail(session, now)
    assert locked.value.values == {"until": now + LOCKED_FOR}
    with pytest.raises(SignInLocked):
        fail(session, now + LOCKED_FOR - timedelta(seconds=1))
    fail(session, now + LOCKED_FOR)


def test_an_account_that_does_not_exist_is_locked_alike(session, now):
    a_person(session, email="matti@example.com")
    for email in ("matti@example.com", "nobody@example.com"):
        fail(session, now, email=email, times=FAILURES_OF_EMAIL)
        with pytest.raises(SignInLocked):
            fail(session, now, email=email)


def test_failures_lock_from_all_addresses_and_only_that_account(session, now):
    for number in range(FAILURES_OF_EMAIL):
        fail(session, now, address=f"192.0.2.{number}")
    with pytest.raises(SignInLocked):
        fail(session, now, address="198.51.100.1")
    fail(session, now, email="matti@example.com")


def test_the_right_password_forgets_the_failures_of_its_account(session, now):
    maija = a_person(session, email=EMAIL)
    fail(session, now, times=FAILURES_OF_EMAIL - 1)
    succeed(session, maija, now)
    fail(session, now, times=FAILURES_OF_EMAIL)


def test_an_address_is_locked_after_many_accounts_have_failed_from_it(session, now):
    for number in range(FAILURES_OF_ADDRESS):
        fail(session, now, email=f"person{number}@example.com")
    with pytest.raises(SignInLocked):
        fail(session, now, email="one.more@example.com")
    fail(session, now, email="one.more@example.com", address="192.0.2.2")


def test_one_account_of_their_own_does_not_wash_an_address_clean(session, now):
    maija = a_person(session, email=EMAIL)
    for number in range(FAILURES_OF_ADDRESS - 1):
        fail(session, now, email=f"person{number}@example.com")
        if number % 10 == 0:
            succeed(session, maija, now)
    fail(session, now, email="the.last@example.com")
    with pytest.raises(SignInLocked):
        fail(session, now, email="one.more@example.com")


def test_people_of_one_school_who_sign_in_lock_nobody_out(session, now):
    maija = a_person(session, email=EMAIL)
    for _ in range(FAILURES_OF_ADDRESS + 1):
        succeed(session, maija, now)


def test_all_addresses_of_one_ipv6_customer_count_as_one(session, now):
    for number in range(FAILURES_OF_ADDRESS):
        fail(session, now, email=f"p{number}@example.com", address=f"2001:db8::{number:x}")
    with pytest.raises(SignInLocked):
        fail(session, now, email="one.more@example.com", address="2001:db8::ffff:1")
    fail(session, now, email="one.more@example.com", address="2001:db8:0:1::1")


def test_slow_failures_are_forgiven(session, now):
    fail(session, now, times=FAILURES_OF_EMAIL - 1)
    later = now + WINDOW + timedelta(seconds=1)
    fail(session, later, times=FAILURES_OF_EMAIL - 1)


def test_neither_address_is_kept_in_the_open(session, now):
    fail(session, now)
    keys = list(session.scalars(select(SignInFailures.key_hash)))
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def test_counts_that_lock_nobody_are_forgotten(session, now):
    fail(session, now, times=FAILURES_OF_EMAIL)
    later = now + WINDOW + timedelta(seconds=1)
    fail(session, later, email="matti@example.com", address="192.0.2.2")
    assert forget_old_failures(session, later) == 2
    assert session.scalar(select(func.count()).select_from(SignInFailures)) == 2


def test_who_signed_in_is_written_down(session, now):
    succeed(session, a_person(session), now)
    succeed(session, a_person(session, email_confirmed_at=None), now)
    assert list(session.scalars(select(AuditEntry.action))) == ["signed_in"]


def test_many_attempts_at_once_do_not_slip_past_the_limit(app, new_session, now):
    def attempt(number):
        with new_session() as writer:
            try:
                begin_sign_in(writer, VISITOR, SignInAttempt(EMAIL, f"192.0.2.{number}"), now)
                writer.commit()
            except SignInLocked:
                writer.rollback()
                return False
            return True

    with ThreadPoolExecutor(4) as threads:
        admitted = list(threads.map(attempt, range(2 * FAILURES_OF_EMAIL)))
    assert sum(admitted) == FAILURES_OF_EMAIL
