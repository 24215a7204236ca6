"""Addresses of the wizard of series, filled with what is known already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for

from booking.catalogue.opening import WEEKDAYS
from booking.catalogue.places import Catalogue
from booking.reservations.models import Reservation, Series
from booking.reservations.recurrence import MINUTES_A_DAY
from booking.reservations.series_wizard_rules import Every
from booking.reservations.states import Kind

A_YEAR = timedelta(weeks=52)
"""The same weekdays of the next season."""


def again_url(series: Series, dates: Sequence[Reservation], city: Catalogue) -> str | None:
    """The wizard, filled as for the same series a year later; None where it has no such."""
    places = [city.places_by_id[one.space_id] for one in series.spaces]
    days = [one.series_day for one in dates if one.series_day is not None]
    days += [one.day for one in series.skipped]
    rule = dict(part.split("=") for part in series.rrule.split(";"))
    every = _every(rule)
    is_customers = all(one.kind == Kind.CUSTOMER for one in dates)
    end = series.start_minute + series.length_minutes
    if len(places) != 1 or not days or every is None or not is_customers or end > MINUTES_A_DAY:
        return None
    return url_for(
        "series_wizard.show_wizard",
        slug=places[0].slug,
        date=(min(days) + A_YEAR).isoformat(),
        until=(max(days) + A_YEAR).isoformat(),
        weekday=_weekdays(rule, min(days)),
        every=every.value,
        start=_clock(series.start_minute),
        end=_clock(end),
        **_what(series),
    )


def _every(rule: dict[str, str]) -> Every | None:
    """How often, where the wizard knows it."""
    match rule["FREQ"], rule.get("INTERVAL", "1"):
        case "WEEKLY", "1":
            return Every.WEEK
        case "WEEKLY", "2":
            return Every.SECOND_WEEK
        case "MONTHLY", "1" if "BYDAY" in rule:
            return Every.MONTH
    return None


def _weekdays(rule: dict[str, str], first: date) -> list[str]:
    """The weekdays of the rule, as the wizard names them."""
    named = [one[-2:] for one in rule.get("BYDAY", "").split(",") if one]
    return [day for day in WEEKDAYS if day[:2].upper() in named] or [WEEKDAYS[first.weekday()]]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _what(series: Series) -> dict[str, Any]:
    """What for, how many, for whom."""
    organisation = series.organisation.slug if series.organisation else None
    return {
        "title": series.title or None,
        "purpose": series.purpose,
        "people": series.people,
        "organisation": organisation,
    }
