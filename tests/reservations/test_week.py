"""The week of a space: what can be pressed can be had, and what can't says why."""

from __future__ import annotations

from datetime import date, timedelta

from booking.catalogue.opening import OpeningHours, Pattern
from booking.catalogue.rules import TimeSpan
from booking.reservations.rules import broken_rules
from booking.reservations.week import Entry, week_of
from tests.values import (
    MONDAY,
    a_period,
    a_place,
    a_policy,
    a_request,
    a_timetable,
    a_week,
    at,
    circumstances,
    some_hours,
)

TUESDAY = MONDAY + timedelta(days=1)


def tuesday(policy=None, *, taken=(), entries=()):
    table = a_timetable(policy, taken=taken, days=7)
    week = week_of(table, MONDAY, MONDAY, entries or [Entry(one, "taken") for one in taken])
    return week.days[1].cells


def words(cells):
    return [(cell.state, cell.rows, cell.reason) for cell in cells]


def test_free_hours_stand_one_by_one_and_what_is_taken_stands_together():
    taken = [a_period("10:00", "20:00", TUESDAY)]
    assert words(tuesday(taken=taken)) == [
        ("free", 1, "Free"),
        ("free", 1, "Free"),
        ("taken", 10, "Booked"),
        ("free", 1, "Free"),
        ("free", 1, "Free"),
    ]


def test_where_only_half_an_hour_is_left_half_an_hour_is_offered():
    cells = tuesday(
        taken=[a_period("08:30", "22:00", TUESDAY)],
        entries=[Entry(a_period("09:00", "22:00", TUESDAY), "taken")],
    )
    assert cells[0].offer == a_period("08:00", "08:30", TUESDAY)


def test_every_offer_of_the_week_would_be_accepted():
    policy = a_policy(shortest=timedelta(minutes=90), notice=TimeSpan(hours=20))
    taken = [a_period("11:00", "12:10", TUESDAY), a_period("16:30", "18:00", TUESDAY)]
    table = a_timetable(policy, taken=taken, days=7)
    week = week_of(table, MONDAY, MONDAY, [])
    offers = [cell.offer for day in week.days for cell in day.cells if cell.offer]
    assert len(offers) > 30
    for offer in offers:
        request = a_request(starts_at=offer.starts_at, ends_at=offer.ends_at)
        assert broken_rules(request, [circumstances(policy, taken=taken, days=7)]) == []


def test_what_is_too_soon_too_far_or_past_says_so():
    policy = a_policy(notice=TimeSpan(days=1), horizon_days=1)
    week = week_of(a_timetable(policy, days=7), MONDAY, MONDAY, [])
    assert [cell.reason for cell in week.days[0].cells] == ["Time has passed", "Too late to book"]
    assert {cell.reason for cell in week.days[1].cells} == {"Free"}
    assert [cell.reason for cell in week.days[2].cells] == ["Not open for booking yet"]


def test_every_day_covers_the_same_rows():
    week = week_of(a_timetable(days=7), MONDAY, MONDAY, [])
    assert {sum(cell.rows for cell in day.cells) for day in week.days} == {len(week.rows)}
    assert week.days[1].cells[0].starts_at == at("08:00", TUESDAY)


# ── Rows ──────────────────────────────────────────────────────────────────────────────────────


NIGHT_AND_DAY = some_hours(0, 24)
SPRING = date(2027, 3, 22)
AUTUMN = date(2027, 10, 25)


def a_week_of(monday, policy=None, *, place=None, entries=(), taken=()):
    now = at("10:00", monday - timedelta(days=7))
    table = a_timetable(policy, place=place, now=now, first=monday, days=7, taken=taken)
    return week_of(table, monday, monday, entries)


def test_rows_are_hours_where_the_place_opens_on_the_hour():
    assert a_week_of(MONDAY).row_minutes == 60


def test_rows_are_half_hours_where_the_place_opens_between_hours():
    hours = OpeningHours((Pattern(a_week((8 * 60 + 30, 20 * 60))),))
    week = a_week_of(MONDAY, place=a_place(hours=hours))
    assert (week.row_minutes, week.rows[0]) == (30, 8 * 60 + 30)


def test_rows_are_half_hours_where_what_takes_the_space_leaves_half_an_hour_to_book():
    taken = [a_period("10:00", "11:30", TUESDAY)]
    entries = [Entry(taken[0], "taken")]
    week = a_week_of(MONDAY, entries=entries, taken=taken)
    assert week.row_minutes == 30
    offers = [cell.offer for cell in week.days[1].cells if cell.offer]
    assert a_period("11:30", "12:30", TUESDAY) in offers


def test_rows_stay_hours_where_nothing_can_start_between_hours():
    policy = a_policy(start_interval=timedelta(hours=1))
    entries = [Entry(a_period("10:00", "11:30", TUESDAY), "taken")]
    assert a_week_of(MONDAY, policy, entries=entries).row_minutes == 60


def test_a_row_offers_the_first_start_within_it():
    hours = OpeningHours((Pattern(a_week((8 * 60 + 15, 20 * 60))),))
    cells = a_week_of(MONDAY, place=a_place(hours=hours)).days[1].cells
    assert cells[0].offer == a_period("08:15", "09:15", TUESDAY)
    assert cells[0].starts_at == at("08:15", TUESDAY)


# ── Changes of the clocks ─────────────────────────────────────────────────────────────────────


def test_the_hour_that_spring_skips_is_no_second_copy_of_the_next():
    sunday = a_week_of(SPRING, place=a_place(hours=NIGHT_AND_DAY)).days[6]
    skipped = [cell for cell in sunday.cells if cell.reason == "The clocks skip this hour"]
    assert [(cell.state, cell.rows, cell.offer) for cell in skipped] == [("closed", 1, None)]
    assert [f"{one.starts_at:%H:%M}" for one in skipped] == ["03:00"]
    starts = [cell.offer.starts_at for cell in sunday.cells if cell.offer]
    assert len(starts) == len(set(starts)) == 23


def test_both_half_hours_that_spring_skips_are_one_cell():
    night = a_week((0, 1440 - 30))
    place = a_place(hours=OpeningHours((Pattern(night),)))
    sunday = a_week_of(SPRING, place=place).days[6]
    skipped = [cell for cell in sunday.cells if cell.reason == "The clocks skip this hour"]
    assert [cell.rows for cell in skipped] == [2]
    assert sum(cell.rows for cell in sunday.cells) == 47


def test_the_hour_that_autumn_repeats_is_one_row_of_two_hours():
    sunday = a_week_of(AUTUMN, place=a_place(hours=NIGHT_AND_DAY)).days[6]
    assert len(sunday.cells) == 24
    assert sunday.cells[3].ends_at - sunday.cells[3].starts_at == timedelta(hours=2)
