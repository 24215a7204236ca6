"""What the calendar of an event says beside its bookings: itself, and what is due when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from booking.calendars.ical import DeadlineFacts, EventFacts, Status, deadline_text, event_text
from booking.calendars.queries import PrivateFeed
from booking.calendars.rules import Wording, deadline_uid
from booking.catalogue.places import Catalogue
from booking.reservations.event_duties import DutiesOfEvent, ToldDuty, headline
from booking.reservations.event_models import SelfInitiatedEvent


def texts_of(
    session: Session,
    city: Catalogue,
    feed: PrivateFeed,
    duties_of: DutiesOfEvent,
    wording: Wording,
) -> list[bytes] | None:
    """The event of the feed and its deadlines, by due date; None once it is cancelled."""
    event = session.get(SelfInitiatedEvent, feed.event_id)
    if event is None or event.cancelled_at is not None:
        return None
    deadlines = [
        deadline_text(_deadline(event, duty, city, wording))
        for duty in duties_of(session, event, city.zone)
    ]
    return [*_itself(event, city, wording), *deadlines]


def _itself(event: SelfInitiatedEvent, city: Catalogue, wording: Wording) -> Sequence[bytes]:
    """The event as an entry of its own; none while nobody knows when it is."""
    if event.starts_at is None or event.ends_at is None:
        return []
    facts = EventFacts(
        uid=deadline_uid(event.reference, "", city.uid_host),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        created_at=event.created_at,
        updated_at=event.updated_at,
        sequence=event.version,
        status=Status.CONFIRMED,
        summary=event.title or wording.words.event,
        location=_location(event, city, wording),
        url=wording.page(f"/events/{event.reference}"),
        is_private=True,
    )
    return [event_text(facts)]


def _location(event: SelfInitiatedEvent, city: Catalogue, wording: Wording) -> str:
    place = city.places_by_id.get(event.space_id or 0)
    if place is None:
        return ""
    parts = [wording.text(place.name), wording.text(place.unit.name), place.unit.address(city.town)]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _deadline(
    event: SelfInitiatedEvent, duty: ToldDuty, city: Catalogue, wording: Wording
) -> DeadlineFacts:
    """One duty. Its sequence is the version of the event, which rises when the due date moves."""
    title = f"{headline(wording.text(duty.text))}: {wording.text(duty.authority)}"
    return DeadlineFacts(
        uid=deadline_uid(event.reference, duty.rule, city.uid_host),
        day=duty.day,
        at=duty.at,
        created_at=event.created_at,
        updated_at=event.updated_at,
        sequence=event.version,
        summary=f"✓ {title}" if duty.is_done else title,
        description="\n".join(_lines(duty, wording)),
        url=wording.page(f"/events/{event.reference}#{duty.rule}"),
    )


def _lines(duty: ToldDuty, wording: Wording) -> list[str]:
    words = wording.words
    where = ", ".join(filter(None, [wording.text(duty.where), duty.link or ""]))
    return [
        wording.text(duty.text),
        words.what_to_write % {"text": wording.text(duty.write)},
        words.where % {"text": where},
        words.fee % {"text": wording.text(duty.fee)},
        *([words.recommended] if duty.is_recommended else []),
        *([words.answer % {"text": duty.note}] if duty.note else []),
        words.responsibility,
    ]
