"""What a series would come to, before one asks for it: each date with its state and what would do
instead, the price in all, what happens next. Forty dates need as many queries as four."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Place
from booking.catalogue.rules import Texts
from booking.core.errors import RequestRefused, RuleBroken
from booking.reservations import errors as e
from booking.reservations.answers import Asked
from booking.reservations.circumstances import place_of, places_asked, price_for
from booking.reservations.event_rules import must_be_decided
from booking.reservations.free_use import any_free_use, mismatches_of
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_rules import SeriesRequest
from booking.reservations.series_suggestions import instead_on
from booking.reservations.series_use_cases import (
    Judged,
    first_state_of_all,
    judged_in,
)
from booking.reservations.series_wizard_rules import (
    Choices,
    Row,
    may_help,
    whole_and_each,
    with_defaults,
)
from booking.reservations.states import State


@dataclass(frozen=True)
class Preview:
    """The dates, the rules that the series breaks as a whole, and of the dates that would be made:
    what they cost in all (None: not known), whether the staff decide about them, and whether they
    are free of charge by the organiser's group."""

    rows: Sequence[Row]
    broken: Sequence[RuleBroken] = ()
    total_cents: int | None = None
    awaits_staff: bool = False
    is_free_use: bool = False

    @property
    def taken(self) -> list[Row]:
        """The dates that would be booked."""
        return [row for row in self.rows if not row.is_left]

    @property
    def elsewhere(self) -> list[Row]:
        """Of these, those that would be at another time or in another space."""
        return [row for row in self.taken if row.chosen is not None]


@dataclass(frozen=True)
class Look:
    """What is looked at: for which space and organisation, what on each date, by which rule, and
    what was chosen of single dates."""

    asked: Asked
    each: ReservationRequest
    rule: str
    choices: Choices
    organisation: Organisation | None = None
    automatic_decisions: bool = False

    @property
    def place(self) -> Place:
        return self.asked.place

    def judged(self, session: Session, wanted: SeriesRequest) -> Judged:
        """Each date of this judged. Raises `RequestRefused` where there is none."""
        asked = self.asked
        slugs = [slug for chosen in wanted.instead.values() for slug in chosen.spaces]
        others = [place_of(asked.city, slug) for slug in dict.fromkeys(slugs)]
        places = list(dict.fromkeys([self.place, *others]))
        return judged_in(
            session, asked.city, asked.actor, wanted, places, self.organisation, asked.now
        )


def days_off_of(place: Place, days: Sequence[date]) -> dict[date, Texts]:
    """Those of the days that people take off here, and what they are called."""
    named = {day: place.hours.day_off(day) for day in days}
    return {day: name for day, name in named.items() if name is not None}


def wanted_of(look: Look, choices: Choices, days_off: Mapping[date, Texts]) -> SeriesRequest:
    """What is asked for by these choices."""
    left_out = choices.left_out(days_off)
    instead = {day: one for day, one in choices.elsewhere.items() if day not in left_out}
    return SeriesRequest(look.each, look.rule, instead=instead, left_out=left_out)


def preview_of(session: Session, look: Look) -> Preview:
    """The series as it would be had now. Raises `RequestRefused` where its rule gives no dates."""
    plain = look.judged(session, SeriesRequest(look.each, look.rule))
    days_off = days_off_of(look.place, plain.plan.days)
    whole, reasons = whole_and_each(plain.occurrences)
    open_ = [day for day in reasons if reasons[day] and _is_asked_for(day, look.choices, days_off)]
    suggestions = instead_on(
        session,
        look.asked.city,
        look.place,
        {day: plain.requests[day].period for day in open_ if may_help(reasons[day])},
        look.asked.now,
        look.each.people,
    )
    choices = with_defaults(look.choices, open_, suggestions)
    wanted = wanted_of(look, choices, days_off)
    rows = [
        Row(
            one.day,
            one.period,
            day_off=days_off.get(one.day),
            reasons=reasons[one.day],
            suggestions=suggestions.get(one.day, ()),
            is_left=one.day in wanted.left_out,
            chosen=wanted.instead.get(one.day),
        )
        for one in plain.occurrences
    ]
    try:
        chosen = look.judged(session, wanted)
    except RequestRefused as refused:
        return Preview(rows, [*whole, *_told(refused.broken, whole)])
    return _of_chosen(look, rows, chosen, whole)


def _is_asked_for(day: date, choices: Choices, days_off: Mapping[date, Texts]) -> bool:
    """Whether the day is not left out for being a day off."""
    return day not in days_off or not choices.days_off_out or day in choices.back


def _of_chosen(
    look: Look, rows: Sequence[Row], chosen: Judged, whole: Sequence[RuleBroken]
) -> Preview:
    """What comes of the choices; what a date breaks by them stands with it."""
    _, reasons = whole_and_each(chosen.occurrences)
    requests = [chosen.requests[one.day] for one in chosen.occurrences if one.period]
    around = [chosen.around[one.day] for one in chosen.occurrences if one.period]
    city, organisation = look.asked.city, look.organisation
    is_free = any_free_use(city, requests, organisation)
    decided = must_be_decided(
        look.each.outcome,
        {found for one in requests for found in mismatches_of(one, city, organisation)},
        is_free=is_free,
        is_within_limits=True,
        automatic=look.automatic_decisions,
    )
    state = first_state_of_all(look.asked.actor, requests, around, decided)
    return Preview(
        [_with(row, reasons.get(row.day, ())) for row in rows],
        [*whole, *_told(chosen.broken, whole)],
        _total(look, requests),
        state is State.REQUESTED,
        is_free,
    )


def _with(row: Row, reasons: Sequence[RuleBroken]) -> Row:
    """The date with these reasons too, each sentence once."""
    if row.is_left:
        return row
    known = {(type(rule), str(rule.values)) for rule in row.reasons}
    more = [rule for rule in reasons if (type(rule), str(rule.values)) not in known]
    return replace(row, reasons=(*row.reasons, *more)) if more else row


def _told(broken: Sequence[RuleBroken], before: Sequence[RuleBroken]) -> list[RuleBroken]:
    """Those that were not told before."""
    codes = {type(rule) for rule in before}
    return [rule for rule in broken if type(rule) not in codes]


def _total(look: Look, requests: Sequence[ReservationRequest]) -> int | None:
    """What all of it costs; None where one price has not been decided yet."""
    city = look.asked.city
    prices = [price_for(city, one, places_asked(city, one), look.organisation) for one in requests]
    known = [one.total_cents for one in prices if one is not None]
    return sum(known) if len(known) == len(prices) else None


ABOUT_WHO = (e.OnlyVerifiedBookSeries, e.WhoMayBook, e.OrganisationRequired)
"""What can't be known of somebody who has not signed in."""
