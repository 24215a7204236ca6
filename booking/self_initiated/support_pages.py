"""What pages show of an application: plain values, in the words of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.catalogue.places import Catalogue
from booking.core.clock import local_date
from booking.decisions.models import Decision
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.models import Reservation
from booking.self_initiated.support_loans import lines_of
from booking.self_initiated.support_models import Receipt, SupportApplication
from booking.self_initiated.support_rules import LoanLine, SupportState, grouped_iban
from booking.self_initiated.support_terms import SupportOutcome, reasons_for
from booking.web.languages import current_language, text_in


def event_face(event: SelfInitiatedEvent) -> dict[str, Any]:
    """The event in the head of a page."""
    return {
        "title": event.title,
        "starts_at": event.starts_at,
        "url": f"/{current_language()}/events/{event.reference}",
        "reference": event.reference,
        "is_cancelled": event.cancelled_at is not None,
    }


def outcome_face(
    session: Session, outcome: SupportOutcome, day: date, granted_cents: int
) -> dict[str, Any]:
    """What the rules say of support, as the reader's sentences; what speaks against it first."""
    found = reasons_for(session, outcome, current_language(), day)
    sentences = [*found["against"]]
    if outcome.is_against:
        sentences += [_("Not fulfilled: %(rule)s", rule=rule) for rule in found["lacking"]]
        if not sentences and granted_cents:
            sentences.append(_("The sum of this year is used."))
    sentences += found["others"]
    return {
        "status": outcome.status,
        "in_kind": outcome.in_kind,
        "version": outcome.version,
        "sentences": [{"message": sentence} for sentence in sentences],
    }


def application_face(
    application: SupportApplication, city: Catalogue, now: datetime, *, shows_account: bool
) -> dict[str, Any]:
    """All that a page tells of an application; the account number only where it may."""
    today, due = local_date(now, city.zone), application.receipts_due_on
    is_late = application.state == SupportState.GRANTED and due is not None and due < today
    lines = application.budget
    return {
        "reference": application.reference,
        "version": application.version,
        "state": application.state,
        "requested_cents": application.requested_cents,
        "granted_cents": application.granted_cents,
        "paid_cents": application.paid_cents,
        "submitted_at": application.submitted_at,
        "reported_at": application.reported_at,
        "paid_at": application.paid_at,
        "description": application.description,
        "other_aid": application.other_aid,
        "payee": application.payee,
        "iban": grouped_iban(application.iban) if application.iban and shows_account else "",
        "has_account": bool(application.iban),
        "budget": lines,
        "costs": _sum(lines, "cost"),
        "incomes": _sum(lines, "income"),
        "wishes": [wish_in_words(line, city) for line in lines_of(application)],
        "receipts": [receipt_face(one, application) for one in application.receipts],
        "receipts_cents": sum(one.cents for one in application.receipts),
        "accepted_cents": sum(one.accepted_cents or 0 for one in application.receipts),
        "is_checked": all(one.accepted_cents is not None for one in application.receipts),
        "receipts_due_on": due,
        "is_late": is_late,
        "days_left": (due - today).days if due else None,
        "report": application.report,
        "is_over": _is_over(application.event, now),
    }


def _sum(lines: Sequence[dict[str, Any]], kind: str) -> int:
    return sum(line["cents"] or 0 for line in lines if line["kind"] == kind)


def _is_over(event: SelfInitiatedEvent, now: datetime) -> bool:
    """Whether the report may be written: it took place, or won't."""
    return event.cancelled_at is not None or event.ends_at is None or event.ends_at <= now


def wish_in_words(line: LoanLine, city: Catalogue) -> dict[str, Any]:
    thing = city.loans.get(line.item)
    return {
        "quantity": line.quantity,
        "name": text_in(thing.name) if thing else line.item,
        "where": text_in(thing.pickup_point.name) if thing else "",
        "first": line.first,
        "last": line.last,
    }


