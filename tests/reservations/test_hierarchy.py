"""Which spaces of a divided hall are in each other's way: a table for the eye.

The hall has three sections and a lobby that belongs to none of them; sections one and two, or two
and three, can be had with the wall between them open. The room is another place of the house.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.catalogue.models import Part
from booking.core.errors import RequestRefused
from booking.invariants import breaches
from booking.reservations.rules import ReservationRequest
from booking.reservations.use_cases import request_reservation
from tests.places import a_combination, a_hall, a_space, an_actor, ask
from tests.values import MONDAY, NOW, at

# Is the space of the row booked (x: that is in the way of the space of the column)?
COLLIDES = """
         hall  one   two   three one+2 2+three room
hall     x     x     x     x     x     x       .
one      x     x     .     .     x     .       .
two      x     .     x     .     x     x       .
three    x     .     .     x     .     x       .
one+2    x     x     x     .     x     x       .
2+three  x     .     x     x     x     x       .
room     .     .     .     .     .     .       x
"""

# Of a booking of several spaces: the space of the row, and that of the column, at once.
TOGETHER = """
         hall  one   two   three one+2 2+three room
hall     -     -     -     -     -     -       ok
one      -     -     ok    ok    -     ok      ok
two      -     ok    -     ok    -     -       ok
three    -     ok    ok    -     ok    -       ok
one+2    -     -     -     ok    -     -       ok
2+three  -     ok    -     -     -     -       ok
room     ok    ok    ok    ok    ok    ok      -
"""

# Which parts each takes.
PARTS = """
         one   two   three lobby room
hall     x     x     x     x     .
one      x     .     .     .     .
two      .     x     .     .     .
three    .     .     x     .     .
one+2    x     x     .     .     .
2+three  .     x     x     .     .
room     .     .     .     .     x
"""


def rows_of(table):
    """Each row's name, and what stands in each of its columns."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    return [pytest.param(row[0], dict(zip(head, row[1:], strict=True)), id=row[0]) for row in rows]


@pytest.fixture
def house(session):
    """The spaces by the names of the tables."""
    hall, (one, two, three) = a_hall(session)
    lobby = Part(slug="lobby")
    hall.parts.append(lobby)
    room = a_space(session)
    return {
        "hall": hall,
        "one": one,
        "two": two,
        "three": three,
        "one+2": a_combination(session, hall, [one, two]),
        "2+three": a_combination(session, hall, [two, three]),
        "room": room,
    }


def is_refused(make):
    try:
        make()
    except RequestRefused as refused:
        return [rule.code for rule in refused.broken]
    return []


@pytest.mark.parametrize(("booked", "columns"), rows_of(COLLIDES))
def test_two_spaces_collide_exactly_when_they_share_a_part(session, house, booked, columns):
    for number, (asked, mark) in enumerate(columns.items(), start=1):
        day = MONDAY + timedelta(days=number)
        ask(session, house[booked], day=day)
        broken = is_refused(lambda day=day, asked=asked: ask(session, house[asked], day=day))
        assert broken == (["not_free"] if mark == "x" else []), asked
    session.flush()
    assert breaches(session.connection(), NOW) == []


@pytest.mark.parametrize(("first", "columns"), rows_of(TOGETHER))
def test_spaces_that_share_no_part_are_booked_together(session, house, first, columns):
    actor = an_actor(session)
    for number, (second, mark) in enumerate(columns.items(), start=1):
        if first == second:
            continue
        day = MONDAY + timedelta(days=number)
        request = ReservationRequest(
            spaces=(house[first].slug, house[second].slug),
            starts_at=at("18:00", day),
            ends_at=at("20:00", day),
            terms=(date(2026, 1, 1),),
        )
        broken = is_refused(lambda wish=request: request_reservation(session, actor, wish, NOW))
        assert broken == ([] if mark == "ok" else ["spaces_overlap"]), second
    session.flush()
    assert breaches(session.connection(), NOW) == []


@pytest.mark.parametrize(("booked", "columns"), rows_of(PARTS))
def test_a_space_takes_its_own_parts_and_no_others(session, house, booked, columns):
    names = {part.id: name for name in columns if name != "lobby" for part in house[name].parts}
    [lobby] = {part.id for part in house["hall"].parts} - set(names)
    names[lobby] = "lobby"
    made = ask(session, house[booked])
    taken = {names[row.part_id] for row in made.occupancies}
    assert taken == {name for name, mark in columns.items() if mark == "x"}
