"""The page of an application for whoever applies, put together: its form, or how far it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.loan_rules import proposed_days
from booking.self_initiated.ledger_queries import granted_this_year
from booking.self_initiated.receipt_files import MOST_BYTES
from booking.self_initiated.support_forms import ReceiptForm, ReportForm, SupportForm
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_pages import (
    application_face,
    decision_face,
    event_face,
    loans_face,
    outcome_face,
    steps_of,
)
from booking.self_initiated.support_queries import (
    applications_to,
    decision_on,
    find_application_to,
    get_event_of,
    loans_of,
)
from booking.self_initiated.support_rules import CAN_BE_WITHDRAWN, DECLARES_AID, SupportState
from booking.self_initiated.support_terms import outcome_at_submission, support_outcome, terms_of
from booking.web.languages import text_in
from booking.web.session import db


def url_of(application: SupportApplication) -> str:
    return url_for("support.show_support", reference=application.event.reference)


def page_of(
    reference: str,
    form: SupportForm | None = None,
    *,
    receipt: ReceiptForm | None = None,
    report: ReportForm | None = None,
) -> str:
    session, actor = db.session(), access.current_actor()
    city = get_catalogue(session)
    event = get_event_of(session, actor, reference)
    found = find_application_to(session, event)
    shared = {"event": event_face(event), "earlier": _earlier(session, event, found)}
    if form is not None or found is None or found.state == SupportState.DRAFT:
        form = form or SupportForm.of(found, _payee(event))
        return _form_page(session, form, event, city, found, shared)
    return _status_page(session, found, city, shared, receipt, report)


def _payee(event: SelfInitiatedEvent) -> str:
    return event.organisation.name if event.organisation else access.visitor().name


def _form_page(
    session: Session,
    form: SupportForm,
    event: SelfInitiatedEvent,
    city: Catalogue,
    found: SupportApplication | None,
    shared: dict[str, Any],
) -> str:
    now = clock.now()
    today = local_date(now, city.zone)
    terms = terms_of(session, today)
    things = {slug: text_in(thing.name) for slug, thing in city.loans.items()}
    form.offer(things, *_days_proposed(event, city))
    granted = granted_this_year(session, event.person_id, event.organisation_id, today.year)
    requested = form.requested.data or terms.event_cap_cents
    outcome = support_outcome(session, event, requested, today)
    return render_template(
        "self_initiated/support.html",
        form=form,
        draft=_draft_face(found),
        send_url=url_for("support.send_support", reference=event.reference),
        most_cents=terms.event_cap_cents,
        left_cents=max(terms.annual_cap_cents - granted, 0),
        granted_cents=granted,
        receipts_days=terms.receipts_days,
        owes_declaration=DECLARES_AID in outcome.rules,
        outcome=outcome_face(session, outcome, today, granted),
        loan_terms=_loan_terms(city, today),
        **shared,
    )


def _days_proposed(event: SelfInitiatedEvent, city: Catalogue) -> tuple[date | None, date | None]:
    """From the last opening of the pick-up point before the event to the first after it."""
    thing = next(iter(city.loans.values()), None)
    if thing is None or event.starts_at is None or event.ends_at is None:
        return None, None
    return proposed_days(thing.pickup_hours, Period(event.starts_at, event.ends_at), city.zone)


def _draft_face(found: SupportApplication | None) -> dict[str, Any] | None:
    if found is None or found.state != SupportState.DRAFT:
        return None
    return {
        "reference": found.reference,
        "version": found.version,
        "saved_at": found.updated_at,
    }


def _loan_terms(city: Catalogue, today: date) -> list[dict[str, Any]]:
    """The terms of all that is lent, each once, in words."""
    slugs = {
        in_force[1].terms
        for thing in city.loans.values()
        if (in_force := thing.policy_at(clock.now())) is not None
    }
    found = [terms for slug in sorted(slugs) if (terms := city.terms_on(slug, today))]
    return [
        {"title": text_in(one.title), "points": [text_in(point) for point in one.points]}
        for one in found
    ]


def _status_page(
    session: Session,
    application: SupportApplication,
    city: Catalogue,
    shared: dict[str, Any],
    receipt: ReceiptForm | None,
    report: ReportForm | None,
) -> str:
    now = clock.now()
    today = local_date(now, city.zone)
    outcome = outcome_at_submission(application)
    face = application_face(application, city, now, shows_account=True)
    decision = decision_face(decision_on(session, application), application)
    return render_template(
        "self_initiated/support_status.html",
        face=face,
        outcome=outcome_face(session, outcome, today, 0),
        decision=decision,
        loans=loans_face(loans_of(session, application)),
        steps=steps_of(face, decision, shared["event"]),
        receipt_form=receipt or ReceiptForm(formdata=None),
        report_form=report or ReportForm(formdata=None, version=str(application.version)),
        may_withdraw=application.state in CAN_BE_WITHDRAWN,
        most_bytes=MOST_BYTES,
        **shared,
    )


def _earlier(
    session: Session, event: SelfInitiatedEvent, found: SupportApplication | None
) -> list[dict[str, Any]]:
    """What was applied for before and is over, the newest first."""
    return [
        {
            "reference": one.reference,
            "state": one.state,
            "requested_cents": one.requested_cents,
            "submitted_at": one.submitted_at,
            "decision_url": url_for("support.show_decision", reference=one.reference)
            if one.state == SupportState.DENIED
            else "",
        }
        for one in applications_to(session, event)
        if one is not found and one.submitted_at is not None
    ]