def receipt_face(receipt: Receipt, application: SupportApplication) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "what": receipt.what,
        "cents": receipt.cents,
        "accepted_cents": receipt.accepted_cents,
        "file_name": receipt.file_name,
        "kilobytes": max(1, receipt.size // 1024),
        "kind": "PDF" if receipt.media_type == "application/pdf" else _("picture"),
        "url": url_for(
            "support.show_receipt", reference=application.reference, receipt_id=receipt.id
        ),
    }


def decision_face(decision: Decision | None, application: SupportApplication) -> dict[str, Any]:
    """The decision in short; empty where none was made yet."""
    if decision is None:
        return {}
    return {
        "reference": decision.reference,
        "outcome": decision.outcome,
        "reason": decision.reason,
        "decided_at": decision.decided_at,
        "decided_as": text_in(decision.decided_as),
        "appeal": text_in(decision.appeal_instructions),
        "last_day_of_appeal": decision.last_day_of_appeal,
        "url": url_for("support.show_decision", reference=application.reference),
    }


def loans_face(reservation: Reservation | None) -> dict[str, Any]:
    """The reservation of the things on loan; empty where there is none."""
    if reservation is None:
        return {}
    return {
        "reference": reservation.reference,
        "state": reservation.state,
        "url": url_for("reservations.show_reservation", reference=reservation.reference),
    }


def history_face(rows: Sequence[tuple[AuditEntry, str]]) -> list[dict[str, Any]]:
    """Who did what, in words; drafts that were only kept are left out."""
    return [
        {
            "at": entry.at,
            "who": who,
            "what": action_in_words(entry.action),
            "words": entry.details.get("reason") or entry.details.get("what") or "",
            "cents": entry.details.get("cents"),
        }
        for entry, who in rows
        if entry.action != "saved"
    ]


def action_in_words(action: str) -> str:
    """What was done to an application."""
    words = {
        "submitted": _("Submitted"),
        "granted": _("Granted"),
        "denied": _("Denied"),
        "withdrawn": _("Withdrawn"),
        "receipt_added": _("Receipt added"),
        "receipt_removed": _("Receipt removed"),
        "reported": _("Reported"),
        "receipts_checked": _("Receipts checked"),
        "reminded": _("Reminded of the receipts"),
        "paid": _("Noted as paid"),
    }
    return words.get(action, action)


def steps_of(face: dict[str, Any], decision: dict[str, Any], event: dict[str, Any]) -> list[Any]:
    """The way of an application, from the first step to the last: what is done, when, what is
    next."""
    state = face["state"]
    decided = bool(decision)
    steps = [
        _step(_("Application"), face["submitted_at"], done=True),
        _step(_("Decision"), decision.get("decided_at"), done=decided, now=state == "submitted"),
    ]
    if state in {"denied", "withdrawn"}:
        return steps if state == "denied" else [*steps[: 1 + decided], _step(_("Withdrawn"), None)]
    steps.append(_step(_("Event"), event["starts_at"], done=face["is_over"]))
    if face["requested_cents"] and (face["granted_cents"] or not decided):
        steps.append(_receipts_step(face))
        is_paid = state == "paid"
        steps.append(_step(_("Payment"), face["paid_at"], done=is_paid, now=state == "reported"))
    return steps


def _receipts_step(face: dict[str, Any]) -> dict[str, Any]:
    if face["reported_at"]:
        return _step(_("Report and receipts"), face["reported_at"], done=True)
    due: date | None = face["receipts_due_on"]
    is_next = face["state"] == "granted" and face["is_over"]
    return _step(_("Report and receipts"), due, now=is_next, late=face["is_late"], by=True)


def _step(
    name: str,
    when: datetime | date | None,
    *,
    done: bool = False,
    now: bool = False,
    late: bool = False,
    by: bool = False,
) -> dict[str, Any]:
    return {"name": name, "when": when, "done": done, "now": now, "late": late, "by": by}
