"""The rules of booking: each small, on both sides of its border, all told at once.

Everything is decided on values. `broken_rules` gives every rule that a request breaks, in the
order in which a person would want to hear of them; an empty list means it may be had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from booking.catalogue.places import Place, Terms
from booking.catalogue.rules import Policy
from booking.core.clock import local_date
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.availability import Timetable
from booking.reservations.event_rules import EventOutcome
from booking.reservations.states import Kind
from booking.reservations.usage import Load, Used

ASSOCIATION = "association"
PURPOSES = (
    "wellbeing",
    "culture",
    "sport",
    "youth",
    "meeting",
    "celebration",
    "commerce",
    "political",
    "religious",
    "demonstration",
    "municipal",
)
"""What a space is wanted for: the values of the fact `purpose` in the rules of events."""


LONGEST_PERIOD = timedelta(days=400)
"""Nobody asks for longer at a time; most policies allow much less."""


@dataclass(frozen=True)
class Buffers:
    """The set-up before a use and the clean-up after it."""

    before: timedelta
    after: timedelta


@dataclass(frozen=True)
class LoanWish:
    """So many pieces of a thing on loan, by its slug, from the first local day to the last, both
    included; without days they are proposed around the reservation."""

    item: str
    quantity: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class ReservationRequest:
    """What somebody asks for. The end may lie before the start: a rule says so.

    `spaces` are slugs, `organisation` is one. `terms` are the versions accepted, in the order of
    `spaces`, with those of things on loan behind them, or one for all. `override` is
    the reason why staff set rules aside; `buffers` are the set-up and clean-up that they have set
    for single spaces, instead of the policy's. `event` is the reference of the event that it is
    for, `outcome` what the rules said of that, once it is looked up; `price_group` the one in which
    the staff have put it, whatever the rules say.
    """

    spaces: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    purpose: str | None = None
    people: int | None = None
    organisation: str | None = None
    responsible_adult: bool = False
    terms: tuple[date | None, ...] = ()
    message: str = ""
    kind: Kind = Kind.CUSTOMER
    on_behalf_of: dict[str, Any] | None = None
    override: str | None = None
    hold: bool = False
    preliminary: bool = False
    buffers: Mapping[str, Buffers] = field(default_factory=dict)
    items: tuple[LoanWish, ...] = ()
    event: str | None = None
    outcome: EventOutcome | None = None
    price_group: str | None = None

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)

    def terms_for(self, number: int) -> date | None:
        """The version accepted for the space of that number; none of a list that is too long."""
        if not self.items and len(self.terms) > max(1, len(self.spaces)):
            return None
        if len(self.terms) == 1:
            return self.terms[0]
        return self.terms[number] if number < len(self.terms) else None


@dataclass(frozen=True)
class Organiser:
    """For whom a request is: a person, an organisation, or the city itself.

    `has_organisations`: who asks acts for some, though the request names none yet; `is_unknown`:
    it names one that they do not act for.
    """

    organisation_kind: str | None = None
    is_verified: bool = False
    is_staff: bool = False
    has_organisations: bool = False
    is_unknown: bool = False

    @property
    def is_verified_association(self) -> bool:
        return self.organisation_kind == ASSOCIATION and self.is_verified


@dataclass(frozen=True)
class Circumstances:
    """What stands when a request for one space is judged; `number` is its place in the list.

    `last_day` is the last on which it may start where that is not the policy's horizon.
    """

    timetable: Timetable
    organiser: Organiser
    used: Used = field(default_factory=Used)
    terms: Terms | None = None
    has_price: bool = True
    number: int = 0
    last_day: date | None = None

    @property
    def place(self) -> Place:
        return self.timetable.place

    @property
    def policy(self) -> Policy:
        return self.timetable.policy

    def as_date_of_series(self) -> Circumstances:
        """The same for a date of a series that stands: it may lie as far ahead as those may."""
        table, policy = self.timetable, self.policy
        days = (policy.last_day, policy.last_day_of_series)
        return replace(self, last_day=max(day(table.now, table.zone) for day in days))


def broken_rules(
    request: ReservationRequest, circumstances: Sequence[Circumstances]
) -> list[RuleBroken]:
    """Every rule that the request breaks in these circumstances, one for each of its spaces."""
    if request.ends_at <= request.starts_at:
        return [e.EndBeforeStart()]
    broken: list[RuleBroken] = []
    if _share_parts(circumstances):
        broken.append(e.SpacesOverlap())
    for one in circumstances:
        broken += _broken_of_space(request, one)
    if not request.hold:
        broken += _broken_of_whole(request, circumstances)
    return _each_once(broken)


def broken_by_details(
    request: ReservationRequest, circumstances: Sequence[Circumstances]
) -> list[RuleBroken]:
    """The rules that a reservation would break which stays where and when it is."""
    return list(_broken_of_whole(request, circumstances))


def _share_parts(circumstances: Sequence[Circumstances]) -> bool:
    """Whether two of the spaces cover the same part, as a hall and its section do."""
    covered = [part for one in circumstances for part in one.place.parts]
    return len(set(covered)) < len(covered)


def preliminary_until(one: Circumstances, start: datetime) -> datetime:
    """Until when a preliminary booking is kept: so many days, at most until the notice runs out."""
    table = one.timetable
    limit = one.policy.notice.last_moment(start, table.zone)
    return min(table.now + timedelta(days=one.policy.preliminary_days), limit)


def _broken_of_space(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    yield from _broken_of_publication(one)
    yield from _broken_of_past(request, one)
    if one.organiser.is_unknown:
        yield e.UnknownOrganisation()
    if request.kind is Kind.CLOSURE:
        yield from _broken_of_freedom(request, one)
        return
    yield from _broken_of_times(request, one)
    if request.override is None:
        yield from _broken_of_reach(request, one)
        yield from _broken_of_quota(request, one)
    yield from _broken_of_freedom(request, one)
    yield from _broken_of_organiser(request, one)
    if request.preliminary and preliminary_until(one, request.starts_at) <= one.timetable.now:
        yield e.PreliminaryNotAllowed()
    if not one.has_price:
        yield e.NoPrice()


def _broken_of_publication(one: Circumstances) -> Iterator[RuleBroken]:
    if not one.place.published and not one.organiser.is_staff:
        yield e.NotPublished(space=one.place.name)


def _broken_of_times(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    """Opening hours, grid and length; lengths are elapsed minutes, across changes of clocks."""
    policy, table = one.policy, one.timetable
    period = request.period
    opening = table.schedule.open_interval(period.starts_at)
    if not table.schedule.is_open(period) and request.override is None:
        yield e.OutsideOpeningHours(space=one.place.name)
    if opening is not None and not table.schedule.on_grid(period.starts_at):
        yield e.OffGrid(interval=policy.start_interval, opening=opening.starts_at)
    if period.length < policy.shortest:
        yield e.TooShort(shortest=policy.shortest)
    if period.length > policy.longest:
        yield e.TooLong(longest=policy.longest)
    if period.length % policy.start_interval:
        yield e.NotMultiple(interval=policy.start_interval)


def _broken_of_past(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    """What is over is over, for closures and overrides too; of today staff may note it still."""
    table, start = one.timetable, request.starts_at
    is_today = local_date(start, table.zone) == local_date(table.now, table.zone)
    if start < table.now and not (one.organiser.is_staff and is_today):
        yield e.InPast()


def _broken_of_reach(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    """Notice and horizon; of the past is told instead of the notice."""
    table, start = one.timetable, request.starts_at
    if start >= table.now and not one.policy.notice.allows(start, table.now, table.zone):
        yield e.TooSoon(notice=_length_of(one.policy))
    last_day = one.last_day or one.policy.last_day(table.now, table.zone)
    if local_date(start, table.zone) > last_day:
        yield e.TooFar(last_day=last_day)


def _length_of(policy: Policy) -> timedelta:
    notice = policy.notice
    return timedelta(days=notice.days or 0, hours=notice.hours or 0)


def _broken_of_quota(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    quota = one.policy.quota
    if request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        return
    if one.used.active >= quota.active:
        yield e.QuotaExceeded(used=one.used.active, most=quota.active)
    for load, bookings, hours, too_many, too_long in (
        (one.used.week, quota.bookings_per_week, quota.hours_per_week,
         e.WeeklyBookingsExceeded, e.WeeklyHoursExceeded),
        (one.used.month, quota.bookings_per_month, quota.hours_per_month,
         e.MonthlyBookingsExceeded, e.MonthlyHoursExceeded),
    ):  # fmt: skip
        would_be = load + Load(1, request.period.length)
        if bookings is not None and would_be.bookings > bookings:
            yield too_many(most=bookings)
        if hours is not None and would_be.time > timedelta(hours=hours):
            yield too_long(most=hours)


def _broken_of_freedom(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    if not one.timetable.is_free(request.period):
        yield e.NotFree(space=one.place.name)


def _broken_of_organiser(request: ReservationRequest, one: Circumstances) -> Iterator[RuleBroken]:
    """Who may book, and what they must have filled in and accepted."""
    if request.kind is not Kind.CUSTOMER:
        return
    organiser, policy = one.organiser, one.policy
    if not organiser.is_staff and not organiser.is_unknown:
        if policy.who_may_book == "staff":
            yield e.OnlyStaffMayBook()
        elif policy.who_may_book == ASSOCIATION and not organiser.is_verified_association:
            yield from _not_a_verified_association(request, organiser)
    if request.hold:
        return
    if policy.requires_adult and not request.responsible_adult:
        yield e.AdultRequired()
    if one.terms is not None and request.terms_for(one.number) != one.terms.version:
        yield e.TermsNotAccepted(version=one.terms.version)


def _not_a_verified_association(
    request: ReservationRequest, organiser: Organiser
) -> Iterator[RuleBroken]:
    if request.organisation is None:
        if request.hold and organiser.has_organisations:
            return  # for which of them is said when the hold is submitted
        yield e.WhoMayBook()
        yield e.OrganisationRequired()
    elif organiser.organisation_kind != ASSOCIATION:
        yield e.WhoMayBook()
    else:
        yield e.OrganisationNotVerified()


_REQUIRED: dict[str, type[RuleBroken]] = {
    "title": e.TitleRequired,
    "purpose": e.PurposeRequired,
    "people": e.PeopleRequired,
    "organisation": e.OrganisationRequired,
    "message": e.MessageRequired,
}


def _broken_of_whole(
    request: ReservationRequest, circumstances: Sequence[Circumstances]
) -> Iterator[RuleBroken]:
    """What is judged once for all the spaces together: required fields and capacity."""
    if request.kind is Kind.CUSTOMER:
        required = set().union(*(one.policy.required_fields for one in circumstances))
        for name, error in _REQUIRED.items():
            if name in required and _is_blank(getattr(request, name)):
                yield error()
    capacity = sum(one.place.capacity for one in circumstances)
    if request.people is not None and circumstances and request.people > capacity:
        yield e.OverCapacity(capacity=capacity)
    for full in [full for one in circumstances for full in one.timetable.too_full]:
        if full.during(request.period):
            yield e.OverCapacityTogether(whole=full.whole.name, capacity=full.whole.capacity)


def _is_blank(value: object) -> bool:
    return not (value.strip() if isinstance(value, str) else value)


def _each_once(broken: list[RuleBroken]) -> list[RuleBroken]:
    """The same rule with the same values is told once, though several spaces have it."""
    told: dict[tuple[str, str], RuleBroken] = {}
    for error in broken:
        told.setdefault((type(error).__name__, str(error.values)), error)
    return list(told.values())


TIME_RULES = (
    e.InPast,
    e.OffGrid,
    e.OutsideOpeningHours,
    e.TooSoon,
    e.NotFree,
)
"""The rules that another start would keep: they are told with the next one possible."""


def needs_approval(
    request: ReservationRequest, circumstances: Sequence[Circumstances], is_free_use: bool
) -> bool:
    """Whether a person must decide: the policy says so, so many come, or use is free of charge
    and nobody has taken automatic decisions into use (`is_free_use`)."""
    if request.kind is not Kind.CUSTOMER:
        return False
    return is_free_use or any(
        one.policy.approval == "staff"
        or (
            one.policy.staff_review_from_persons is not None
            and (request.people or 0) >= one.policy.staff_review_from_persons
        )
        for one in circumstances
    )
