"""The rules of closures, on plain values: what is closed, who moves where, how time is shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.catalogue.places import Place
from booking.core.clock import local_date
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.closure_errors import ClosureReasonRequired
from booking.reservations.taken import Taken

ANSWER_WITHIN = timedelta(days=7)
"""How long another place is kept for whoever is offered it, at most until it begins."""

LONGEST_CLOSURE = timedelta(days=400)


class OnConflict(StrEnum):
    """What a closure does with the reservations that stand in its way."""

    REFUSE = "refuse"
    NOTIFY_AND_CANCEL = "notify_and_cancel"
    PROPOSE_MOVES = "propose_moves"


class Outcome(StrEnum):
    """What came of a reservation that lost its place to a closure."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    """The place it was offered was closed too, before an answer."""


@dataclass(frozen=True)
class ClosureWish:
    """What somebody wants to close: spaces by their slugs, a unit by its slug, or the whole city;
    when, why, and what becomes of those who have booked."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    on_conflict: OnConflict = OnConflict.REFUSE
    spaces: tuple[str, ...] = ()
    unit: str | None = None
    city: bool = False

    @property
    def has_time(self) -> bool:
        """Whether it ends after it starts."""
        return self.starts_at < self.ends_at

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)


def broken_of_closure(wish: ClosureWish, now: datetime, zone: ZoneInfo) -> list[RuleBroken]:
    """Every rule that the closure breaks by itself, whoever has booked."""
    broken: list[RuleBroken] = []
    if not wish.has_time:
        broken.append(e.EndBeforeStart())
    elif wish.ends_at - wish.starts_at > LONGEST_CLOSURE:
        broken.append(e.TooLong(longest=LONGEST_CLOSURE))
    if wish.starts_at < now and local_date(wish.starts_at, zone) != local_date(now, zone):
        broken.append(e.InPast())
    if not wish.reason.strip():
        broken.append(ClosureReasonRequired())
    return broken


def least_cover(places: Iterable[Place]) -> list[Place]:
    """The fewest of these spaces that cover all their parts, whole ones before their sections, in
    the order given."""
    wanted = list(places)
    covered: set[int] = set()
    chosen: set[str] = set()
    for place in sorted(wanted, key=lambda one: (-len(one.parts), one.is_combination)):
        if not place.parts <= covered:
            covered |= place.parts
            chosen.add(place.slug)
    return [place for place in wanted if place.slug in chosen]


def answer_until(now: datetime, starts_at: datetime) -> datetime:
    """Until when another place is kept."""
    return min(now + ANSWER_WITHIN, starts_at)


def shared_out(claims: Sequence[Period], held: Iterable[Period]) -> list[list[Period]]:
    """What each of these claims takes, in turn: its time without what is held already and what
    those before it take. Together they and `held` cover every claim, and no two overlap."""
    taken = Taken(held)
    shares = []
    for claim in claims:
        share = taken.left_of(claim)
        for one in share:
            taken.add(one)
        shares.append(share)
    return shares
