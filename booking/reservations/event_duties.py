"""What an event owes to whom by when, as calendars tell it: plain values.

The wing that plans events knows them; calendars, its neighbour, ask for them by `DUTIES_OF_EVENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.reservations.event_models import SelfInitiatedEvent

DUTIES_OF_EVENT = "duties_of_event"
"""The name of the extension that tells the duties of an event."""

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToldDuty:
    """A duty of an event: what, to whom, where, by when, and what its organiser noted of it.

    Due on a local day, or at a moment of it (`at`). Texts are by language.
    """

    rule: str
    day: date
    at: datetime | None
    is_done: bool
    is_recommended: bool
    text: Texts
    authority: Texts
    where: Texts
    write: Texts
    fee: Texts
    link: str | None
    note: str = ""


DutiesOfEvent = Callable[[Session, SelfInitiatedEvent, ZoneInfo], Sequence[ToldDuty]]
"""What is due of an event, by due date; without what is not needed."""


def headline(text: str) -> str:
    """The first sentence of a text, without its full stop: "Notify the police"."""
    first, _stop, _rest = text.strip().partition(". ")
    return first.removesuffix(".")
