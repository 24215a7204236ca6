"""Subscribing a space to an outside calendar, and all that staff and the job do with it.

Nothing is fetched here: what a server answered is given as an `Answer`, once it was read outside
any transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.calendars import source_errors as e
from booking.calendars.fetching import NotFetched, parts_of
from booking.calendars.import_use_cases import Taking, let_go_of_all, take_calendar
from booking.calendars.models import CalendarSource, CalendarUpload, ImportCollision
from booking.calendars.outside import Reading
from booking.calendars.source_queries import get_source, get_upload
from booking.catalogue.places import Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound, RequestRefused, RuleBroken
from booking.database import lock

EVERY = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=6)
LEASE = timedelta(minutes=5)
"""Longer than fetching, reading and taking the largest calendar needs."""

WHOLE_EVERY = timedelta(hours=24)
"""So often a calendar is read whole, though its server says that nothing has changed: days come
into sight that were not, when it was last read."""

UPLOADS_ARE_KEPT = timedelta(hours=24)
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_TAG, LONGEST_DATE = 120, 2000, 255, 60


@dataclass(frozen=True, slots=True)
class SourceWish:
    """What a space is to read: the space's slug, the calendar's name and its address, which is
    empty for a file."""

    space: str
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave: a calendar, or None where nothing has changed; and what it wants to be
    asked with the next time."""

    reading: Reading | None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read a calendar until a moment, and what is needed for it."""

    source_id: int
    until: datetime
    address: str
    etag: str | None
    last_modified: str | None
    zone: ZoneInfo


def must_be_fit(
    session: Session, actor: Actor, wish: SourceWish, but: CalendarSource | None = None
) -> Place:
    """The space, where the actor may let it read such a calendar; `but` is the one to change.

    Raises `NotFound`, `NotAllowed`, `RequestRefused`.
    """
    place = get_catalogue(session).places.get(wish.space)
    if place is None:
        raise NotFound()
    actor.must(Action.CLOSE_SPACES, place.unit.id)
    broken: list[RuleBroken] = [] if wish.name.strip() else [e.NameMissing()]
    if wish.address:
        broken += _broken_by_address(session, place, wish.address, but)
    if broken:
        raise RequestRefused(broken)
    return place


def _broken_by_address(
    session: Session, place: Place, address: str, but: CalendarSource | None
) -> list[RuleBroken]:
    try:
        parts_of(address)
    except NotFetched:
        return [e.BadAddress()]
    if len(address) > LONGEST_ADDRESS:
        return [e.BadAddress()]
    same = select(CalendarSource.id).where(
        CalendarSource.space_id == place.id,
        CalendarSource.address == address,
        CalendarSource.state != "stopped",
        CalendarSource.id != (but.id if but is not None else 0),
    )
    return [e.AddedAlready()] if session.scalars(same).first() is not None else []


# ── What staff do ─────────────────────────────────────────────────────────────────────────────


def add_source(
    session: Session, actor: Actor, wish: SourceWish, answer: Answer, now: datetime
) -> CalendarSource:
    """Let a space be taken as the calendar says that was read just now: from an address, which is
    read again and again, or, without one, from a file, once.

    Raises `NotFound`, `NotAllowed`, `RequestRefused`.
    """
    place = must_be_fit(session, actor, wish)
    source = CalendarSource(
        space_id=place.id,
        name=wish.name.strip()[:LONGEST_NAME],
        address=wish.address or None,
        added_by_id=actor.person_id,
        added_at=now,
    )
    session.add(source)
    session.flush()
    record(session, actor, "added", source, now, name=source.name, space=place.slug)
    _take(session, actor, source, answer, now)
    return source


def change_source(
    session: Session,
    actor: Actor,
    source_id: int,
    wish: SourceWish,
    answer: Answer | None,
    now: datetime,
) -> CalendarSource:
    """Give a calendar another name, or another address, of which `answer` was read just now.

    Raises `NotFound`, `NotAllowed`, `RequestRefused`, `NotReadFromAddress`.
    """
    source = _queued_for(session, actor, source_id)
    must_be_fit(session, actor, wish, source)
    source.name = wish.name.strip()[:LONGEST_NAME]
    is_moved = wish.address != (source.address or "")
    if is_moved:
        if source.address is None or answer is None:
            raise e.NotReadFromAddress()
        source.address = wish.address
    record(session, actor, "changed", source, now, name=source.name, address_changed=is_moved)
    if is_moved and answer is not None and source.state != "stopped":
        _take(session, actor, source, answer, now)
    return source


def stop_source(session: Session, actor: Actor, source_id: int, now: datetime) -> int:
    """Read a calendar no more, and let go of what it holds from now on; how many events.

    Raises `NotFound`, `NotAllowed`, `HasStopped`.
    """
    source = _queued_for(session, actor, source_id)
    if source.state == "stopped":
        raise e.HasStopped()
    gone = let_go_of_all(session, actor, source, now)
    source.state = "stopped"
    source.next_read_at = source.locked_until = source.etag = source.last_modified = None
    source.failures, source.last_error = 0, None
    record(session, actor, "stopped", source, now, gone=gone)
    return gone


def start_source(
    session: Session, actor: Actor, source_id: int, answer: Answer, now: datetime
) -> Taking:
    """Take a calendar again that was stopped, as it was read just now."""
    source = _queued_for(session, actor, source_id)
    if source.address is None:
        raise e.NotReadFromAddress()
    record(session, actor, "started", source, now)
    return _take(session, actor, source, answer, now)


def confirm_source(
    session: Session, actor: Actor, source_id: int, answer: Answer, now: datetime
) -> Taking:
    """Take a calendar that lets go of more than half of what it held, since a person says so."""
    source = _queued_for(session, actor, source_id)
    if source.state != "waiting":
        raise e.NothingToConfirm()
    record(session, actor, "confirmed", source, now)
    return _take(session, actor, source, answer, now, confirmed=True)


def take_answer(
    session: Session, actor: Actor, source_id: int, answer: Answer, now: datetime
) -> Taking:
    """Take a calendar as staff had it read just now."""
    source = _queued_for(session, actor, source_id)
    if source.state == "stopped":
        raise e.HasStopped()
    return _take(session, actor, source, answer, now)


def note_refusal(
    session: Session, actor: Actor, source_id: int, error: e.CalendarNotRead, now: datetime
) -> None:
    """Keep why a calendar could not be read that staff had read; what it holds stands."""
    source = _queued_for(session, actor, source_id)
    if source.state != "stopped":
        _note_failure(source, error, now)


def _queued_for(session: Session, actor: Actor, source_id: int) -> CalendarSource:
    """The calendar as it stands, nobody else writing about it."""
    source, _place = get_source(session, actor, source_id, get_catalogue(session))
    lock(session, CalendarSource, [source.id])
    session.refresh(source)
    return source


def _take(
    session: Session,
    actor: Actor,
    source: CalendarSource,
    answer: Answer,
    now: datetime,
    *,
    confirmed: bool = False,
) -> Taking:
    """Take what was read; whoever was reading it beside finds its claim gone."""
    source.etag = _short(answer.etag, LONGEST_TAG)
    source.last_modified = _short(answer.last_modified, LONGEST_DATE)
    source.locked_until, source.failures, source.last_error = None, 0, None
    source.next_read_at = now + EVERY if source.address else None
    if answer.reading is None:
        source.read_at = now
        return Taking()
    return take_calendar(session, actor, source, answer.reading, now, confirmed=confirmed)


def _short(told: str | None, most: int) -> str | None:
    """What a server wants to be asked with; nothing where that is longer than is kept, or can't be
    sent back."""
    is_fit = told is not None and len(told) <= most and told.isascii() and told.isprintable()
    return told if is_fit else None


def _note_failure(source: CalendarSource, error: e.CalendarNotRead, now: datetime) -> None:
    source.failures += 1
    source.last_error = error.fault
    source.locked_until = None
    doubled = EVERY * 2 ** min(source.failures - 1, 10)
    source.next_read_at = now + min(doubled, LONGEST_PAUSE)


# ── What the job does ─────────────────────────────────────────────────────────────────────────


def claim_source(session: Session, now: datetime) -> Claim | None:
    """The right to read the calendar that is due the longest; None where none is.

    Of several that ask at once each gets another: the claim is one row that changes hands.
    """
    due = (
        CalendarSource.state != "stopped",
        CalendarSource.address.is_not(None),
        CalendarSource.next_read_at <= now,
        or_(CalendarSource.locked_until.is_(None), CalendarSource.locked_until <= now),
    )
    first = (
        select(CalendarSource.id)
        .where(*due)
        .order_by(CalendarSource.next_read_at, CalendarSource.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    source_id = session.scalar(first)
    if source_id is None:
        return None
    until = now + LEASE
    session.execute(
        update(CalendarSource).where(CalendarSource.id == source_id).values(locked_until=until)
    )
    source = session.get_one(CalendarSource, source_id, populate_existing=True)
    changes_only = _may_ask_for_changes(session, source, now)
    return Claim(
        source_id=source.id,
        until=until,
        address=source.address or "",
        etag=source.etag if changes_only else None,
        last_modified=source.last_modified if changes_only else None,
        zone=get_catalogue(session).zone,
    )


def _may_ask_for_changes(session: Session, source: CalendarSource, now: datetime) -> bool:
    """Whether it would tell nothing new to read a calendar that has not changed: it was read whole
    within a day, and none of its events waits for a booking to go."""
    if source.state != "active" or source.report is None:
        return False
    read_whole_at = datetime.fromisoformat(source.report["read_whole_at"])
    waits = select(func.count()).where(
        ImportCollision.source_id == source.id, ImportCollision.settlement.is_(None)
    )
    return read_whole_at > now - WHOLE_EVERY and not session.scalar(waits)


def note_answer(
    session: Session, actor: Actor, claim: Claim, answer: Answer, now: datetime
) -> Taking | None:
    """Take what was read, or that nothing has changed; None where the claim was lost meanwhile."""
    source = _claimed(session, claim)
    return None if source is None else _take(session, actor, source, answer, now)


def note_fault(session: Session, claim: Claim, error: e.CalendarNotRead, now: datetime) -> None:
    """Keep why a calendar could not be read; what it holds stands."""
    source = _claimed(session, claim)
    if source is not None:
        _note_failure(source, error, now)


def _claimed(session: Session, claim: Claim) -> CalendarSource | None:
    """The calendar, while nobody took the claim away: who stopped it, or had it read."""
    lock(session, CalendarSource, [claim.source_id])
    source = session.get(CalendarSource, claim.source_id, populate_existing=True)
    is_held = source is not None and source.locked_until == claim.until
    return source if is_held else None


# ── Files ─────────────────────────────────────────────────────────────────────────────────────


def keep_upload(
    session: Session, actor: Actor, wish: SourceWish, body: bytes, now: datetime
) -> CalendarUpload:
    """Keep a file for whoever looks at it before it is brought in; what they sent before is
    forgotten. Raises `NotFound`, `NotAllowed`, `RequestRefused`."""
    place = must_be_fit(session, actor, wish)
    session.execute(delete(CalendarUpload).where(CalendarUpload.person_id == actor.person_id))
    upload = CalendarUpload(
        key=secrets.token_urlsafe(32),
        person_id=actor.person_id,
        space_id=place.id,
        name=wish.name.strip()[:LONGEST_NAME],
        body=body,
        sent_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def bring_in_upload(
    session: Session, actor: Actor, key: str, reading: Reading, now: datetime
) -> CalendarSource:
    """Take what a file says that was looked at; it is forgotten. Raises `RequestRefused`."""
    upload = get_upload(session, actor, key)
    space = get_catalogue(session).places_by_id[upload.space_id]
    source = add_source(session, actor, SourceWish(space.slug, upload.name), Answer(reading), now)
    session.delete(upload)
    return source


def forget_uploads(session: Session, now: datetime) -> int:
    """Forget the files that nobody brought in within a day; how many."""
    old = CalendarUpload.sent_at < now - UPLOADS_ARE_KEPT
    count = session.scalar(select(func.count()).select_from(CalendarUpload).where(old)) or 0
    session.execute(delete(CalendarUpload).where(old))
    return count
