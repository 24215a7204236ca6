"""What a reservation would be asked for as, with some of it otherwise; and what that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.reservations.circumstances import place_of
from booking.reservations.judging import request_of
from booking.reservations.loans import loan_policies, thing_of
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.queries import is_owner
from booking.reservations.rules import Buffers, ReservationRequest


@dataclass(frozen=True)
class Changes:
    """What is to be otherwise: fields of a `ReservationRequest` by name, and, by staff, the set-up
    and clean-up at all of its spaces."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    set_up: timedelta | None = None
    clean_up: timedelta | None = None

    @property
    def widens(self) -> bool:
        return self.set_up is not None or self.clean_up is not None


@dataclass(frozen=True)
class Change:
    """What a reservation was asked for as, the set-up and clean-up that staff had set, and what it
    is to be; and whether the staff change it, rather than its owner."""

    before: ReservationRequest
    buffers: Mapping[str, Buffers]
    after: ReservationRequest
    by_staff: bool

    @property
    def is_none(self) -> bool:
        """Whether nothing would be otherwise."""
        same = replace(self.before, buffers=self.buffers)
        return replace(self.after, terms=(), override=same.override) == same

    @property
    def is_moved(self) -> bool:
        """Whether it is to be at another time or in another space."""
        return any(
            getattr(self.before, name) != getattr(self.after, name)
            for name in ("starts_at", "ends_at", "spaces")
        )

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is to take other parts or other time, set-up and clean-up counted."""
        return self.is_moved or self.after.buffers != self.buffers

    @property
    def lends_otherwise(self) -> bool:
        """Whether it is to have other things on loan, or for other days."""
        return self.before.items != self.after.items

    @property
    def is_for_another_event(self) -> bool:
        return self.before.event != self.after.event

    @property
    def outgrows_its_event(self) -> bool:
        """Whether more come than the rules were asked about, and no more did before."""
        most = self.after.outcome.most_people if self.after.outcome else None
        before, after = self.before.people or 0, self.after.people or 0
        return most is not None and before <= most < after

    @property
    def is_seen_in_calendars(self) -> bool:
        return self.is_moved or self.before.title.strip() != self.after.title.strip()


def request_with(
    actor: Actor, reservation: Reservation, changes: Changes, city: Catalogue, now: datetime
) -> ReservationRequest:
    """The reservation with these changes, as it would be asked for. Raises `NotFound`.

    What was accepted stays accepted; a reason why staff set rules aside holds for staff only.
    """
    by_staff = not is_owner(actor, reservation)
    asked = request_of(reservation, city)
    wanted = replace(asked, override=asked.override if by_staff else None)
    wanted = replace(wanted, **changes.fields)
    places = [place_of(city, slug) for slug in wanted.spaces]
    has_times = {"starts_at", "ends_at"} & changes.fields.keys()
    if not places and "items" in changes.fields and not has_times:
        wanted = _over_days(wanted, city)
    return replace(
        wanted,
        terms=_terms(reservation, wanted, places, by_staff, city, now),
        buffers=_buffers(reservation, places, changes, city, now),
    )


def _over_days(wanted: ReservationRequest, city: Catalogue) -> ReservationRequest:
    """A reservation of nothing but loans, over all their days."""
    firsts = [wish.first for wish in wanted.items if wish.first is not None]
    lasts = [wish.last for wish in wanted.items if wish.last is not None]
    if not firsts or not lasts or max(lasts) < min(firsts):
        return wanted
    period = city.days(min(firsts), max(lasts))
    return replace(wanted, starts_at=period.starts_at, ends_at=period.ends_at)


def _terms(
    reservation: Reservation,
    wanted: ReservationRequest,
    places: Sequence[Place],
    by_staff: bool,
    city: Catalogue,
    now: datetime,
) -> tuple[date | None, ...]:
    """The versions accepted, in the order of the spaces: of those it has, and of the same text,
    they are; staff accept nothing in another's place, and are asked for nothing."""
    today = local_date(now, city.zone)
    spaces = {row.space_id for row in reservation.spaces}
    accepted = {row.terms_version_id for row in reservation.spaces}
    found = []
    for number, place in enumerate(places):
        in_force = place.policy_at(now)
        terms = city.terms_on(place.terms_slug(in_force.policy), today) if in_force else None
        if terms and (by_staff or place.id in spaces or terms.id in accepted):
            found.append(terms.version)
        else:
            found.append(wanted.terms_for(number) or date.min)
    return (*found, *_terms_of_loans(reservation, wanted, by_staff, city, now))


def _terms_of_loans(
    reservation: Reservation,
    wanted: ReservationRequest,
    by_staff: bool,
    city: Catalogue,
    now: datetime,
) -> list[date | None]:
    """The same of things on loan, with all that was given."""
    if not wanted.items:
        return []
    lent = {row.loan_item_id for row in reservation.loans}
    accepted = {row.terms_version_id for row in reservation.spaces}
    accepted |= {row.terms_version_id for row in reservation.loans}
    found = list(wanted.terms)
    for wish in wanted.items:
        thing = thing_of(city, wish.item)
        for policy in loan_policies([thing], now):
            terms = city.terms_on(policy.terms, local_date(now, city.zone))
            if terms and (by_staff or thing.id in lent or terms.id in accepted):
                found.append(terms.version)
    return found


def _buffers(
    reservation: Reservation,
    places: Sequence[Place],
    changes: Changes,
    city: Catalogue,
    now: datetime,
) -> dict[str, Buffers]:
    """The set-up and clean-up that staff have set, now or before."""
    own = own_buffers(reservation, city)
    found = {place.slug: own[place.slug] for place in places if place.slug in own}
    if changes.widens:
        for place in places:
            in_force = place.policy_at(now)
            usual = Buffers(in_force.policy.before, in_force.policy.after) if in_force else None
            base = found.get(place.slug) or usual or Buffers(timedelta(), timedelta())
            found[place.slug] = Buffers(
                base.before if changes.set_up is None else changes.set_up,
                base.after if changes.clean_up is None else changes.clean_up,
            )
    return found


def own_buffers(reservation: Reservation, city: Catalogue) -> dict[str, Buffers]:
    """Of its spaces, those whose set-up or clean-up is not what their policy said."""
    found = {}
    for row in reservation.spaces:
        place, has = city.places_by_id[row.space_id], _buffers_of(row)
        made_under = [p.policy for p in place.policies if p.id == row.policy_version_id]
        if made_under and (has.before, has.after) != (made_under[0].before, made_under[0].after):
            found[place.slug] = has
    return found


def _buffers_of(row: ReservationSpace) -> Buffers:
    return Buffers(timedelta(minutes=row.before_minutes), timedelta(minutes=row.after_minutes))
