"""The plan of an event: what is due when, what is late, how far it all is; on plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from booking.core.clock import local_date, local_day, opening_instant, to_utc
from booking.core.errors import N_, Conflict, RequestRefused, RuleBroken
from booking.core.holidays import is_working_day

LONGEST_REFERENCE = 200
"""Characters; a number that an authority gave, or a few words why it is not needed."""

REMINDED_AT = 8 * 60
"""The minute of the local day from which reminders of deadlines go out."""

A_YEAR = timedelta(weeks=52)
"""So long that the same event falls on the same weekday."""


class Mark(StrEnum):
    """How far a duty is, as whoever arranges the event says."""

    TO_DO = "to_do"
    SENT = "sent"
    DONE = "done"
    NOT_NEEDED = "not_needed"


class Unit(StrEnum):
    """In what a deadline is counted back from the start of an event."""

    DAYS = "days"
    WORKDAYS = "workdays"
    HOURS = "hours"


class DutyChanged(Conflict):
    """Somebody else said meanwhile how far a duty is."""

    code = "duty_changed"
    message = N_(
        "Somebody else has just changed this. See how it stands now; what you wrote is kept below."
    )


class ReasonMissing(RuleBroken):
    code = "field_required"
    message = N_("Write in a few words why it is not needed.")
    about = "reference"


class ReferenceTooLong(RuleBroken):
    code = "too_long_text"
    message = N_("Write at most %(most)s characters.")
    about = "reference"


# ── When it is due ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Due:
    """When a duty is due: its local day, and the last moment of it; a deadline in hours is due at
    that very moment (`is_to_the_hour`)."""

    day: date
    until: datetime
    is_to_the_hour: bool = False


def due_of(day: date, unit: Unit, n: int, starts_at: datetime, zone: ZoneInfo) -> Due:
    """The due date `day` of a deadline of `n` units, with its last moment.

    In hours that is exact: so many elapsed hours before the start. In days it is the clock time of
    the start on that day; where spring skips it, the moment before the gap. In working days it is
    the end of the day.
    """
    if unit is Unit.HOURS:
        until = starts_at - timedelta(hours=n)
        return Due(local_date(until, zone), until, is_to_the_hour=True)
    if unit is Unit.WORKDAYS:
        return Due(day, local_day(day, zone).ends_at)
    return Due(day, _wall_time_or_before(day, starts_at.astimezone(zone).time(), zone))


def _wall_time_or_before(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant of the wall time; of one that spring skips the moment when the clocks change."""
    moment = datetime.combine(day, wall)
    for minutes in range(180):
        earlier = moment - timedelta(minutes=minutes)
        try:
            instant = to_utc(earlier.date(), earlier.time(), zone)
        except ValueError:
            continue
        return instant + timedelta(minutes=1) if minutes else instant
    return local_day(day, zone).starts_at


def last_working_day(day: date) -> date:
    """The last day, that day or before it, on which offices are open."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


# ── Duties ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Duty:
    """One rule of guidance as the plan of an event has it.

    `order` is its place in the rule set. One that is no task only informs. `reference` is what an
    authority answered, or why it is not needed; `changed_at` says when that was written.
    """

    rule: str
    kind: str
    order: int
    due: Due | None = None
    is_recommended: bool = False
    is_task: bool = True
    mark: Mark = Mark.TO_DO
    reference: str = ""
    changed_at: str = ""

    @property
    def is_prohibition(self) -> bool:
        return self.kind == "prohibition"

    @property
    def is_on_checklist(self) -> bool:
        """Whether there is something to do: prohibitions are kept, not done."""
        return self.is_task and not self.is_prohibition

    @property
    def is_open(self) -> bool:
        return self.is_on_checklist and self.mark is Mark.TO_DO

    def is_past(self, now: datetime) -> bool:
        """Whether its last moment has passed and nothing was done."""
        return self.is_open and self.due is not None and self.due.until < now

    def is_late(self, now: datetime) -> bool:
        """Whether it is past, and its due date was more than a recommendation."""
        return self.is_past(now) and not self.is_recommended


def mark_of(checklist: Mapping[str, Any], rule: str) -> tuple[Mark, str, str]:
    """How far the duty is, its reference, and when that was written; at first it is to do."""
    kept = checklist.get(rule) or {}
    mark = Mark(kept.get("state", Mark.TO_DO))
    return mark, kept.get("reference", ""), kept.get("changed_at", "")


def in_order(duties: Iterable[Duty]) -> list[Duty]:
    """By due date, those without one last, then as the rule set has them."""
    return sorted(
        duties,
        key=lambda duty: (duty.due is None, duty.due.day if duty.due else date.max, duty.order),
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the checklist is: of `total` that are needed `done` are done and `sent` sent;
    `late` are late; `next` is what to do next, the one due first."""

    done: int
    sent: int
    total: int
    late: int
    next: Duty | None


