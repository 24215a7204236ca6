"""How full a day is: of all that could be had, how much is taken, in eight pieces of the day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.core.clock import opening_instant
from booking.core.periods import Period
from booking.reservations.timetables import taken_in

PIECES = 8
FIRST_HOUR, LAST_HOUR = 8, 24


@dataclass(frozen=True, slots=True)
class Piece:
    """Two hours of a day, by the wall clock; `share` of its time, 0 to 1, is taken."""

    first_hour: int
    last_hour: int
    share: float


@dataclass(frozen=True, slots=True)
class Fullness:
    """A day from 8 to 24 in eight pieces; `passed` is how much of it, 0 to 1, has gone by."""

    pieces: tuple[Piece, ...]
    passed: float

    @property
    def share(self) -> float:
        """How much of the whole day is taken, 0 to 1."""
        return sum(piece.share for piece in self.pieces) / len(self.pieces)

    @property
    def emptiest(self) -> Piece | None:
        """The piece with most room, of those that have not gone by; None in the evening."""
        coming = self.pieces[int(self.passed * PIECES) :]
        return min(coming, key=lambda piece: piece.share, default=None)


def fullness(
    taken: Mapping[int, Sequence[Period]],
    parts: Collection[int],
    windows: Sequence[Period],
) -> list[float]:
    """How much of the time of all `parts`, 0 to 1, is taken in each window. The periods of a part
    do not overlap each other."""
    return [
        sum(_length(one, window) for part in parts for one in taken.get(part, ()))
        / (len(parts) * (window.ends_at - window.starts_at).total_seconds())
        if parts
        else 0.0
        for window in windows
    ]


def fullness_of_day(
    session: Session, city: Catalogue, places: Iterable[Place], day: date, now: datetime
) -> Fullness:
    """How full these spaces are on a local day; each part counts once. One query."""
    hours = range(FIRST_HOUR, LAST_HOUR + 1, (LAST_HOUR - FIRST_HOUR) // PIECES)
    edges = [opening_instant(day, hour * 60, city.zone) for hour in hours]
    windows = [Period(*pair) for pair in pairwise(edges)]
    parts = frozenset().union(*(place.parts for place in places))
    taken = taken_in(session, parts, [Period(edges[0], edges[-1])], now)
    shares = fullness(taken, parts, windows)
    pieces = (Piece(*pair, share) for pair, share in zip(pairwise(hours), shares, strict=True))
    gone = (now - edges[0]) / (edges[-1] - edges[0])
    return Fullness(tuple(pieces), min(max(gone, 0.0), 1.0))


def _length(one: Period, window: Period) -> float:
    """How many seconds of the window the period takes."""
    ends, starts = min(one.ends_at, window.ends_at), max(one.starts_at, window.starts_at)
    return max((ends - starts) / timedelta(seconds=1), 0.0)
