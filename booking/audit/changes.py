"""Counters that say how often something has changed, for whoever keeps a copy of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.audit.models import ChangeCounter

_NOTED = "changed_subjects"


def raise_counters(session: Session, subjects: Collection[str], now: datetime) -> None:
    """Count a change of each of these subjects, such as `unit:3`, `person:7`, `organisation:2`.

    They are noted, and raised once just before the transaction is committed: in the order of their
    names, so that two writers never wait for each other, and last, so that nobody waits for long.
    """
    session.info.setdefault(_NOTED, {}).update(dict.fromkeys(subjects, now))


@event.listens_for(Session, "before_commit")
def _raise_what_is_noted(session: Session) -> None:
    noted: dict[str, datetime] = session.info.pop(_NOTED, {})
    if not noted:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(ChangeCounter)
    statement = statement.on_conflict_do_update(
        index_elements=[ChangeCounter.subject],
        set_={
            "number": ChangeCounter.number + 1,
            "changed_at": statement.excluded.changed_at,
        },
    )
    rows = [
        {"subject": subject, "number": 1, "changed_at": now}
        for subject, now in sorted(noted.items())
    ]
    session.execute(statement, rows)


@event.listens_for(Session, "after_rollback")
def _forget_what_was_noted(session: Session) -> None:
    session.info.pop(_NOTED, None)
