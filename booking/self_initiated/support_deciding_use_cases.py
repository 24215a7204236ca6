"""Deciding about applications: by whoever has the power, on nothing of their own, once.

A decision about support is an administrative one: with its reasons, appeal instructions, the last
day of appeal, and the post whose power it was (Hallintolaki 43–49 §, Kuntalaki 134–139 §).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.errors import Cents, RequestRefused
from booking.core.references import new_reference
from booking.decisions.models import Decision
from booking.reservations.explaining import appeal_of
from booking.reservations.states import HOLDING, State
from booking.self_initiated import support_errors as e
from booking.self_initiated.ledger_use_cases import broken_by_ledger, enter_grant, lock_account
from booking.self_initiated.power_queries import powers_in
from booking.self_initiated.power_rules import SUPPORT, Power, powers_of
from booking.self_initiated.support_loans import step_loans
from booking.self_initiated.support_mails import of_decision, tell_applicant
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_queries import get_application, is_theirs
from booking.self_initiated.support_rules import SupportState, broken_by_grant, receipts_due
from booking.self_initiated.support_terms import outcome_at_submission, terms_of
from booking.self_initiated.support_use_cases import lock_application, must_be_in


def grant_support(
    session: Session,
    actor: Actor,
    reference: str,
    cents: int,
    reason: str,
    version: int,
    now: datetime,
) -> SupportApplication:
    """Grant so much, and confirm the things on loan.

    Raises `NotFound`, `NotAllowed` (no power, beyond it, one's own), `ApplicationChanged`,
    `ApplicationInAnotherState`, `RequestRefused` (too much, nothing left of the year, no reason).
    """
    application = _to_decide(session, actor, reference, version)
    city = get_catalogue(session)
    today = local_date(now, city.zone)
    power = must_have_power(session, actor, cents, now)
    terms = terms_of(session, today)
    against = outcome_at_submission(application).is_against
    broken = broken_by_grant(
        cents, application.requested_cents, terms, is_against_rules=against, reason=reason
    )
    if application.event.cancelled_at is not None:
        broken.append(e.EventWasCancelled())
    account = None
    if cents:
        account = lock_account(session, application, today.year, terms.annual_cap_cents)
        broken += broken_by_ledger(account, cents)
    if broken:
        raise RequestRefused(broken)
    things = step_loans(session, actor, application, State.CONFIRMED, now, reason)
    if not cents and (things is None or things.state not in HOLDING):
        raise RequestRefused([e.ThingsNotReserved()])
    application.state, application.granted_cents = SupportState.GRANTED, cents
    ends = application.event.ends_at
    last_day = local_date(ends, city.zone) if ends else today
    application.receipts_due_on = receipts_due(max(last_day, today), terms) if cents else None
    decision = _decide(session, actor, application, power.post, "approved", reason, now)
    if account is not None:
        enter_grant(session, account, application, decision, cents, now)
    _tell(session, actor, application, decision, now)
    return application


def deny_support(
    session: Session, actor: Actor, reference: str, reason: str, version: int, now: datetime
) -> SupportApplication:
    """Deny an application with all that it asks for; the reason is owed.

    Raises as `grant_support` does.
    """
    application = _to_decide(session, actor, reference, version)
    power = must_have_power(session, actor, 0, now)
    if not reason.strip():
        raise RequestRefused([e.ReasonOwed()])
    step_loans(session, actor, application, State.DENIED, now, reason)
    application.state = SupportState.DENIED
    decision = _decide(session, actor, application, power.post, "denied", reason, now)
    _tell(session, actor, application, decision, now)
    return application


def must_have_power(session: Session, actor: Actor, cents: int, now: datetime) -> Power:
    """The least power by which the actor decides about so much today. Raises `NoPowerToDecide`,
    `BeyondPower`."""
    theirs = _powers(session, actor, now)
    reaching = [power for power in theirs if power.reaches(cents)]
    if not reaching:
        raise e.BeyondPower(limit=Cents(theirs[0].limit_cents or 0))
    return reaching[-1]


def farthest_power(session: Session, actor: Actor, now: datetime) -> Power:
    """The actor's power that reaches farthest today. Raises `NoPowerToDecide`."""
    return _powers(session, actor, now)[0]


def _powers(session: Session, actor: Actor, now: datetime) -> list[Power]:
    today = local_date(now, get_catalogue(session).zone)
    theirs = powers_of(powers_in(session, SUPPORT), actor.person_id, today)
    if not theirs:
        raise e.NoPowerToDecide()
    return theirs


def must_not_be_own(actor: Actor, application: SupportApplication) -> None:
    """Raise `OwnMatter` where the actor applied, or acts for the organisation that did."""
    mine = actor.person_id in {application.person_id, application.event.person_id}
    if mine or is_theirs(actor, application) or is_theirs(actor, application.event):
        raise e.OwnMatter()


def _to_decide(session: Session, actor: Actor, reference: str, version: int) -> SupportApplication:
    """The application, locked, for whoever may decide and has no part in it."""
    application = get_application(session, actor, reference)
    must_not_be_own(actor, application)
    lock_application(session, application, None)
    must_be_in(application, SupportState.SUBMITTED)
    if application.version != version:
        raise e.ApplicationChanged()
    return application


def _decide(
    session: Session,
    actor: Actor,
    application: SupportApplication,
    post: Mapping[str, str],
    outcome: str,
    reason: str,
    now: datetime,
) -> Decision:
    """The row of the decision, sent by e-mail today."""
    instructions, last_day = appeal_of(get_catalogue(session), now)
    decision = Decision(
        reference=new_reference(),
        application_id=application.id,
        event_id=application.event_id,
        reservation_id=application.reservation_id,
        outcome=outcome,
        nature="administrative",
        decided_by_id=actor.person_id,
        decided_as=dict(post),
        decided_at=now,
        reason=reason.strip(),
        appeal_instructions=instructions,
        last_day_of_appeal=last_day,
    )
    application.updated_at = now
    session.add(decision)
    session.flush()
    return decision


def _tell(
    session: Session,
    actor: Actor,
    application: SupportApplication,
    decision: Decision,
    now: datetime,
) -> None:
    record(
        session,
        actor,
        application.state,
        application,
        now,
        cents=application.granted_cents or 0,
        decision=decision.reference,
        reason=decision.reason,
    )
    told = of_decision(decision, application)
    tell_applicant(session, application, "support_decided", now, **told)
