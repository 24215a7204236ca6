"""What stands in the form of a request before anybody types: from the address, a hold, the past."""

from __future__ import annotations

from typing import Any

from flask import request

from booking.core.references import normal_reference
from booking.reservations.answers import Asked
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.models import Reservation
from booking.reservations.queries import last_of
from booking.reservations.rendering_events import values_of_event
from booking.web.fields import read_day, read_or_none, read_wall_time
from booking.web.session import db


def first_values(asked: Asked) -> dict[str, Any]:
    """What the address knows already, what the hold has, and what the person said last."""
    if asked.hold is not None and not {"date", "event"} & request.args.keys():
        return _values_of(asked.hold, asked)
    known = {
        "date": read_or_none(read_day, request.args.get("date")),
        "end_date": read_or_none(read_day, request.args.get("end_date")),
        "start": read_or_none(read_wall_time, request.args.get("start")),
        "end": read_or_none(read_wall_time, request.args.get("end")),
        "people": read_or_none(int, request.args.get("people")),
        "title": request.args.get("title"),
        "purpose": request.args.get("purpose"),
        "organisation": first_organisation(asked),
        "also": request.args.getlist("also"),
    }
    event = _named_event(asked)
    if event is None:
        known["event"], said = request.args.get("event"), _said_last(asked)
    else:
        said = values_of_event(event, asked.city)
        known["organisation"] = said["organisation"]
    return said | {
        name: said.get(name) if value in (None, "") else value for name, value in known.items()
    }


def _named_event(asked: Asked) -> SelfInitiatedEvent | None:
    """The event of theirs that the address names."""
    wanted = normal_reference(request.args.get("event", ""))
    return next((one for one in asked.events if one.reference == wanted), None)


def _said_last(asked: Asked) -> dict[str, Any]:
    """Purpose, name and number of people of the person's last booking here; elsewhere only what
    for. Nobody says the same twice without need."""
    if asked.actor.person_id is None or asked.is_for_others:
        return {}
    last = last_of(db.session(), asked.actor.person_id)
    here = [one for one in last if asked.place.id in {row.space_id for row in one.spaces}]
    if here:
        return {"purpose": here[0].purpose, "title": here[0].title, "people": here[0].people}
    return {"purpose": last[0].purpose} if last else {}


def _values_of(hold: Reservation, asked: Asked) -> dict[str, Any]:
    """What a hold says already."""
    starts = hold.starts_at.astimezone(asked.city.zone)
    ends = hold.ends_at.astimezone(asked.city.zone)
    places = [asked.city.places_by_id[row.space_id].slug for row in hold.spaces]
    things = {asked.city.loans_by_id[row.loan_item_id].slug: row.quantity for row in hold.loans}
    return {
        "date": starts.date(),
        "start": starts.hour * 60 + starts.minute,
        "end": ends.hour * 60 + ends.minute,
        "end_date": ends.date() if ends.date() != starts.date() else None,
        "title": hold.title,
        "purpose": hold.purpose or "",
        "people": hold.people,
        "organisation": hold.organisation.slug if hold.organisation else "",
        "message": hold.message,
        "event": hold.event.reference if hold.event else "",
        "also": places if asked.place.slug in places else [],
        "items": things,
    }


def first_organisation(asked: Asked) -> str:
    """The organisation that the address names, else the only one the person acts for."""
    known = [one.slug for one in asked.organisations]
    named = request.args.get("organisation")
    if named is None:
        return known[0] if len(known) == 1 and not asked.is_for_others else ""
    return named if named in known else ""
