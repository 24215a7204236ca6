"""Who may decide: posts, their holders, and who stands in for them; on values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

SUPPORT = "support"
MATTERS = ("support", "free_use")


@dataclass(frozen=True, slots=True)
class Power:
    """The power of a post in a matter, up to a limit in cents (None: without limit), from a local
    day to another, both included; `unit_id` None is the whole city."""

    id: int
    matter: str
    post: Mapping[str, str]
    limit_cents: int | None
    holder_id: int
    valid_from: date
    valid_to: date | None = None
    substitute_id: int | None = None
    substitute_from: date | None = None
    substitute_to: date | None = None
    unit_id: int | None = None

    def is_in_force(self, day: date) -> bool:
        return _holds(self.valid_from, self.valid_to, day)

    def belongs_to(self, person_id: int, day: date) -> bool:
        """Whether it is the person's on that day: the holder's, or in their days the substitute's.

        The holder keeps it while somebody stands in: who is back earlier need not wait.
        """
        if not self.is_in_force(day):
            return False
        stands_in = self.substitute_id == person_id and _holds(
            self.substitute_from, self.substitute_to, day
        )
        return self.holder_id == person_id or stands_in

    def reaches(self, cents: int) -> bool:
        """Whether the limit allows so much: to the cent."""
        return self.limit_cents is None or cents <= self.limit_cents


def _holds(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def powers_of(powers: Iterable[Power], person_id: int | None, day: date) -> list[Power]:
    """The powers that a person has on that day over the whole city, the farthest-reaching first."""
    theirs = [
        one
        for one in powers
        if person_id is not None and one.unit_id is None and one.belongs_to(person_id, day)
    ]
    return sorted(theirs, key=_reach, reverse=True)


def _reach(power: Power) -> float:
    return float("inf") if power.limit_cents is None else power.limit_cents
