"""Staff look at the receipts, and note what was paid; the rest goes back to the year's sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.errors import Cents, RequestRefused, RuleBroken
from booking.self_initiated import support_errors as e
from booking.self_initiated.ledger_use_cases import take_back
from booking.self_initiated.support_deciding_use_cases import must_not_be_own
from booking.self_initiated.support_mails import tell_applicant
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_queries import get_application
from booking.self_initiated.support_rules import SupportState
from booking.self_initiated.support_use_cases import lock_application, must_be_in


def check_receipts(
    session: Session,
    actor: Actor,
    reference: str,
    accepted: Mapping[int, int],
    version: int,
    now: datetime,
) -> SupportApplication:
    """Say of each receipt how much of it is accepted, in cents by its key.

    Raises `NotFound`, `NotAllowed`, `ApplicationChanged`, `ApplicationInAnotherState`,
    `RequestRefused` for more than a receipt is about.
    """
    application = _to_pay(session, actor, reference, version, SupportState.REPORTED)
    for receipt in application.receipts:
        cents = accepted.get(receipt.id)
        if cents is not None and not 0 <= cents <= receipt.cents:
            raise RequestRefused([e.AcceptedTooMuch()])
        receipt.accepted_cents = cents
    application.updated_at = now
    session.flush()
    total = accepted_sum(application)
    record(session, actor, "receipts_checked", application, now, cents=total)
    return application


def note_paid(
    session: Session, actor: Actor, reference: str, cents: int, version: int, now: datetime
) -> SupportApplication:
    """Note that so much was paid, at most the grant and the receipts that were accepted; the rest
    of the grant goes back. Nothing is paid where no report came in time.

    Raises as `check_receipts` does.
    """
    application = _to_pay(
        session, actor, reference, version, SupportState.REPORTED, SupportState.GRANTED
    )
    if broken := _broken_by_payment(session, application, cents, now):
        raise RequestRefused(broken)
    application.paid_cents, application.state = cents, SupportState.PAID
    application.paid_at, application.paid_by_id = now, actor.person_id
    application.updated_at = now
    session.flush()
    take_back(session, application, (application.granted_cents or 0) - cents, now)
    record(session, actor, "paid", application, now, cents=cents)
    tell_applicant(session, application, "support_paid", now)
    return application


def accepted_sum(application: SupportApplication) -> int:
    return sum(one.accepted_cents or 0 for one in application.receipts)


def most_to_pay(application: SupportApplication) -> int:
    """The grant, or the accepted receipts where they are less."""
    return min(application.granted_cents or 0, accepted_sum(application))


def _broken_by_payment(
    session: Session, application: SupportApplication, cents: int, now: datetime
) -> list[RuleBroken]:
    if application.state == SupportState.GRANTED:
        due = application.receipts_due_on
        today = local_date(now, get_catalogue(session).zone)
        if due is not None and today <= due:
            return [e.ReceiptsStillDue(day=due)]
        return [e.PaidTooMuch(most=Cents(0))] if cents else []
    if any(one.accepted_cents is None for one in application.receipts):
        return [e.ReceiptsUnchecked()]
    most = most_to_pay(application)
    return [] if 0 <= cents <= most else [e.PaidTooMuch(most=Cents(most))]


def _to_pay(
    session: Session, actor: Actor, reference: str, version: int, *states: SupportState
) -> SupportApplication:
    application = get_application(session, actor, reference)
    actor.must(Action.PAY_SUPPORT)
    must_not_be_own(actor, application)
    lock_application(session, application, None)
    must_be_in(application, *states)
    if application.version != version:
        raise e.ApplicationChanged()
    return application
