"""What the rules said of an event, and what that means for its bookings; on plain values.

The rule set decides about the price and proposes; a booking is confirmed by the policy of its
space, or by a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from booking.core.clock import local_date, local_days
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations.event_errors import EventNotEvaluated

FREE_GROUPS = frozenset({"K0", "K1", "K2"})
"""The groups that pay nothing: to put somebody into one of them is an administrative decision."""

BY_A_PERSON = frozenset({"denied", "review", "needs_info"})
"""The decisions of the rules after which a person decides, whatever the policy of the space."""

PROPOSALS: Mapping[str, str] = {
    "auto_free": "free",
    "auto_charged": "charge",
    "review": "review",
    "needs_info": "review",
    "denied": "deny",
}
"""What the staff are told that the rules propose, by the decision of the rules."""

_PLACE_FACTS = ("place_kind", "space_type", "alcohol_allowed")


@dataclass(frozen=True)
class EventOutcome:
    """An event as its bookings see it: whose it is, when, how many come at most, the facts of its
    place; and the decision of the rules of free use, its price group and the rules that fired.

    Without a decision the event was never evaluated.
    """

    id: int
    reference: str
    decision: str | None = None
    price_group: str | None = None
    rules: tuple[str, ...] = ()
    organisation_id: int | None = None
    period: Period | None = None
    most_people: int | None = None
    place_facts: Mapping[str, Any] = field(default_factory=dict)
    is_cancelled: bool = False

    @property
    def is_free_by_rules(self) -> bool:
        return self.price_group in FREE_GROUPS


class Mismatch(StrEnum):
    """In what a booking is not what the rules were asked about."""

    PEOPLE = "people"
    TIME = "time"
    PLACE = "place"
    ORGANISER = "organiser"


@dataclass(frozen=True)
class Use:
    """A booking of an event, as far as it may differ from it: when, how many come, the facts of
    its spaces, for which organisation."""

    period: Period
    people: int | None
    places: Sequence[Mapping[str, Any]]
    organisation_id: int | None


def place_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of all facts those of the place on which free use depends; whether alcohol is allowed there
    matters only to an event with some."""
    wanted = [name for name in _PLACE_FACTS if facts.get(name) is not None]
    if facts.get("alcohol", "none") == "none":
        wanted = [name for name in wanted if name != "alcohol_allowed"]
    return {name: facts[name] for name in wanted}


def mismatches(event: EventOutcome, use: Use, zone: ZoneInfo) -> list[Mismatch]:
    """In what the booking is not what the rules were asked about; staff then look at it.

    Set-up before and clean-up after belong to the event: any time on its own local days does.
    """
    found = {
        Mismatch.PEOPLE: event.most_people is not None and (use.people or 0) > event.most_people,
        Mismatch.TIME: event.period is not None and not _is_on_its_days(event.period, use, zone),
        Mismatch.PLACE: bool(use.places)
        and not any(_agrees(event.place_facts, place) for place in use.places),
        Mismatch.ORGANISER: event.organisation_id != use.organisation_id,
    }
    return [one for one, is_so in found.items() if is_so]


def _is_on_its_days(period: Period, use: Use, zone: ZoneInfo) -> bool:
    last = local_date(period.ends_at - timedelta(microseconds=1), zone)
    days = local_days(local_date(period.starts_at, zone), last, zone)
    return days.overlaps(use.period)


def _agrees(facts: Mapping[str, Any], place: Mapping[str, Any]) -> bool:
    return all(place.get(name, value) == value for name, value in facts.items())


def broken_by_event(event: EventOutcome | None) -> list[RuleBroken]:
    """Why nothing can be booked for this event yet."""
    return [EventNotEvaluated()] if event is not None and event.decision is None else []


def must_be_decided(
    event: EventOutcome | None,
    mismatched: Collection[Mismatch],
    *,
    is_free: bool,
    is_within_limits: bool,
    automatic: bool,
) -> bool:
    """Whether a person decides, whatever the policies of the spaces say.

    So they do where the rules propose to deny or ask for a review, where the booking is not what
    the rules were asked about, and where its use is free (`is_free`), unless the city has taken
    automatic decisions into use (`automatic`) and the limits of free use allow one more.
    """
    if event is not None and (
        event.decision in BY_A_PERSON or event.is_cancelled or len(mismatched) > 0
    ):
        return True
    return is_free and not (automatic and is_within_limits)


def is_administrative(event: EventOutcome | None, is_free: bool) -> bool:
    """Whether deciding about a booking is an administrative decision: its use is free of charge
    for who asks (`is_free`), or would be by the rules. Plain rent is a contract."""
    return is_free or (event is not None and event.is_free_by_rules)
