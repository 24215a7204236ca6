"""Passwords: argon2id (RFC 9106), a few at a time, and never inside a transaction that writes.

A hash takes a tenth of a second and 64 MiB on purpose: whoever held SQLite's one write lock
meanwhile would keep all other writers waiting.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hash takes, and how many may be made at once in this process."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4
    at_once: int = 2


CHEAP = Cost(memory_kib=8, passes=1, lanes=1, at_once=4)
"""For tests only."""


class Hashing:
    """Hashes and checks passwords at one cost."""

    def __init__(self, cost: Cost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._turn = BoundedSemaphore(cost.at_once)

    def hash(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(_composed(password))

    def is_right(self, password: str, password_hash: str | None) -> bool:
        """Whether the hash is that of the password; takes as long where there is no hash."""
        nobody = self._hash_of_nobody
        with self._turn:
            try:
                right = self._hasher.verify(password_hash or nobody, _composed(password))
            except (Argon2Error, InvalidHashError):
                return False
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made at another cost than passwords have now."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _hash_of_nobody(self) -> str:
        return self._hasher.hash("a password that nobody has")


def _composed(password: str) -> str:
    # An ä is one character on one keyboard and two on another.
    return unicodedata.normalize("NFC", password)


_hashing = Hashing(Cost())


def set_cost(cost: Cost) -> None:
    """Let this process hash at that cost from now on."""
    global _hashing
    _hashing = Hashing(cost)


def hash_password(password: str) -> str:
    """The hash to keep; call it before the transaction that writes it."""
    return _hashing.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether this is the password; takes the same time where there is no account."""
    return _hashing.is_right(password, password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether the password should be hashed anew at its next use."""
    return _hashing.is_outdated(password_hash)
