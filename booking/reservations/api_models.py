"""What the reservations' endpoints take and give."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from booking.accounts.rules import email_problem, normal_email
from booking.catalogue.places import Catalogue
from booking.core.clock import local_day
from booking.core.errors import N_
from booking.pricing.rules import Line
from booking.reservations.api_items import ItemOut, Items, Slug, item_out
from booking.reservations.api_offers import MoveOffer, offer_out
from booking.reservations.models import PriceLine, Reservation
from booking.reservations.queries import places_of
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import Kind, steps_from
from booking.web.api import Instant, InstantInAddress, Model
from booking.web.faults import unfit

Repeated = tuple[str, ...]
"""A filter that may stand several times in an address."""
Reason = Annotated[str, StringConstraints(max_length=1000)]
Title = Annotated[str, StringConstraints(max_length=120)]
Message = Annotated[str, StringConstraints(max_length=2000)]
People = Annotated[int, Field(ge=1, le=2**31 - 1)]
Reference = Annotated[str, StringConstraints(max_length=20)]
Purpose = Literal[
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
]


def _plausible(email: str) -> str:
    """The address in its normal form."""
    if problem := email_problem(normal_email(email)):
        raise unfit(problem.message, **problem.values)
    return normal_email(email)


class Customer(Model):
    """Whom staff book for: somebody without an account."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_plausible)] | None = (
        None
    )
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None


class Override(Model):
    """Why opening hours, notice, horizon and quota are set aside; never an overlap."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


TermsVersion = date | Annotated[list[date], Field(max_length=20)] | None
"""The version that is accepted: one for all spaces, or a list in their order."""


def versions_of(terms: date | list[date] | None) -> tuple[date | None, ...]:
    """The same as the rules take it."""
    if terms is None:
        return ()
    return tuple(terms) if isinstance(terms, list) else (terms,)


class ReservationIn(Model):
    """A request: one `space` or several `spaces`, `items` on loan, or both, all or nothing.

    It lasts 400 days at most, and by the policies of most spaces much less. A `hold` needs no more
    than spaces and times. Things on loan alone, each with its days, need no times.
    """

    paragraphs: ClassVar[frozenset[str]] = frozenset({"message"})

    space: Slug | None = None
    spaces: Annotated[list[Slug], Field(min_length=1, max_length=20)] | None = None
    items: Items | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    title: Title = ""
    purpose: Purpose | None = None
    people: People | None = None
    organisation: Slug | None = None
    responsible_adult: bool = False
    terms_version: TermsVersion = None
    message: Message = ""
    event: Reference | None = None
    hold: bool = False
    preliminary: bool = False
    kind: Literal["customer", "staff", "closure"] = "customer"
    on_behalf_of: Customer | None = None
    override: Override | None = None

    @model_validator(mode="after")
    def names_spaces_once(self) -> ReservationIn:
        """Either `space` or `spaces`, or neither where there are `items`."""
        if self.space is not None and self.spaces is not None:
            raise unfit(N_("Give either space or spaces."))
        if self.space is None and self.spaces is None and not self.items:
            raise unfit(N_("Give space, spaces or items."))
        if self.spaces is not None and len(set(self.spaces)) < len(self.spaces):
            raise unfit(N_("Name each space only once."))
        return self

    @model_validator(mode="after")
    def says_when(self) -> ReservationIn:
        """Both instants, or, for things on loan alone, the days of each."""
        if (self.starts_at is None) != (self.ends_at is None):
            raise unfit(N_("Give both starts_at and ends_at."))
        dated = all(one.from_ is not None for one in self.items or [])
        if self.starts_at is None and (self.space or self.spaces or not dated):
            raise unfit(N_("Give both starts_at and ends_at."))
        return self

    def _instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the start to the end; of things on loan alone, over all their local days."""
        if self.starts_at is not None and self.ends_at is not None:
            return self.starts_at.astimezone(UTC), self.ends_at.astimezone(UTC)
        firsts = [one.from_ for one in self.items or [] if one.from_ is not None]
        lasts = [one.to for one in self.items or [] if one.to is not None]
        return local_day(min(firsts), zone).starts_at, local_day(max(lasts), zone).ends_at

    def as_request(self, zone: ZoneInfo) -> ReservationRequest:
        """The same as a value of the rules; days are those of the zone."""
        starts_at, ends_at = self._instants(zone)
        one = (self.space,) if self.space else ()
        return ReservationRequest(
            spaces=tuple(self.spaces) if self.spaces else one,
            items=tuple(item.as_wish() for item in self.items or []),
            starts_at=starts_at,
            ends_at=ends_at,
            title=self.title,
            purpose=self.purpose,
            people=self.people,
            organisation=self.organisation,
            responsible_adult=self.responsible_adult,
            terms=self._accepted(),
            message=self.message,
            kind=Kind(self.kind),
            on_behalf_of=self.on_behalf_of.model_dump() if self.on_behalf_of else None,
            override=self.override.reason if self.override else None,
            hold=self.hold,
            preliminary=self.preliminary,
            event=self.event,
        )

    def _accepted(self) -> tuple[date | None, ...]:
        """One version for all the spaces, or one for each: those that a list lacks have none."""
        terms = versions_of(self.terms_version)
        if not isinstance(self.terms_version, list):
            return terms
        return (*terms, *[None] * (len(self.spaces or [self.space]) - len(terms)))


