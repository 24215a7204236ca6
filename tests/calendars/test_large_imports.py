"""A calendar of ten thousand events is taken with as many statements as a small one needs."""

from __future__ import annotations

from itertools import pairwise
from time import monotonic

import pytest
from sqlalchemy import func, select

from booking.calendars.import_use_cases import take_calendar, window_at
from booking.calendars.models import CalendarSource
from booking.calendars.outside import read_calendar
from booking.catalogue.queries import get_catalogue
from booking.core.actors import job
from booking.database import writing
from booking.invariants import breaches
from booking.reservations.models import Occupancy
from tests.calendars.large import large_calendar
from tests.places import a_hall
from tests.statements import counted
from tests.values import NOW

LONGEST = 30.0
"""Seconds that nothing takes even on a busy machine; the benchmark holds the goal of ten."""


@pytest.fixture
def source(session):
    """A calendar of a hall of three sections."""
    with writing():
        hall, _sections = a_hall(session, 3)
        source = CalendarSource(space_id=hall.id, name="School", added_at=NOW)
        session.add(source)
        session.commit()
        return source


def take(session, source, count, minutes=30):
    """The taking, the kinds of statements that it sent, and how many seconds all took."""
    begun, body = monotonic(), large_calendar(count, NOW, minutes)
    with writing(), counted(session.get_bind()) as sent:
        reading = read_calendar(body, window_at(NOW), get_catalogue(session).zone)
        taking = take_calendar(session, job("read-calendars"), source, reading, NOW)
        session.commit()
    read = sum(statement.startswith("SELECT") for statement in sent)
    return taking, read, monotonic() - begun


def test_ten_thousand_events_are_taken_in_seconds_and_few_queries(session, source):
    taking, few, _seconds = take(session, source, 10)
    assert taking.added == 10
    taking, many, seconds = take(session, source, 10_000)
    assert (taking.added, taking.unchanged) == (9_990, 10)
    assert many <= few + 2
    assert seconds < LONGEST
    assert session.scalar(select(func.count()).select_from(Occupancy)) == 30_000
    taking, _queries, _seconds = take(session, source, 10_000)
    assert (taking.unchanged, taking.added) == (10_000, 0)


def test_events_that_lie_on_each_other_are_taken_as_well(session, source):
    take(session, source, 200, minutes=90)
    held = session.execute(
        select(Occupancy.part_id, Occupancy.starts_at, Occupancy.ends_at).order_by(
            Occupancy.part_id, Occupancy.starts_at
        )
    ).all()
    assert all(a.part_id != b.part_id or a.ends_at <= b.starts_at for a, b in pairwise(held))
    assert breaches(session.connection(), NOW) == []
