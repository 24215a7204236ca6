"""What is told of outside calendars, in sentences: how one stands, what was remarked of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from booking.calendars.models import CalendarSource
from booking.calendars.outside_times import NOTED, REPAIRED, SKIPPED
from booking.calendars.source_errors import kept_fault
from booking.calendars.source_queries import FAILS_FOR_LONG
from booking.core.errors import N_
from booking.web.words import in_words, local_moment

REMARKS: Mapping[str, str] = {
    "bad_date": N_("Its date or time can't be read."),
    "bad_rule": N_("The rule by which it repeats can't be read."),
    "ends_before_start": N_("It ends before it starts."),
    "no_start": N_("It has no start."),
    "too_many": N_("It repeats more often than 5,000 times."),
    "unknown_zone": N_("Its time zone is unknown."),
    "bad_line": N_("A line that can't be read was left out."),
    "empty_zone": N_("Its time zone is empty; the time of the space was taken."),
    "no_length": N_("It ends when it starts, so it takes no time."),
    "range": N_("A change holds from one date on; the later dates were moved with it."),
    "unsure_hour": N_("The clocks show its time twice that night; the first was taken."),
    "two_rules": N_("It repeats by two rules; the dates of both were taken."),
    "until_before_start": N_("It repeats until before it starts; it was taken once."),
    "floating": N_("It names no time zone; the time of the calendar or the space was taken."),
    "local_until": N_("The end of its repeating names no time zone; that of its start was taken."),
    "no_end": N_("It has no end, so it takes no time."),
    "no_uid": N_("It has no identifier; it is known again by what it says."),
    "repeated_hour": N_("The clocks show its time twice that night; the first was taken."),
}
"""A sentence for each code of a remark; `tests/calendars/test_source_words.py` holds it whole."""

_SEVERAL = (
    (SKIPPED, N_("Left out")),
    (REPAIRED, N_("Taken, though not as it stands")),
    (NOTED, N_("Taken as it is meant")),
)


@dataclass(frozen=True, slots=True)
class Remarked:
    """Events of which something is to tell: a heading, and each event with why."""

    heading: str
    rows: Sequence[tuple[str, str]]
    are_skipped: bool


def remarked(report: Mapping[str, Any] | None) -> list[Remarked]:
    """The remarks of a reading, what was left out first; each event by its name."""
    remarks = (report or {}).get("remarks", [])
    found = []
    for codes, heading in _SEVERAL:
        rows = [
            (one["event"] or _("An event without a name"), remark_in_words(one["code"]))
            for one in remarks
            if one["code"] in codes
        ]
        if rows:
            found.append(Remarked(_(heading), rows, codes is SKIPPED))
    return found


def remark_in_words(code: str) -> str:
    """Why an event was left out, or what was put right."""
    return str(_(REMARKS[code])) if code in REMARKS else code


def standing(source: CalendarSource) -> dict[str, Any]:
    """How a calendar stands, as the reasons panel shows it: a title, a tone and sentences."""
    if source.state == "stopped":
        return _panel(_("Stopped"), "info", _("It is not read, and takes no time."))
    if source.state == "waiting":
        return _panel(_("Waits for you"), "wait", _waiting(source))
    if source.last_error:
        tone = "no" if source.failures >= FAILS_FOR_LONG else "wait"
        return _panel(_("Could not be read"), tone, *_failing(source))
    if source.address is None:
        return _panel(_("Brought in once"), "yes")
    return _panel(_("Is read every 15 minutes"), "yes")


def _waiting(source: CalendarSource) -> str:
    gone = (source.report or {}).get("gone", 0)
    return str(
        _(
            "More than half of it is gone: %(gone)s times would become free. Nothing has changed "
            "yet.",
            gone=gone,
        )
    )


def _failing(source: CalendarSource) -> list[str]:
    told = [in_words(kept_fault(source.last_error or "")), _("What it holds stands as it was.")]
    if source.next_read_at is not None:
        told.append(_("It is tried again on %(moment)s.", moment=local_moment(source.next_read_at)))
    return told


def _panel(title: str, tone: str, *sentences: str) -> dict[str, Any]:
    return {"title": title, "tone": tone, "reasons": [{"message": one} for one in sentences]}
