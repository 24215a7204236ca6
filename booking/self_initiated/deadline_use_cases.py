"""Reminding of deadlines: each once, whoever sends it; of one that moved anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.catalogue.queries import get_catalogue
from booking.database import lock
from booking.notifications.use_cases import queue_email
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.deadline_queries import whom_to_tell
from booking.self_initiated.models import SentDeadline
from booking.self_initiated.plan_duties import Guidance, duties_of, guidance_for
from booking.self_initiated.plan_rules import Ahead, Duty, reminders_due

Owed = tuple[Duty, Sequence[Ahead]]


def owed_reminders(
    event: SelfInitiatedEvent, rules: Mapping[str, Guidance], now: datetime, zone: ZoneInfo
) -> list[Owed]:
    """The duties of the event of which a reminder has come due, sent or not."""
    found = [
        (duty, reminders_due(duty.due, event.created_at, now, zone))
        for duty in duties_of(event, rules, zone)
        if duty.is_open and duty.due
    ]
    return [(duty, ahead) for duty, ahead in found if ahead]


def send_deadlines(session: Session, event_id: int, now: datetime) -> int:
    """Remind of the deadlines of this event of which nobody has been reminded yet; how many
    e-mails. All that came due since goes into one.

    Two who do this at once do no harm: the event is locked, and what was sent is noted under a
    constraint of its own.
    """
    lock(session, SelfInitiatedEvent, [event_id])
    event = session.scalars(
        select(SelfInitiatedEvent)
        .where(SelfInitiatedEvent.id == event_id)
        .execution_options(populate_existing=True)
    ).one()
    if event.cancelled_at is not None or event.starts_at is None or event.starts_at <= now:
        return 0
    city = get_catalogue(session)
    rules = guidance_for(session, event, city.zone)
    told = [
        _told(duty, rules[duty.rule], ahead[-1])
        for duty, ahead in owed_reminders(event, rules, now, city.zone)
        if _note(session, event, duty, ahead, now)
    ]
    if not told:
        return 0
    people = whom_to_tell(session, event)
    for person in people:
        queue_email(
            session,
            "deadline_reminder",
            person,
            now,
            event=event.title,
            path=f"/events/{event.reference}",
            zone=city.zone.key,
            duties=told,
        )
    return len(people)


def _told(duty: Duty, rule: Guidance, ahead: Ahead) -> dict[str, Any]:
    """What the e-mail says of a duty, as plain values."""
    assert duty.due is not None, "only of what is due somebody is reminded"
    return {
        "rule": duty.rule,
        "text": dict(rule.text),
        "authority": dict(rule.authority),
        "where": dict(rule.where),
        "link": rule.link or "",
        "write": dict(rule.write),
        "day": duty.due.day.isoformat(),
        "at": duty.due.until.isoformat() if duty.due.is_to_the_hour else "",
        "is_late": ahead is Ahead.LATE,
        "is_recommended": duty.is_recommended,
    }


def _note(
    session: Session, event: SelfInitiatedEvent, duty: Duty, ahead: Sequence[Ahead], now: datetime
) -> bool:
    """Write down that these reminders are sent; whether the nearest of them is new."""
    assert duty.due is not None, "only of what is due somebody is reminded"
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    is_new = False
    for one in ahead:
        made = session.execute(
            insert(SentDeadline)
            .values(
                event_id=event.id,
                rule=duty.rule,
                ahead=one.value,
                due_on=duty.due.day,
                sent_at=now,
            )
            .on_conflict_do_nothing(index_elements=["event_id", "rule", "ahead", "due_on"])
            .returning(SentDeadline.id)
        )
        is_new = made.scalar_one_or_none() is not None
    return is_new
