"""Search, series and creating in a town of 500 spaces, at 10,000 and at 1,000,000 occupancies.

Functions, not HTTP: what is asked is what pages and API ask, through a session of the product's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from benchmarks import town
from booking.accounts.models import Person
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor, ActorKind
from booking.core.periods import Period
from booking.reservations.rules import ReservationRequest
from booking.reservations.search import Search, find_spaces
from booking.reservations.search_series import find_for_series, find_for_time
from booking.reservations.use_cases import request_reservation
from tests.installations import settings_for
from tests.servers import run_command

SIZES = (10_000, 1_000_000)
ZONE = ZoneInfo("Europe/Helsinki")
ROUNDS = 40
RAW = text(
    """
    SELECT space.id FROM space WHERE NOT EXISTS (
        SELECT FROM space_part JOIN occupancy ON occupancy.part_id = space_part.part_id
        WHERE space_part.space_id = space.id
          AND tstzrange(occupancy.starts_at, occupancy.ends_at, '[)')
              && tstzrange(:starts_at, :ends_at, '[)'))
    """
)


@dataclass(frozen=True)
class Town:
    """A town of one size, and who asks in it."""

    size: int
    engine: Engine
    today: date
    person_id: int


@contextmanager
def towns(url: str, folder: Path, sizes: tuple[int, ...] = SIZES) -> Iterator[list[Town]]:
    """A database for each size on the server at `url`, for as long as the block runs."""
    made = []
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        for size in sizes:
            connection.execute(text(f"CREATE DATABASE town_{size}"))
            database = url.replace("/postgres?", f"/town_{size}?")
            made.append(_town(size, database, folder))
        try:
            yield made
        finally:
            for one in made:
                one.engine.dispose()


def _town(size: int, url: str, folder: Path) -> Town:
    done = run_command(settings_for(url, folder), "db", "upgrade")
    if done.returncode:
        raise RuntimeError(done.stderr)
    engine, today = create_engine(url), datetime.now(ZONE).date()
    with Session(engine) as session:
        town.build(session)
        person = Person(
            email="bench@example.com",
            name="Bench",
            language="en",
            email_confirmed_at=datetime.now(UTC),
            created_at=datetime.now(UTC),
        )
        session.add(person)
        session.commit()
        city = get_catalogue(session)
        spaces = [(place.id, sorted(place.parts)) for place in city.places.values()]
        person_id = person.id
    town.fill(engine, spaces, size, today)
    return Town(size, engine, today, person_id)


# ── What is measured ──────────────────────────────────────────────────────────────────────────


def _evening(one: Town, number: int) -> Period:
    """Two hours on one of the booked days to come, another for each number."""
    day = one.today + timedelta(days=1 + number % (town.AHEAD - 2))
    starts_at = datetime(day.year, day.month, day.day, 12 + number % 7, tzinfo=ZONE)
    return Period(starts_at.astimezone(UTC), (starts_at + timedelta(hours=2)).astimezone(UTC))


def raw(one: Town, session: Session, number: int) -> None:
    evening = _evening(one, number)
    session.execute(RAW, {"starts_at": evening.starts_at, "ends_at": evening.ends_at}).all()


def search(one: Town, session: Session, number: int) -> None:
    """The search of the page: day, start, end."""
    local = _evening(one, number).starts_at.astimezone(ZONE)
    end = local + timedelta(hours=2)
    wanted = MultiDict(
        {"date": f"{local:%Y-%m-%d}", "start": f"{local:%H:%M}", "end": f"{end:%H:%M}"}
    )
    city = get_catalogue(session)
    find_spaces(session, city, Search.of(wanted), 1, datetime.now(UTC))


def single(one: Town, session: Session, number: int) -> None:
    """Which spaces could be booked for this very time."""
    city = get_catalogue(session)
    places = list(city.published_places())
    find_for_time(session, city, places, _evening(one, number), datetime.now(UTC))


def series(rule: str) -> Callable[[Town, Session, int], None]:
    """On how many of a rule's dates each space could be booked."""

    def find(one: Town, session: Session, number: int) -> None:
        city = get_catalogue(session)
        places = list(city.published_places())
        first = _evening(one, 0)
        find_for_series(session, city, places, first, rule, datetime.now(UTC))

    return find


def create(one: Town, session: Session, number: int) -> None:
    """A reservation with all its rules, audit and mail row; the caller takes it back."""
    city = get_catalogue(session)
    place = city.places[f"room-of-{number % 300}"]
    day = one.today + timedelta(days=town.AHEAD + 1 + number // 300)
    starts_at = datetime(day.year, day.month, day.day, 12, tzinfo=ZONE).astimezone(UTC)
    request = ReservationRequest(
        spaces=(place.slug,),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        title="Bench",
        terms=(date(2026, 1, 1),),
    )
    actor = Actor(ActorKind.PERSON, person_id=one.person_id, name="Bench", language="en")
    request_reservation(session, actor, request, datetime.now(UTC))
    session.flush()


def in_turns(
    all_towns: list[Town], what: Callable[[Town, Session, int], None], rounds: int = ROUNDS
) -> list[float]:
    """The median milliseconds of `what` in each town, one after the other in every round, so that
    whatever else the machine does falls on all alike."""
    times: list[list[float]] = [[] for _town in all_towns]
    for number in range(rounds + 3):
        for taken, one in zip(times, all_towns, strict=True):
            with Session(one.engine) as session:
                session.connection()
                began = time.perf_counter()
                what(one, session, number)
                taken.append((time.perf_counter() - began) * 1000)
                session.rollback()
    return [median(taken[3:]) for taken in times]
