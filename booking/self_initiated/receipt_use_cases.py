"""After the event: receipts are added, and the report is sent with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.core.actors import Actor
from booking.core.errors import RequestRefused, RuleBroken
from booking.self_initiated import support_errors as e
from booking.self_initiated.support_mails import tell_applicant
from booking.self_initiated.support_models import Receipt, SupportApplication
from booking.self_initiated.support_queries import get_application_of, get_receipt
from booking.self_initiated.support_rules import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_RECEIPTS,
    SupportState,
    file_name_kept,
)
from booking.self_initiated.support_use_cases import lock_application, must_be_in


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A file that lies in the storage under `key` already, looked through; and what it is for."""

    key: str
    data: bytes
    media_type: str
    file_name: str
    what: str
    cents: int


def must_take_receipts(session: Session, actor: Actor, reference: str) -> SupportApplication:
    """The actor's own application, while receipts can be added. Raises `NotFound`,
    `ApplicationInAnotherState`."""
    application = get_application_of(session, actor, reference)
    must_be_in(application, SupportState.GRANTED)
    return application


def add_receipt(
    session: Session, actor: Actor, reference: str, new: NewReceipt, now: datetime
) -> Receipt:
    """Add a receipt to a granted application.

    Raises `NotFound`, `ApplicationInAnotherState`, `RequestRefused`: too many, unnamed, or the
    same file again.
    """
    application = lock_application(session, get_application_of(session, actor, reference), None)
    must_be_in(application, SupportState.GRANTED)
    sha256 = hashlib.sha256(new.data).hexdigest()
    if broken := _broken_by(application, new, sha256):
        raise RequestRefused(broken)
    receipt = Receipt(
        key=new.key,
        file_name=file_name_kept(new.file_name, new.key.rpartition(".")[2]),
        media_type=new.media_type,
        size=len(new.data),
        sha256=sha256,
        what=new.what.strip(),
        cents=new.cents,
        added_at=now,
        added_by_id=actor.person_id,
    )
    application.receipts.append(receipt)
    application.updated_at = now
    session.flush()
    details = {"receipt": receipt.id, "what": receipt.what, "cents": receipt.cents}
    record(session, actor, "receipt_added", application, now, **details)
    return receipt


def _broken_by(application: SupportApplication, new: NewReceipt, sha256: str) -> list[RuleBroken]:
    broken: list[RuleBroken] = []
    if len(application.receipts) >= MOST_RECEIPTS:
        broken.append(e.TooManyReceipts(most=MOST_RECEIPTS))
    if any(one.sha256 == sha256 for one in application.receipts):
        broken.append(e.SameReceipt())
    if not new.what.strip():
        broken.append(e.ReceiptUnnamed())
    elif len(new.what) > LONGEST_NAME:
        broken.append(e.TextTooLong(field="what", most=LONGEST_NAME))
    return broken


def remove_receipt(
    session: Session, actor: Actor, reference: str, receipt_id: int, now: datetime
) -> str:
    """Let a receipt go while nothing is reported; the key of its file, to be let go once this is
    committed. Raises `NotFound`, `ApplicationInAnotherState`."""
    application = lock_application(session, get_application_of(session, actor, reference), None)
    must_be_in(application, SupportState.GRANTED)
    receipt = get_receipt(application, receipt_id)
    application.receipts.remove(receipt)
    application.updated_at = now
    session.flush()
    details = {"receipt": receipt_id, "what": receipt.what, "cents": receipt.cents}
    record(session, actor, "receipt_removed", application, now, **details)
    return receipt.key


def report_event(
    session: Session,
    actor: Actor,
    reference: str,
    people: int | None,
    story: str,
    version: int,
    now: datetime,
) -> SupportApplication:
    """Report how it went and hand in the receipts; from now on staff look at them.

    Raises `NotFound`, `ApplicationChanged`, `ApplicationInAnotherState`, `RequestRefused`.
    """
    application = lock_application(session, get_application_of(session, actor, reference), None)
    must_be_in(application, SupportState.GRANTED)
    if application.version != version:
        raise e.ApplicationChanged()
    if broken := _broken_in_report(application, people, story, now):
        raise RequestRefused(broken)
    application.report = {"people": people, "story": story.strip()}
    application.state, application.reported_at = SupportState.REPORTED, now
    application.updated_at = now
    session.flush()
    record(session, actor, "reported", application, now, people=people)
    tell_applicant(session, application, "support_reported", now)
    return application


def _broken_in_report(
    application: SupportApplication, people: int | None, story: str, now: datetime
) -> list[RuleBroken]:
    event = application.event
    broken: list[RuleBroken] = []
    if event.cancelled_at is None and event.ends_at is not None and event.ends_at > now:
        broken.append(e.EventNotOver())
    if people is None:
        broken.append(e.PeopleMissing())
    if not story.strip():
        broken.append(e.StoryMissing())
    elif len(story) > LONGEST_TEXT:
        broken.append(e.TextTooLong(field="story", most=LONGEST_TEXT))
    if application.granted_cents and not application.receipts:
        broken.append(e.ReceiptsMissing())
    return broken
