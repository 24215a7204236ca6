"""Opening hours as the format has them: minutes become intervals, stored days become dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import format as f
from booking.catalogue import reference_models as r
from booking.catalogue.opening import WEEKDAYS


def exceptions_of(session: Session) -> tuple[f.OpeningHoursException, ...]:
    """The exceptions to opening hours, in the order of the catalogue."""
    rows = session.scalars(
        select(r.HoursException).order_by(r.HoursException.position, r.HoursException.id)
    )
    return tuple(
        f.OpeningHoursException(
            slug=row.slug,
            name=row.name,
            when=_when(**row.when_),
            effect=row.effect,
            time=row.latest_end,
            week=_week(row.week) if row.week else None,
            evidence=row.evidence,
        )
        for row in rows
    )


def templates_of(session: Session) -> tuple[f.OpeningHoursTemplate, ...]:
    """The templates; of one with several patterns in time the newest."""
    slugs = dict(session.execute(select(r.HoursException.id, r.HoursException.slug)).all())
    rows = session.scalars(
        select(r.OpeningHours).order_by(r.OpeningHours.position, r.OpeningHours.id)
    )
    return tuple(
        f.OpeningHoursTemplate(
            slug=row.slug,
            name=row.name,
            week=_week(max(row.patterns, key=_since).week),
            exceptions=tuple(slugs[link.exception_id] for link in row.exceptions),
            evidence=row.evidence,
        )
        for row in rows
    )


def _since(pattern: r.HoursPattern) -> date:
    return pattern.valid_from or date.min


def _week(week: Mapping[str, Sequence[Sequence[int]]]) -> f.Week:
    return f.Week(*(tuple(f.Interval(a, b) for a, b in week[day]) for day in WEEKDAYS))


def _when(type: str, **details: Any) -> f.When:
    if type == "named_days":
        return f.When(type, days=tuple(details["days"]))
    if type == "annual_range":
        return f.When(type, first=_month_day(details["from"]), last=_month_day(details["to"]))
    ranges = (
        f.DateRange(date.fromisoformat(one["from"]), date.fromisoformat(one["to"]))
        for one in details.get("ranges", ())
    )
    return f.When(type, ranges=tuple(ranges))


def _month_day(text: str) -> f.MonthDay:
    month, day = map(int, text.split("-"))
    return f.MonthDay(month, day)
