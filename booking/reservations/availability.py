"""Free time: the one implementation, asked by search, week, form, API and every write.

Everything here works on values: opening hours, a policy, and the occupancy of a space's parts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from zoneinfo import ZoneInfo

from booking.catalogue.opening import OpeningHours
from booking.catalogue.places import Place
from booking.catalogue.rules import Policy
from booking.core.clock import local_date, local_day, local_days
from booking.core.periods import Period, clipped, merged, minus

_MOMENT = timedelta(microseconds=1)
_START, _END = attrgetter("starts_at"), attrgetter("ends_at")


@dataclass(frozen=True, slots=True)
class TooFull:
    """When a whole has no room for as many people more, merged and in order."""

    whole: Place
    periods: Sequence[Period]

    def during(self, period: Period) -> bool:
        return any(one.overlaps(period) for one in self.periods)


@dataclass(frozen=True)
class Schedule:
    """When bookings are taken by a policy within certain hours, as of `now`, whatever is taken.

    `open_time` is merged and reaches over the whole of every interval it touches. Spaces of one
    policy and the same hours share a schedule, which answers each question once for all of them.
    """

    policy: Policy
    open_time: Sequence[Period]
    now: datetime
    zone: ZoneInfo
    _answers: dict[Period, bool] = field(default_factory=dict, init=False, compare=False)

    def open_interval(self, instant: datetime) -> Period | None:
        """The merged opening interval that holds `instant`."""
        number = bisect_right(self.open_time, instant, key=_START) - 1
        found = self.open_time[number] if number >= 0 else None
        return found if found is not None and found.holds(instant) else None

    def is_open(self, period: Period) -> bool:
        """Whether both ends lie in open time, and, unless the policy lets a booking span closed
        hours, all between them; the end may be the moment of a closing or of an opening."""
        first = self.open_interval(period.starts_at)
        if first is None:
            return False
        if period.ends_at <= first.ends_at:
            return True
        return self.policy.may_span_closed_hours and self._ends_in_open_time(period)

    def _ends_in_open_time(self, period: Period) -> bool:
        number = bisect_right(self.open_time, period.ends_at, key=_START) - 1
        return number >= 0 and period.ends_at <= self.open_time[number].ends_at

    def on_grid(self, start: datetime) -> bool:
        """Whether `start` is a whole number of intervals after its opening."""
        opening = self.open_interval(start)
        return opening is not None and not (start - opening.starts_at) % self.policy.start_interval

    def next_on_grid(self, opening: Period, instant: datetime) -> datetime:
        """The first start on the grid of `opening` that is not before `instant`."""
        elapsed = max(instant - opening.starts_at, timedelta())
        steps = -(-elapsed // self.policy.start_interval)
        return opening.starts_at + steps * self.policy.start_interval

    @cached_property
    def earliest(self) -> datetime:
        """Before this instant no resident may start: now, or the notice."""
        return max(self.now, self.policy.notice.earliest(self.now, self.zone))

    @cached_property
    def last_day(self) -> date:
        """The horizon: the last local date on which a resident may start."""
        return self.policy.last_day(self.now, self.zone)

    @cached_property
    def bookable(self) -> Period | None:
        """From the notice to the end of the horizon's last day."""
        end = local_day(self.last_day, self.zone).ends_at
        return Period(self.earliest, end) if self.earliest < end else None

    def takes(self, period: Period) -> bool:
        """Whether a booking of this very time keeps the policy's rules of time, its horizon left
        aside: notice, length, grid, hours."""
        if period not in self._answers:
            self._answers[period] = (
                self.earliest <= period.starts_at
                and length_is_allowed(self.policy, period.length)
                and self.on_grid(period.starts_at)
                and self.is_open(period)
            )
        return self._answers[period]


