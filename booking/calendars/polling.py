"""Reading outside calendars: fetched and read outside any transaction, then taken in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, current_app

from booking.calendars import source_errors as e
from booking.calendars.fetching import Fetched, NotFetched, fetch
from booking.calendars.import_use_cases import Taking, window_at
from booking.calendars.outside import Reading, read_calendar
from booking.calendars.outside_text import Unreadable
from booking.calendars.source_queries import get_source
from booking.calendars.source_use_cases import (
    Answer,
    Claim,
    claim_source,
    note_answer,
    note_fault,
    note_refusal,
)
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Actor
from booking.web.session import db, transact

FETCH = "fetch_calendar"
MOST_IN_A_RUN = 100

Fetch = Callable[[str, str | None, str | None], Fetched]
UseCase = Callable[..., Taking]
log = structlog.get_logger("booking.calendars")


def ask(
    address: str,
    zone: ZoneInfo,
    now: datetime,
    etag: str | None = None,
    last_modified: str | None = None,
) -> Answer:
    """What stands at an address; no transaction is open meanwhile. Raises `CalendarNotRead`."""
    db.session.rollback()
    fetching = cast(Fetch, current_app.extensions.get(FETCH, fetch))
    try:
        fetched = fetching(address, etag, last_modified)
    except NotFetched as error:
        raise e.fault_of(error.code, error.status) from None
    if fetched.body is None:
        if etag is None and last_modified is None:  # nobody had asked for changes only
            raise e.fault_of("refused", 304)
        return Answer(None, etag, last_modified)
    reading = read(fetched.body, zone, now)
    return Answer(reading, fetched.etag, fetched.last_modified)


def read(body: bytes, zone: ZoneInfo, now: datetime, field: str | None = None) -> Reading:
    """What a body says, `field` being where it came from. Raises `CalendarNotRead`."""
    try:
        return read_calendar(body, window_at(now), zone)
    except Unreadable as error:
        raise e.fault_of(error.code, field=field) from None


def read_due_calendars(app: Flask, actor: Actor) -> int:
    """Read all calendars that are due; how many. Any number of processes may do so at once, and
    what is wrong with one calendar stops no other."""
    with app.app_context():
        count = 0
        while count < MOST_IN_A_RUN and (claim := transact(claim_source, clock.now())):
            _read(claim, actor)
            count += 1
        return count


def _read(claim: Claim, actor: Actor) -> None:
    about = log.bind(source=claim.source_id)
    try:
        now = clock.now()
        answer = ask(claim.address, claim.zone, now, claim.etag, claim.last_modified)
        transact(note_answer, actor, claim, answer, now)
    except e.CalendarNotRead as error:
        about.info("calendar not read", fault=error.fault)
        transact(note_fault, claim, error, clock.now())
    except Exception:
        about.exception("calendar not taken")
        transact(note_fault, claim, e.ReadingFailed(), clock.now())


def ask_for(actor: Actor, source_id: int, use_case: UseCase, now: datetime) -> Taking:
    """Read a calendar now, and let `use_case` (`take_answer`, `confirm_source`, `start_source`)
    take it. Where it can't be read that is kept, and told.

    Raises `NotFound`, `NotAllowed`, `CalendarNotRead`, and what the use case raises.
    """
    city = get_catalogue(db.session())
    source, _place = get_source(db.session(), actor, source_id, city)
    if source.address is None:
        raise e.NotReadFromAddress()
    try:
        answer = ask(source.address, city.zone, now)
    except e.CalendarNotRead as error:
        transact(note_refusal, actor, source_id, error, now)
        raise
    return transact(use_case, actor, source_id, answer, now)
