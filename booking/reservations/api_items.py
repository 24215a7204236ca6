"""Things on loan, as the endpoints take and give them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from booking.catalogue.places import Catalogue
from booking.core.errors import N_
from booking.reservations.loans import days_of
from booking.reservations.models import ReservationLoan
from booking.reservations.rules import LoanWish
from booking.web.api import Model
from booking.web.cursors import FIRST_YEAR, LAST_YEAR
from booking.web.faults import unfit

Slug = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ItemIn(Model):
    """So many pieces of a thing on loan, from the day of pick-up to that of return, both included;
    without days they are those of the openings before the start and after the end."""

    item: Slug
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None

    @model_validator(mode="after")
    def has_both_days_or_none(self) -> ItemIn:
        """Both days, or none."""
        if (self.from_ is None) != (self.to is None):
            raise unfit(N_("Give both from and to, or neither."))
        days = [day for day in (self.from_, self.to) if day is not None]
        if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
            raise ValueError(f"give days of the years {FIRST_YEAR} to {LAST_YEAR}")
        return self

    def as_wish(self) -> LoanWish:
        """The same as a value of the rules."""
        return LoanWish(self.item, self.quantity, self.from_, self.to)


def _each_once(items: list[ItemIn]) -> list[ItemIn]:
    if len({one.item for one in items}) < len(items):
        raise unfit(N_("Name each item only once."))
    return items


Items = Annotated[list[ItemIn], Field(max_length=20), AfterValidator(_each_once)]


class ItemOut(Model):
    """Pieces of a thing on loan, from the day of pick-up to that of return."""

    item: str
    quantity: int
    from_: Annotated[date, Field(alias="from")]
    to: date


def item_out(row: ReservationLoan, city: Catalogue) -> ItemOut:
    first, last = days_of(row, city)
    return ItemOut.model_validate(
        {
            "item": city.loans_by_id[row.loan_item_id].slug,
            "quantity": row.quantity,
            "from": first,
            "to": last,
        }
    )
