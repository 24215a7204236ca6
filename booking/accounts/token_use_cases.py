"""Tokens by which a person's programs use the API."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.accounts.errors import EndsBeforeItBegins, NoScope
from booking.accounts.models import ApiToken
from booking.accounts.queries import get_person, hash_of_token
from booking.accounts.rules import plain
from booking.audit.use_cases import record
from booking.core.actors import Action, Actor, Scope
from booking.core.errors import NotAllowed, NotFound

NOTED_EVERY = timedelta(hours=1)
PREFIX = "yt_"


def create_token(
    session: Session,
    actor: Actor,
    person_id: int,
    name: str,
    now: datetime,
    *,
    scopes: Collection[Scope] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token, and its text, which is kept nowhere: with these scopes of the person's rights,
    or, without any named, with all of them; until it expires, or is revoked.

    The text is `yt_` and 43 characters of 256 random bits, so that scanners of leaked secrets
    can tell what it is. Raises `NotAllowed` for a token that would make another, `NoScope` for one
    that may do nothing, `EndsBeforeItBegins`.
    """
    _must_speak_for(actor, person_id)
    if scopes is not None and not scopes:
        raise NoScope()
    if expires_at is not None and expires_at <= now:
        raise EndsBeforeItBegins()
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        person_id=get_person(session, person_id).id,
        name=plain(name)[:80],
        token_hash=hash_of_token(secret),
        scopes=None if scopes is None else [one.value for one in Scope if one in scopes],
        expires_at=expires_at,
        created_at=now,
    )
    session.add(token)
    session.flush()
    record(session, actor, "created", token, now, scopes=token.scopes)
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
    """Raise `NotAllowed` unless it is the person themselves or whoever manages people; a token
    with scopes makes none, lest it gave itself more."""
    is_theirs = actor.person_id == person_id and actor.scopes is None
    if not is_theirs and not actor.may(Action.MANAGE_PEOPLE):
        raise NotAllowed()
