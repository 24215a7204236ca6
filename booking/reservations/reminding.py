"""Reminding everybody to whom it is due, one transaction for each."""

from __future__ import annotations

from datetime import datetime

from booking.reservations.reminder_queries import whom_to_remind
from booking.reservations.reminder_use_cases import send_reminder
from booking.web.session import db, transact


def send_due_reminders(now: datetime) -> int:
    """Queue every reminder that is due and was not sent; how many e-mails."""
    owed = whom_to_remind(db.session(), now)
    return sum(transact(send_reminder, key, now) for key in owed)
