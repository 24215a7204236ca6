"""What the rules said of an event, in the words of whoever reads a page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue
from booking.core.errors import N_
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_rules import Mismatch
from booking.reservations.free_use import mismatches_of
from booking.reservations.judging import request_of
from booking.reservations.models import Reservation
from booking.reservations.rule_sentences import fired_rules
from booking.reservations.rules import ReservationRequest
from booking.web.languages import text_in

FOLLOWS: Mapping[str, str] = {
    "denied": N_(
        "By the city's rules this is not allowed as it is. A person looks at it and decides. The "
        "time is kept for you meanwhile."
    ),
    "review": N_(
        "The city's rules ask a person to look at this event. The time is kept for you meanwhile."
    ),
    "needs_info": N_(
        "Something about the event is not known yet, so the staff decide. The time is kept for you "
        "meanwhile."
    ),
}
"""What follows on sending a booking, where the rules want a person to decide."""

FREE = N_(
    "Free of charge by the city's rules: the staff confirm it. The time is kept for you meanwhile."
)

DIFFERS: Mapping[Mismatch, str] = {
    Mismatch.PEOPLE: N_("More people come than you have told about the event."),
    Mismatch.TIME: N_("It is not on a day of the event."),
    Mismatch.PLACE: N_("The space is of another sort than you have told about the event."),
    Mismatch.ORGANISER: N_("It is booked for somebody else than who arranges the event."),
}
"""In what a booking is not what the rules were asked about, for who books it."""

DIFFERS_FOR_STAFF: Mapping[Mismatch, str] = {
    Mismatch.PEOPLE: N_("More people come than the event was evaluated for."),
    Mismatch.TIME: N_("The booking is not on a day of the event."),
    Mismatch.PLACE: N_("The space is of another sort than the event was evaluated for."),
    Mismatch.ORGANISER: N_("The booking is for somebody else than who arranges the event."),
}
"""The same for who decides about it."""

PROPOSALS: Mapping[str, str] = {
    "auto_free": N_("Free of charge"),
    "auto_charged": N_("To be paid for"),
    "review": N_("A person decides"),
    "needs_info": N_("A person decides: something is not known yet"),
    "denied": N_("Deny"),
    "not_applicable": N_("Free use does not apply here"),
}
"""What the rules propose to the staff, by their decision."""

EFFECTS: Mapping[str, str] = {
    "free": N_("free of charge"),
    "charge": N_("to be paid for"),
    "review": N_("a person decides"),
    "deny": N_("not allowed"),
}
"""What a rule does, in a word."""

BASES: Mapping[str, str] = {
    "statute": N_("law"),
    "city": N_("decision of the city"),
    "policy": N_("policy of the city"),
    "practice": N_("practice"),
}
"""What a rule rests on."""


def differs_in_words(reservation: Reservation, city: Catalogue) -> list[str]:
    """In what a booking is not what the rules were asked about its event, as sentences."""
    found = mismatches_of(request_of(reservation, city), city, reservation.organisation)
    return [str(_(DIFFERS_FOR_STAFF[one])) for one in found]


def sentences_for(session: Session, event: SelfInitiatedEvent | None) -> list[str]:
    """The rules of free use that fired for the event, as sentences."""
    if event is None:
        return []
    return [text_in(rule.text) for rule in fired_rules(session, event)]


def what_follows(
    request: ReservationRequest,
    city: Catalogue,
    organisation: Organisation | None,
    awaits_staff: bool,
) -> str | None:
    """What follows on sending a booking of an event; None where the event changes nothing."""
    if request.outcome is None or not awaits_staff:
        return None
    by_rules = FOLLOWS.get(request.outcome.decision or "")
    if by_rules is not None:
        return str(_(by_rules))
    if differs := mismatches_of(request, city, organisation):
        decided = _("The staff decide about it. The time is kept for you meanwhile.")
        return " ".join([*(str(_(DIFFERS[one])) for one in differs), str(decided)])
    return str(_(FREE)) if request.outcome.is_free_by_rules else None
