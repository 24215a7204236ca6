"""Reading feeds: whether one has changed, in one query; and whose feeds there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from booking.accounts.models import Membership, Organisation, Person
from booking.audit.models import ChangeCounter
from booking.calendars.models import Feed
from booking.calendars.rules import ANSWERS_AFTER_REVOKING, FeedKind, short_digest
from booking.catalogue.models import City, Space, Unit
from booking.core.clock import local_date, local_day
from booking.core.errors import NotFound
from booking.database import Base
from booking.reservations.event_models import SelfInitiatedEvent

CONSENTS = "organisations"
"""The counter that rises when an organisation's name, or leave to show it, changes."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """All that decides whether a feed has changed.

    A hold or request that has just become due still counts in it, until a writer or the job that
    tidies has expired it and raised the counter.
    """

    key: str
    catalogue_version: int
    zone: ZoneInfo
    language: str
    counters: frozenset[tuple[str, int]]
    changed_at: datetime | None

    def tag(self, now: datetime, wording: str) -> str:
        """A tag that differs whenever the text may; `wording` is the digest of its words."""
        return self._tag_of(now, wording)

    def last_modified(self, now: datetime) -> datetime:
        """When it last changed: by a writer, or because a new day moved its window.

        A change of the catalogue leaves no time behind: who asks by date alone sees it the day
        after.
        """
        day = self._day_start(now)
        return day if self.changed_at is None else max(day, self.changed_at)

    def today(self, now: datetime) -> date:
        """The date on the city's wall calendars, which the window moves with."""
        return local_date(now, self.zone)

    def _day_start(self, now: datetime) -> datetime:
        return local_day(self.today(now), self.zone).starts_at

    def _tag_of(self, now: datetime, *more: object) -> str:
        seen = (self.key, self.catalogue_version, sorted(self.counters), self.today(now), *more)
        return short_digest(repr(seen))


@dataclass(frozen=True, slots=True)
class PrivateFeed(FeedState):
    """A feed at a secret address, with all that decides what it shows.

    `organisations` are the keys of those whose reservations belong in it; `has_access` whether
    its owner may still see them. Of an event's, `event_version` rises with whatever is told of it.
    """

    id: int
    kind: FeedKind
    name: str
    person_id: int
    organisation_id: int | None
    organisations: frozenset[int]
    has_access: bool
    event_id: int | None
    event_title: str
    event_version: int | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def tag(self, now: datetime, wording: str) -> str:
        """As of any feed; another too when its owner's organisations, its access or its event
        change."""
        return self._tag_of(
            now,
            wording,
            self.is_open,
            self.name,
            sorted(self.organisations),
            self.event_version,
        )

    @property
    def is_open(self) -> bool:
        """Whether it shows reservations, rather than a notice that it no longer does."""
        return self.revoked_at is None and self.has_access

    def is_gone(self, now: datetime) -> bool:
        """Whether it was revoked so long ago that every client has heard of it."""
        return self.revoked_at is not None and now >= self.revoked_at + ANSWERS_AFTER_REVOKING


# ── Has it changed? ───────────────────────────────────────────────────────────────────────────

# These statements are the whole answer to a client that has a feed already: they are put together
# once, of columns only.
_city, _counter, _feed = City.__table__.c, ChangeCounter.__table__.c, Feed.__table__.c
_member, _person = Membership.__table__.c, Person.__table__.c
_event = SelfInitiatedEvent.__table__.c


def _state_of(model: type[Base], subjects: Sequence[ColumnElement[str]], *columns: Any) -> Any:
    """A query of these columns and of what all feeds depend on: the city, these counters."""
    common = (_city.catalogue_version, _city.time_zone, _city.default_language)
    counters = (_counter.subject.label("counter"), _counter.number, _counter.changed_at)
    feed = model.__table__.join(City.__table__, true())
    if model is Feed:
        feed = (
            feed.join(Person.__table__, _person.id == _feed.person_id)
            .outerjoin(SelfInitiatedEvent.__table__, _event.id == _feed.event_id)
            .outerjoin(Membership.__table__, _shows_organisation())
        )
    counted = feed.outerjoin(ChangeCounter.__table__, _counter.subject.in_(subjects))
    return select(*columns, *common, *counters).select_from(counted)


def _shows_organisation() -> ColumnElement[bool]:
    """The memberships by which a feed shows an organisation's reservations to its owner."""
    is_mine = _feed.kind == FeedKind.MINE.value
    of_this = _member.organisation_id == func.coalesce(
        _event.organisation_id, _feed.organisation_id
    )
    return and_(_member.person_id == _feed.person_id, or_(is_mine, of_this))


def _subject(kind: str, key: ColumnElement[int]) -> ColumnElement[str]:
    """The name of a counter, such as "unit:3"."""
    return literal(f"{kind}:").concat(cast(key, String))


def _public_state(model: type[Base], unit_id: ColumnElement[int]) -> Any:
    its = model.__table__.c
    subjects = [_subject("unit", unit_id), literal(CONSENTS)]
    return _state_of(model, subjects, its.id.label("key")).where(its.slug == bindparam("slug"))


