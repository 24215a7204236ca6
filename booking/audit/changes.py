"""Counters that say how often something has changed, for whoever keeps a copy of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.audit.models import ChangeCounter


def raise_counters(session: Session, subjects: Collection[str], now: datetime) -> None:
    """Count a change of each of these subjects, such as `unit:3`, `person:7`, `organisation:2`.

    In the order of their names, so that two writers never wait for each other, and last in a use
    case, so that nobody waits for long.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for subject in sorted(set(subjects)):
        statement = insert(ChangeCounter).values(subject=subject, number=1, changed_at=now)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[ChangeCounter.subject],
                set_={"number": ChangeCounter.number + 1, "changed_at": now},
            )
        )