@dataclass(frozen=True)
class Timetable:
    """When a space can be had: its schedule and what takes it.

    `taken` is the occupancy of its parts, set-up and clean-up of those who hold it included.
    `too_full` is when a whole that it is a section of has no room for as many people as are
    looked for.
    """

    place: Place
    schedule: Schedule
    taken: Sequence[Period]
    too_full: Sequence[TooFull] = ()

    @property
    def policy(self) -> Policy:
        return self.schedule.policy

    @property
    def now(self) -> datetime:
        return self.schedule.now

    @property
    def zone(self) -> ZoneInfo:
        return self.schedule.zone

    def with_buffers(self, before: timedelta, after: timedelta) -> Timetable:
        """The same with another set-up and clean-up than the policy's."""
        policy = replace(self.policy, before=before, after=after)
        return replace(self, schedule=replace(self.schedule, policy=policy))

    @cached_property
    def busy(self) -> Sequence[Period]:
        """What is taken, merged, in order."""
        return merged(self.taken) if len(self.taken) > 1 else self.taken

    def can_be_had(self, period: Period) -> bool:
        """Whether a resident's request for this time would be accepted, as far as time goes."""
        bookable = self.schedule.bookable
        return bookable is not None and bookable.holds(period.starts_at) and self.can_take(period)

    def can_take(self, period: Period) -> bool:
        """The same, however far ahead."""
        return self.schedule.takes(period) and self.has_room(period)

    def has_room(self, period: Period) -> bool:
        """Whether it is free, and takes the people."""
        return self.is_free(period) and not any(one.during(period) for one in self.too_full)

    def is_free(self, period: Period) -> bool:
        """Whether nothing that is taken comes in the way, set-up and clean-up counted."""
        return self._first_in_the_way(period) is None

    def _first_in_the_way(self, period: Period) -> Period | None:
        if not self.taken:
            return None
        wanted = period.widened(self.policy.before, self.policy.after)
        number = bisect_right(self.busy, wanted.starts_at, key=_END)
        in_reach = number < len(self.busy) and self.busy[number].starts_at < wanted.ends_at
        return self.busy[number] if in_reach else None

    def _clear_from(self, period: Period) -> datetime | None:
        """The earliest start at which what stands in the period's way no longer does; None where
        nothing does."""
        if (taken := self._first_in_the_way(period)) is not None:
            return taken.ends_at + self.policy.before
        full = [one.ends_at for it in self.too_full for one in it.periods if one.overlaps(period)]
        return min(full, default=None)

    def offer_at(self, start: datetime) -> Period | None:
        """What is offered at this start to whoever has not said how long: the usual length, else
        the shortest; None where neither can be had."""
        for length in (usual_length(self.policy), shortest_length(self.policy)):
            period = Period(start, start + length)
            is_open = self.schedule.on_grid(start) and self.schedule.is_open(period)
            if is_open and self.has_room(period):
                return period
        return None

    def free_time(self, window: Period) -> list[Period]:
        """The greatest intervals within `window` in which a resident's booking can lie.

        Open time, less what is taken with this space's own set-up and clean-up, cut by notice and
        horizon.
        """
        bookable = self.schedule.bookable
        if bookable is None or (cut := window.within(bookable)) is None:
            return []
        blocked = [one.widened(self.policy.after, self.policy.before) for one in self.busy]
        blocked += [period for one in self.too_full for period in one.periods]
        return clipped(minus(self.schedule.open_time, blocked), cut)

    def next_start(self, length: timedelta, not_before: datetime) -> datetime | None:
        """The first start from `not_before` on at which a booking of this length is accepted."""
        schedule, interval = self.schedule, self.policy.start_interval
        from_ = max(not_before, schedule.earliest)
        for opening in schedule.open_time:
            if opening.ends_at <= from_:
                continue
            start = schedule.next_on_grid(opening, max(from_, opening.starts_at))
            while start < opening.ends_at and local_date(start, self.zone) <= schedule.last_day:
                period = Period(start, start + length)
                clear = self._clear_from(period)
                if clear is None and schedule.is_open(period):
                    return start
                if clear is None and not self.policy.may_span_closed_hours:
                    break
                start = schedule.next_on_grid(opening, max(start + interval, clear or start))
        return None


def length_is_allowed(policy: Policy, length: timedelta) -> bool:
    """Whether the policy has bookings of this length: neither too short nor too long, and a whole
    number of intervals."""
    return policy.shortest <= length <= policy.longest and not length % policy.start_interval


def shortest_length(policy: Policy) -> timedelta:
    """The shortest length that is a whole number of intervals."""
    return -(-policy.shortest // policy.start_interval) * policy.start_interval


def usual_length(policy: Policy) -> timedelta:
    """The length that is proposed to whoever has not said one: an hour, as the rules allow it."""
    interval = policy.start_interval
    whole = -(-timedelta(hours=1) // interval) * interval
    longest = policy.longest // interval * interval
    return max(shortest_length(policy), min(whole, longest))


def open_on(hours: OpeningHours, windows: Sequence[Period], zone: ZoneInfo) -> list[Period]:
    """The open time of the local days that bear upon these windows, merged."""
    runs = merged(
        local_days(local_date(one.starts_at, zone), local_date(one.ends_at, zone), zone)
        for one in windows
    )
    found = (
        hours.open_periods(
            local_date(run.starts_at, zone), local_date(run.ends_at - _MOMENT, zone), zone
        )
        for run in runs
    )
    return merged(period for periods in found for period in periods)


def busy_time(taken: Iterable[Period], window: Period) -> list[Period]:
    """What is taken within `window`, merged."""
    return merged(clipped(taken, window))
