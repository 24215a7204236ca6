"""Places instead of those that close, on plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.reservations.closure_rules import answer_until, least_cover
from booking.reservations.placing import metres_between
from tests.values import NOW, a_place, a_unit


def test_a_degree_of_latitude_is_111_kilometres_and_of_longitude_half_that_at_60_degrees():
    here = a_unit(latitude=60.0, longitude=27.0)
    assert metres_between(here, here) == 0
    assert metres_between(here, replace(here, latitude=61.0)) == pytest.approx(111_320)
    assert metres_between(here, replace(here, longitude=28.0)) == pytest.approx(55_660)


def test_the_fewest_spaces_that_cover_all_are_closed_in_the_order_given():
    def place(slug, *parts, **values):
        return a_place(slug=slug, parts=frozenset(parts), **values)

    first, second, third = place("a", 1), place("b", 2), place("c", 3)
    both = place("ab", 1, 2, is_combination=True)
    hall, room = place("hall", 1, 2, 3), place("room", 4)
    assert least_cover([first, both, room, hall, third]) == [room, hall]
    assert least_cover([first, second, third]) == [first, second, third]
    assert least_cover([first, both]) == [both]
    assert least_cover([both, place("a-and-b", 1, 2)])[0].slug == "a-and-b"
    assert least_cover([]) == []


@pytest.mark.parametrize(
    ("starts_in", "kept"),
    [
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=7), timedelta(days=7)),
        (timedelta(days=7, seconds=1), timedelta(days=7)),
    ],
)
def test_a_place_is_kept_for_a_week_or_until_it_begins(starts_in, kept):
    assert answer_until(NOW, NOW + starts_in) == NOW + kept
