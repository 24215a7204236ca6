"""The rules of the waiting list: who may wait for what, and how long an offer stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking.catalogue.rules import Policy
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations.errors import NotFree, OverCapacity
from booking.reservations.rules import (
    Circumstances,
    ReservationRequest,
    broken_by_details,
    broken_rules,
)
from booking.reservations.waiting_errors import IsFree

OFFER_LASTS = timedelta(hours=24)
"""How long a place that became free is held for whoever is first: a night, and time to ask."""

MOST_WISHES = 10
"""So many times somebody may wait for at once: a person, or an organisation."""


@dataclass(frozen=True)
class Wish:
    """A place on the waiting list: its key, which is the order, the parts and the period."""

    id: int
    parts: frozenset[int]
    period: Period

    def collides(self, other: Wish) -> bool:
        """Whether not both can be had."""
        return not self.parts.isdisjoint(other.parts) and self.period.overlaps(other.period)


def broken_while_waiting(
    request: ReservationRequest, circumstances: Sequence[Circumstances]
) -> list[RuleBroken]:
    """Every rule that keeps somebody from waiting: those of booking, save that it is taken; and
    that it is not."""
    broken = broken_rules(request, circumstances)
    details = broken_by_details(request, circumstances)
    others = [rule for rule in broken if not isinstance(rule, NotFree)]
    others += [
        rule
        for rule in details
        if isinstance(rule, OverCapacity) and rule.code not in _codes(others)
    ]
    if not others and not broken:
        return [IsFree(space=circumstances[0].place.name)]
    return others


def _codes(rules: Iterable[RuleBroken]) -> set[str]:
    return {rule.code for rule in rules}


def is_in_reach(policy: Policy, starts_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it could still be booked, were it free: its notice can be kept."""
    return starts_at > now and policy.notice.allows(starts_at, now, zone)


def offered_until(policy: Policy, starts_at: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """Until when an offer stands: a day, at most until the notice runs out, since all rules are
    judged again when it is made a booking."""
    return min(now + OFFER_LASTS, policy.notice.last_moment(starts_at, zone), starts_at)


def place_in_queue(wish: Wish, before: Iterable[Wish]) -> int:
    """1 for whoever is first: one more than those who came before and want some of the same."""
    return 1 + sum(other.id < wish.id and wish.collides(other) for other in before)
