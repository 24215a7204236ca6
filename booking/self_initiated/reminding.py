"""Reminding everybody of the deadlines of their events, one transaction for each event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue.queries import find_catalogue
from booking.core.clock import local_date
from booking.self_initiated.deadline_queries import events_with_deadlines
from booking.self_initiated.deadline_use_cases import owed_reminders, send_deadlines
from booking.self_initiated.models import SentDeadline
from booking.self_initiated.plan_duties import guidance_of
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.web.session import db, transact


def send_due_deadlines(now: datetime) -> int:
    """Queue every reminder of a deadline that is due and was not sent; how many e-mails."""
    return sum(transact(send_deadlines, key, now) for key in _whom_to_remind(db.session(), now))


def _whom_to_remind(session: Session, now: datetime) -> list[int]:
    """The keys of the events of which a reminder is owed: a few queries for however many."""
    city = find_catalogue(session)
    if city is None:
        return []
    events = events_with_deadlines(session, now)
    if not events:
        return []
    rule_set = rule_set_in_force(session)
    sent = {
        tuple(row)
        for row in session.execute(
            select(
                SentDeadline.event_id, SentDeadline.rule, SentDeadline.ahead, SentDeadline.due_on
            ).where(SentDeadline.event_id.in_([event.id for event in events]))
        )
    }
    owed = []
    for event in events:
        rules = guidance_of(rule_set, local_date(event.starts_at or now, city.zone))
        if any(
            (event.id, duty.rule, ahead[-1].value, duty.due.day) not in sent
            for duty, ahead in owed_reminders(event, rules, now, city.zone)
            if duty.due
        ):
            owed.append(event.id)
    return owed
