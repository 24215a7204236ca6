"""A request that is sent again hears the answer it had: for 24 hours, per person and key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.core.actors import Actor
from booking.core.errors import N_, RuleBroken
from booking.database import lock
from booking.reservations.models import IdempotencyKey

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


class KeyUsedForAnother(RuleBroken):
    code = "idempotency_key_reused"
    message = N_("This Idempotency-Key belongs to another request.")
    about = "Idempotency-Key"


class BadKey(RuleBroken):
    code = "invalid_value"
    message = N_("An Idempotency-Key has 1 to 255 printable characters.")
    about = "Idempotency-Key"


@dataclass(frozen=True)
class KeptAnswer:
    """A status, a body of plain values, and headers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def read_key(key: str | None) -> str | None:
    """The key of a request, where it sends one. Raises `BadKey`."""
    if key is not None and not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise BadKey()
    return key


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same: method, path and body."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def once(
    session: Session,
    actor: Actor,
    key: str | None,
    request_hash: str,
    now: datetime,
    make: Callable[[Session], KeptAnswer],
) -> KeptAnswer:
    """What `make` answers, or what it answered before to the same key.

    The answer is kept in the transaction that makes it, so it survives whenever that does; a
    refusal keeps nothing. Raises `KeyUsedForAnother` for the same key with another request.
    """
    if key is None or actor.person_id is None:
        return make(session)
    lock(session, Person, [actor.person_id])
    kept = session.scalars(
        select(IdempotencyKey).where(
            IdempotencyKey.person_id == actor.person_id, IdempotencyKey.key == key
        )
    ).first()
    if kept is not None and kept.created_at > now - KEPT_FOR:
        if kept.request_hash != request_hash:
            raise KeyUsedForAnother()
        return KeptAnswer(kept.status, kept.answer, kept.headers)
    if kept is not None:
        session.delete(kept)
        session.flush()
    answer = make(session)
    session.add(
        IdempotencyKey(
            person_id=actor.person_id,
            key=key,
            request_hash=request_hash,
            status=answer.status,
            answer=answer.body,
            headers=answer.headers,
            created_at=now,
        )
    )
    return answer
