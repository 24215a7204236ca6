"""One sign-in from beginning to end: count, check the password outside, take the count back."""

from __future__ import annotations

from datetime import datetime

from booking.accounts import passwords
from booking.accounts.errors import EmailNotConfirmed, WrongSignIn
from booking.accounts.links import Links
from booking.accounts.models import Person
from booking.accounts.rules import SignInAttempt
from booking.accounts.sign_in_use_cases import begin_sign_in, finish_sign_in, renew_hash
from booking.accounts.use_cases import send_confirmation_again
from booking.core.actors import VISITOR
from booking.web.session import transact


def sign_in(attempt: SignInAttempt, password: str, links: Links, now: datetime) -> Person:
    """The person whose e-mail and password these are.

    Raises `SignInLocked`, `WrongSignIn` (the same, in the same time, for a wrong password and for
    no account), and `EmailNotConfirmed` after mailing the link once more.
    """
    candidate = transact(begin_sign_in, VISITOR, attempt, now)
    is_right = passwords.is_right(password, candidate.password_hash)
    if not is_right or candidate.person_id is None or candidate.password_hash is None:
        raise WrongSignIn()
    person = transact(finish_sign_in, VISITOR, attempt, candidate.person_id, now)
    if person.email_confirmed_at is None:
        transact(send_confirmation_again, VISITOR, person.id, links, now)
        raise EmailNotConfirmed()
    if passwords.is_outdated(candidate.password_hash):
        transact(renew_hash, person.id, passwords.hash_password(password))
    return person
