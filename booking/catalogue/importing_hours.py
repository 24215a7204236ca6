"""Opening hours of a catalogue: weekly patterns and their exceptions, in minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from booking.catalogue import format as f
from booking.catalogue import reference_models as r
from booking.catalogue.format.hours import WHEN
from booking.catalogue.importing_rows import Import, Rows, RowsOf, plain
from booking.catalogue.opening import WEEKDAYS


def put_hours(
    work: Import,
    exceptions: Sequence[f.OpeningHoursException],
    templates: Sequence[f.OpeningHoursTemplate],
) -> Rows[r.OpeningHours]:
    """The templates of opening hours; each has one pattern, which holds at all times."""
    known = _put_exceptions(work, exceptions)
    rows = Rows(work, r.OpeningHours)
    for position, one in enumerate(templates):
        rows.put(one.slug, position=position, name=one.name, evidence=one.evidence)
    rows.finish()
    patterns = RowsOf(work, r.HoursPattern, "opening_hours_id", "week")
    links = RowsOf(work, r.OpeningHoursException, "opening_hours_id", "exceptions")
    for one in templates:
        entry, key = rows.entry(one.slug), rows.id_of(one.slug)
        pattern = {"valid_from": None, "valid_to": None, "week": stored_week(one.week)}
        patterns.put(entry, key, [pattern])
        links.put(
            entry,
            key,
            [
                {"exception_id": known.id_of(slug), "position": position}
                for position, slug in enumerate(one.exceptions)
            ],
        )
    return rows


def _put_exceptions(
    work: Import, exceptions: Sequence[f.OpeningHoursException]
) -> Rows[r.HoursException]:
    rows = Rows(work, r.HoursException)
    for position, one in enumerate(exceptions):
        rows.put(
            one.slug,
            position=position,
            name=one.name,
            when_=plain(WHEN.write(one.when)),
            effect=one.effect,
            latest_end=one.time,
            week=stored_week(one.week) if one.week else None,
            evidence=one.evidence,
        )
    rows.finish()
    return rows


def stored_week(week: f.Week) -> dict[str, Any]:
    """mon … sun as lists of [start, end] in minutes after midnight."""
    return {
        day: [[interval.start, interval.end] for interval in intervals]
        for day, intervals in zip(WEEKDAYS, week.days, strict=True)
    }
