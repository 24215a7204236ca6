"""What people do with secret addresses of calendars, and what readers leave behind."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.audit.use_cases import record
from booking.calendars.fragments import Fragment
from booking.calendars.models import Feed, FeedFragment
from booking.calendars.queries import hash_of_secret
from booking.calendars.rules import USE_NOTED_EVERY, FeedKind
from booking.core.actors import Actor
from booking.core.errors import N_, NotAllowed, NotFound, RuleBroken
from booking.reservations.event_queries import get_own_event

SECRET_BYTES = 32


class FeedKindNotOpen(RuleBroken):
    code = "feed_kind_not_open"
    message = N_("Choose what the calendar shall show.")
    about = "content"


@dataclass(frozen=True, slots=True)
class FeedWish:
    """What a feed shall show, in which language; `organisation` is a slug, `event` a reference."""

    kind: FeedKind
    language: str
    organisation: str | None = None
    event: str | None = None
    name: str = ""


def create_feed(
    session: Session, actor: Actor, wish: FeedWish, now: datetime, secret: str = ""
) -> tuple[Feed, str]:
    """A feed at a new secret address, and its secret, which is kept nowhere.

    The secret is 43 characters of 256 random bits, unless one as good is given. Raises
    `NotAllowed` for whoever is nobody, `NotFound` for an organisation that the actor does not act
    for or an event that is not theirs, `FeedKindNotOpen`.
    """
    if actor.person_id is None:
        raise NotAllowed()
    event = get_own_event(session, actor, wish.event or "") if _is_of_event(wish) else None
    organisation_id = event.organisation_id if event else _organisation_of(session, actor, wish)
    secret = secret or secrets.token_urlsafe(SECRET_BYTES)
    feed = Feed(
        kind=wish.kind.value,
        subject=f"organisation:{organisation_id}"
        if organisation_id
        else f"person:{actor.person_id}",
        secret_hash=hash_of_secret(secret),
        name=wish.name.strip()[:120],
        language=wish.language,
        person_id=actor.person_id,
        organisation_id=organisation_id,
        event_id=event.id if event else None,
        created_at=now,
    )
    session.add(feed)
    session.flush()
    record(session, actor, "created", feed, now, kind=feed.kind)
    return feed, secret


def _is_of_event(wish: FeedWish) -> bool:
    return wish.kind is FeedKind.EVENT


def _organisation_of(session: Session, actor: Actor, wish: FeedWish) -> int | None:
    """The key of the organisation whose reservations are wanted."""
    if wish.kind is FeedKind.MINE:
        return None
    if wish.kind is not FeedKind.ORGANISATION:
        raise FeedKindNotOpen()
    found = session.scalar(select(Organisation.id).where(Organisation.slug == wish.organisation))
    if found is None or found not in actor.organisations:
        raise NotFound()
    return found


def revoke_feed(session: Session, actor: Actor, feed_id: int, now: datetime) -> None:
    """Let the address show nothing from now on; raises `NotFound` for a feed of somebody else."""
    feed = session.get(Feed, feed_id)
    if feed is None or actor.person_id is None or feed.person_id != actor.person_id:
        raise NotFound()
    if feed.revoked_at is None:
        feed.revoked_at = now
        session.flush()
        record(session, actor, "revoked", feed, now)


def is_worth_noting(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether a use was last noted so long ago that it is worth a transaction."""
    return last_used_at is None or now - last_used_at >= USE_NOTED_EVERY


def note_use(session: Session, feed_id: int, now: datetime) -> None:
    """Note that the address was read, unless somebody just did."""
    session.execute(
        update(Feed)
        .where(
            Feed.id == feed_id,
            or_(Feed.last_used_at.is_(None), Feed.last_used_at <= now - USE_NOTED_EVERY),
        )
        .values(last_used_at=now)
    )


def store_fragments(session: Session, fragments: Sequence[Fragment]) -> None:
    """Keep these texts for the next reader, in the order given, in place of older ones.

    Who stores an older text over a newer one does no harm: `made_from` tells, and it is made anew.
    """
    if not fragments:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(FeedFragment)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[
                FeedFragment.reservation_id,
                FeedFragment.audience,
                FeedFragment.language,
            ],
            set_={"made_from": statement.excluded.made_from, "body": statement.excluded.body},
        ),
        [asdict(one) for one in fragments],
    )
