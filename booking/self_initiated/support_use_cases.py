"""What applicants do: write an application, submit it, withdraw it.

A person may always apply; the rules say what they think of it, and a person decides.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.errors import NotAllowed, RequestRefused, RuleBroken, Word
from booking.core.references import new_reference
from booking.database import constraint_means, lock
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.states import State
from booking.self_initiated import support_errors as e
from booking.self_initiated.ledger_use_cases import take_back
from booking.self_initiated.support_loans import request_loans, step_loans
from booking.self_initiated.support_mails import tell_applicant
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_queries import (
    find_application_to,
    get_application_of,
    get_event_of,
)
from booking.self_initiated.support_rules import (
    CAN_BE_WITHDRAWN,
    STATE_NAMES,
    SupportState,
    Wish,
    broken_in_draft,
    broken_in_submission,
    normal_iban,
)
from booking.self_initiated.support_terms import support_outcome, terms_of

ONE_AT_A_TIME = {
    "uq_support_application_live": e.AnotherApplication,
    "support_application.event_id": e.AnotherApplication,
}


def save_draft(
    session: Session,
    actor: Actor,
    event_reference: str,
    wish: Wish,
    version: int | None,
    now: datetime,
) -> SupportApplication:
    """Keep what was written so far, whatever is lacking; the first time makes the application.

    `version` is the one that was read (None: there was none). Raises `NotFound`,
    `ApplicationChanged`, `ApplicationInAnotherState`, `RequestRefused` for what is too long.
    """
    application = _draft_to(session, actor, event_reference, version, now)
    if broken := broken_in_draft(wish):
        raise RequestRefused(broken)
    _write_down(application, wish, now)
    session.flush()
    record(session, actor, "saved", application, now)
    return application


def submit_application(
    session: Session,
    actor: Actor,
    event_reference: str,
    wish: Wish,
    version: int | None,
    now: datetime,
    *,
    accepts_loan_terms: bool = False,
) -> SupportApplication:
    """Submit an application; the things on loan are asked for with it, all or nothing.

    Raises as `save_draft` does, and `RequestRefused` with all that is lacking, of the loans too.
    """
    application = _draft_to(session, actor, event_reference, version, now)
    city = get_catalogue(session)
    today = local_date(now, city.zone)
    terms = terms_of(session, today)
    _write_down(application, wish, now)
    found = support_outcome(session, application.event, wish.requested_cents, today)
    broken = broken_in_submission(wish, found.rules, terms)
    if application.event.cancelled_at is not None:
        broken.insert(0, e.EventWasCancelled())
    _ask_for_loans(session, actor, application, broken, now, accepts_loan_terms)
    application.state, application.submitted_at = SupportState.SUBMITTED, now
    application.outcome = found.as_plain()
    session.flush()
    record(session, actor, "submitted", application, now, cents=application.requested_cents)
    tell_applicant(session, application, "support_received", now)
    return application


def _ask_for_loans(
    session: Session,
    actor: Actor,
    application: SupportApplication,
    broken: list[RuleBroken],
    now: datetime,
    accepted: bool,
) -> None:
    """Ask for them where all else is well; else tell what is wrong with both."""
    if application.wishes:
        try:
            with session.begin_nested():
                request_loans(session, actor, application, now, accepted=accepted)
                if broken:
                    raise RequestRefused([])
        except RequestRefused as refused:
            broken += [_beside_loans(one) for one in refused.broken]
    if broken:
        raise RequestRefused(broken)


def _beside_loans(rule: RuleBroken) -> RuleBroken:
    """The rule told beside the things on loan, or the tick that accepts their terms."""
    is_declared = rule.code in {"terms_not_accepted", "adult_required"}
    rule.field = "accepts" if is_declared else "loans"
    return rule


def withdraw_application(
    session: Session, actor: Actor, reference: str, version: int, now: datetime
) -> SupportApplication:
    """Take an application back, a granted one too as long as nothing was reported: what was
    reserved is free again, and the year's sum whole.

    Raises `NotFound`, `ApplicationChanged`, `ApplicationInAnotherState`.
    """
    application = lock_application(session, get_application_of(session, actor, reference), version)
    must_be_in(application, *CAN_BE_WITHDRAWN)
    step_loans(session, actor, application, State.CANCELLED, now)
    if application.state == SupportState.GRANTED:
        take_back(session, application, application.granted_cents or 0, now)
    application.state, application.updated_at = SupportState.WITHDRAWN, now
    session.flush()
    record(session, actor, "withdrawn", application, now)
    return application


# ── What all steps share ──────────────────────────────────────────────────────────────────────


def lock_application(
    session: Session, application: SupportApplication, version: int | None
) -> SupportApplication:
    """The application as it is now, once nobody else writes to it. Raises `ApplicationChanged`
    where it is not the version that was read."""
    lock(session, SupportApplication, [application.id])
    session.refresh(application)
    if version is not None and application.version != version:
        raise e.ApplicationChanged()
    return application


def must_be_in(application: SupportApplication, *states: SupportState) -> None:
    """Raise `ApplicationInAnotherState` unless it is in one of these."""
    if application.state not in states:
        raise e.ApplicationInAnotherState(state=Word(STATE_NAMES[application.state]))


def _draft_to(
    session: Session, actor: Actor, event_reference: str, version: int | None, now: datetime
) -> SupportApplication:
    event = get_event_of(session, actor, event_reference)
    lock(session, SelfInitiatedEvent, [event.id])
    found = find_application_to(session, event)
    if found is None:
        if version is not None:
            raise e.ApplicationChanged()
        return _new(session, actor, event, now)
    if version is None:
        raise e.AnotherApplication()
    lock_application(session, found, None)
    must_be_in(found, SupportState.DRAFT)
    if found.version != version:
        raise e.ApplicationChanged()
    return found


def _new(
    session: Session, actor: Actor, event: SelfInitiatedEvent, now: datetime
) -> SupportApplication:
    if actor.person_id is None:
        raise NotAllowed()
    application = SupportApplication(
        reference=new_reference(),
        event=event,
        person_id=actor.person_id,
        organisation_id=event.organisation_id,
        state=SupportState.DRAFT,
        language=actor.language,
        receipts=[],
        created_at=now,
        updated_at=now,
    )
    with constraint_means(session, ONE_AT_A_TIME):
        session.add(application)
    return application


def _write_down(application: SupportApplication, wish: Wish, now: datetime) -> None:
    application.requested_cents = wish.requested_cents
    application.description = wish.description.strip()
    application.budget = [line.as_plain() for line in wish.written_lines]
    application.wishes = [line.as_plain() for line in wish.loans]
    application.other_aid = wish.other_aid.strip()
    application.payee = wish.payee.strip()
    application.iban = normal_iban(wish.iban) or None
    application.updated_at = now
