"""What the series' endpoints take and give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from booking.core.errors import N_
from booking.reservations.api_models import Reason, ReservationIn, ReservationOut
from booking.reservations.series_rules import OnConflict, SeriesRequest
from booking.web.api import Model, Violation
from booking.web.faults import unfit

MOST_LEFT_OUT = 750
"""More days than a daily series of two years has."""


class SeriesIn(ReservationIn):
    """A request as for one reservation, at the time of the first date, and the rule by which it
    repeats: daily, weekly or monthly (RFC 5545's RRULE, a subset), for two years at most.

    With `preview` nothing is made: the answer tells what could be had.
    """

    rrule: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    exdates: Annotated[tuple[date, ...], Field(max_length=MOST_LEFT_OUT)] = ()
    on_conflict: Literal["refuse", "skip"] = "refuse"
    preview: bool = False

    @model_validator(mode="after")
    def is_no_hold(self) -> SeriesIn:
        """A series is asked for as a whole."""
        if self.hold or self.preliminary or self.items:
            raise unfit(N_("A series can't be held, and takes no things on loan."))
        return self

    def as_series(self, zone: ZoneInfo) -> SeriesRequest:
        """The same as a value of the rules; days are those of the zone."""
        return SeriesRequest(
            each=self.as_request(zone),
            rule=self.rrule,
            without=frozenset(self.exdates),
            on_conflict=OnConflict(self.on_conflict),
        )


class SeriesCancelIn(Model):
    """From which day on, by the city's calendar; without one, all. Staff owe the reason."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    from_: Annotated[date | None, Field(alias="from")] = None
    reason: Reason = ""


class SkipIn(Model):
    """Which date to leave out, by the city's calendar. Staff owe the reason."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    day: Annotated[date, Field(alias="date")]
    reason: Reason = ""


class SkippedOut(Model):
    """A date that could not be had, by the city's calendar, and why."""

    date: date
    violations: list[Violation]


class DateOut(Model):
    """A date that could be had."""

    date: date
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SeriesOut(Model):
    """A series, as its owner and the staff of its spaces see it. `dates` is given to a preview:
    what could be had; there is no reference then."""

    reference: str | None
    version: int | None
    rrule: str
    space: str | None
    spaces: list[str]
    title: str
    purpose: str | None
    people: int | None
    organisation: str | None
    total_cents: int | None
    reservations: list[ReservationOut]
    skipped: list[SkippedOut]
    dates: list[DateOut] | None = None
    links: dict[str, str]
