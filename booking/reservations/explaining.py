"""Why a booking is free of charge or not, and how to ask for a review of a decision about that:
what its owner is told in writing, as plain values in every language of the city."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue
from booking.core.actors import Action, Actor
from booking.core.appeals import appeal_instructions, last_day_of_appeal
from booking.core.clock import local_date
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_queries import outcome_of
from booking.reservations.event_rules import is_administrative
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of, units_of
from booking.reservations.rule_sentences import fired_rules
from booking.reservations.states import Kind, State


def is_decided_by_law(reservation: Reservation, city: Catalogue) -> bool:
    """Whether deciding about it is an administrative decision, with reasons and instructions how to
    ask for a review, rather than a contract: it is about free use, which the city gives."""
    places = places_of(city, reservation)
    if reservation.kind != Kind.CUSTOMER or not places:
        return False
    is_free = not reservation.total_cents
    is_free = is_free and not all(place.price_list.is_free_for_all for place in places)
    return is_administrative(outcome_of(reservation.event) if reservation.event else None, is_free)


def appeal_of(city: Catalogue, now: datetime) -> tuple[dict[str, str], date]:
    """How to ask for a review of a decision that is sent now, and until when."""
    last_day = last_day_of_appeal(local_date(now, city.zone))
    address = {language: _address(city, language) for language in ("fi", "sv", "en")}
    return appeal_instructions(address, last_day), last_day


def reasons_told(
    session: Session, reservation: Reservation, city: Catalogue, now: datetime
) -> dict[str, Any]:
    """What a letter about a decision says of its reasons: the rules that fired for its event, and,
    where it was no contract, how to ask for a review."""
    told: dict[str, Any] = {}
    if reservation.event is not None:
        told["because"] = sentences_of(session, reservation.event)
    if is_decided_by_law(reservation, city):
        told["appeal"], last_day = appeal_of(city, now)
        told["last_day_of_appeal"] = last_day.isoformat()
    return told


def reasons_told_at_once(
    session: Session,
    actor: Actor,
    made: Sequence[Reservation],
    city: Catalogue,
    now: datetime,
) -> dict[str, Any]:
    """The same of what was confirmed without a request: that nobody decided is told as well. What
    awaits the staff has been decided by nobody yet."""
    if made[0].state != State.CONFIRMED:
        return {}
    told = reasons_told(session, made[0], city, now)
    units = {unit for one in made for unit in units_of(city, one)}
    is_automatic = not all(actor.may(Action.DECIDE_RESERVATION, unit) for unit in units)
    return {**told, "is_automatic": is_automatic} if "appeal" in told else told


def sentences_of(session: Session, event: SelfInitiatedEvent) -> list[dict[str, str]]:
    """The rules of free use that fired for the event, each as a sentence by language."""
    return [dict(rule.text) for rule in fired_rules(session, event)]


def _address(city: Catalogue, language: str) -> str:
    """Where the city takes papers, in one line, as far as it is known."""
    contact = city.contact
    town = city.name.get(language, "")
    parts = [
        (contact.get("name") or city.name).get(language),
        contact.get("street_address"),
        contact.get("po_box"),
        f"{contact.get('postcode') or ''} {town}".strip(),
        contact.get("email"),
    ]
    return ", ".join(str(part) for part in parts if part)
