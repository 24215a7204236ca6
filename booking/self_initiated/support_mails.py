"""The e-mails about support, in the language of the applicant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.accounts.organisation_queries import find_speaker
from booking.catalogue.queries import get_catalogue
from booking.decisions.models import Decision
from booking.notifications.use_cases import queue_email
from booking.self_initiated.support_models import SupportApplication


def tell_applicant(
    session: Session,
    application: SupportApplication,
    template: str,
    now: datetime,
    **more: Any,
) -> None:
    """Queue an e-mail to whoever applied; of an organisation's, where they have left it, to an
    admin."""
    recipient = application.person
    if application.organisation_id is not None:
        recipient = find_speaker(session, application.organisation_id, recipient) or recipient
    queue_email(
        session,
        template,
        recipient,
        now,
        language=application.language,
        **{**_facts(session, application), **more},
    )


def _facts(session: Session, application: SupportApplication) -> dict[str, Any]:
    """What every mail tells of the application, as plain values."""
    due = application.receipts_due_on
    return {
        "zone": get_catalogue(session).zone.key,
        "number": application.reference,
        "event": application.event.title,
        "organisation": application.organisation.name if application.organisation else "",
        "requested_cents": application.requested_cents,
        "granted_cents": application.granted_cents or 0,
        "paid_cents": application.paid_cents or 0,
        "receipts_due_on": due.isoformat() if due else "",
        "path": f"/events/{application.event.reference}/support",
    }


def of_decision(decision: Decision, application: SupportApplication) -> dict[str, Any]:
    """What the mail tells of the decision: outcome, reason, appeal instructions, last day."""
    language = application.language
    last_day = decision.last_day_of_appeal
    return {
        "path": f"/support/{application.reference}/decision",
        "outcome": decision.outcome,
        "reason": decision.reason,
        "decided_as": (decision.decided_as or {}).get(language, ""),
        "appeal": (decision.appeal_instructions or {}).get(language, ""),
        "last_day_of_appeal": last_day.isoformat() if last_day else "",
    }
