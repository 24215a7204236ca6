"""The states of the page of an event: its plan, its paper, calling it off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.accounts.queries import actor_of
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.event_use_cases import NewEvent, change_facts, start_event
from booking.self_initiated.plan_rules import Mark
from booking.self_initiated.plan_use_cases import MarkWish, mark_duty
from tests.browser.furnishing import TODAY
from tests.browser.states import (
    Step,
    Visit,
    approver,
    fills,
    follows,
    presses,
    resident,
    sends,
    unfolds,
)
from tests.conftest import NOW
from tests.installations import engine_of
from tests.self_initiated.plans import CONCERT, DEMONSTRATION

AT = NOW.astimezone(UTC)


def arranges(title: str, days: int, facts: dict[str, Any] | None = None, path: str = "") -> Step:
    """Open the page of an event of the resident's that is so many days ahead, made if need be."""
    day = TODAY + timedelta(days=days)
    hours = {"start": f"{day}T18:00", "end": f"{day}T21:00"}

    def step(visit: Visit) -> None:
        with visit.city.app.app_context(), Session(engine_of(visit.city.app)) as session:
            found = session.scalars(
                select(SelfInitiatedEvent).where(SelfInitiatedEvent.title == title)
            ).first()
            found = found or _made(session, title, {**(facts or CONCERT), **hours})
            session.commit()
            address = f"/events/{found.reference}{path}"
        visit.go(address)

    return step


def _made(session: Session, title: str, facts: dict[str, Any]) -> SelfInitiatedEvent:
    """Evaluated, changed once, with one duty done, one sent and one that is not needed."""
    person = session.scalars(select(Person).where(Person.email == "resident@demo.example")).one()
    actor = actor_of(session, person.id)
    told = {**facts, "organiser_type": "resident_group"}
    event = start_event(session, actor, NewEvent(facts=told, title=title), AT)
    later: datetime = AT + timedelta(minutes=1)
    for rule, mark, note in (
        ("G05", Mark.DONE, "Toimitettu."),
        ("G02", Mark.SENT, "5740/2027/12"),
        ("G35", Mark.NOT_NEEDED, "Yhdistyksen vakuutus kattaa tämän."),
    ):
        if event.outcome and rule in event.outcome["guidance"]:
            mark_duty(session, actor, event.reference, MarkWish(rule, mark, note, ""), later)
    if title == CHANGED:
        change_facts(session, actor, event, {"attendance_peak": 180, "alcohol": "byo"}, later)
    return event


CHANGED = "Muuttunut konsertti"
LATE = ("Myöhäinen konsertti", 12)
SUMMER = ("Kesäkonsertti", 200)

STATES = [
    resident("self_initiated.show_event", "all folded", arranges(*SUMMER)),
    resident("self_initiated.show_event", "unfolded", arranges(*SUMMER), unfolds),
    resident("self_initiated.show_event", "late", arranges(*LATE)),
    resident("self_initiated.show_event", "changed, and forbidden", arranges(CHANGED, 150)),
    resident(
        "self_initiated.show_event",
        "a demonstration",
        arranges("Mielenosoitus torilla", 5, DEMONSTRATION),
    ),
    approver("self_initiated.show_event", "read by staff", arranges(*SUMMER), unfolds),
    resident(
        "self_initiated.mark_duty",
        "not needed, and no reason",
        arranges(*SUMMER),
        unfolds,
        presses("#G01 [value=not_needed]"),
        fills("#reference-G01", ""),
        sends("duties/G01"),
    ),
    resident(
        "calendars.create_feed",
        "of an event",
        arranges(*SUMMER),
        follows("[name=content] + button"),
    ),
    resident(
        "self_initiated.show_event_print", "for all", arranges(SUMMER[0], SUMMER[1], path="/print")
    ),
    resident(
        "self_initiated.show_event_print",
        "for one authority",
        arranges(SUMMER[0], SUMMER[1], path="/print?to=G05"),
    ),
    resident(
        "self_initiated.show_event_cancel",
        "asked",
        arranges(SUMMER[0], SUMMER[1], path="/cancel"),
    ),
    resident(
        "self_initiated.show_event",
        "cancelled",
        arranges("Peruttu konsertti", 90, path="/cancel"),
        sends(),
    ),
]
