"""A booking system as a child would write it: every half hour of every part, in one big set.

It knows nothing of the product's code, and tells what should be accepted, refused and taken. A
slot is a half hour, counted from Monday's midnight.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.values import MONDAY, at

SLOT = timedelta(minutes=30)
DAY = 48
MIDNIGHT = at("00:00", MONDAY)
HOLD = timedelta(minutes=15)
MOST_EXTENSIONS = 10
HOLDING = {"held", "requested", "confirmed"}
Slots = set[tuple[str, int]]


def instant(slot: int) -> datetime:
    return MIDNIGHT + slot * SLOT


def slots_between(starts_at: datetime, ends_at: datetime) -> range:
    return range((starts_at - MIDNIGHT) // SLOT, (ends_at - MIDNIGHT) // SLOT)


@dataclass
class Kept:
    """A reservation as the naive town remembers it; `taken` is what it took when it last took."""

    reference: str
    spaces: tuple[str, ...]
    start: int
    end: int
    state: str
    owner: int = 0
    lent: int = 0
    taken: Slots = field(default_factory=set)
    is_closure: bool = False
    series: str | None = None
    before: str | None = None
    held_until: datetime | None = None
    extensions: int = 0

    @property
    def day(self) -> int:
        return self.start // DAY

    def step_to(self, state: str) -> None:
        self.before, self.state = self.state, state
        self.held_until = None


class Town:
    """Spaces with their parts, two tents, and what is kept of them."""

    def __init__(self, parts: dict[str, set[str]], tents: int, now: datetime) -> None:
        self.parts, self.tents, self.now = parts, tents, now
        self.decided, self.buffered = {"room"}, {"room"}
        self.kept: dict[str, Kept] = {}

    # ── What stands ───────────────────────────────────────────────────────────────────────────

    def state_of(self, one: Kept) -> str:
        """Its state as every reader sees it: what is due has expired."""
        if one.held_until is not None and one.held_until <= self.now:
            return "expired"
        undecided = one.state == "requested" and not one.is_closure
        return "expired" if undecided and self.has_begun(one) else one.state

    def holds(self, one: Kept) -> bool:
        return self.state_of(one) in HOLDING

    def has_begun(self, one: Kept) -> bool:
        return instant(one.start) <= self.now

    def has_ended(self, one: Kept) -> bool:
        return instant(one.end) <= self.now

    def first_state(self, spaces: Iterable[str]) -> str:
        return "requested" if self.decided & set(spaces) else "confirmed"

    def needs(self, spaces: Iterable[str], start: int, end: int) -> Slots:
        """Each part in each half hour, set-up and clean-up included."""
        return {
            (part, slot)
            for space in spaces
            for part in self.parts[space]
            for slot in range(start - self.buffer(space), end + self.buffer(space))
        }

    def buffer(self, space: str) -> int:
        return int(space in self.buffered)

    def taken(self, without: Kept | None = None, *, for_closure: bool = False) -> Slots:
        """What others hold; to a closure other closures hold nothing."""
        return set().union(
            *(
                one.taken
                for one in self.kept.values()
                if one is not without and self.holds(one) and not (for_closure and one.is_closure)
            )
        )

    def tents_free(self, day: int, without: Kept | None = None) -> int:
        lent = (
            one.lent
            for one in self.kept.values()
            if one is not without and self.holds(one) and one.day == day
        )
        return self.tents - sum(lent)

    # ── What would be refused ─────────────────────────────────────────────────────────────────

    def broken(
        self,
        spaces: Collection[str],
        start: int,
        end: int,
        lent: int = 0,
        without: Kept | None = None,
        *,
        closure: bool = False,
    ) -> set[str]:
        """The codes of the rules that asking for this would break."""
        found = set()
        today = (self.now - MIDNIGHT) // (DAY * SLOT)
        if instant(start) < self.now and not (closure and start // DAY == today):
            found.add("in_past")
        if sum(len(self.parts[one]) for one in spaces) > len(self.all_parts(spaces)):
            found.add("spaces_overlap")
        if self.needs(spaces, start, end) & self.taken(without, for_closure=closure):
            found.add("not_free")
        if lent > self.tents_free(start // DAY, without):
            found.add("not_free")
        return found

    def all_parts(self, spaces: Iterable[str]) -> set[str]:
        return set().union(*(self.parts[space] for space in spaces))

    # ── What happens ──────────────────────────────────────────────────────────────────────────

    def keep(self, one: Kept) -> None:
        self.kept[one.reference] = one
        self.take(one)

    def take(self, one: Kept) -> None:
        one.taken = self.needs(one.spaces, one.start, one.end)
        if one.state == "held":
            one.held_until = self.now + HOLD

    def divided(self, parts: dict[str, set[str]]) -> dict[str, Slots]:
        """What each reservation that follows a new division would take, by reference."""
        changed = {space for space in parts if parts[space] != self.parts[space]}
        before, self.parts = self.parts, parts
        found = {
            one.reference: self.needs(one.spaces, one.start, one.end)
            for one in self.kept.values()
            if changed & set(one.spaces) and self.holds(one) and not self.has_ended(one)
        }
        self.parts = before
        return found

    def collisions(self, following: dict[str, Slots]) -> set[tuple[bool, bool]]:
        """Of each pair that would collide, which of the two are closures."""
        holding = [one for one in self.kept.values() if self.holds(one)]
        taken = [(one, following.get(one.reference, one.taken)) for one in holding]
        return {
            (one.is_closure, other.is_closure)
            for number, (one, mine) in enumerate(taken)
            for other, theirs in taken[:number]
            if {one.reference, other.reference} & set(following) and mine & theirs
        }

    def divide(self, parts: dict[str, set[str]], following: dict[str, Slots]) -> None:
        self.parts = parts
        for reference, slots in following.items():
            self.kept[reference].taken = slots
