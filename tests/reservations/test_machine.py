"""Whatever people do, in whatever order: the same is accepted, refused and taken as in a model
that looks at every half hour of every part, and no promise of the database is ever broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from booking.catalogue.importing import import_catalogue
from booking.core.actors import COMMAND, job
from booking.decisions.use_cases import approve_reservation, deny_reservation
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.retaking import follow_division
from booking.reservations.rules import LoanWish
from booking.reservations.series_change_use_cases import cancel_series, skip_date
from booking.reservations.series_queries import dates_of
from booking.reservations.series_rules import OnConflict, SeriesRequest
from booking.reservations.series_use_cases import request_series
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, expire_due, request_reservation
from tests.catalogue.demo_files import HOST
from tests.naive import DAY, HOLD, MOST_EXTENSIONS, Kept, instant
from tests.playing import PAIRS, InTheTown
from tests.stages import SECTIONS, TERMS, a_request
from tests.values import MONDAY

ONE = ["one", "two", "three", "three", "hall", "pair", "pair", "room"]
SEVERAL = [("one", "room"), ("two", "three"), ("hall", "one"), ("pair", "three")]
spaces = st.sampled_from([*((one,) for one in ONE), *SEVERAL])
periods = st.builds(
    lambda day, hour, length: (day * DAY + hour * 2, day * DAY + (hour + length) * 2),
    day=st.sampled_from([1, 2]),
    hour=st.integers(10, 11),
    length=st.integers(1, 2),
)
people = st.integers(0, 1)
numbers = st.integers(0, 99)


class Machine(InTheTown):
    """What people may do in the town; each step is told the codes with which it is refused."""

    @initialize(wishes=st.lists(st.tuples(spaces, periods, st.booleans()), min_size=3, max_size=8))
    def it_is_a_busy_town(self, wishes):
        for wanted, period, hold in wishes:
            self.ask(wanted, period, owner=0, lent=0, hold=hold)

    # ── Asking ────────────────────────────────────────────────────────────────────────────────

    @rule(spaces=spaces, period=periods, owner=people, lent=st.sampled_from([0, 0, 1, 2]),
          hold=st.booleans())  # fmt: skip
    def ask(self, spaces, period, owner, lent, hold):
        day = MONDAY + timedelta(days=period[0] // DAY)
        items = (LoanWish(self.stage.tent, lent, day, day),) if lent else ()
        request = replace(a_request(spaces, period), items=items, hold=hold)
        expected = self.town.broken(spaces, *period, lent)
        made = self.attempt(expected, request_reservation, self.owners[owner], request)
        if made is not None:
            state = "held" if hold else self.town.first_state(spaces)
            self.town.keep(Kept(made.reference, spaces, *period, state, owner, lent))

    @precondition(lambda self: self.pairs())
    @rule(number=numbers)
    def ask_for_the_section_beside_a_pair(self, number):
        """Which another division would let collide with it."""
        pair = self.pick(self.pairs(), number, self.is_to_come)
        [section] = set(SECTIONS) - set(self.pair)
        self.ask((section,), (pair.start, pair.end), owner=0, lent=0, hold=False)

    @rule(spaces=spaces, period=periods, minutes=st.sampled_from([10, 20]))
    def ask_for_what_another_held(self, spaces, period, minutes):
        """A hold that is due is let go for whoever asks, before the job has run."""
        self.ask(spaces, period, owner=0, lent=0, hold=True)
        self.wait(minutes, tidy=False)
        self.ask(spaces, period, owner=1, lent=0, hold=False)

    @rule(spaces=spaces, period=periods)
    def close(self, spaces, period):
        request = replace(a_request(spaces, period), kind=Kind.CLOSURE)
        expected = self.town.broken(spaces, *period, closure=True)
        made = self.attempt(expected, request_reservation, self.staff, request)
        if made is not None:
            closure = Kept(made.reference, spaces, *period, "confirmed", is_closure=True)
            self.town.keep(closure)

    @rule(spaces=spaces, period=periods, owner=people, skip=st.booleans())
    def ask_for_a_series(self, spaces, period, owner, skip):
        days = [(period[0] + week, period[1] + week) for week in (0, 7 * DAY, 14 * DAY)]
        judged = {one: self.town.broken(spaces, *one) for one in days}
        had = [one for one in days if not judged[one]]
        refused = not had or (len(had) < len(days) and not skip)
        expected = set().union(*judged.values()) if refused else set()
        on_conflict = OnConflict.SKIP if skip else OnConflict.REFUSE
        wish = SeriesRequest(
            a_request(spaces, period), "FREQ=WEEKLY;COUNT=3", on_conflict=on_conflict
        )
        made = self.attempt(expected, request_series, self.owners[owner], wish)
        if made is None:
            return
        self.series[made.reference] = owner
        state = self.town.first_state(spaces)
        for one, row in zip(had, dates_of(self.stage.session, made), strict=True):
            date_ = Kept(row.reference, spaces, *one, state, owner, series=made.reference)
            self.town.keep(date_)

    # ── Changing ──────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.customers())
    @rule(number=numbers, spaces=st.none() | spaces, period=periods)
    def move(self, number, spaces, period):
        one = self.pick(self.customers(), number, self.is_to_come)
        to = spaces or one.spaces
        unchanged = (to, *period) == (one.spaces, one.start, one.end)
        expected = self.not_to_come(one)
        if not expected and not unchanged:
            expected = self.town.broken(to, *period, without=one)
            if one.lent and period[0] // DAY != one.day:
                expected.add("loans_do_not_fit")
        fields = {"starts_at": instant(period[0]), "ends_at": instant(period[1])}
        changes = Changes(fields | ({"spaces": to} if spaces else {}))
        owner = self.owners[one.owner]
        if self.attempt(expected, change_reservation, owner, one.reference, changes) is None:
            return
        if not unchanged:
            one.spaces, (one.start, one.end) = to, period
            self.decide_anew(one)

    def not_to_come(self, one):
        if not self.town.holds(one):
            return {"step_not_possible"}
        return {"already_begun"} if self.town.has_begun(one) else set()

    def decide_anew(self, one):
        until = one.held_until
        state = one.state if one.state == "held" else self.town.first_state(one.spaces)
        if state != one.state:
            one.step_to(state)
        self.town.take(one)
        one.held_until = until

    @precondition(lambda self: self.town.kept)
    @rule(number=numbers)
    def cancel(self, number):
        one = self.pick(self.town.kept.values(), number, self.is_to_come)
        if self.town.has_ended(one):
            expected = {"step_not_possible"}
        elif self.town.has_begun(one) and not one.is_closure:
            expected = {"already_begun"}
        else:
            expected = set() if self.town.holds(one) else {"step_not_possible"}
        actor = self.actor_of(one)
        if self.attempt(expected, cancel_reservation, actor, one.reference) is not None:
            one.step_to("cancelled")

    @precondition(lambda self: self.town.kept)
    @rule(number=numbers)
    def restore(self, number):
        one = self.pick(
            self.town.kept.values(), number, lambda one: one.state in {"cancelled", "denied"}
        )
        owners = one.state == "cancelled" and not one.is_closure
        if self.town.state_of(one) not in {"cancelled", "denied"}:
            expected = {"step_not_possible"}
        elif self.town.has_begun(one):
            expected = {"already_begun"}
        else:
            expected = self.town.broken(
                one.spaces, one.start, one.end, one.lent, one, closure=one.is_closure
            )
            expected &= expected if owners else {"not_free"}
            if not expected and one.before == "held" and one.extensions >= MOST_EXTENSIONS:
                expected = {"no_more_extensions"}
        actor = self.owners[one.owner] if owners else self.staff
        if self.attempt(expected, restore_reservation, actor, one.reference) is not None:
            one.step_to(one.before)
            one.extensions += one.state == "held"
            self.town.take(one)

    # ── Holds ─────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.ever_held())
    @rule(number=numbers)
    def submit(self, number):
        one = self.pick(self.ever_held(), number, self.is_held)
        expected = {"step_not_possible"}
        if self.town.state_of(one) == "held":
            expected = self.town.broken(one.spaces, one.start, one.end, one.lent, one)
        owner, filled = self.owners[one.owner], {"terms": TERMS}
        if self.attempt(expected, submit_reservation, owner, one.reference, filled) is not None:
            one.step_to(self.town.first_state(one.spaces))
            self.town.take(one)

    @precondition(lambda self: self.ever_held())
    @rule(number=numbers)
    def extend(self, number):
        one = self.pick(self.ever_held(), number, self.is_held)
        expected = set() if self.town.state_of(one) == "held" else {"step_not_possible"}
        if not expected and one.extensions >= MOST_EXTENSIONS:
            expected = {"no_more_extensions"}
        if self.attempt(expected, extend_hold, self.owners[one.owner], one.reference) is not None:
            one.held_until = self.town.now + HOLD
            one.extensions += 1

    # ── Staff ─────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.in_the_room())
    @rule(number=numbers, approve=st.booleans())
    def decide(self, number, approve):
        one = self.pick(
            self.in_the_room(), number, lambda one: self.town.state_of(one) == "requested"
        )
        expected = set() if self.town.state_of(one) == "requested" else {"step_not_possible"}
        step = approve_reservation if approve else deny_reservation
        step = partial(step, reason="We looked at it.")
        if self.attempt(expected, step, self.staff, one.reference) is not None:
            one.step_to("confirmed" if approve else "denied")

    @rule(pair=st.sampled_from(PAIRS), has_remainder=st.booleans())
    def divide(self, pair, has_remainder):
        """By an import of the catalogue: another pair of sections, or a hall with a remainder."""
        before = self.pair, self.has_remainder
        self.pair, self.has_remainder = pair, has_remainder
        following = self.town.divided(self.parts())
        collisions = self.town.collisions(following)
        expected = {"parts_collide"} if collisions - {(True, True)} else set()
        follow = partial(follow_division, now=self.town.now)
        step = partial(import_catalogue, uid_host=HOST, on_parts_changed=follow)
        file = self.stage.catalogue(self.pair, self.has_remainder)
        if self.attempt(expected, step, COMMAND, file) is None:
            self.pair, self.has_remainder = before
        else:
            self.town.divide(self.parts(), following)

    # ── Series ────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.series)
    @rule(number=numbers)
    def cancel_the_series(self, number):
        reference = self.pick(self.series, number)
        self.cancel_dates(reference, self.dates(reference), cancel_series)

    @precondition(lambda self: self.series)
    @rule(number=numbers, which=st.integers(0, 2))
    def skip_a_date(self, number, which):
        reference = self.pick(self.series, number)
        day = self.pick(self.dates(reference), which).day
        dates = [one for one in self.dates(reference) if one.day == day]
        skip = partial(skip_date, day=MONDAY + timedelta(days=day))
        self.cancel_dates(reference, dates, skip)

    def cancel_dates(self, reference, dates, step):
        left = [one for one in dates if self.town.holds(one) and not self.town.has_begun(one)]
        expected = set() if left else {"step_not_possible"}
        owner = self.owners[self.series[reference]]
        if self.attempt(expected, step, owner, reference) is not None:
            for one in left:
                one.step_to("cancelled")

    # ── Time ──────────────────────────────────────────────────────────────────────────────────

    @rule(minutes=st.sampled_from([5, 20, 180, 1440]), tidy=st.booleans())
    def wait(self, minutes, tidy):
        """Sometimes the job that expires what is due has run, and sometimes not yet."""
        self.town.now += timedelta(minutes=minutes)
        if tidy:
            self.attempt(set(), expire_due, job("expire-reservations"))


def test_whatever_people_do_the_model_agrees_and_no_promise_is_broken(request, engine, repeats):
    class OnThisEngine(Machine):
        engine = request.getfixturevalue("_shared_engine")

    run_state_machine_as_test(
        OnThisEngine,
        settings=settings(
            max_examples=repeats(25, 200),
            stateful_step_count=repeats(20, 30),
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
