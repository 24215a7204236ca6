"""Many people who ask the running service for spaces at the same moment."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from booking.accounts.models import ApiToken, Person
from booking.accounts.queries import hash_of_token

AT_ONCE = 40


@dataclass(frozen=True)
class Reply:
    """What the service answered: the status, the body, the headers, and after how long."""

    status: int
    body: Any
    headers: dict[str, str]
    seconds: float


def people_with_tokens(
    session: Session, count: int, now: datetime, name: str = "asker"
) -> list[str]:
    """The tokens of that many new residents; the caller commits."""
    people = [
        {
            "email": f"{name}{number}@example.com",
            "name": f"Asker {number}",
            "language": "en",
            "email_confirmed_at": now,
            "created_at": now,
            "auth_version": 1,
            "is_demo": False,
            "is_active": True,
        }
        for number in range(count)
    ]
    session.execute(insert(Person), people)
    emails = [str(person["email"]) for person in people]
    rows = session.execute(select(Person.email, Person.id).where(Person.email.in_(emails)))
    keys: dict[str, int] = {email: key for email, key in rows}
    tokens = [f"yt_{name}_{number}" for number in range(count)]
    session.execute(
        insert(ApiToken),
        [
            {
                "person_id": keys[email],
                "name": "test",
                "token_hash": hash_of_token(token),
                "created_at": now,
                "last_used_at": now,
            }
            for email, token in zip(emails, tokens, strict=True)
        ],
    )
    return tokens


def send(
    url: str, method: str, path: str, token: str | None, body: Any = None, **headers: str
) -> Reply:
    """One request to the API, and what it answered."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    sent = {"Content-Type": "application/json", **headers}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    began = time.perf_counter()
    try:
        connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, sent)
        answer = connection.getresponse()
        data = answer.read()
        return Reply(
            answer.status,
            json.loads(data) if "json" in answer.headers.get("Content-Type", "") else data,
            {name.lower(): value for name, value in answer.getheaders()},
            time.perf_counter() - began,
        )
    finally:
        connection.close()


def ask_all_at_once(
    url: str, tokens: Sequence[str], bodies: Sequence[dict[str, Any]]
) -> list[Reply]:
    """Each asks for their own; as many as the pool holds set off at the same instant."""
    barrier = Barrier(min(AT_ONCE, len(tokens)))

    def ask(number: int) -> Reply:
        if number < barrier.parties:
            barrier.wait(30)
        return send(url, "POST", "/reservations", tokens[number], bodies[number])

    with ThreadPoolExecutor(barrier.parties) as pool:
        return list(pool.map(ask, range(len(tokens))))


def send_all_at_once(url: str, calls: Sequence[tuple[Any, ...]]) -> list[Reply]:
    """Each call, `(method, path, token, body, headers)`, by a thread of its own at one instant."""
    barrier = Barrier(len(calls))

    def call(one: tuple[Any, ...]) -> Reply:
        method, path, token, body, headers = one
        barrier.wait(30)
        return send(url, method, path, token, body, **headers)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def overlaps(session: Session) -> int:
    """How many pairs of occupancies of one part overlap: none, or the promise is broken."""
    found: int = session.execute(
        text(
            "SELECT COUNT(*) FROM occupancy a JOIN occupancy b "
            "ON a.part_id = b.part_id AND a.id < b.id "
            "WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
    ).scalar_one()
    return found
