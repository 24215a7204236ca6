"""Signed addresses that mails carry: what they open, for whom, until when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from booking.accounts.errors import LinkNotValid


class Door(StrEnum):
    """What a link opens."""

    CONFIRM_REGISTRATION = "confirm_registration"
    RESET_PASSWORD = "reset_password"
    JOIN_ORGANISATION = "join_organisation"
    SIGN_IN = "sign_in"
    """Open to everybody, so its links carry no token."""


OPEN_FOR = {
    Door.CONFIRM_REGISTRATION: timedelta(days=3),
    Door.RESET_PASSWORD: timedelta(hours=1),
    Door.JOIN_ORGANISATION: timedelta(days=14),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a valid link says, and when it was made."""

    claims: dict[str, Any]
    made_at: datetime


def closes_at(door: Door, now: datetime) -> datetime:
    """Until when a link made now works."""
    return now + OPEN_FOR[door]


class Links:
    """Makes links and reads them back.

    `keys` are the secrets of the installation, the newest last: it signs, and all are accepted.
    `address_of(door, language, token)` is the address of the page behind a door.
    """

    def __init__(self, keys: Sequence[str], address_of: Callable[[Door, str, str], str]) -> None:
        self._keys = list(keys)
        self._address_of = address_of

    def make(self, door: Door, language: str, claims: dict[str, Any], now: datetime) -> str:
        """The address that opens the door to whoever holds it, for as long as `OPEN_FOR` says."""
        token = self._signer(door).dumps([int(now.timestamp()), claims])
        return self._address_of(door, language, str(token))

    def to_sign_in(self, language: str) -> str:
        """The address at which people sign in."""
        return self._address_of(Door.SIGN_IN, language, "")

    def read(self, door: Door, token: str, now: datetime) -> Opened:
        """What the token says; raises `LinkNotValid` when it is forged, too old, or for another
        door."""
        try:
            made, claims = self._signer(door).loads(token)
        except BadData as error:
            raise LinkNotValid() from error
        made_at = datetime.fromtimestamp(made, UTC)
        if now > closes_at(door, made_at):
            raise LinkNotValid()
        return Opened(claims, made_at)

    def _signer(self, door: Door) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._keys,
            salt=f"yhteistila.{door}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
