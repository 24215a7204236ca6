"""Events as the pages of their bookings show them: their name and address, what the rules said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from booking.catalogue.places import Catalogue
from booking.core.clock import local_date
from booking.core.errors import N_
from booking.core.periods import Period
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_rules import FREE_GROUPS
from booking.reservations.event_words import BASES, EFFECTS, PROPOSALS, differs_in_words
from booking.reservations.forms import DecisionForm, decision_form
from booking.reservations.models import Reservation
from booking.reservations.repricing import group_by_rules
from booking.reservations.rule_sentences import FiredRule
from booking.reservations.rules import PURPOSES
from booking.reservations.words import PURPOSE_NAMES
from booking.web.languages import text_in
from booking.web.words import day_in_words, local, money

OPENNESS: Mapping[str, str] = {
    "open": N_("Everyone may come"),
    "invited": N_("Only invited people or members"),
}
ALCOHOL: Mapping[str, str] = {
    "byo": N_("Own drinks"),
    "free_serving": N_("The organiser serves it free of charge"),
    "sold": N_("Alcohol is sold"),
}


def event_url(reference: str) -> str:
    """The page of the event, with its plan."""
    return url_for("self_initiated.show_event", reference=reference)


def events_to_choose(events: Sequence[SelfInitiatedEvent]) -> list[tuple[str, str]]:
    """Events as one chooses among them: the name and the day of each."""
    return [(one.reference, _choice(one)) for one in events]


def _choice(event: SelfInitiatedEvent) -> str:
    title = event.title or _("Event %(reference)s", reference=event.reference)
    if event.starts_at is None:
        return str(title)
    return f"{title}, {day_in_words(local(event.starts_at).date())}"


def event_face(event: SelfInitiatedEvent | None) -> Mapping[str, Any] | None:
    """The event as the pages of its bookings name it."""
    if event is None:
        return None
    return {
        "title": event.title or _("Event %(reference)s", reference=event.reference),
        "url": event_url(event.reference),
        "period": _period_of(event),
    }


def _period_of(event: SelfInitiatedEvent) -> Period | None:
    if event.starts_at is None or event.ends_at is None:
        return None
    return Period(event.starts_at, event.ends_at)


def values_of_event(event: SelfInitiatedEvent, city: Catalogue) -> dict[str, Any]:
    """What the form of a booking knows of its event already."""
    values: dict[str, Any] = {
        "event": event.reference,
        "title": event.title,
        "purpose": event.facts.get("purpose") if event.facts.get("purpose") in PURPOSES else "",
        "people": event.facts.get("attendance_peak"),
        "organisation": event.organisation.slug if event.organisation else "",
    }
    if event.starts_at is None or event.ends_at is None:
        return values
    starts, ends = event.starts_at.astimezone(city.zone), event.ends_at.astimezone(city.zone)
    last = local_date(event.ends_at, city.zone)
    return values | {
        "date": starts.date(),
        "start": starts.hour * 60 + starts.minute,
        "end": ends.hour * 60 + ends.minute,
        "end_date": last if last != starts.date() and (ends.hour or ends.minute) else None,
    }


# ── For the staff ─────────────────────────────────────────────────────────────────────────────


def event_for_staff(
    reservation: Reservation, rules: Sequence[FiredRule], city: Catalogue
) -> Mapping[str, Any] | None:
    """What the staff see of the event beside its request: its facts in short, what the rules
    propose and why, in what the booking is not what they were asked about, the price group."""
    event = reservation.event
    if event is None:
        return None
    free_use = (event.outcome or {}).get("free_use") or {}
    group = group_by_rules(reservation, city)
    return {
        **(event_face(event) or {}),
        "facts": _facts(event, reservation, city),
        "proposal": _(PROPOSALS.get(free_use.get("decision", ""), PROPOSALS["needs_info"])),
        "is_denied": free_use.get("decision") == "denied",
        "rules": [_rule(one) for one in rules],
        "rule_ids": [] if rules else list(free_use.get("rules") or ()),
        "rules_version": event.rules_version,
        "differs": differs_in_words(reservation, city),
        "group": group,
        "group_name": text_in(city.price_groups[group].name),
        "is_priced": bool(reservation.spaces),
        "is_free": bool(reservation.spaces) and group in FREE_GROUPS,
    }


def form_to_decide(
    city: Catalogue,
    event: Mapping[str, Any] | None,
    sent: DecisionForm | None = None,
    about: str = "decision",
) -> DecisionForm:
    """The form of a decision; of a booking of an event (as `event_for_staff`) with the price group
    to choose, the one by the rules first."""
    if event is None or not event["is_priced"]:
        return decision_form(sent, about=about)
    groups = [(slug, f"{slug}: {text_in(one.name)}") for slug, one in city.price_groups.items()]
    return decision_form(sent, groups, event["group"], about)


def _rule(rule: FiredRule) -> dict[str, str]:
    return {
        "id": rule.id,
        "text": text_in(rule.text),
        "effect": _(EFFECTS[rule.effect]) if rule.effect in EFFECTS else "",
        "basis": _(BASES[rule.basis]) if rule.basis in BASES else "",
    }


def _facts(
    event: SelfInitiatedEvent, reservation: Reservation, city: Catalogue
) -> list[tuple[str, str]]:
    """The facts on which free use depends most, for people, but for what the booking says as well;
    none is empty."""
    facts = event.facts
    purpose = facts.get("purpose") if facts.get("purpose") != reservation.purpose else None
    found = [
        (_("What for"), _in_words(PURPOSE_NAMES, purpose)),
        (_("Who may come"), _in_words(OPENNESS, facts.get("openness"))),
        (_("People at most"), facts.get("attendance_peak") or ""),
        (_("Ticket"), _fee(facts, city)),
        (_("Alcohol"), _in_words(ALCOHOL, facts.get("alcohol"))),
    ]
    return [(term, str(value)) for term, value in found if value]


def _fee(facts: Mapping[str, Any], city: Catalogue) -> str:
    """What a ticket costs; nothing where nobody has told."""
    if (fee := facts.get("entrance_fee_eur")) is None:
        return ""
    cents = int(Decimal(str(fee)) * 100)
    return money(cents, city.currency) if cents else str(_("No charge"))


def _in_words(words: Mapping[str, str], value: Any) -> str:
    return str(_(words[value])) if value in words else ""
