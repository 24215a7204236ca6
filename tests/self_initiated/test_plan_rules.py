"""What is due when, what is late, how far a checklist is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.core.errors import RequestRefused
from booking.self_initiated.plan_rules import (
    LONGEST_REFERENCE,
    Ahead,
    Due,
    Duty,
    DutyChanged,
    Mark,
    Unit,
    due_of,
    facts_again,
    in_order,
    last_working_day,
    mark_of,
    marked,
    progress_of,
    reminder_moment,
    reminders_due,
)

ZONE = ZoneInfo("Europe/Helsinki")
MINUTE = timedelta(minutes=1)


def wall(text: str) -> datetime:
    """The instant at that wall time in the city."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def a_duty(rule: str = "G02", due: str | None = None, **values) -> Duty:
    """A notice to give, due at 12 o'clock of that day."""
    found = Due(date.fromisoformat(due), wall(f"{due}T12:00")) if due else None
    return Duty(rule, values.pop("kind", "notification"), values.pop("order", 0), found, **values)


# ── When it is due ────────────────────────────────────────────────────────────────────────────


def test_a_deadline_in_days_ends_at_the_clock_time_of_the_start() -> None:
    due = due_of(date(2027, 6, 10), Unit.DAYS, 30, wall("2027-07-10T10:00"), ZONE)
    assert due == Due(date(2027, 6, 10), wall("2027-06-10T10:00"))


def test_the_clock_time_is_kept_across_both_changes_of_the_clocks() -> None:
    spring = due_of(date(2027, 3, 20), Unit.DAYS, 14, wall("2027-04-03T12:00"), ZONE)
    assert spring.until == wall("2027-03-20T12:00")
    autumn = due_of(date(2027, 10, 25), Unit.DAYS, 14, wall("2027-11-08T12:00"), ZONE)
    assert autumn.until == wall("2027-10-25T12:00")


def test_where_spring_skips_the_clock_time_it_ends_when_the_clocks_change() -> None:
    due = due_of(date(2027, 3, 28), Unit.DAYS, 5, wall("2027-04-02T03:30"), ZONE)
    assert due.until == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_a_deadline_in_working_days_ends_with_its_day() -> None:
    due = due_of(date(2027, 5, 25), Unit.WORKDAYS, 4, wall("2027-05-31T10:00"), ZONE)
    assert due.until == wall("2027-05-26T00:00")


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2027-04-10T12:00", "2027-04-09T12:00"),
        ("2027-03-28T12:00", "2027-03-27T11:00"),  # the day that has 23 hours
        ("2027-10-31T12:00", "2027-10-30T13:00"),  # the day that has 25
    ],
)
def test_a_deadline_in_hours_counts_hours_that_pass(start: str, until: str) -> None:
    due = due_of(date.fromisoformat(until[:10]), Unit.HOURS, 24, wall(start), ZONE)
    assert due == Due(date.fromisoformat(until[:10]), wall(until), is_to_the_hour=True)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2027-06-11", "2027-06-11"),  # a Friday
        ("2027-06-13", "2027-06-11"),  # a Sunday
        ("2027-06-26", "2027-06-24"),  # Midsummer Day, and its eve before it
        ("2027-12-26", "2027-12-23"),  # Christmas, from its eve on
        ("2027-12-31", "2027-12-31"),  # offices are open on New Year's Eve
    ],
)
def test_the_last_working_day_is_that_day_or_one_before(day: str, last: str) -> None:
    assert last_working_day(date.fromisoformat(day)) == date.fromisoformat(last)


# ── Late, in order, how far ───────────────────────────────────────────────────────────────────


def test_a_duty_is_late_once_its_last_moment_has_passed() -> None:
    duty = a_duty(due="2027-06-10")
    assert not duty.is_late(wall("2027-06-10T12:00"))
    assert duty.is_late(wall("2027-06-10T12:00") + MINUTE)


def test_a_recommended_date_passes_and_nobody_is_late() -> None:
    duty = a_duty(due="2027-06-10", is_recommended=True)
    assert duty.is_past(wall("2027-06-11T12:00"))
    assert not duty.is_late(wall("2027-06-11T12:00"))


@pytest.mark.parametrize("mark", [Mark.SENT, Mark.DONE, Mark.NOT_NEEDED])
def test_what_was_sent_done_or_is_not_needed_is_never_late(mark: Mark) -> None:
    assert not a_duty(due="2027-06-10", mark=mark).is_late(wall("2028-01-01T12:00"))


def test_what_only_informs_and_what_is_forbidden_is_on_no_checklist() -> None:
    assert not a_duty(is_task=False).is_on_checklist
    assert not a_duty(kind="prohibition").is_on_checklist
    assert a_duty(kind="advice").is_on_checklist


def test_duties_come_by_due_date_those_without_last_then_as_in_the_rule_set() -> None:
    duties = [
        a_duty("G36", order=4),
        a_duty("G05", "2027-06-10", order=3),
        a_duty("G01", "2027-06-11", order=0),
        a_duty("G03", "2027-06-10", order=2),
        a_duty("G15", order=1),
    ]
    assert [one.rule for one in in_order(duties)] == ["G03", "G05", "G01", "G15", "G36"]


def test_progress_counts_what_is_needed_and_names_what_is_due_first() -> None:
    now = wall("2027-06-01T12:00")
    progress = progress_of(
        [
            a_duty("G01", "2027-05-30", order=1),
            a_duty("G02", "2027-06-05", order=2),
            a_duty("G03", mark=Mark.DONE, order=3),
            a_duty("G04", mark=Mark.SENT, order=4),
            a_duty("G05", mark=Mark.NOT_NEEDED, order=5),
            a_duty("G06", is_task=False, order=6),
        ],
        now,
    )
    assert (progress.done, progress.sent, progress.total, progress.late) == (1, 1, 4, 1)
    assert progress.next is not None
    assert progress.next.rule == "G01"


