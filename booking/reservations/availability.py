"""Free time: the one implementation, asked by search, week, form, API and every write.

Everything here works on values: opening hours, a policy, and the occupancy of a space's parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.catalogue.places import Place
from booking.catalogue.rules import Policy
from booking.core.clock import local_date, local_day
from booking.core.periods import Period, clipped, merged, minus

LONGEST_LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Timetable:
    """When a space can be had, as of `now`: its open time and what takes it.

    `open_time` is merged and reaches over the whole of every interval it touches; `taken` is the
    occupancy of its parts, set-up and clean-up of those who hold it included.
    """

    place: Place
    policy: Policy
    open_time: Sequence[Period]
    taken: Sequence[Period]
    now: datetime
    zone: ZoneInfo

    def with_buffers(self, before: timedelta, after: timedelta) -> Timetable:
        """The same with another set-up and clean-up than the policy's."""
        return replace(self, policy=replace(self.policy, before=before, after=after))

    def open_interval(self, instant: datetime) -> Period | None:
        """The merged opening interval that holds `instant`."""
        return next((one for one in self.open_time if one.holds(instant)), None)

    def is_open(self, period: Period) -> bool:
        """Whether both ends lie in open time, and, unless the policy lets a booking span closed
        hours, all between them."""
        first = self.open_interval(period.starts_at)
        if first is None:
            return False
        if self.policy.may_span_closed_hours:
            return any(o.starts_at < period.ends_at <= o.ends_at for o in self.open_time)
        return period.ends_at <= first.ends_at

    def is_free(self, period: Period) -> bool:
        """Whether nothing that is taken comes in the way, set-up and clean-up counted."""
        wanted = period.widened(self.policy.before, self.policy.after)
        return not any(wanted.overlaps(one) for one in self.taken)

    def on_grid(self, start: datetime) -> bool:
        """Whether `start` is a whole number of intervals after its opening."""
        opening = self.open_interval(start)
        return opening is not None and not (start - opening.starts_at) % self.policy.start_interval

    def next_on_grid(self, opening: Period, instant: datetime) -> datetime:
        """The first start on the grid of `opening` that is not before `instant`."""
        elapsed = max(instant - opening.starts_at, timedelta())
        steps = -(-elapsed // self.policy.start_interval)
        return opening.starts_at + steps * self.policy.start_interval

    def offer_at(self, start: datetime) -> Period | None:
        """What is offered at this start to whoever has not said how long: the usual length, else
        the shortest; None where neither can be had."""
        for length in (usual_length(self.policy), shortest_length(self.policy)):
            period = Period(start, start + length)
            if self.on_grid(start) and self.is_open(period) and self.is_free(period):
                return period
        return None

    @property
    def earliest(self) -> datetime:
        """Before this instant no resident may start: now, or the notice."""
        return max(self.now, self.policy.notice.earliest(self.now, self.zone))

    @property
    def bookable(self) -> Period | None:
        """From the notice to the end of the horizon's last day."""
        end = local_day(self.policy.last_day(self.now, self.zone), self.zone).ends_at
        return Period(self.earliest, end) if self.earliest < end else None

    def free_time(self, window: Period) -> list[Period]:
        """The greatest intervals within `window` in which a resident's booking can lie.

        Open time, less what is taken with this space's own set-up and clean-up, cut by notice and
        horizon.
        """
        if self.bookable is None or (cut := window.within(self.bookable)) is None:
            return []
        blocked = [one.widened(self.policy.after, self.policy.before) for one in self.taken]
        return clipped(minus(self.open_time, blocked), cut)

    def next_start(self, length: timedelta, not_before: datetime) -> datetime | None:
        """The first start from `not_before` on at which a booking of this length is accepted."""
        from_ = max(not_before, self.earliest)
        last_day = self.policy.last_day(self.now, self.zone)
        for opening in self.open_time:
            if opening.ends_at <= from_:
                continue
            start = self.next_on_grid(opening, max(from_, opening.starts_at))
            while start < opening.ends_at and local_date(start, self.zone) <= last_day:
                period = Period(start, start + length)
                if not self.is_open(period):
                    if not self.policy.may_span_closed_hours:
                        break
                elif self.is_free(period):
                    return start
                start += self.policy.start_interval
        return None


def shortest_length(policy: Policy) -> timedelta:
    """The shortest length that is a whole number of intervals."""
    return -(-policy.shortest // policy.start_interval) * policy.start_interval


def usual_length(policy: Policy) -> timedelta:
    """The length that is proposed to whoever has not said one: an hour, as the rules allow it."""
    hour = timedelta(hours=1)
    whole = -(-hour // policy.start_interval) * policy.start_interval
    return max(shortest_length(policy), min(whole, policy.longest))


def days_to_read(period: Period, zone: ZoneInfo) -> tuple[date, date]:
    """The local days whose opening hours bear upon `period`."""
    return local_date(period.starts_at, zone), local_date(period.ends_at, zone)


def busy_time(taken: Iterable[Period], window: Period) -> list[Period]:
    """What is taken within `window`, merged."""
    return merged(clipped(taken, window))
