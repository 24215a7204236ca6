"""The week of a space: what can be pressed can be had, and what can't says why."""

from __future__ import annotations

from datetime import timedelta

from booking.catalogue.rules import TimeSpan
from booking.reservations.rules import broken_rules
from booking.reservations.week import Entry, week_of
from tests.values import MONDAY, a_period, a_policy, a_request, a_timetable, at, circumstances

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
