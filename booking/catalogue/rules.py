"""The policies of spaces and loans as values, and what their spans of time mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.core.clock import local_date, opening_instant

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """How long before a start: elapsed `hours` to the minute, or whole local `days`."""

    hours: int | None = None
    days: int | None = None

    def allows(self, start: datetime, now: datetime, zone: ZoneInfo) -> bool:
        """Whether there is still so much time between `now` and `start`."""
        if self.days is not None:
            return local_date(start, zone) >= local_date(now, zone) + timedelta(days=self.days)
        return start - now >= timedelta(hours=self.hours or 0)

    def earliest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first start that is allowed at `now`."""
        if self.days is not None:
            return opening_instant(local_date(now, zone) + timedelta(days=self.days), 0, zone)
        return now + timedelta(hours=self.hours or 0)

    def last_moment(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The end of the time in which `allows` holds for a start: its limit."""
        if self.days is not None:
            day = local_date(start, zone) - timedelta(days=self.days)
            return opening_instant(day + timedelta(days=1), 0, zone)
        return start - timedelta(hours=self.hours or 0)

    @classmethod
    def of(cls, span: Mapping[str, int]) -> TimeSpan:
        return cls(**span)


@dataclass(frozen=True, slots=True)
class Quota:
    """The most per organiser: at the same time, and bookings and hours that start in a local week
    and in a month (None: no limit)."""

    active: int
    hours_per_week: int | None = None
    hours_per_month: int | None = None
    bookings_per_week: int | None = None
    bookings_per_month: int | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Quota:
        """A quota from its stored form."""
        return cls(
            active=content["active"],
            hours_per_week=content["hours_per_week"],
            hours_per_month=content.get("hours_per_month"),
            bookings_per_week=content.get("bookings_per_week"),
            bookings_per_month=content.get("bookings_per_month"),
        )


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """Whether and how a series may be asked for; see `Policy`."""

    allowed: bool
    who: str = "anyone"
    approval: str = "staff"
    max_occurrences: int = 0
    horizon_days: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules of booking a space; the keys are those of the catalogue's format.

    `slug` tells which policy it is a version of: quotas count over all spaces of a policy.
    """

    slug: str
    name: Texts
    terms: str
    approval: str = "staff"
    staff_review_from_persons: int | None = None
    who_may_book: str = "anyone"
    requires_adult: bool = False
    required_fields: frozenset[str] = frozenset()
    start_interval: timedelta = timedelta(minutes=30)
    shortest: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(days=1)
    may_span_closed_hours: bool = False
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    notice: TimeSpan = TimeSpan(hours=0)
    horizon_days: int = 365
    hold_minutes: int = 15
    preliminary_days: int = 0
    quota: Quota = Quota(active=10)
    series: SeriesRule = SeriesRule(allowed=False)
    cancel_before: TimeSpan = TimeSpan(hours=0)
    late_cancellation: str = "charged"
    access: str = "open"
    alcohol: str = "forbidden"
    content: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, slug: str, content: Mapping[str, Any]) -> Policy:
        """A policy from the stored content of one of its versions."""

        def minutes(key: str) -> timedelta:
            return timedelta(minutes=content[key])

        return cls(
            slug=slug,
            name=content["name"],
            terms=content["terms"],
            approval=content["approval"],
            staff_review_from_persons=content["staff_review_from_persons"],
            who_may_book=content["who_may_book"],
            requires_adult=content["requires_adult"],
            required_fields=frozenset(content["required_fields"]),
            start_interval=minutes("start_interval_min"),
            shortest=minutes("min_duration_min"),
            longest=minutes("max_duration_min"),
            may_span_closed_hours=content["may_span_closed_hours"],
            before=minutes("buffer_before_min"),
            after=minutes("buffer_after_min"),
            notice=TimeSpan.of(content["notice"]),
            horizon_days=content["horizon_days"],
            hold_minutes=content["hold_minutes"],
            preliminary_days=content["preliminary_days"],
            quota=Quota.of(content["quota"]),
            series=SeriesRule(**content["series"]),
            cancel_before=TimeSpan.of(content["cancel_before"]),
            late_cancellation=content["late_cancellation"],
            access=content["access"],
            alcohol=content["alcohol"],
            content=content,
        )

    def last_day(self, now: datetime, zone: ZoneInfo) -> date:
        """The last local date on which a reservation may start: the horizon."""
        return local_date(now, zone) + timedelta(days=self.horizon_days)

    def last_day_of_series(self, now: datetime, zone: ZoneInfo) -> date:
        """The last local date on which a date of a series may start."""
        return local_date(now, zone) + timedelta(days=self.series.horizon_days)


@dataclass(frozen=True, slots=True)
class LoanPolicy:
    """One version of the rules of borrowing things; whole local days."""

    slug: str
    name: Texts
    terms: str
    approval: str
    who_may_book: str
    requires_adult: bool
    notice: TimeSpan
    horizon_days: int
    max_loan_days: int
    quota: Quota
    hold_minutes: int = 15

    @classmethod
    def of(cls, slug: str, content: Mapping[str, Any]) -> LoanPolicy:
        return cls(
            slug=slug,
            name=content["name"],
            terms=content["terms"],
            approval=content["approval"],
            who_may_book=content["who_may_book"],
            requires_adult=content["requires_adult"],
            notice=TimeSpan.of(content["notice"]),
            horizon_days=content["horizon_days"],
            max_loan_days=content["max_loan_days"],
            quota=Quota(content["quota"]["active"]),
            hold_minutes=content["hold_minutes"],
        )
