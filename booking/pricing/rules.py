"""What a booking costs, to the cent: hours by local day, group, VAT by date.

The steps are those of "Prices" in the documentation of the catalogue's format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from booking.catalogue.places import Catalogue, Place, PriceGroup
from booking.core.clock import local_date, local_day
from booking.core.periods import Period

PERSON_GROUP, CITY_GROUP = "K4", "K0"
OUT_OF_SCOPE = "out_of_scope"
SPORT = "sport"


@dataclass(frozen=True, slots=True)
class Line:
    """What one space costs: counted hours, cents an hour, the group's share, VAT, amounts."""

    space: str
    space_id: int
    hours: Decimal
    unit_cents: int
    share: Decimal
    vat_class: str
    vat_percent: Decimal
    net_cents: int
    vat_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a booking, as it is shown before it and kept with it; amounts in cents."""

    price_group: str
    currency: str
    lines: tuple[Line, ...]

    @property
    def total_cents(self) -> int:
        return sum(line.total_cents for line in self.lines)


def price_of(
    places: list[Place], period: Period, group: PriceGroup, purpose: str | None, city: Catalogue
) -> Price | None:
    """The price of these spaces for this period; None where a day has no price row.

    Each space is a line of its own, rounded for itself; buffers cost nothing.
    """
    lines = []
    for place in places:
        line = _line(place, period, group, purpose, city)
        if line is None:
            return None
        lines.append(line)
    return Price(group.slug, city.currency, tuple(lines))


def _line(
    place: Place, period: Period, group: PriceGroup, purpose: str | None, city: Catalogue
) -> Line | None:
    hours, full_cents, unit_cents = Decimal(0), Decimal(0), None
    for day, elapsed in _hours_by_day(period, city):
        row = place.price_list.row_on(day)
        if row is None:
            return None
        counted = min(elapsed, Decimal(row.day_cap_hours))
        hours += counted
        full_cents += counted * row.hourly_cents
        if unit_cents is None:
            unit_cents = _rounded(row.hourly_cents * place.price_share)
    amount = _rounded(full_cents * place.price_share * group.share)
    vat_class = _vat_class(place, purpose, amount)
    percent = city.vat_percent(vat_class, local_date(period.starts_at, city.zone))
    net, vat, total = _with_vat(amount, percent, group.vat_added)
    return Line(
        space=place.slug,
        space_id=place.id,
        hours=hours,
        unit_cents=unit_cents or 0,
        share=group.share,
        vat_class=vat_class,
        vat_percent=percent,
        net_cents=net,
        vat_cents=vat,
        total_cents=total,
    )


def _hours_by_day(period: Period, city: Catalogue) -> Iterator[tuple[date, Decimal]]:
    """Each local day that the period touches, and the elapsed hours of it on that day."""
    rest: Period | None = period
    while rest is not None:
        day = local_date(rest.starts_at, city.zone)
        end = min(local_day(day, city.zone).ends_at, rest.ends_at)
        seconds = Decimal(int((end - rest.starts_at).total_seconds()))
        yield day, seconds / 3600
        rest = Period(end, rest.ends_at) if end < rest.ends_at else None


def _vat_class(place: Place, purpose: str | None, amount: int) -> str:
    """An amount of 0 is no sale; other use than sport may have a class of its own."""
    if amount == 0:
        return OUT_OF_SCOPE
    other = place.price_list.vat_class_other_use
    return other if other and purpose != SPORT else place.price_list.vat_class


def _with_vat(amount: int, percent: Decimal, vat_added: bool) -> tuple[int, int, int]:
    """(net, vat, total): the amount is the net price where VAT is added, else the total."""
    rate = percent / 100
    if vat_added:
        vat = _rounded(amount * rate)
        return amount, vat, amount + vat
    net = _rounded(amount / (1 + rate))
    return net, amount - net, amount


def _rounded(cents: Decimal) -> int:
    return int(Decimal(cents).quantize(Decimal(1), rounding=ROUND_HALF_UP))
