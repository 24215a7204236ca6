"""The e-mails about a series: one for all its dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.accounts.queries import approvers_of
from booking.catalogue.places import Catalogue
from booking.notifications.use_cases import queue_email
from booking.reservations.mails import facts, recipient_of
from booking.reservations.models import Reservation, Series
from booking.reservations.queries import (
    dates_elsewhere,
    places_of,
    unit_of,
    units_of_dates,
    usual_date,
)


def tell_owner_of_series(
    session: Session,
    city: Catalogue,
    series: Series,
    dates: Sequence[Reservation],
    template: str,
    now: datetime,
    **more: Any,
) -> None:
    """Queue an e-mail about these dates to whom the series is for."""
    recipient = recipient_of(session, dates[0])
    if recipient is not None:
        queue_email(
            session,
            template,
            recipient,
            now,
            reservation_id=dates[0].id,
            **_facts(city, series, dates, now),
            **more,
        )


def tell_approvers_of_series(
    session: Session,
    city: Catalogue,
    series: Series,
    dates: Sequence[Reservation],
    now: datetime,
) -> None:
    """Queue an e-mail to everyone who may decide about it, that it awaits approval."""
    for approver in approvers_of(session, units_of_dates(city, dates)):
        queue_email(
            session,
            "staff_new_series",
            approver,
            now,
            reservation_id=dates[0].id,
            **_facts(city, series, dates, now),
        )


def _facts(
    city: Catalogue, series: Series, dates: Sequence[Reservation], now: datetime
) -> dict[str, Any]:
    """The facts of its first date, in the spaces that are usual, with all dates, which of them are
    elsewhere, what was skipped and why, and the sum."""
    first = min(dates, key=lambda one: one.starts_at)
    total = sum(one.total_cents or 0 for one in dates)
    usual = facts(city, usual_date(dates), now)
    there = {name: usual[name] for name in ("spaces", "unit", "address", "access")}
    return (
        facts(city, first, now)
        | there
        | {
            "reference": series.reference,
            "elsewhere": [_elsewhere(city, one) for one in dates_elsewhere(dates)],
            "dates": [
                [one.starts_at.isoformat(), one.ends_at.isoformat()]
                for one in sorted(dates, key=lambda one: one.starts_at)
            ],
            "skipped": [
                {"day": one.day.isoformat(), "violations": one.violations} for one in series.skipped
            ],
            "price_cents": total,
            "is_free": not total,
            "due_cents": sum(one.due_cents or 0 for one in dates),
            "path": f"/series/{series.reference}",
        }
    )


def _elsewhere(city: Catalogue, one: Reservation) -> dict[str, Any]:
    """Where a date is that is not where the others are."""
    return {
        "starts_at": one.starts_at.isoformat(),
        "spaces": [dict(place.name) for place in places_of(city, one)],
        "unit": dict(unit_of(city, one).name),
    }
