"""The rules of things on loan: whole local days, pieces that are free, the strictest policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.catalogue.opening import OpeningHours
from booking.catalogue.places import LoanThing, Terms
from booking.catalogue.rules import LoanPolicy, TimeSpan
from booking.core.clock import local_date, local_day, local_days, opening_instant
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.rules import ASSOCIATION, LoanWish, Organiser, ReservationRequest
from booking.reservations.states import Kind

FARTHEST_OPENING = 60
"""So many days away from a reservation its pick-up point is looked for open; then it is closed."""


@dataclass(frozen=True)
class Loan:
    """What stands when pieces of one thing are asked for, from the first day to the last, both
    included: its policy in force, which pieces are free on all of them, and what of the policy's
    quota the organiser holds."""

    wish: LoanWish
    thing: LoanThing
    policy_id: int
    policy: LoanPolicy
    first: date
    last: date
    free: Sequence[int]
    used: int
    organiser: Organiser
    terms: Terms | None = None

    @property
    def chosen(self) -> Sequence[int]:
        """The pieces that are taken: any that are free."""
        return self.free[: self.wish.quantity]

    def period(self, zone: ZoneInfo) -> Period:
        """From 00:00 of the first day to 24:00 of the last."""
        return local_days(self.first, self.last, zone)


def proposed_days(hours: OpeningHours, period: Period, zone: ZoneInfo) -> tuple[date, date]:
    """From the day of the last opening before the start to that of the first after the end.

    Where it does not open in two months, the days of the period themselves, which are closed.
    """
    start, end = local_date(period.starts_at, zone), local_date(period.ends_at, zone)
    days_before = (start - timedelta(days=n) for n in range(FARTHEST_OPENING + 1))
    days_after = (end + timedelta(days=n) for n in range(FARTHEST_OPENING + 1))
    return (
        next((day for day in days_before if _opens_before(hours, day, period, zone)), start),
        next((day for day in days_after if _closes_after(hours, day, period, zone)), end),
    )


def _opens_before(hours: OpeningHours, day: date, period: Period, zone: ZoneInfo) -> bool:
    open_minutes = hours.open_minutes(day)
    return any(opening_instant(day, m, zone) < period.starts_at for m, _ in open_minutes)


def _closes_after(hours: OpeningHours, day: date, period: Period, zone: ZoneInfo) -> bool:
    open_minutes = hours.open_minutes(day)
    return any(opening_instant(day, m, zone) > period.ends_at for _, m in open_minutes)


def need_approval(request: ReservationRequest, policies: Sequence[LoanPolicy]) -> bool:
    """Whether a person must decide: one of the policies says so."""
    is_customers = request.kind is Kind.CUSTOMER
    return is_customers and any(policy.approval == "staff" for policy in policies)


def broken_by_loans(
    request: ReservationRequest, loans: Sequence[Loan], now: datetime, zone: ZoneInfo
) -> list[RuleBroken]:
    """Every rule that the loans break, each by the strictest of all their policies."""
    if not loans:
        return []
    strict = _Strictest.of([loan.policy for loan in loans], now, zone)
    broken: list[RuleBroken] = []
    if request.preliminary and not request.spaces:
        broken.append(e.PreliminaryNotAllowed())
    if any(loan.organiser.is_unknown for loan in loans) and not request.spaces:
        broken.append(e.UnknownOrganisation())
    for loan in loans:
        broken += _broken_by_days(request, loan, strict, now, zone)
        broken += _broken_by_number(request, loan)
        if request.kind is Kind.CUSTOMER:
            broken += _broken_by_organiser(request, loan, strict)
    return list({(type(one), str(one.values)): one for one in broken}.values())


@dataclass(frozen=True)
class _Strictest:
    """What holds for a loan of several things: of each limit the narrowest."""

    max_loan_days: int
    horizon_days: int
    notices: Sequence[TimeSpan]
    who_may_book: str
    requires_adult: bool
    is_decided: bool

    @classmethod
    def of(cls, policies: Sequence[LoanPolicy], now: datetime, zone: ZoneInfo) -> _Strictest:
        order = ("anyone", ASSOCIATION, "staff")
        return cls(
            max_loan_days=min(one.max_loan_days for one in policies),
            horizon_days=min(one.horizon_days for one in policies),
            notices=sorted(
                (one.notice for one in policies), key=lambda n: n.earliest(now, zone), reverse=True
            ),
            who_may_book=max((one.who_may_book for one in policies), key=order.index),
            requires_adult=any(one.requires_adult for one in policies),
            is_decided=any(one.approval == "staff" for one in policies),
        )


def _broken_by_days(
    request: ReservationRequest, loan: Loan, strict: _Strictest, now: datetime, zone: ZoneInfo
) -> Iterator[RuleBroken]:
    """Open at both ends, not over, not too long, too soon or too far."""
    today = local_date(now, zone)
    if loan.first < today or (not request.spaces and local_date(request.starts_at, zone) < today):
        yield e.LoanInPast()
    if request.override is not None:
        return
    for day in dict.fromkeys((loan.first, loan.last)):
        if not loan.thing.pickup_hours.open_minutes(day):
            yield e.PickupPointClosed(point=loan.thing.pickup_point.name, day=day)
    if (loan.last - loan.first).days + 1 > strict.max_loan_days:
        yield e.LoanTooLong(item=loan.thing.name, most=strict.max_loan_days)
    if loan.first >= today:
        yield from _broken_by_notice(request, loan, strict, now, zone)
    last_day = today + timedelta(days=strict.horizon_days)
    if loan.first > last_day:
        yield e.LoanTooFar(item=loan.thing.name, last_day=last_day)


def _broken_by_notice(
    request: ReservationRequest, loan: Loan, strict: _Strictest, now: datetime, zone: ZoneInfo
) -> Iterator[RuleBroken]:
    """The notice, to the last moment of picking up; and a day for whoever has to decide."""
    moment = _last_pickup(loan, zone)
    for notice in strict.notices:
        if not notice.allows(moment, now, zone):
            span = timedelta(days=notice.days or 0, hours=notice.hours or 0)
            yield e.LoanTooSoon(item=loan.thing.name, notice=span)
            return
    undecided = strict.is_decided and not loan.organiser.is_staff
    if undecided and not request.spaces and request.starts_at <= now:
        yield e.LoanTooSoon(item=loan.thing.name, notice=timedelta(days=1))


def _last_pickup(loan: Loan, zone: ZoneInfo) -> datetime:
    """When the pick-up point closes on the first day; that day's end where it does not open."""
    closes = [minute for _, minute in loan.thing.pickup_hours.open_minutes(loan.first)]
    last = opening_instant(loan.first, max(closes), zone) if closes else None
    end = local_day(loan.first, zone).ends_at - timedelta(microseconds=1)
    return min(last, end) if last else end


