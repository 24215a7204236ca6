"""How full a day is: each part of it counts once, and only what holds it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.catalogue.queries import get_catalogue
from booking.reservations.fullness import Fullness, Piece, fullness, fullness_of_day
from tests.places import a_hall, a_space, ask
from tests.values import MONDAY, a_period, at

EVENING = a_period("18:00", "20:00")


@pytest.mark.parametrize(
    ("taken", "share"),
    [
        ({}, 0),
        ({1: [EVENING], 2: [EVENING]}, 1),
        ({1: [EVENING]}, 0.5),
        ({1: [a_period("17:00", "19:00")]}, 0.25),
        ({1: [a_period("16:00", "18:00")], 3: [EVENING]}, 0),
    ],
    ids=["nothing", "all", "one of two", "half of one", "beside it"],
)
def test_what_is_taken_of_all_parts_counts_as_far_as_it_lies_within(taken, share):
    assert fullness(taken, [1, 2], [EVENING]) == [share]


def test_where_there_are_no_parts_nothing_is_taken():
    assert fullness({}, [], [EVENING]) == [0]


def test_a_whole_and_its_sections_count_once(session, now):
    hall, sections = a_hall(session, 2)
    tuesday = MONDAY + timedelta(days=1)
    ask(session, sections[0], "18:00", "20:00", day=tuesday)
    city = get_catalogue(session)
    places = [city.places[one.slug] for one in (hall, *sections)]
    day = fullness_of_day(session, city, places, tuesday, now)
    assert [piece.share for piece in day.pieces] == [0, 0, 0, 0, 0, 0.5, 0, 0]
    assert day.share == 0.0625


@pytest.mark.parametrize(
    ("clock", "passed"), [("07:00", 0), ("08:00", 0), ("12:00", 0.25), ("23:00", 0.9375)]
)
def test_the_day_passes_from_8_to_24(session, clock, passed):
    slug = a_space(session).slug
    city = get_catalogue(session)
    day = fullness_of_day(session, city, [city.places[slug]], MONDAY, at(clock))
    assert day.passed == passed


@pytest.mark.parametrize(
    ("passed", "first_hour"),
    [(0.0, 8), (0.1249, 8), (0.125, 12), (0.375, 14), (0.99, 22), (1.0, None)],
)
def test_the_emptiest_hours_are_still_to_come(passed, first_hour):
    shares = [0, 0.5, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8]
    pieces = tuple(Piece(8 + 2 * n, 10 + 2 * n, share) for n, share in enumerate(shares))
    emptiest = Fullness(pieces, passed).emptiest
    assert (emptiest and emptiest.first_hour) == first_hour
