"""Signing in, in two short transactions: the password is checked between them, outside both.

An attempt is counted before its password is looked at, so that many at once can't slip past the
limit; a right password takes its attempt back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.accounts.errors import SignInLocked
from booking.accounts.models import Person, SignInFailures
from booking.accounts.queries import find_person, get_person
from booking.accounts.rules import SignInAttempt, normal_email
from booking.audit.use_cases import record
from booking.core.actors import Actor

WINDOW = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)
FAILURES_OF_EMAIL = 10
# A school or a library goes out by one address.
FAILURES_OF_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whose password is to be checked; nobody, where the account can't be signed in to."""

    person_id: int | None = None
    password_hash: str | None = None


def begin_sign_in(
    session: Session, actor: Actor, attempt: SignInAttempt, now: datetime
) -> Candidate:
    """Count the attempt and give the hash to check the password against.

    Raises `SignInLocked` when there were too many before, and then doesn't count.
    """
    counts = _counts_of(session, attempt, now)
    for count, _ in counts:
        if count.locked_until and count.locked_until > now:
            raise SignInLocked(until=count.locked_until)
    for count, most in counts:
        _count_one_more(count, most, now)
    person = find_person(session, attempt.email)
    if person is None or not person.is_active:
        return Candidate()
    return Candidate(person.id, person.password_hash)


def finish_sign_in(
    session: Session, actor: Actor, attempt: SignInAttempt, person_id: int, now: datetime
) -> Person:
    """Take the attempt back, since its password was right, and note who is here.

    Somebody whose address is not confirmed yet is given back too, but is not signed in. What
    the network address has failed at for other accounts stays counted.
    """
    person = get_person(session, person_id)
    forget_failures_of(session, attempt.email)
    if count := _count_of_address(session, attempt.address):
        count.failures = max(count.failures - 1, 0)
        if count.failures < FAILURES_OF_ADDRESS:
            count.locked_until = None
    if person.email_confirmed_at is not None:
        record(session, actor, "signed_in", person, now)
    return person


def renew_hash(session: Session, person_id: int, password_hash: str) -> None:
    """Keep the same password under a hash of today's cost."""
    get_person(session, person_id).password_hash = password_hash


def forget_failures_of(session: Session, email: str) -> None:
    """Let the owner of the address try again."""
    session.execute(delete(SignInFailures).where(SignInFailures.key_hash == _key_of_email(email)))


def forget_old_failures(session: Session, now: datetime) -> int:
    """Delete counts that no longer lock anybody out; gives how many."""
    old = delete(SignInFailures).where(
        SignInFailures.first_at < now - WINDOW,
        SignInFailures.locked_until.is_(None) | (SignInFailures.locked_until < now),
    )
    return len(session.scalars(old.returning(SignInFailures.id)).all())


def _count_of_address(session: Session, address: str) -> SignInFailures | None:
    return session.scalar(
        select(SignInFailures)
        .where(SignInFailures.key_hash == _key_of_address(address))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _counts_of(
    session: Session, attempt: SignInAttempt, now: datetime
) -> list[tuple[SignInFailures, int]]:
    """The counts of the e-mail and of the address, locked in one order, each with its limit."""
    limits = {
        _key_of_email(attempt.email): FAILURES_OF_EMAIL,
        _key_of_address(attempt.address): FAILURES_OF_ADDRESS,
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(SignInFailures)
        .values([{"key_hash": key, "failures": 0, "first_at": now} for key in sorted(limits)])
        .on_conflict_do_nothing(index_elements=["key_hash"])
    )
    counts = session.scalars(
        select(SignInFailures)
        .where(SignInFailures.key_hash.in_(limits))
        .order_by(SignInFailures.key_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [(count, limits[count.key_hash]) for count in counts]


def _count_one_more(count: SignInFailures, most: int, now: datetime) -> None:
    if now - count.first_at > WINDOW or count.locked_until is not None:
        count.failures, count.first_at, count.locked_until = 0, now, None
    count.failures += 1
    if count.failures >= most:
        count.locked_until = now + LOCKED_FOR


def _key_of_email(email: str) -> str:
    return _hashed(f"e-mail {normal_email(email)}")


def _key_of_address(address: str) -> str:
    """One key for all of the addresses that a single IPv6 customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return _hashed(f"address {address}")
    if isinstance(parsed, IPv6Address):
        return _hashed(f"address {ip_network((parsed, 64), strict=False)}")
    return _hashed(f"address {parsed}")


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
