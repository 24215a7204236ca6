"""Taking an outside calendar of 10,000 events, end to end, on both engines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from booking.calendars.import_use_cases import take_calendar, window_at
from booking.calendars.models import CalendarSource
from booking.calendars.outside import read_calendar
from booking.catalogue.queries import get_catalogue
from booking.core.actors import job
from booking.database import writing
from tests.calendars.large import large_calendar
from tests.installations import settings_for
from tests.places import a_space
from tests.servers import run_command

EVENTS = 10_000


@dataclass(frozen=True)
class Measured:
    """Seconds: all events are new; all are as they were."""

    new: float
    unchanged: float


def engines(url: str, folder: Path) -> Iterator[tuple[str, Engine]]:
    """An empty city on SQLite, and on the PostgreSQL server at `url`."""
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE imports"))
    postgresql = url.replace("/postgres?", "/imports?")
    for name, database in (("SQLite", f"sqlite:///{folder}/a.db"), ("PostgreSQL", postgresql)):
        done = run_command(settings_for(database, folder), "db", "upgrade")
        if done.returncode:
            raise RuntimeError(done.stderr)
        engine = create_engine(database)
        yield name, engine
        engine.dispose()


def measured(engine: Engine) -> Measured:
    """From the bytes to the commit, in a space of its own."""
    now = datetime.now(UTC)
    body = large_calendar(EVENTS, now)
    with writing(), Session(engine, expire_on_commit=False) as session:
        room = a_space(session)
        source = CalendarSource(space_id=room.id, name="School", added_at=now)
        session.add(source)
        session.commit()
        seconds = []
        for _again in range(2):
            begun = time.perf_counter()
            reading = read_calendar(body, window_at(now), get_catalogue(session).zone)
            take_calendar(session, job("read-calendars"), source, reading, now)
            session.commit()
            seconds.append(time.perf_counter() - begun)
            session.expunge_all()
            source = session.get_one(CalendarSource, source.id)
    return Measured(*seconds)
