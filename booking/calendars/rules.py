"""What each reader of a calendar is told of a reservation, and how long it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from booking.calendars.ical import EventFacts, Status
from booking.catalogue.places import Place, UnitPlace
from booking.core.clock import local_days
from booking.core.periods import Period
from booking.reservations.states import Kind, State

TEMPLATE_VERSION = 1
"""Rises when an event is put together in another way, so that stored ones are made anew."""

KEPT_AFTER_CANCELLING = timedelta(days=30)
ANSWERS_AFTER_REVOKING = timedelta(days=30)
USE_NOTED_EVERY = timedelta(hours=1)

_PUBLIC_DAYS = (31, 400)
_PRIVATE_DAYS = (90, 400)


class FeedKind(StrEnum):
    """What a secret address shows. That of a unit is for others to make."""

    MINE = "mine"
    ORGANISATION = "organisation"
    UNIT = "unit"
    EVENT = "event"


class Audience(StrEnum):
    """Who reads, and where: what they may know, and what they know already.

    Readers of one space's calendar know which it is; in that of a unit each event must say it.
    """

    SPACE = "space"
    UNIT = "unit"
    PRIVATE = "private"


# ── Words ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Words:
    """What calendars say in one language; some have named placeholders."""

    booked: str
    booked_by: str
    closed: str
    cancelled: str
    state: str
    organisation: str
    people: str
    reference: str
    states: tuple[tuple[str, str], ...]
    nothing: str
    nothing_help: str
    withdrawn: str
    withdrawn_help: str
    mine: str
    event: str
    event_cancelled: str
    event_cancelled_help: str
    what_to_write: str
    where: str
    fee: str
    answer: str
    recommended: str
    responsibility: str

    def state_name(self, state: str) -> str:
        return dict(self.states)[state]


@dataclass(frozen=True)
class Wording:
    """How events are worded: the language, its words, and under which address pages lie."""

    language: str
    words: Words
    base_url: str

    def text(self, texts: Mapping[str, str] | None) -> str:
        """A text of the catalogue in this language, or in one that it has."""
        if not texts:
            return ""
        return texts.get(self.language) or next(iter(texts.values()))

    def page(self, path: str) -> str:
        """The address of a page in this language."""
        return f"{self.base_url}/{self.language}{path}"

    @cached_property
    def digest(self) -> str:
        """Another value when anything would be worded otherwise."""
        return short_digest(repr((TEMPLATE_VERSION, astuple(self))))


def short_digest(text: str) -> str:
    """Twelve characters that differ where texts differ."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# ── Time ──────────────────────────────────────────────────────────────────────────────────────


def window_of(audience: Audience, today: date, zone: ZoneInfo) -> Period:
    """The local days that a calendar shows; what lies outside vanishes from its readers' copies."""
    back, ahead = _PRIVATE_DAYS if audience is Audience.PRIVATE else _PUBLIC_DAYS
    return local_days(today - timedelta(days=back), today + timedelta(days=ahead), zone)


def notice_uid(key: str, host: str) -> str:
    """The UID of the notice in the feed of that key, the same for ever."""
    return f"{uuid5(NAMESPACE_URL, f'{host}/calendars/{key}')}@{host}"


def deadline_uid(reference: str, rule: str, host: str) -> str:
    """The UID of a duty of the event of that reference, or, without a rule, of the event itself;
    the same for ever."""
    return f"{uuid5(NAMESPACE_URL, f'{host}/events/{reference}/{rule}')}@{host}"


# ── One event ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Told:
    """A reservation as calendars tell of it. `organisation` is its name where the reader may know
    it; `places` are its spaces in order, `town` ends their addresses."""

    reservation_id: int
    uid: str
    reference: str
    state: str
    kind: str
    title: str
    people: int | None
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    updated_at: datetime
    sequence: int
    organisation: str | None
    places: tuple[Place, ...]
    town: str


def event_for(audience: Audience, told: Told, wording: Wording) -> EventFacts:
    """The event that this audience reads."""
    return _EVENTS[audience](told, wording)


