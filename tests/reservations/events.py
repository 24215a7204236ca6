"""Self-initiated events as rows, evaluated as a test needs them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from booking.core.actors import Actor
from booking.core.references import new_reference
from booking.reservations.event_models import SelfInitiatedEvent
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)


def free_use(
    decision: str | None = "auto_free", group: str | None = "K2", rules: tuple[str, ...] = ("F03",)
) -> dict[str, Any] | None:
    """The outcome of the rules of free use, as an event keeps it."""
    if decision is None:
        return None
    return {"free_use": {"decision": decision, "price_group": group, "rules": list(rules)}}


def an_event(
    session: Session,
    actor: Actor,
    decision: str | None = "auto_free",
    group: str | None = "K2",
    *,
    rules: tuple[str, ...] = ("F03",),
    day: date = TUESDAY,
    facts: dict[str, Any] | None = None,
    **values: Any,
) -> SelfInitiatedEvent:
    """An event of the actor's on Tuesday evening, for 20 people in a meeting room."""
    event = SelfInitiatedEvent(
        **{
            "reference": new_reference(),
            "person_id": actor.person_id,
            "title": "Book club",
            "facts": {
                "organiser_type": "resident_group",
                "openness": "open",
                "purpose": "culture",
                "attendance_peak": 20,
                "place_kind": "city_indoor",
                "space_type": "meeting_room",
                **(facts or {}),
            },
            "starts_at": at("18:00", day),
            "ends_at": at("20:00", day),
            "rules_version": "0.2-draft",
            "evaluated_on": None if decision is None else MONDAY,
            "outcome": free_use(decision, group, rules),
            "created_at": NOW,
            "updated_at": NOW,
            **values,
        }
    )
    session.add(event)
    session.flush()
    return event
