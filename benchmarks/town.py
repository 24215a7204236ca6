"""A town of 500 spaces with as many bookings as one wants, generated from a seed."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import click
from psycopg import Connection, Copy
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from booking.catalogue.models import Space
from booking.catalogue.reference_models import HoursPattern, OpeningHours
from tests.places import a_combination, a_hall, a_policy, a_space, a_unit

SEED = 20270111
A_DAY = 550
"""Occupancies of one day over all the town, at any size: only the years differ."""
AHEAD = 14
"""Days from today on that are booked; all the others lie in the past."""
WEEK = {day: [[480, 1320]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
SERIES = {
    "allowed": True,
    "who": "anyone",
    "approval": "instant",
    "max_occurrences": 200,
    "horizon_days": 730,
}
QUOTA = {"active": 9999, "hours_per_week": None, "series_counts_as": "one"}


Spaces = Sequence[tuple[int, Sequence[int]]]
"""The keys of spaces, each with those of its parts."""


def build(session: Session) -> list[Space]:
    """500 spaces: 300 rooms, and 40 halls of 3 sections with a combination of two; the caller
    commits."""
    hours = OpeningHours(
        slug="bench",
        position=0,
        name={"fi": "bench"},
        evidence="plausible",
        patterns=[HoursPattern(week=WEEK)],
    )
    session.add(hours)
    session.flush()
    policy = a_policy(session, quota=QUOTA, series=SERIES, horizon_days=400)
    units = [a_unit(session, opening_hours_id=hours.id) for _number in range(100)]
    spaces = [
        a_space(session, unit=units[number % 100], policy=policy, slug=f"room-of-{number}")
        for number in range(300)
    ]
    for number in range(40):
        hall, sections = a_hall(session, 3, unit=units[number], policy=policy)
        spaces += [hall, *sections, a_combination(session, hall, sections[:2])]
    session.flush()
    return spaces


@dataclass(frozen=True)
class Booking:
    """One generated booking: which space, its parts, from when to when."""

    number: int
    space_id: int
    parts: Sequence[int]
    starts_at: datetime
    ends_at: datetime


def fill(
    engine: Engine, spaces: Sequence[tuple[int, Sequence[int]]], rows: int, today: date
) -> int:
    """Add bookings (space, parts) until that many occupancies are there; how many there are."""
    days = -(-rows // A_DAY)
    first = today + timedelta(days=AHEAD - days)
    made = 0
    with engine.begin() as outer:
        connection = outer.connection.driver_connection
        assert isinstance(connection, Connection)
        number = 0
        with click.progressbar(range(days), label=f"{rows} occupancies", file=sys.stderr) as bar:
            for offset in bar:
                bookings = list(_day(spaces, first + timedelta(days=offset), number))
                _write(connection, bookings)
                number += len(bookings)
                made += sum(len(one.parts) for one in bookings)
        last = "setval(pg_get_serial_sequence('reservation', 'id'), :last)"
        outer.execute(text(f"SELECT {last}"), {"last": number})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("reservation", "reservation_space", "occupancy"):
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    return made


def _day(spaces: Sequence[tuple[int, Sequence[int]]], day: date, number: int) -> Iterator[Booking]:
    """The bookings of a day: random spaces and hours, none over another."""
    chance = random.Random(f"{SEED}-{day}")
    taken: set[tuple[int, int]] = set()
    made = 0
    while made < A_DAY:
        space_id, parts = chance.choice(spaces)
        hour, length = chance.randrange(8, 21), chance.choice((1, 1, 2))
        wanted = {(part, hour + n) for part in parts for n in range(length)}
        if hour + length > 22 or taken & wanted:
            continue
        taken |= wanted
        starts_at = datetime.combine(day, time(hour - 2), UTC)
        ends_at = starts_at + timedelta(hours=length)
        yield Booking(number + 1, space_id, parts, starts_at, ends_at)
        number, made = number + 1, made + len(parts)


_RESERVATION = (
    "id, reference, uid, state, kind, starts_at, ends_at, title, people, message, "
    "responsible_adult, language, version, sequence, created_at, updated_at, state_since, "
    "hold_extensions, is_preliminary, outside_recurrence"
)


def _write(connection: Connection[Any], bookings: Sequence[Booking]) -> None:
    """By COPY, straight into the three tables; the guards of the database look at each row."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY reservation ({_RESERVATION}) FROM STDIN") as copy:
            for one in bookings:
                _copy(copy, one)
        with cursor.copy(
            "COPY reservation_space (reservation_id, space_id, position, before_minutes, "
            "after_minutes) FROM STDIN"
        ) as copy:
            for one in bookings:
                copy.write_row((one.number, one.space_id, 0, 0, 0))
        with cursor.copy(
            "COPY occupancy (part_id, reservation_id, starts_at, ends_at) FROM STDIN"
        ) as copy:
            for one in bookings:
                for part in one.parts:
                    copy.write_row((part, one.number, one.starts_at, one.ends_at))


def _copy(copy: Copy, one: Booking) -> None:
    uid = f"{UUID(int=one.number)}@bench"
    then = one.starts_at - timedelta(days=7)
    copy.write_row(
        (
            one.number,
            f"{one.number // 100_000:05d}-{one.number % 100_000:05d}",
            uid,
            "confirmed",
            "customer",
            one.starts_at,
            one.ends_at,
            "Generated",
            10,
            "",
            False,
            "fi",
            1,
            0,
            then,
            then,
            then,
            0,
            False,
            "",
        )
    )
