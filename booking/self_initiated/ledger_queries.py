"""Reading the ledger of support: what an applicant was granted in a calendar year.

The year is that of the decision, not of the event: so the rule set counts `grants_this_year_eur`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from booking.self_initiated.support_models import (
    SupportAccount,
    SupportApplication,
    SupportEntry,
)


def granted_this_year(
    session: Session, person_id: int | None, organisation_id: int | None, year: int
) -> int:
    """The cents granted to the organisation, or without one to the person, in a calendar year;
    what was taken back is left out."""
    account = find_account(session, person_id, organisation_id, year)
    return account.granted_cents if account else 0


def find_account(
    session: Session, person_id: int | None, organisation_id: int | None, year: int
) -> SupportAccount | None:
    """The account of the organisation, or without one of the person."""
    if organisation_id is not None:
        whose = SupportAccount.organisation_id == organisation_id
    else:
        whose = SupportAccount.person_id == person_id
    return session.scalars(
        select(SupportAccount).where(whose, SupportAccount.year == year)
    ).one_or_none()


def grants_of_year(session: Session, account: SupportAccount) -> Sequence[SupportApplication]:
    """The applications that were granted from the account, the first first."""
    entries = select(SupportEntry.application_id).where(SupportEntry.account_id == account.id)
    return session.scalars(
        select(SupportApplication)
        .options(joinedload(SupportApplication.event))
        .where(SupportApplication.id.in_(entries))
        .order_by(SupportApplication.id)
    ).all()


def entries_of(session: Session, application: SupportApplication) -> Sequence[SupportEntry]:
    """What was granted to the application and taken back of it, in order."""
    return session.scalars(
        select(SupportEntry)
        .where(SupportEntry.application_id == application.id)
        .order_by(SupportEntry.id)
    ).all()