class ReasonIn(Model):
    """Why; owed where something is taken from somebody."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Reason = ""


class ApprovalIn(ReasonIn):
    """Why, and the price group where it is another than by the rules; the reason is owed then."""

    price_group: Annotated[str, StringConstraints(max_length=10)] | None = None


class LineOut(Model):
    """What one space costs. Decimals are strings, amounts whole cents."""

    space: str
    hours: str
    unit_cents: int
    share: str
    vat_class: str
    vat_percent: str
    net_cents: int
    vat_cents: int
    total_cents: int


class PriceOfReservation(Model):
    total_cents: int
    currency: str
    price_group: str
    lines: list[LineOut]


class ReservationOut(Model):
    """A reservation, as its owner and the staff of its spaces see it."""

    reference: str
    state: str
    kind: str
    version: int
    space: str | None
    spaces: list[str]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    title: str
    purpose: str | None
    people: int | None
    organisation: str | None
    event: str | None = None
    message: str
    uid: str
    sequence: int
    items: Annotated[list[ItemOut], Field(default_factory=list)]
    set_up_minutes: int = 0
    clean_up_minutes: int = 0
    held_until: AwareDatetime | None
    move_offer: MoveOffer | None = None
    checked_in_at: AwareDatetime | None = None
    no_show_at: AwareDatetime | None = None
    reason: str | None
    due_cents: int | None
    price: PriceOfReservation | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    links: dict[str, str]


class ReservationList(Model):
    items: list[ReservationOut]
    next: str | None


class ReservationQuery(Model):
    state: Repeated = ()
    space: Repeated = ()
    unit: Repeated = ()
    from_: Annotated[InstantInAddress | None, Field(alias="from")] = None
    to: InstantInAddress | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


def line_out(space: str, line: Line | PriceLine) -> LineOut:
    return LineOut(
        space=space,
        hours=f"{line.hours.normalize():f}",
        unit_cents=line.unit_cents,
        share=f"{line.share:.2f}",
        vat_class=line.vat_class,
        vat_percent=f"{line.vat_percent:.1f}",
        net_cents=line.net_cents,
        vat_cents=line.vat_cents,
        total_cents=line.total_cents,
    )


def price_out(reservation: Reservation, city: Catalogue) -> PriceOfReservation | None:
    """The price as it was told and kept; loans alone cost nothing."""
    if reservation.total_cents is None and not reservation.loans:
        return None
    return PriceOfReservation(
        total_cents=reservation.total_cents or 0,
        currency=reservation.currency or city.currency,
        price_group=reservation.price_group or "",
        lines=[
            line_out(city.places_by_id[line.space_id].slug, line)
            for line in reservation.price_lines
            if line.space_id is not None
        ],
    )


def reservation_out(
    reservation: Reservation, city: Catalogue, state: str, base_url: str
) -> ReservationOut:
    """The reservation for whoever may see it; `state` is as of now."""
    spaces = [place.slug for place in places_of(city, reservation)]
    own = f"{base_url}/api/v1/reservations/{reservation.reference}"
    offer = offer_out(reservation, city)
    steps = steps_from(state, reservation.is_preliminary, offer is not None)
    return ReservationOut(
        reference=reservation.reference,
        state=state,
        kind=reservation.kind,
        version=reservation.version,
        space=spaces[0] if spaces else None,
        spaces=spaces,
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        title=reservation.title,
        purpose=reservation.purpose,
        people=reservation.people,
        organisation=reservation.organisation.slug if reservation.organisation else None,
        event=reservation.event.reference if reservation.event else None,
        message=reservation.message,
        uid=reservation.uid,
        sequence=reservation.sequence,
        items=[item_out(row, city) for row in reservation.loans],
        set_up_minutes=max((row.before_minutes for row in reservation.spaces), default=0),
        clean_up_minutes=max((row.after_minutes for row in reservation.spaces), default=0),
        held_until=reservation.held_until,
        move_offer=offer,
        checked_in_at=reservation.checked_in_at,
        no_show_at=reservation.no_show_at,
        reason=reservation.reason,
        due_cents=reservation.due_cents,
        price=price_out(reservation, city),
        created_at=reservation.created_at,
        updated_at=reservation.updated_at,
        links={
            "self": own,
            **{step: f"{own}/{step}" for step in steps},
            "page": f"{base_url}/{reservation.language}/reservations/{reservation.reference}",
            "calendar": f"{base_url}/calendars/reservations/{reservation.reference}.ics",
        },
    )


def alternative_out(space: str, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    return {
        "space": space,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
    }
