"""The wizard of series as its page shows it: what may be had, the dates, what it comes to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.catalogue.places import Catalogue
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations.answers import Asked
from booking.reservations.errors import OutsideOpeningHours, TooManyOccurrences
from booking.reservations.series_previews import ABOUT_WHO, Preview
from booking.reservations.series_rules import VERIFIED, Instead
from booking.reservations.series_wizard_forms import LEAVE, SeriesForm, as_choice
from booking.reservations.series_wizard_rules import Row
from booking.web.languages import text_in
from booking.web.words import day_in_words, in_words, told_once

FEW = 6
"""So many free dates are shown at once; more are folded."""


def limits_in_words(asked: Asked) -> list[str]:
    """What the policy says of series, before one begins; nothing where it takes none."""
    series = asked.policy.series
    if not series.allowed:
        return []
    last_day = asked.policy.last_day_of_series(asked.now, asked.city.zone)
    staff = series.approval == "staff" or asked.policy.approval == "staff"
    return [
        ngettext(
            "Up to %(num)s date, on %(day)s at the latest.",
            "Up to %(num)s dates, the last on %(day)s at the latest.",
            series.max_occurrences,
            day=day_in_words(last_day),
        ),
        _("For organisations that the city has verified.")
        if series.who == VERIFIED
        else _("For everyone."),
        *([_("The staff decide about the series as a whole.")] if staff else []),
    ]


def dates_in_words(
    preview: Preview, form: SeriesForm, asked: Asked, changed: Collection[date]
) -> dict[str, Any]:
    """The list of dates: what needs a choice first, the days off, the free ones."""
    rows = [_row(row, asked, changed) for row in preview.rows]
    free = [row for row in rows if not row["is_conflict"] and not row["day_off"]]
    broken = [rule for rule in preview.broken if _may_be_told(rule, asked)]
    return {
        "counts": _counts(preview),
        "reasons": [words for _field, words in told_once(broken)],
        "conflicts": [row for row in rows if row["is_conflict"]],
        "days_off": [row for row in rows if row["day_off"] and not row["is_conflict"]],
        "free": free,
        "is_open": len(free) <= FEW or any(row["is_left"] for row in free),
        "last_fitting": _last_fitting(preview),
        "taken": len(preview.taken),
        "elsewhere": [_elsewhere(row, asked.city) for row in preview.elsewhere],
        "total_cents": preview.total_cents,
        "awaits_staff": preview.awaits_staff,
        "outcome": _outcome(preview, form, asked),
    }


def _last_fitting(preview: Preview) -> date | None:
    """The last day with which there would be as many dates as are allowed, where there are too
    many."""
    most = next((r.values["most"] for r in preview.broken if isinstance(r, TooManyOccurrences)), 0)
    return preview.taken[most - 1].day if isinstance(most, int) and most else None


def _may_be_told(rule: RuleBroken, asked: Asked) -> bool:
    """Who has not signed in may be anybody."""
    return asked.actor.person_id is not None or not isinstance(rule, ABOUT_WHO)


def _row(row: Row, asked: Asked, changed: Collection[date]) -> dict[str, Any]:
    return {
        "day": row.day,
        "period": row.period,
        "day_off": text_in(row.day_off) if row.day_off else "",
        "reasons": [words for _field, words in told_once(_worth_telling(row))],
        "can_be_had": row.can_be_had,
        "is_conflict": row.is_conflict,
        "is_left": row.is_left,
        "has_changed": row.day in changed,
        "options": [_option(one, row, asked.city) for one in row.suggestions],
        "leave": LEAVE,
    }


def _worth_telling(row: Row) -> list[RuleBroken]:
    """What stands in its way; of a day off that is left out not that it is closed."""
    quiet = row.day_off is not None and not row.is_conflict
    return [one for one in row.reasons if not (quiet and isinstance(one, OutsideOpeningHours))]


def _option(one: Instead, row: Row, city: Catalogue) -> dict[str, Any]:
    """One thing that would do instead: where, when, and what sends it."""
    return {"value": as_choice(one), "is_chosen": one == row.chosen, **_place_and_time(one, city)}


def _elsewhere(row: Row, city: Catalogue) -> dict[str, Any]:
    assert row.chosen is not None, "only of what is elsewhere"
    return {"day": row.day, **_place_and_time(row.chosen, city)}


def _place_and_time(one: Instead, city: Catalogue) -> dict[str, Any]:
    place = city.places[one.spaces[0]]
    return {
        "name": text_in(place.name),
        "unit": text_in(place.unit.name),
        "slug": place.slug,
        "period": Period(one.starts_at, one.ends_at),
    }


def _counts(preview: Preview) -> list[dict[str, str]]:
    """How many dates are free, have an alternative, are left out; each with its shape."""
    rows, elsewhere = preview.rows, len(preview.elsewhere)
    left = sum(row.is_left for row in rows)
    free = sum(row.can_be_had and not row.is_left for row in rows)
    found = [
        ("tick", "yes", _("%(free)s of %(all)s dates free", free=free, all=len(rows))),
        ("half", "wait", _("%(num)s with an alternative", num=elsewhere) if elsewhere else ""),
        ("bar", "no", _("%(num)s left out", num=left) if left else ""),
    ]
    return [{"shape": shape, "tone": tone, "words": words} for shape, tone, words in found if words]


def _outcome(preview: Preview, form: SeriesForm, asked: Asked) -> str:
    """What follows on sending; nothing where only the limits of automatic decisions will tell."""
    slug = form.organisation.data
    organisation = next((one for one in asked.organisations if one.slug == slug), None)
    if not preview.awaits_staff:
        return "" if preview.is_free_use else _("All dates are confirmed at once.")
    kept = _("The staff decide about it as a whole. The dates are kept for you meanwhile.")
    if preview.is_free_use and organisation is not None:
        free = _("Free of charge for %(organisation)s.", organisation=organisation.name)
        return f"{free} {kept}"
    return kept


def told_by_day(broken: Sequence[RuleBroken]) -> list[dict[str, Any]]:
    """What stands in the way of single dates, a line for each day."""
    days = sorted({rule.day for rule in broken if rule.day is not None})
    return [
        {"day": day, "words": " ".join(in_words(rule) for rule in broken if rule.day == day)}
        for day in days
    ]
