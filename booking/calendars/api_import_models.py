"""What the endpoints of outside calendars take and give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from booking.calendars.models import CalendarSource
from booking.calendars.outside_text import MOST_BYTES
from booking.calendars.outside_times import REPAIRED, SKIPPED
from booking.calendars.source_errors import kept_fault
from booking.calendars.source_queries import Met
from booking.calendars.source_use_cases import LONGEST_ADDRESS, LONGEST_NAME, SourceWish
from booking.calendars.source_words import remark_in_words
from booking.core.errors import N_
from booking.reservations.api_items import Slug
from booking.web.api import Model
from booking.web.faults import unfit
from booking.web.words import in_words

MOST_SENT = 2 * MOST_BYTES
"""The largest calendar, with what JSON adds to it."""


class ImportIn(Model):
    """The space that reads a calendar, what that is called, and one of `url` (read again and again)
    and `text` (the calendar itself, taken once)."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"text"})

    space: Slug
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)
    ]
    url: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ADDRESS),
    ] = None
    text: Annotated[str | None, Field(max_length=MOST_BYTES)] = None

    @model_validator(mode="after")
    def names_one_thing(self) -> ImportIn:
        """One of `url` and `text`."""
        if (self.url is None) == (self.text is None):
            raise unfit(N_("Give one of url and text."))
        return self

    def as_wish(self) -> SourceWish:
        """The same for the use case."""
        return SourceWish(self.space, self.name, self.url or "")


class RemarkOut(Model):
    """What was told of an event: whether it was left out (`skipped`), taken though it had to be put
    right (`repaired`), or taken as it is meant (`noted`), and why."""

    code: str
    outcome: Literal["skipped", "repaired", "noted"]
    event: str
    message: str


class ReportOut(Model):
    """What the last reading found and did; `waits` where it did nothing before a person confirms
    that `gone` events are to go. `more_remarks` are not listed."""

    name: str
    events: int
    added: int
    moved: int
    gone: int
    unchanged: int
    collisions: int
    waits: bool
    remarks: list[RemarkOut]
    more_remarks: int


class FaultOut(Model):
    """Why it could not be read when that was tried last."""

    code: str
    message: str


class ImportOut(Model):
    """A calendar that a space reads, or took once (`url` is null); `held` are its times to come."""

    id: int
    space: str
    name: str
    url: str | None
    state: Literal["active", "waiting", "stopped"]
    held: int
    read_at: AwareDatetime | None
    next_read_at: AwareDatetime | None
    failures: int
    error: FaultOut | None
    report: ReportOut | None
    links: dict[str, str]


class CollisionOut(Model):
    """An event that meets reservations: undecided, or `kept` or `cancelled` these."""

    id: int
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    settlement: Literal["kept", "cancelled"] | None
    reservations: list[str]


class ImportDetail(ImportOut):
    """The same with the events that meet reservations, undecided ones first; at most 200."""

    collisions: list[CollisionOut]


class ImportList(Model):
    items: list[ImportOut]
    next: str | None


class SettlementIn(Model):
    """Whether the reservations stay; else why they are cancelled, which their bookers are told."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    keep: bool
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


def import_values(source: CalendarSource, space: str, held: int) -> dict[str, Any]:
    """A calendar as the models give it."""
    fault = kept_fault(source.last_error) if source.last_error else None
    return {
        "id": source.id,
        "space": space,
        "name": source.name,
        "url": source.address,
        "state": source.state,
        "held": held,
        "read_at": source.read_at,
        "next_read_at": source.next_read_at,
        "failures": source.failures,
        "error": FaultOut(code=fault.code, message=in_words(fault)) if fault else None,
        "report": _report_out(source.report) if source.report else None,
        "links": {"self": f"/api/v1/imports/{source.id}"},
    }


def _report_out(report: Mapping[str, Any]) -> ReportOut:
    counts = ("added", "moved", "gone", "unchanged", "collisions", "waits", "events")
    return ReportOut(
        name=report["name"],
        more_remarks=report["more_remarks"],
        remarks=[_remark_out(one["code"], one["event"]) for one in report["remarks"]],
        **{name: report[name] for name in counts},
    )


def _remark_out(code: str, event: str) -> RemarkOut:
    outcome: Literal["skipped", "repaired", "noted"] = "noted"
    if code in SKIPPED:
        outcome = "skipped"
    elif code in REPAIRED:
        outcome = "repaired"
    return RemarkOut(code=code, outcome=outcome, event=event, message=remark_in_words(code))


def collisions_out(met: Sequence[Met]) -> list[CollisionOut]:
    """The events that meet reservations, as the model gives them."""
    return [
        CollisionOut(
            id=one.collision.id,
            title=one.collision.title,
            starts_at=one.collision.starts_at,
            ends_at=one.collision.ends_at,
            settlement=_settlement(one.collision.settlement),
            reservations=[row.reference for row in one.reservations],
        )
        for one in met
    ]


def _settlement(kept: str | None) -> Literal["kept", "cancelled"] | None:
    return "kept" if kept == "kept" else "cancelled" if kept else None