_SPACE_STATE = _public_state(Space, Space.__table__.c.unit_id)
_UNIT_STATE = _public_state(Unit, Unit.__table__.c.id)
_PRIVATE_STATE = _state_of(
    Feed,
    [_feed.subject, _subject("organisation", _member.organisation_id)],
    *_feed,
    _person.is_active,
    _member.organisation_id.label("member_of"),
    _event.title.label("event_title"),
    _event.version.label("event_version"),
    _event.updated_at.label("event_updated_at"),
    _event.person_id.label("event_person_id"),
    _event.organisation_id.label("event_organisation_id"),
).where(_feed.secret_hash == bindparam("secret_hash"))


def get_space_feed(session: Session, slug: str) -> FeedState:
    """The state of a space's public feed. Raises `NotFound` for an unknown slug.

    Whether the space is published only the catalogue can tell.
    """
    rows = _rows(session, _SPACE_STATE, slug=slug)
    return FeedState(key=f"space:{rows[0].key}", **_common(rows))


def get_unit_feed(session: Session, slug: str) -> FeedState:
    """The state of a unit's public feed. Raises `NotFound` for an unknown slug."""
    rows = _rows(session, _UNIT_STATE, slug=slug)
    return FeedState(key=f"unit:{rows[0].key}", **_common(rows))


def get_private_feed(session: Session, secret: str) -> PrivateFeed:
    """The feed at this secret address, in one query. Raises `NotFound` for an unknown one.

    Found by the hash of its secret, so the time it takes says nothing about those that exist.
    """
    return _private_feed(_rows(session, _PRIVATE_STATE, secret_hash=hash_of_secret(secret)))


def _rows(session: Session, statement: Any, **values: str) -> Sequence[Any]:
    rows: Sequence[Any] = session.connection().execute(statement, values).all()
    if not rows:
        raise NotFound()
    return rows


def _private_feed(rows: Sequence[Any]) -> PrivateFeed:
    feed = rows[0]
    organisations = frozenset(row.member_of for row in rows if row.member_of is not None)
    common = _common(rows)
    stamps = (common["changed_at"], feed.revoked_at, feed.event_updated_at)
    changes = [instant for instant in stamps if instant]
    common |= {"language": feed.language, "changed_at": max(changes, default=None)}
    return PrivateFeed(
        key=f"feed:{feed.id}",
        **common,
        id=feed.id,
        kind=FeedKind(feed.kind),
        name=feed.name,
        person_id=feed.person_id,
        organisation_id=feed.organisation_id,
        organisations=organisations,
        has_access=bool(feed.is_active and (_is_own(feed) or organisations)),
        event_id=feed.event_id,
        event_title=feed.event_title or "",
        event_version=feed.event_version,
        last_used_at=feed.last_used_at,
        revoked_at=feed.revoked_at,
    )


def _is_own(feed: Any) -> bool:
    """Whether what the feed shows is its owner's own, rather than an organisation's."""
    if feed.kind == FeedKind.EVENT.value:
        return feed.event_organisation_id is None and feed.event_person_id == feed.person_id
    return bool(feed.kind == FeedKind.MINE.value)


def _common(rows: Sequence[Any]) -> dict[str, Any]:
    first = rows[0]
    return {
        "catalogue_version": first.catalogue_version,
        "zone": ZoneInfo(first.time_zone),
        "language": first.default_language,
        "counters": frozenset((row.counter, row.number) for row in rows if row.counter),
        "changed_at": max((row.changed_at for row in rows if row.changed_at), default=None),
    }


def hash_of_secret(secret: str) -> str:
    """How a secret is kept. It is 256 random bits, so a fast hash without salt will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


# ── Whose feeds ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed as its owner sees it listed; `organisation` is the name of whose it shows, `event` the
    title of the event whose deadlines it tells (None where it is no event's)."""

    id: int
    kind: FeedKind
    organisation: str | None
    event: str | None
    created_at: datetime
    last_used_at: datetime | None


def my_feeds(session: Session, person_id: int) -> list[FeedRow]:
    """The person's feeds that were not revoked, newest first."""
    rows: Iterable[Any] = session.execute(
        select(
            Feed.id,
            Feed.kind,
            Organisation.name.label("organisation"),
            SelfInitiatedEvent.title.label("event"),
            Feed.created_at,
            Feed.last_used_at,
        )
        .outerjoin(Organisation, Organisation.id == Feed.organisation_id)
        .outerjoin(SelfInitiatedEvent, SelfInitiatedEvent.id == Feed.event_id)
        .where(Feed.person_id == person_id, Feed.revoked_at.is_(None))
        .order_by(Feed.created_at.desc(), Feed.id.desc())
    )
    return [
        FeedRow(
            row.id,
            FeedKind(row.kind),
            row.organisation,
            row.event,
            row.created_at,
            row.last_used_at,
        )
        for row in rows
    ]


def organisation_name(session: Session, organisation_id: int | None) -> str | None:
    """The name of the organisation of that key."""
    if organisation_id is None:
        return None
    return session.scalar(select(Organisation.name).where(Organisation.id == organisation_id))
