"""The events of a feed: stored texts where they still hold, made anew where they don't."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, or_, select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.calendars.ical import event_text
from booking.calendars.models import FeedFragment
from booking.calendars.queries import PrivateFeed
from booking.calendars.rules import (
    KEPT_AFTER_CANCELLING,
    Audience,
    FeedKind,
    Told,
    Wording,
    event_for,
    short_digest,
    window_of,
)
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.core.clock import local_date, local_day
from booking.core.periods import Period
from booking.reservations.models import Occupancy, Reservation, ReservationSpace
from booking.reservations.queries import holds_its_parts, places_of, state_at
from booking.reservations.states import State


@dataclass(frozen=True)
class Content:
    """Which reservations a feed shows, and to whom."""

    audience: Audience
    condition: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Fragment:
    """The text of one reservation as it is stored; `made_from` names all it depends on."""

    reservation_id: int
    audience: str
    language: str
    made_from: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a feed in order, and those of them that are not stored yet."""

    texts: tuple[bytes, ...]
    fresh: tuple[Fragment, ...]


# ── What a feed shows ─────────────────────────────────────────────────────────────────────────


def of_space(city: Catalogue, place: Place, now: datetime) -> Content:
    """Whatever takes any of the space's parts, closures too."""
    return _public(city, Audience.SPACE, place.parts, now)


def of_unit(city: Catalogue, unit: UnitPlace, now: datetime) -> Content:
    """Whatever takes any of the parts of the unit's published spaces."""
    places = [place for place in city.places_of(unit) if place.published]
    return _public(city, Audience.UNIT, {part for one in places for part in one.parts}, now)


def of_private(city: Catalogue, feed: PrivateFeed, now: datetime) -> Content:
    """What the feed's owner may see: held time, and cancelled for a while.

    Raises `KeyError` for a kind of feed that nobody can have made.
    """
    today = local_date(now, city.zone)
    kept_from = local_day(today - KEPT_AFTER_CANCELLING, city.zone).starts_at
    cancelled = and_(Reservation.state == State.CANCELLED, Reservation.state_since >= kept_from)
    return Content(
        Audience.PRIVATE,
        and_(
            _OWNED[feed.kind](feed),
            _within(window_of(Audience.PRIVATE, today, city.zone)),
            or_(holds_its_parts(now), cancelled),
        ),
    )


def _mine(feed: PrivateFeed) -> ColumnElement[bool]:
    own = and_(Reservation.booked_for_id == feed.person_id, Reservation.organisation_id.is_(None))
    return or_(own, Reservation.organisation_id.in_(sorted(feed.organisations)))


def _of_organisation(feed: PrivateFeed) -> ColumnElement[bool]:
    return Reservation.organisation_id == feed.organisation_id


def _of_event(feed: PrivateFeed) -> ColumnElement[bool]:
    return Reservation.event_id == feed.event_id


_OWNED: Mapping[FeedKind, Callable[[PrivateFeed], ColumnElement[bool]]] = {
    FeedKind.MINE: _mine,
    FeedKind.ORGANISATION: _of_organisation,
    FeedKind.EVENT: _of_event,
}
"""Whose reservations a private feed shows, by its kind."""


def _public(city: Catalogue, audience: Audience, parts: Collection[int], now: datetime) -> Content:
    window = window_of(audience, local_date(now, city.zone), city.zone)
    taken = select(Occupancy.reservation_id).where(
        Occupancy.part_id.in_(sorted(parts)),
        Occupancy.ends_at > window.starts_at,
        Occupancy.starts_at < window.ends_at,
    )
    return Content(audience, and_(Reservation.id.in_(taken), _within(window), holds_its_parts(now)))


def _within(window: Period) -> ColumnElement[bool]:
    return and_(Reservation.ends_at > window.starts_at, Reservation.starts_at < window.ends_at)


# ── Its events ────────────────────────────────────────────────────────────────────────────────


