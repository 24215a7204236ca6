"""What makes something answers once: the same key sent again hears the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from flask import request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from booking.core.actors import Actor
from booking.reservations.idempotency import KeptAnswer, fingerprint, once, read_key
from booking.web.api import Answer
from booking.web.session import transact

Out = TypeVar("Out", bound=BaseModel)


def created(
    model: type[Out],
    actor: Actor,
    make: Callable[[Session], tuple[Out, Mapping[str, str]]],
    now: datetime,
) -> Answer:
    """201 with what `make` gives, a body and headers, in a transaction; or, to an Idempotency-Key
    that was answered already, what was answered then.

    Raises what `make` raises, `BadKey` and `KeyUsedForAnother`.
    """

    def keep(session: Session) -> KeptAnswer:
        out, headers = make(session)
        body = out.model_dump(mode="json", by_alias=True)
        return KeptAnswer(HTTPStatus.CREATED, body, dict(headers))

    key = read_key(request.headers.get("Idempotency-Key"))
    asked = fingerprint(request.method, request.path, request.get_data())
    kept = transact(once, actor, key, asked, now, keep)
    return Answer(model.model_validate(kept.body), kept.status, kept.headers)
