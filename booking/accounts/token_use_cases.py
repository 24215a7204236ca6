"""Tokens by which a person's programs use the API."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.accounts.models import ApiToken
from booking.accounts.queries import get_person, hash_of_token
from booking.accounts.rules import plain
from booking.audit.use_cases import record
from booking.core.actors import Action, Actor
from booking.core.errors import NotAllowed, NotFound

NOTED_EVERY = timedelta(hours=1)
PREFIX = "yt_"


def create_token(
    session: Session, actor: Actor, person_id: int, name: str, now: datetime
) -> tuple[ApiToken, str]:
    """A new token with all the person's rights, and its text, which is kept nowhere.

    The text is `yt_` and 43 characters of 256 random bits, so that scanners of leaked secrets
    can tell what it is.
    """
    _must_speak_for(actor, person_id)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        person_id=get_person(session, person_id).id,
        name=plain(name)[:80],
        token_hash=hash_of_token(secret),
        created_at=now,
    )
    session.add(token)
    session.flush()
    record(session, actor, "created", token, now)
    return token, secret


def revoke_token(session: Session, actor: Actor, token_id: int, now: datetime) -> None:
    """Let the token open nothing from now on; raises `NotFound` for a token of somebody else."""
    token = session.get(ApiToken, token_id)
    if token is None or (
        token.person_id != actor.person_id and not actor.may(Action.MANAGE_PEOPLE)
    ):
        raise NotFound()
    if token.revoked_at is None:
        token.revoked_at = now
        record(session, actor, "revoked", token, now)


def note_token_use(session: Session, token_id: int, now: datetime) -> None:
    """Note that the token was used just now."""
    if token := session.get(ApiToken, token_id):
        token.last_used_at = now


def is_worth_noting(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether the last use noted is so long ago that a new one is worth a transaction."""
    return last_used_at is None or now - last_used_at >= NOTED_EVERY


def _must_speak_for(actor: Actor, person_id: int) -> None:
    if actor.person_id != person_id and not actor.may(Action.MANAGE_PEOPLE):
        raise NotAllowed()