def events_of(session: Session, city: Catalogue, content: Content, wording: Wording) -> Events:
    """The texts of all events by start, in one query, or three where some have to be made."""
    rows: Iterable[Any] = session.execute(
        select(
            Reservation.id,
            Reservation.version,
            _named(content.audience).label("organisation"),
            FeedFragment.made_from,
            FeedFragment.body,
        )
        .outerjoin(Organisation, Organisation.id == Reservation.organisation_id)
        .outerjoin(
            FeedFragment,
            and_(
                FeedFragment.reservation_id == Reservation.id,
                FeedFragment.audience == content.audience.value,
                FeedFragment.language == wording.language,
            ),
        )
        .where(content.condition)
        .order_by(Reservation.starts_at, Reservation.id)
    )
    texts: dict[int, bytes] = {}
    stale: dict[int, str] = {}
    common = f"{city.version}.{wording.digest}"
    for id_, version, organisation, made_from, body in rows:
        needed = f"{version}.{common}.{_mark(organisation)}"
        texts[id_] = body if made_from == needed else b""
        if made_from != needed:
            stale[id_] = needed
    fresh = _made(session, city, content, wording, stale) if stale else []
    texts |= {one.reservation_id: one.body for one in fresh}
    return Events(tuple(filter(None, texts.values())), tuple(fresh))


def _named(audience: Audience) -> SQLColumnExpression[Any]:
    """The name of a reservation's organisation, where the audience may know it."""
    if audience is Audience.PRIVATE:
        return Organisation.name
    consents = and_(Organisation.name_public, Organisation.verified_at.is_not(None))
    return case((consents, Organisation.name))


@lru_cache(maxsize=4096)
def _mark(organisation: str | None) -> str:
    """What stands for the organisation's name in `made_from`."""
    return "-" if organisation is None else short_digest(organisation)


def _made(
    session: Session,
    city: Catalogue,
    content: Content,
    wording: Wording,
    stale: Mapping[int, str],
) -> list[Fragment]:
    """The texts of these reservations made anew, in the order of their keys; two queries.

    One that changed a moment ago is worded as it is now, under the version seen before, so that
    the next reader makes it anew; one that left the feed meanwhile is not made.
    """
    spaces = _spaces_of(session, city, stale)
    rows: Iterable[Any] = session.execute(
        select(Reservation, _named(content.audience))
        .outerjoin(Organisation, Organisation.id == Reservation.organisation_id)
        .where(Reservation.id.in_(sorted(stale)), content.condition)
        .order_by(Reservation.id)
    )
    told = (_told(one, spaces[one.id], name, one.state, city) for one, name in rows)
    return [
        Fragment(
            reservation_id=one.reservation_id,
            audience=content.audience.value,
            language=wording.language,
            made_from=stale[one.reservation_id],
            body=event_text(event_for(content.audience, one, wording)),
        )
        for one in told
    ]


def _spaces_of(
    session: Session, city: Catalogue, reservations: Iterable[int]
) -> dict[int, list[Place]]:
    rows = session.execute(
        select(ReservationSpace.reservation_id, ReservationSpace.space_id)
        .where(ReservationSpace.reservation_id.in_(sorted(reservations)))
        .order_by(ReservationSpace.reservation_id, ReservationSpace.position)
    )
    found: dict[int, list[Place]] = defaultdict(list)
    for reservation_id, space_id in rows:
        found[reservation_id].append(city.places_by_id[space_id])
    return found


def _told(
    reservation: Reservation,
    places: Iterable[Place],
    organisation: str | None,
    state: str,
    city: Catalogue,
) -> Told:
    return Told(
        reservation_id=reservation.id,
        uid=reservation.uid,
        reference=reservation.reference,
        state=state,
        kind=reservation.kind,
        title=reservation.title,
        people=reservation.people,
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        created_at=reservation.created_at,
        updated_at=reservation.updated_at,
        sequence=reservation.sequence,
        organisation=organisation,
        places=tuple(places),
        town=city.town,
    )


def event_of(reservation: Reservation, city: Catalogue, wording: Wording, now: datetime) -> bytes:
    """The text of one reservation for its owner or staff, as it stands at `now`."""
    organisation = reservation.organisation.name if reservation.organisation else None
    told = _told(
        reservation,
        places_of(city, reservation),
        organisation,
        state_at(reservation, now),
        city,
    )
    return event_text(event_for(Audience.PRIVATE, told, wording))
