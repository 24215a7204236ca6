"""How many people are in a whole at once, where its sections are counted together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from booking.catalogue.places import Place
from booking.core.periods import Period, merged


@dataclass(frozen=True, slots=True)
class Stay:
    """A booking: from when to when, how many come, to which spaces (their keys)."""

    period: Period
    people: int
    spaces: frozenset[int]


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people are in a whole at once at the most."""

    whole: Place
    people: int

    @property
    def is_too_much(self) -> bool:
        return self.people > self.whole.capacity


def too_full(stays: Iterable[Stay], spaces: Collection[int], room: int) -> list[Period]:
    """When more than `room` people are in these spaces together, merged and in order.

    Whoever has several of the spaces is counted once.
    """
    return merged(period for period, people in _counted(stays, spaces) if people > room)


def most_at_once(stays: Iterable[Stay], spaces: Collection[int], period: Period) -> int:
    """The most people that are in these spaces together at any moment of the period."""
    counted = _counted(stays, spaces)
    return max((people for one, people in counted if one.overlaps(period)), default=0)


def _counted(stays: Iterable[Stay], spaces: Collection[int]) -> Iterator[tuple[Period, int]]:
    """How many are in these spaces from each coming or going to the next."""
    changes: dict[datetime, int] = {}
    for stay in stays:
        if not stay.spaces.isdisjoint(spaces):
            start, end = stay.period.starts_at, stay.period.ends_at
            changes[start] = changes.get(start, 0) + stay.people
            changes[end] = changes.get(end, 0) - stay.people
    people = 0
    for instant, following in pairwise(sorted(changes)):
        people += changes[instant]
        yield Period(instant, following), people
