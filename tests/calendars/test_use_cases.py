"""Making and revoking secret addresses, and noting that they are read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.calendars.models import Feed
from booking.calendars.queries import get_private_feed
from booking.calendars.rules import FeedKind
from booking.calendars.use_cases import (
    FeedKindNotOpen,
    FeedWish,
    create_feed,
    is_worth_noting,
    note_use,
    revoke_feed,
)
from booking.core.actors import VISITOR, Actor, ActorKind
from booking.core.errors import NotAllowed, NotFound
from tests.builders import a_person, an_organisation
from tests.calendars.town import a_town

HOUR = timedelta(hours=1)
MINE = FeedWish(FeedKind.MINE, "fi")


def an_actor(session: Session) -> Actor:
    return Actor(ActorKind.PERSON, a_person(session).id)


def test_a_secret_is_long_and_kept_nowhere(session: Session, now: datetime) -> None:
    feed, secret = create_feed(session, an_actor(session), MINE, now)
    assert len(secret) == 43
    kept = [str(value) for value in vars(feed).values()]
    kept += [str(entry.details) for entry in session.scalars(select(AuditEntry))]
    assert not any(secret in value for value in kept)


def test_two_feeds_have_two_secrets(session: Session, now: datetime) -> None:
    actor = an_actor(session)
    _one, first = create_feed(session, actor, MINE, now)
    _two, second = create_feed(session, actor, MINE, now)
    assert first != second


def test_only_members_make_a_feed_of_an_organisation(session: Session, now: datetime) -> None:
    choir = an_organisation(session)
    wish = FeedWish(FeedKind.ORGANISATION, "fi", choir.slug)
    with pytest.raises(NotFound):
        create_feed(session, an_actor(session), wish, now)
    member = Actor(ActorKind.PERSON, a_person(session).id, organisations={choir.id: "member"})
    feed, _secret = create_feed(session, member, wish, now)
    assert (feed.subject, feed.organisation_id) == (f"organisation:{choir.id}", choir.id)


def test_nobody_makes_no_feed(session: Session, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_feed(session, VISITOR, MINE, now)


def test_feeds_of_units_are_not_made_here(session: Session, now: datetime) -> None:
    with pytest.raises(FeedKindNotOpen):
        create_feed(session, an_actor(session), FeedWish(FeedKind.UNIT, "fi"), now)


def test_a_feed_is_revoked_once_and_by_its_owner_alone(session: Session, now: datetime) -> None:
    a_town(session)
    actor = an_actor(session)
    feed, secret = create_feed(session, actor, MINE, now)
    with pytest.raises(NotFound):
        revoke_feed(session, an_actor(session), feed.id, now)
    revoke_feed(session, actor, feed.id, now)
    revoke_feed(session, actor, feed.id, now + HOUR)
    state = get_private_feed(session, secret)
    assert state.revoked_at == now
    assert not state.is_open


def test_a_revoked_feed_is_gone_after_30_days(session: Session, now: datetime) -> None:
    a_town(session)
    actor = an_actor(session)
    feed, secret = create_feed(session, actor, MINE, now)
    revoke_feed(session, actor, feed.id, now)
    state = get_private_feed(session, secret)
    assert not state.is_gone(now + timedelta(days=30) - timedelta(seconds=1))
    assert state.is_gone(now + timedelta(days=30))


def test_use_is_noted_at_most_once_an_hour(session: Session, now: datetime) -> None:
    feed, _secret = create_feed(session, an_actor(session), MINE, now)
    noted = []
    for at in (now, now + HOUR - timedelta(seconds=1), now + HOUR):
        note_use(session, feed.id, at)
        session.expire_all()
        noted.append(session.scalar(select(Feed.last_used_at)))
    assert noted == [now, now, now + HOUR]
    assert is_worth_noting(None, now)
    assert not is_worth_noting(now, now + HOUR - timedelta(seconds=1))
    assert is_worth_noting(now, now + HOUR)
