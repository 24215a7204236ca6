"""What an organiser holds already: of a policy's quota, and free of charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from booking.catalogue.version_models import Policy, PolicyVersion
from booking.core.clock import local_date, local_days, local_monday, local_month
from booking.core.periods import Period
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.queries import holds_its_parts
from booking.reservations.states import Kind
from booking.reservations.usage import Loads, Used


@dataclass(frozen=True)
class Held:
    """Of one policy: how many bookings have not ended, a series as one, and all by weeks and
    months."""

    active: int = 0
    loads: Loads = field(default_factory=Loads)

    def used(self, start: datetime, zone: ZoneInfo) -> Used:
        """What counts against a booking that starts then."""
        return Used(self.active).beside(self.loads, start, zone)


def held_quotas(
    session: Session,
    policies: Collection[str],
    organiser: ColumnElement[bool],
    starts: Sequence[datetime],
    now: datetime,
    zone: ZoneInfo,
    *,
    without: Collection[int] = (),
    without_series: int | None = None,
) -> dict[str, Held]:
    """What the organiser holds of these policies, by slug, with the weeks and months of these
    starts; one query. Reservations `without` count for nothing, a series `without_series` not as
    one more."""
    span = _weeks_and_months(min(starts), max(starts), zone)
    rows = session.execute(
        select(
            Policy.slug,
            Reservation.id,
            Reservation.series_id,
            Reservation.starts_at,
            Reservation.ends_at,
        )
        .join(ReservationSpace, ReservationSpace.reservation_id == Reservation.id)
        .join(PolicyVersion, PolicyVersion.id == ReservationSpace.policy_version_id)
        .join(Policy, Policy.id == PolicyVersion.policy_id)
        .where(
            organiser,
            Reservation.kind == Kind.CUSTOMER,
            holds_its_parts(now),
            Policy.slug.in_(sorted(policies)),
            or_(Reservation.ends_at > now, _starts_in(span)),
            Reservation.id.not_in(sorted(without)),
        )
        .distinct()
    )
    active: dict[str, set[tuple[str, int]]] = defaultdict(set)
    loads: defaultdict[str, Loads] = defaultdict(Loads)
    for slug, key, series, starts_at, ends_at in rows:
        if ends_at > now and (series is None or series != without_series):
            active[slug].add(("series", series) if series else ("one", key))
        loads[slug].add(starts_at, ends_at - starts_at, zone)
    return {slug: Held(len(active[slug]), loads[slug]) for slug in policies}


def _weeks_and_months(first: datetime, last: datetime, zone: ZoneInfo) -> Period:
    """The whole local weeks and months from the one instant to the other."""
    begin = min(local_monday(first, zone), local_month(first, zone))
    month_after = (local_month(last, zone) + timedelta(days=31)).replace(day=1)
    end = max(local_monday(last, zone) + timedelta(days=6), month_after - timedelta(days=1))
    return local_days(begin, end, zone)


def _starts_in(span: Period) -> ColumnElement[bool]:
    return and_(Reservation.starts_at >= span.starts_at, Reservation.starts_at < span.ends_at)


@dataclass
class FreeUse:
    """The organiser's free bookings: how many have not ended, and how many start in each year."""

    active: int
    by_year: defaultdict[int, int]

    def takes(self, length: timedelta, year: int, limits: Mapping[str, int]) -> bool:
        """Whether one more is within the limits of automatic free use; it is counted then."""
        if (
            length > timedelta(hours=limits["max_hours_per_booking"])
            or self.active >= limits["max_active_bookings"]
            or self.by_year[year] >= limits["max_bookings_per_year"]
        ):
            return False
        self.active += 1
        self.by_year[year] += 1
        return True


def free_use_of(
    session: Session,
    organiser: ColumnElement[bool],
    starts: Iterable[datetime],
    now: datetime,
    zone: ZoneInfo,
    without: Collection[int] = (),
) -> FreeUse:
    """The organiser's free bookings, with the local years of these starts; one query."""
    years = sorted({local_date(start, zone).year for start in starts})
    span = local_days(date(years[0], 1, 1), date(years[-1], 12, 31), zone)
    rows = session.execute(
        select(Reservation.starts_at, Reservation.ends_at).where(
            organiser,
            Reservation.kind == Kind.CUSTOMER,
            Reservation.total_cents == 0,
            holds_its_parts(now),
            or_(Reservation.ends_at > now, _starts_in(span)),
            Reservation.id.not_in(sorted(without)),
        )
    ).all()
    by_year: defaultdict[int, int] = defaultdict(int)
    for starts_at, _ in rows:
        by_year[local_date(starts_at, zone).year] += 1
    return FreeUse(sum(ends_at > now for _, ends_at in rows), by_year)