def progress_of(duties: Iterable[Duty], now: datetime) -> Progress:
    """How far these duties are; what is not needed does not count."""
    needed = [one for one in duties if one.is_on_checklist and one.mark is not Mark.NOT_NEEDED]
    return Progress(
        done=sum(one.mark is Mark.DONE for one in needed),
        sent=sum(one.mark is Mark.SENT for one in needed),
        total=len(needed),
        late=sum(one.is_late(now) for one in needed),
        next=next(iter(in_order(one for one in needed if one.is_open)), None),
    )


def marked(
    checklist: Mapping[str, Any], rule: str, mark: Mark, reference: str, seen: str, now: datetime
) -> dict[str, Any]:
    """The checklist with this duty so far.

    `seen` is when it was last changed as the asker knows it; the same thing said twice changes
    nothing. Raises `DutyChanged` where somebody else was first, `RequestRefused`.
    """
    reference = reference.strip()
    if broken := _wrong_with(mark, reference):
        raise RequestRefused(broken)
    stands, said, changed_at = mark_of(checklist, rule)
    if (stands, said) == (mark, reference):
        return dict(checklist)
    if changed_at != seen:
        raise DutyChanged()
    kept = {"state": mark.value, "reference": reference, "changed_at": now.isoformat()}
    return {**checklist, rule: kept}


def _wrong_with(mark: Mark, reference: str) -> list[RuleBroken]:
    if len(reference) > LONGEST_REFERENCE:
        return [ReferenceTooLong(most=LONGEST_REFERENCE)]
    return [ReasonMissing()] if mark is Mark.NOT_NEEDED and not reference else []


# ── Reminders ─────────────────────────────────────────────────────────────────────────────────


class Ahead(StrEnum):
    """How long before a due date it is reminded of, the longest first, and once when it is late."""

    TWO_WEEKS = "two_weeks"
    WEEK = "week"
    DAY = "day"
    LATE = "late"


_DAYS = {Ahead.TWO_WEEKS: 14, Ahead.WEEK: 7, Ahead.DAY: 1}


def reminder_moment(ahead: Ahead, due: Due, zone: ZoneInfo) -> datetime:
    """The instant of the reminder: in the morning so many days before the due date; when late, the
    morning after it, or for a deadline in hours the moment that it passed."""
    if ahead is not Ahead.LATE:
        return opening_instant(due.day - timedelta(days=_DAYS[ahead]), REMINDED_AT, zone)
    if due.is_to_the_hour:
        return due.until
    return opening_instant(due.day + timedelta(days=1), REMINDED_AT, zone)


def reminders_due(
    due: Due, known_since: datetime, now: datetime, zone: ZoneInfo
) -> Sequence[Ahead]:
    """The reminders of a due date whose moment has come, the last of them last; none of those
    whose moment had passed when the event was planned: its page told them then."""
    return [ahead for ahead in Ahead if known_since < reminder_moment(ahead, due, zone) <= now]


# ── Again next year ───────────────────────────────────────────────────────────────────────────


def facts_again(facts: Mapping[str, Any], today: date, zone: ZoneInfo) -> dict[str, Any]:
    """The facts of the same event again: as many times 52 weeks later as bring it to come, on the
    same weekday at the same wall times."""
    copied = dict(facts)
    times = {name: _wall_time(facts[name]) for name in ("start", "end") if facts.get(name)}
    years = 1
    while times and max(times.values()).date() + years * A_YEAR <= today:
        years += 1
    for name, wall in times.items():
        later = wall + years * A_YEAR
        copied[name] = _existing(later, zone).isoformat(timespec="minutes")
    return copied


def _wall_time(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found.replace(tzinfo=None)


def _existing(wall: datetime, zone: ZoneInfo) -> datetime:
    """The wall time, or where spring skips it, the hour after."""
    try:
        to_utc(wall.date(), wall.time(), zone)
    except ValueError:
        return wall + timedelta(hours=1)
    return wall


def gone(before: Collection[str], after: Collection[str]) -> list[str]:
    """What was there before and is no more."""
    return [one for one in before if one not in after]
