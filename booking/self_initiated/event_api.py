"""One's own events, over the API: the same use cases as the pages."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, current_app
from pydantic import AwareDatetime, Field, StringConstraints
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.core import clock
from booking.core.actors import Scope
from booking.reservations.api_once import created
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook import FactsRefused
from booking.self_initiated import event_use_cases as use_cases
from booking.self_initiated.api import refusal
from booking.self_initiated.api_models import OutcomeOut
from booking.self_initiated.event_queries import get_event
from booking.self_initiated.event_use_cases import NewEvent
from booking.web.api import Answer, Model, current_actor
from booking.web.session import db

NOTHING_KNOWN: dict[str, list[str]] = {"fired": [], "near": []}
"""The explanation of an outcome that was kept without one."""


class EventIn(Model):
    """An event: its facts, as the rules name them, and perhaps a space of the catalogue, which
    tells what it knows of itself; `organisation` is the slug of one that the caller acts for."""

    facts: dict[str, Any]
    title: Annotated[str, StringConstraints(max_length=120)] = ""
    organisation: Annotated[str, StringConstraints(max_length=80)] | None = None
    space: Annotated[str, StringConstraints(max_length=80)] | None = None


class EventOut(Model):
    """An event with its outcome; `links.page` is its page in the language of its organiser."""

    reference: str
    version: int
    title: str
    organisation: str | None
    facts: dict[str, Any]
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    outcome: OutcomeOut
    changes: dict[str, Any] | None
    cancelled_at: AwareDatetime | None = None
    links: Annotated[dict[str, str], Field(description="`self` and `page`.")]


@api.endpoint(
    "POST",
    "/events",
    summary="Keep an event with its outcome",
    answers=EventOut,
    body=EventIn,
    status=201,
    tag="events",
    scope=Scope.BOOK,
    errors=(403, 404),
)
def create_event(body: EventIn) -> Answer | Response:
    """What is not given has its default, once all that is required is there; before, the outcome
    is partial and names the open questions."""
    actor, now = current_actor(), clock.now()
    new = NewEvent(
        facts=body.facts,
        space=body.space,
        title=body.title,
        organisation=body.organisation,
        language=actor.language,
    )

    def make(session: Session) -> tuple[EventOut, dict[str, str]]:
        event = use_cases.start_event(session, actor, new, now)
        out = _event_out(event)
        return out, {"ETag": f'"{event.version}"', "Location": out.links["self"]}

    try:
        return created(EventOut, actor, make, now)
    except FactsRefused as error:
        return refusal(error)


@api.endpoint(
    "GET",
    "/events/<reference>",
    summary="One event",
    answers=EventOut,
    tag="events",
    scope=Scope.READ,
    errors=(404,),
)
def show_own_event(reference: str) -> Answer:
    """An event of one's own or of an organisation of one's; its version is the ETag."""
    event = get_event(db.session(), current_actor(), reference)
    return Answer(_event_out(event), headers={"ETag": f'"{event.version}"'})


def _event_out(event: SelfInitiatedEvent) -> EventOut:
    base = current_app.config["BASE_URL"]
    return EventOut(
        reference=event.reference,
        version=event.version,
        title=event.title,
        organisation=event.organisation.slug if event.organisation else None,
        facts=event.facts,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        outcome=OutcomeOut.model_validate({"explanation": NOTHING_KNOWN, **(event.outcome or {})}),
        changes=event.changes,
        cancelled_at=event.cancelled_at,
        links={
            "self": f"{base}/api/v1/events/{event.reference}",
            "page": f"{base}/{event.language}/events/{event.reference}",
        },
    )
