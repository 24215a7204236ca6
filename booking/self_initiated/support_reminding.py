"""Reminding of receipts that are due in a week, or were due: each once, a transaction for each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import find_catalogue
from booking.core import actors
from booking.core.clock import local_date
from booking.database import lock
from booking.self_initiated.support_mails import tell_applicant
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_queries import whom_to_remind
from booking.self_initiated.support_rules import SupportState, due_reminder
from booking.web.session import db, transact


def remind_of_receipts(now: datetime) -> int:
    """Queue every reminder of receipts that is due and was not sent; how many e-mails."""
    city = find_catalogue(db.session())
    if city is None:
        return 0
    owed = whom_to_remind(db.session(), local_date(now, city.zone))
    return sum(transact(send_receipts_reminder, key, now) for key in owed)


def send_receipts_reminder(session: Session, application_id: int, now: datetime) -> bool:
    """Remind of this application's receipts, if that is due and nobody did; whether it was."""
    lock(session, SupportApplication, [application_id])
    application = session.get(SupportApplication, application_id, populate_existing=True)
    city = find_catalogue(session)
    if application is None or city is None or application.receipts_due_on is None:
        return False
    kind = due_reminder(application.receipts_due_on, local_date(now, city.zone))
    if application.state != SupportState.GRANTED or kind in {None, application.receipts_reminder}:
        return False
    application.receipts_reminder = kind
    session.flush()
    record(session, actors.job("remind-of-receipts"), "reminded", application, now, which=kind)
    tell_applicant(session, application, "support_receipts_due", now, is_overdue=kind == "overdue")
    return True