def _for_space(told: Told, wording: Wording) -> EventFacts:
    """Times, not names: of an organisation only the name that it lets be shown."""
    places = _published(told.places)
    return _event(
        told,
        wording,
        _public_summary(told, wording),
        location=_location(places, told, wording),
        url=wording.page(f"/spaces/{places[0].slug}") if places else None,
    )


def _for_unit(told: Told, wording: Wording) -> EventFacts:
    """As for a space, with the spaces named first."""
    places = _published(told.places)
    names = _names(places, wording)
    what = _public_summary(told, wording)
    return _event(
        told,
        wording,
        f"{names}: {what}" if names else what,
        location=_location(places, told, wording),
        url=wording.page(f"/spaces/{places[0].slug}") if places else None,
    )


def _for_owner(told: Told, wording: Wording) -> EventFacts:
    """All that those know who booked it, or for whom it is."""
    return _event(
        told,
        wording,
        told.title or _names(told.places, wording) or wording.words.booked,
        location=_location(told.places, told, wording),
        url=wording.page(f"/reservations/{told.reference}"),
        description="\n".join(_lines(told, wording)),
        is_private=True,
    )


_EVENTS: Mapping[Audience, Callable[[Told, Wording], EventFacts]] = {
    Audience.SPACE: _for_space,
    Audience.UNIT: _for_unit,
    Audience.PRIVATE: _for_owner,
}

_STATUSES = {
    State.HELD: Status.TENTATIVE,
    State.REQUESTED: Status.TENTATIVE,
    State.CONFIRMED: Status.CONFIRMED,
}


def _event(
    told: Told,
    wording: Wording,
    summary: str,
    *,
    location: str,
    url: str | None,
    description: str = "",
    is_private: bool = False,
) -> EventFacts:
    status = _STATUSES.get(State(told.state), Status.CANCELLED)
    if status is Status.CANCELLED:
        summary = wording.words.cancelled % {"title": summary}
    return EventFacts(
        uid=told.uid,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        created_at=told.created_at,
        updated_at=told.updated_at,
        sequence=told.sequence,
        status=status,
        summary=summary,
        location=location,
        description=description,
        url=url,
        position=_position(told.places),
        is_private=is_private,
    )


def _public_summary(told: Told, wording: Wording) -> str:
    if told.kind == Kind.CLOSURE:
        return wording.words.closed
    if told.organisation:
        return wording.words.booked_by % {"organisation": told.organisation}
    return wording.words.booked


def _lines(told: Told, wording: Wording) -> list[str]:
    words = wording.words
    lines = [words.state % {"state": words.state_name(told.state)}]
    if told.organisation:
        lines.append(words.organisation % {"organisation": told.organisation})
    if told.people:
        lines.append(words.people % {"people": told.people})
    return [*lines, words.reference % {"reference": told.reference}]


def _published(places: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(place for place in places if place.published)


def _names(places: Sequence[Place], wording: Wording) -> str:
    return ", ".join(wording.text(place.name) for place in places)


def _units(places: Sequence[Place]) -> list[UnitPlace]:
    return list({place.unit.id: place.unit for place in places}.values())


def _location(places: Sequence[Place], told: Told, wording: Wording) -> str:
    """Where it is: spaces, site and address; without an address where there are several sites."""
    if len(_units(places)) > 1:
        return ", ".join(
            f"{wording.text(place.name)} ({wording.text(place.unit.name)})" for place in places
        )
    units = _units(places) or _units(told.places)
    words = [wording.text(place.name) for place in places]
    words += [word for unit in units[:1] for word in _site(unit, told.town, wording)]
    return ", ".join(dict.fromkeys(filter(None, words)))


def _site(unit: UnitPlace, town: str, wording: Wording) -> tuple[str, str]:
    return wording.text(unit.name), unit.address(town)


def _position(places: Sequence[Place]) -> tuple[float, float] | None:
    """Where on Earth, but only where the catalogue knows it exactly, and it is one place."""
    units = _units(places)
    if len(units) != 1 or not units[0].location_is_exact:
        return None
    return units[0].latitude, units[0].longitude