def test_nothing_is_next_when_all_is_done() -> None:
    assert progress_of([a_duty(mark=Mark.DONE)], wall("2027-06-01T12:00")).next is None


# ── Saying how far it is ──────────────────────────────────────────────────────────────────────


def test_a_mark_is_kept_with_its_note_and_when_it_was_made(now: datetime) -> None:
    checklist = marked({}, "G02", Mark.SENT, "  ilm. 12/2027 ", "", now)
    assert checklist == {
        "G02": {"state": "sent", "reference": "ilm. 12/2027", "changed_at": now.isoformat()}
    }
    assert mark_of(checklist, "G02") == (Mark.SENT, "ilm. 12/2027", now.isoformat())
    assert mark_of(checklist, "G05") == (Mark.TO_DO, "", "")


def test_who_has_seen_an_older_mark_is_told_and_changes_nothing(now: datetime) -> None:
    checklist = marked({}, "G02", Mark.SENT, "12", "", now)
    with pytest.raises(DutyChanged):
        marked(checklist, "G02", Mark.DONE, "12", "", now + MINUTE)
    later = marked(checklist, "G02", Mark.DONE, "12", now.isoformat(), now + MINUTE)
    assert mark_of(later, "G02")[0] is Mark.DONE


def test_the_same_said_twice_is_noted_once(now: datetime) -> None:
    checklist = marked({}, "G02", Mark.SENT, "12", "", now)
    assert marked(checklist, "G02", Mark.SENT, "12", "", now + MINUTE) == checklist


def test_not_needed_wants_a_reason(now: datetime) -> None:
    with pytest.raises(RequestRefused) as refused:
        marked({}, "G02", Mark.NOT_NEEDED, " ", "", now)
    assert [one.code for one in refused.value.broken] == ["field_required"]
    assert marked({}, "G02", Mark.NOT_NEEDED, "Poliisi sanoi niin.", "", now)


def test_a_note_has_a_longest_length(now: datetime) -> None:
    assert marked({}, "G02", Mark.DONE, "x" * LONGEST_REFERENCE, "", now)
    with pytest.raises(RequestRefused):
        marked({}, "G02", Mark.DONE, "x" * (LONGEST_REFERENCE + 1), "", now)


# ── Reminders ─────────────────────────────────────────────────────────────────────────────────


def test_reminders_come_in_the_morning_14_7_and_1_days_ahead_and_once_when_late() -> None:
    due = Due(date(2027, 6, 15), wall("2027-06-15T12:00"))
    moments = [reminder_moment(ahead, due, ZONE) for ahead in Ahead]
    assert moments == [
        wall("2027-06-01T08:00"),
        wall("2027-06-08T08:00"),
        wall("2027-06-14T08:00"),
        wall("2027-06-16T08:00"),
    ]


def test_a_reminder_is_due_from_its_moment_on() -> None:
    due, long_ago = Due(date(2027, 6, 15), wall("2027-06-15T12:00")), wall("2027-01-01T12:00")
    assert reminders_due(due, long_ago, wall("2027-06-08T08:00") - MINUTE, ZONE) == [
        Ahead.TWO_WEEKS
    ]
    assert reminders_due(due, long_ago, wall("2027-06-08T08:00"), ZONE) == [
        Ahead.TWO_WEEKS,
        Ahead.WEEK,
    ]


def test_what_was_known_when_the_event_was_planned_is_not_reminded_of() -> None:
    due, now = Due(date(2027, 6, 15), wall("2027-06-15T12:00")), wall("2027-06-08T09:00")
    assert reminders_due(due, wall("2027-06-08T07:59"), now, ZONE) == [Ahead.WEEK]
    assert reminders_due(due, wall("2027-06-08T08:00"), now, ZONE) == []


def test_a_deadline_in_hours_is_late_at_once() -> None:
    due = Due(date(2027, 4, 9), wall("2027-04-09T12:00"), is_to_the_hour=True)
    assert reminder_moment(Ahead.LATE, due, ZONE) == wall("2027-04-09T12:00")


# ── Again next year ───────────────────────────────────────────────────────────────────────────


def test_the_same_event_again_falls_on_the_same_weekday_52_weeks_later() -> None:
    facts = {"start": "2027-06-13T10:00", "end": "2027-06-13T11:00", "purpose": "sport"}
    again = facts_again(facts, date(2027, 6, 20), ZONE)
    assert again == {"start": "2028-06-11T10:00", "end": "2028-06-11T11:00", "purpose": "sport"}


def test_an_event_of_years_ago_is_copied_to_the_next_such_day_to_come() -> None:
    facts = {"start": "2024-06-09T10:00", "end": "2024-06-09T11:00"}
    assert facts_again(facts, date(2027, 6, 20), ZONE)["start"] == "2028-06-04T10:00"
    assert facts_again(facts, date(2027, 6, 5), ZONE)["start"] == "2027-06-06T10:00"


def test_a_wall_time_that_spring_skips_is_copied_to_the_hour_after() -> None:
    facts = {"start": "2026-03-29T02:30", "end": "2026-03-29T05:00"}
    assert facts_again(facts, date(2026, 6, 1), ZONE)["start"] == "2027-03-28T02:30"
    facts = {"start": "2026-03-29T04:30", "end": "2026-03-29T05:00"}
    again = facts_again({**facts, "start": "2026-03-29T03:30"}, date(2026, 6, 1), ZONE)
    assert again["start"] == "2027-03-28T04:30"


def test_facts_without_a_time_are_copied_as_they_are() -> None:
    assert facts_again({"purpose": "sport"}, date(2027, 6, 20), ZONE) == {"purpose": "sport"}
