"""Booking grants to the ledger of a year, and taking back what was not used.

The database has the last word: a check keeps an account from being granted more than its cap.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.core.errors import Cents, RequestRefused, RuleBroken
from booking.database import constraint_means, lock
from booking.decisions.models import Decision
from booking.self_initiated.ledger_queries import entries_of, find_account
from booking.self_initiated.support_errors import LedgerOverdrawn
from booking.self_initiated.support_models import (
    SupportAccount,
    SupportApplication,
    SupportEntry,
)


class _Overdrawn(LedgerOverdrawn):
    """What the check says, where nobody looked first."""

    def __init__(self) -> None:
        super().__init__(left=Cents(0))


def lock_account(
    session: Session, application: SupportApplication, year: int, cap_cents: int
) -> SupportAccount:
    """The applicant's account of the year, opened if need be, once nobody else writes to it. Its
    cap is that of now, but no less than was granted already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    organisation = application.organisation_id
    whose = {"organisation_id": organisation} if organisation else {}
    whose = whose or {"person_id": application.person_id}
    session.execute(
        insert(SupportAccount)
        .values(**whose, year=year, cap_cents=cap_cents, granted_cents=0)
        .on_conflict_do_nothing(index_elements=[*whose, "year"])
    )
    account = find_account(session, application.person_id, organisation, year)
    assert account is not None, "it was opened a moment ago"
    lock(session, SupportAccount, [account.id])
    session.refresh(account)
    account.cap_cents = max(cap_cents, account.granted_cents)
    return account


def broken_by_ledger(account: SupportAccount, cents: int) -> list[RuleBroken]:
    """Why so much can't be granted of what is left of the year."""
    left = account.cap_cents - account.granted_cents
    return [LedgerOverdrawn(left=Cents(left))] if cents > left else []


def enter_grant(
    session: Session,
    account: SupportAccount,
    application: SupportApplication,
    decision: Decision,
    cents: int,
    now: datetime,
) -> None:
    """Book the grant of a decision. Raises `RequestRefused` where the database refuses it."""
    try:
        with constraint_means(session, {"ck_support_account_not_overdrawn": _Overdrawn}):
            account.granted_cents += cents
            session.add(_entry(account.id, application, decision.id, cents, now))
    except LedgerOverdrawn as error:
        raise RequestRefused([error]) from error


def take_back(session: Session, application: SupportApplication, cents: int, now: datetime) -> None:
    """Give back to the account what will not be paid, as an entry below zero."""
    if cents <= 0:
        return
    first = entries_of(session, application)[0]
    lock(session, SupportAccount, [first.account_id])
    account = session.scalars(
        select(SupportAccount)
        .where(SupportAccount.id == first.account_id)
        .execution_options(populate_existing=True)
    ).one()
    account.granted_cents -= cents
    session.add(_entry(account.id, application, first.decision_id, -cents, now))
    session.flush()


def _entry(
    account_id: int,
    application: SupportApplication,
    decision_id: int | None,
    cents: int,
    now: datetime,
) -> SupportEntry:
    return SupportEntry(
        account_id=account_id,
        event_id=application.event_id,
        application_id=application.id,
        decision_id=decision_id,
        amount_cents=cents,
        entered_at=now,
    )
