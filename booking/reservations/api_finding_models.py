"""What the endpoints of free time take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from booking.catalogue.api import SpaceOut
from booking.core.errors import RuleBroken
from booking.reservations.api_models import Repeated
from booking.reservations.recurrence import LONGEST_RULE
from booking.reservations.search_need import read_part
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


class SpaceFilters(Model):
    """What a space must have, as on the search page; `free`: free of charge for the token's
    person, without a token for a private one."""

    kind: Repeated = ()
    unit: Repeated = ()
    district: Repeated = ()
    equipment: Repeated = ()
    accessible: Repeated = ()
    outdoor: bool = False
    free: bool = False
    near: Annotated[
        str, Field(description="From where `sort=nearest` measures: a site's or a district's slug.")
    ] = ""
    at: Annotated[
        str | None,
        _readable("at"),
        Field(description="From where it measures instead: degrees, `latitude,longitude`."),
    ] = None
    sort: Annotated[
        str | None,
        _readable("sort"),
        Field(description="`fit` (if nothing is said), `nearest`, `cheapest` or `largest`."),
    ] = None


class SpaceQuery(SpaceFilters):
    """As the search page. With `until` (the last day) or `weekday`, of every week between `date`
    (else today) and `until` (else for 12 weeks): the spaces free on one of its dates at least."""

    q: Annotated[
        str, Field(description="Words in any language and inflection; misspelt ones are found too.")
    ] = ""
    people: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    date: Annotated[str, _readable("date")] | None = None
    start: Annotated[str, _readable("start")] | None = None
    end: Annotated[str, _readable("end")] | None = None
    until: Annotated[str, _readable("until")] | None = None
    weekday: Annotated[
        Repeated, Field(description="`mon` to `sun`, repeatable; with `start` and `end`.")
    ] = ()
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class AvailabilityQuery(SpaceFilters):
    """At most 400 days; with `rrule` (RFC 5545, the subset that series have) the time of the first
    date of a series."""

    starts_at: InstantInAddress
    ends_at: InstantInAddress
    rrule: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_RULE)] | None = None
    q: str = ""
    people: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
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
