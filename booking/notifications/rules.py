"""When to try again what could not be sent."""

from __future__ import annotations

from datetime import timedelta

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    *(timedelta(hours=6),) * 11,
)
"""How long to wait after each failure; together nearly three days."""


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after `attempts` failures in a row; None when it is time to give up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
