"""What the series' endpoints take and give."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from booking.core.errors import N_
from booking.reservations.api_items import Slug
from booking.reservations.api_models import (
    Reason,
    ReservationIn,
    ReservationOut,
    TermsVersion,
    versions_of,
)
from booking.reservations.series_moving_use_cases import SeriesMove
from booking.reservations.series_rules import OnConflict, SeriesRequest
from booking.web.api import Instant, Model, Violation
from booking.web.faults import unfit

MOST_LEFT_OUT = 750
"""More days than a daily series of two years has."""


class SeriesIn(ReservationIn):
    """A request as for one reservation, at the time of the first date, and the rule by which it
    repeats: daily, weekly or monthly (RFC 5545's RRULE, a subset), for two years at most."""

    rrule: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    exdates: Annotated[tuple[date, ...], Field(max_length=MOST_LEFT_OUT)] = ()
    on_conflict: Literal["refuse", "skip"] = "refuse"

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


class DateIn(Model):
    """Which skipped date to have after all, by the city's calendar, and the version of the terms
    that is accepted where it is another than the series was made under."""

    day: Annotated[date, Field(alias="date")]
    terms_version: TermsVersion = None


class SeriesMoveIn(Model):
    """Which dates to move (`from` and `to`, days of the city's calendar, both included; all to
    come without them), and the new time of the first of these, from which the others are moved by
    as much on the wall; or other spaces; or both."""

    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    space: Slug | None = None
    spaces: Annotated[list[Slug], Field(min_length=1, max_length=20)] | None = None
    terms_version: TermsVersion = None

    @model_validator(mode="after")
    def names_spaces_once(self) -> SeriesMoveIn:
        """Either `space` or `spaces`, each once."""
        if self.space is not None and self.spaces is not None:
            raise unfit(N_("Give either space or spaces."))
        if self.spaces is not None and len(set(self.spaces)) < len(self.spaces):
            raise unfit(N_("Name each space only once."))
        return self

    def as_move(self) -> SeriesMove:
        """The same as a value of the use case."""
        one = (self.space,) if self.space else None
        return SeriesMove(
            starts_at=self.starts_at.astimezone(UTC) if self.starts_at else None,
            ends_at=self.ends_at.astimezone(UTC) if self.ends_at else None,
            spaces=tuple(self.spaces) if self.spaces else one,
            terms=versions_of(self.terms_version),
            from_day=self.from_,
            to_day=self.to,
        )


class SkippedOut(Model):
    """A date that could not be had, by the city's calendar, and why."""

    date: date
    violations: list[Violation]


class DateOut(Model):
    """A date that could be had."""

    date: date
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SeriesPreview(Model):
    """What of a series could be had now: its dates, and those it would lack, with why."""

    rrule: str
    dates: list[DateOut]
    skipped: list[SkippedOut]


class SeriesOut(Model):
    """A series, as its owner and the staff of its spaces see it; `rrule` is how it was asked for,
    before dates were moved, left out or added."""

    reference: str
    version: int
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
    links: dict[str, str]
