"""What the endpoints of free time take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from booking.catalogue.api import SpaceOut
from booking.core.errors import RuleBroken
from booking.reservations.api_models import Repeated
from booking.reservations.recurrence import LONGEST_RULE
from booking.reservations.search import read_part
from booking.web.api import InstantInAddress, Model
from booking.web.faults import unfit


class Span(Model):
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SpaceAvailability(Model):
    """`free`: the greatest intervals in which a resident's booking can lie; `busy`: what takes
    the space's parts, merged. Both within the window asked for."""

    free: list[Span]
    busy: list[Span]


class Window(Model):
    """At most 400 days."""

    from_: Annotated[InstantInAddress, Field(alias="from")]
    to: InstantInAddress


def _readable(name: str) -> AfterValidator:
    """That a part of the search can be read, as on the search page."""

    def check(text: str) -> str:
        try:
            read_part(name, text)
        except RuleBroken as fault:
            raise unfit(fault.message, **fault.values) from fault
        return text

    return AfterValidator(check)


class SpaceQuery(Model):
    """As the search page."""

    q: str = ""
    people: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    date: Annotated[str, _readable("date")] | None = None
    start: Annotated[str, _readable("start")] | None = None
    end: Annotated[str, _readable("end")] | None = None
    kind: Repeated = ()
    unit: Repeated = ()
    district: Repeated = ()
    equipment: Repeated = ()
    accessible: Repeated = ()
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class AvailabilityQuery(Model):
    """At most 400 days; with `rrule` (RFC 5545, the subset that series have) the time of the first
    date of a series."""

    starts_at: InstantInAddress
    ends_at: InstantInAddress
    rrule: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_RULE)] | None = None
    people: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    kind: Repeated = ()
    unit: Repeated = ()
    equipment: Repeated = ()
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class SpaceList(Model):
    items: list[SpaceOut]
    next: str | None


class SeriesDates(Model):
    """How many dates of a series a space could be had on, and on which not."""

    wanted: int
    free: int
    not_free: list[dt.date]


class AvailableSpace(SpaceOut):
    """A space that can be booked at the time asked about; with `rrule`, on which of the dates."""

    dates: SeriesDates | None = None


class AvailableSpaceList(Model):
    items: list[AvailableSpace]
    next: str | None