def _broken_by_number(request: ReservationRequest, loan: Loan) -> Iterator[RuleBroken]:
    """As many pieces as are free, and no more loans than the quota of its own policy."""
    if len(loan.free) < loan.wish.quantity:
        yield e.LoanNotFree(item=loan.thing.name, free=len(loan.free), wanted=loan.wish.quantity)
    counts = request.kind is Kind.CUSTOMER and request.on_behalf_of is None
    most = loan.policy.quota.active
    if counts and request.override is None and loan.used >= most:
        yield e.QuotaExceeded(used=loan.used, most=most)


def _broken_by_organiser(
    request: ReservationRequest, loan: Loan, strict: _Strictest
) -> Iterator[RuleBroken]:
    """Who may borrow, and what they must have declared and accepted."""
    organiser = loan.organiser
    if strict.who_may_book == "staff" and not organiser.is_staff:
        yield e.OnlyStaffBorrow(item=loan.thing.name)
    elif strict.who_may_book == ASSOCIATION and not (organiser.is_staff or organiser.is_unknown):
        yield from _broken_by_others(request, loan)
    if request.hold:
        return
    if strict.requires_adult and not request.responsible_adult:
        yield e.AdultRequired()
    if loan.terms is not None and loan.terms.version not in request.terms:
        yield e.TermsNotAccepted(version=loan.terms.version)


def _broken_by_others(request: ReservationRequest, loan: Loan) -> Iterator[RuleBroken]:
    """What keeps all but verified associations from it."""
    organiser = loan.organiser
    if organiser.is_verified_association:
        return
    if request.organisation is None and request.hold and organiser.has_organisations:
        return  # for which of them is said when the hold is submitted
    if organiser.organisation_kind == ASSOCIATION:
        yield e.OrganisationNotVerified()
        return
    yield e.OnlyAssociationsBorrow(item=loan.thing.name)
    if request.organisation is None:
        yield e.OrganisationRequired()
