"""Writing down what was done, in the transaction that does it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.core.actors import Actor
from booking.database import Base


def record(
    session: Session, actor: Actor, action: str, subject: Base, now: datetime, **details: Any
) -> None:
    """Add that `actor` did `action` to `subject`; counters are taken from it where it has them.

    `subject` has been flushed, so that it has its key. `details` are plain JSON values.
    """
    session.add(
        AuditEntry(
            at=now,
            actor_kind=actor.kind.value,
            actor_person_id=actor.person_id,
            actor_token_id=actor.token_id,
            actor_name=actor.name if actor.person_id is None else "",
            action=action,
            subject=subject.__tablename__,
            subject_id=subject.id,
            subject_version=getattr(subject, "version", None),
            subject_sequence=getattr(subject, "sequence", None),
            details=details,
        )
    )
