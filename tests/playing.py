"""What a machine that plays in the town looks at after each step, and how it chooses."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.naive import Town, instant, slots_between
from tests.stages import SECTIONS, TENTS, Stage
from tests.values import NOW

PAIRS = (("one", "two"), ("two", "three"), ("one", "three"))
REMAINDER = "hall-remainder"


class InTheTown(RuleBasedStateMachine):
    """The town on a real engine beside the naive one, which must always look the same."""

    engine: Any = None

    def __init__(self):
        super().__init__()
        self.stage = Stage(self.engine)
        self.staff, self.owners = self.stage.staff, self.stage.owners
        self.pair, self.has_remainder = PAIRS[0], False
        self.town = Town(self.parts(), TENTS, NOW)
        self.series = {}

    def teardown(self):
        self.stage.close()

    # ── What is always so ─────────────────────────────────────────────────────────────────────

    @invariant()
    def every_promise_is_kept(self):
        assert self.stage.breaches(self.town.now) == []

    @invariant()
    def every_reservation_is_as_in_the_model(self):
        rows = self.stage.rows()
        assert rows.keys() == self.town.kept.keys()
        for reference, one in self.town.kept.items():
            row, state = rows[reference], self.town.state_of(one)
            lags = state == "expired" and row.state == one.state
            assert row.state == state or lags, one
            assert (row.starts_at, row.ends_at) == (instant(one.start), instant(one.end)), one

    @invariant()
    def what_is_taken_is_as_in_the_model(self):
        """By whom, for all but closures, which together hold what they should."""
        kept = self.town.kept
        found = {
            (self.holder(kept[reference]), (part, slot))
            for reference, part, starts_at, ends_at in self.stage.taken()
            for slot in slots_between(starts_at, ends_at)
            if self.town.holds(kept[reference])
        }
        standing = [one for one in kept.values() if self.town.holds(one)]
        assert found == {(self.holder(one), piece) for one in standing for piece in one.taken}

    def holder(self, one):
        return "closed" if one.is_closure else one.reference

    # ── Help ──────────────────────────────────────────────────────────────────────────────────

    def attempt(self, expected, use_case, actor, *what):
        return self.stage.attempt(expected, use_case, actor, *what, now=self.town.now)

    def parts(self):
        """What each space covers now."""
        rest = {REMAINDER} if self.has_remainder else set()
        found = {name: {name} for name in (*SECTIONS, "room")}
        return {**found, "hall": {*SECTIONS, *rest}, "pair": set(self.pair)}

    def pick(self, among, number, likely=lambda one: True):
        """One of them; mostly one with which the step is likely to be possible."""
        among = list(among)
        if number % 4:
            among = [one for one in among if likely(one)] or among
        return among[number // 4 % len(among)]

    def is_to_come(self, one):
        return self.town.holds(one) and not self.town.has_begun(one)

    def is_held(self, one):
        return self.town.state_of(one) == "held"

    def customers(self):
        return [one for one in self.town.kept.values() if not one.is_closure]

    def pairs(self):
        return [one for one in self.customers() if "pair" in one.spaces]

    def ever_held(self):
        kept = self.customers()
        return [one for one in kept if "held" in {one.state, one.before}]

    def in_the_room(self):
        return [one for one in self.customers() if "room" in one.spaces]

    def dates(self, reference):
        return [one for one in self.town.kept.values() if one.series == reference]

    def actor_of(self, one):
        return self.staff if one.is_closure else self.owners[one.owner]
