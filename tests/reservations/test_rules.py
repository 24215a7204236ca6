"""The rules of booking, each on both sides of its border."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.catalogue.opening import OpeningHours, Pattern
from booking.catalogue.places import Terms
from booking.catalogue.rules import Quota, TimeSpan
from booking.core.periods import Period
from booking.reservations.rules import Organiser, broken_rules, needs_approval
from booking.reservations.states import Kind
from booking.reservations.usage import Load, Used
from tests.values import (
    MONDAY,
    NOW,
    a_period,
    a_place,
    a_policy,
    a_request,
    a_week,
    at,
    circumstances,
    unpublished,
)

TUESDAY = MONDAY + timedelta(days=1)


def codes(request, *around):
    return [rule.code for rule in broken_rules(request, around)]


def test_a_request_that_keeps_every_rule_breaks_none():
    assert codes(a_request(), circumstances()) == []


@pytest.mark.parametrize(("end", "broken"), [("18:00", True), ("17:30", True), ("18:30", False)])
def test_an_end_not_after_the_start_stands_alone(end, broken):
    request = a_request("18:00", end, people=10_000)
    found = codes(request, circumstances())
    assert found == (["end_before_start"] if broken else ["over_capacity"])


@pytest.mark.parametrize(
    ("start", "expected"), [("08:00", []), ("08:30", []), ("08:15", ["off_grid"])]
)
def test_starts_lie_on_the_grid_counted_from_the_opening(start, expected):
    hours, minutes = (int(number) for number in start.split(":"))
    end = f"{hours + 1:02}:{minutes:02}"
    assert codes(a_request(start, end, day=TUESDAY), circumstances()) == expected


def test_the_grid_counts_elapsed_minutes_over_the_night_when_clocks_go_back():
    night = date(2026, 10, 25)
    now = datetime(2026, 10, 20, tzinfo=UTC)
    place = a_place(hours=_always_open())
    around = circumstances(a_policy(), place=place, now=now, first=night, days=1)
    second_half_past_three = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 03:30 by winter time
    request = a_request(
        starts_at=second_half_past_three,
        ends_at=second_half_past_three + timedelta(minutes=30),
    )
    assert codes(request, around) == []


def _always_open():
    return OpeningHours((Pattern(a_week((0, 1440))),))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(29, ["too_short", "not_multiple"]), (30, []), (240, []), (270, ["too_long"])],
)
def test_length_has_a_shortest_and_a_longest(minutes, expected):
    request = a_request(ends_at=at("16:00") + timedelta(minutes=minutes), starts_at=at("16:00"))
    assert codes(request, circumstances()) == expected


def test_length_is_a_multiple_of_the_interval():
    assert codes(a_request("18:00", "18:45"), circumstances()) == ["not_multiple"]


@pytest.mark.parametrize(("end", "expected"), [("22:00", []), ("22:30", ["outside_opening_hours"])])
def test_a_booking_ends_with_the_opening_hours(end, expected):
    assert codes(a_request("20:00", end), circumstances()) == expected


def test_both_ends_lie_in_one_opening_interval_unless_the_policy_spans_closed_hours():
    over_night = {"starts_at": at("20:00"), "ends_at": at("10:00", TUESDAY)}
    usual = a_policy(longest=timedelta(days=2))
    spanning = a_policy(longest=timedelta(days=2), may_span_closed_hours=True)
    assert codes(a_request(**over_night), circumstances(usual)) == ["outside_opening_hours"]
    assert codes(a_request(**over_night), circumstances(spanning)) == []


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("07:59", ["outside_opening_hours"]),
        ("08:00", []),
        ("22:00", []),
        ("22:01", ["outside_opening_hours"]),
    ],
)
def test_what_spans_closed_hours_ends_from_the_opening_to_the_closing(end, expected):
    policy = a_policy(
        longest=timedelta(days=2), may_span_closed_hours=True, start_interval=timedelta(minutes=1)
    )
    request = a_request(starts_at=at("20:00"), ends_at=at(end, TUESDAY))
    assert codes(request, circumstances(policy)) == expected


@pytest.mark.parametrize(("start", "expected"), [("13:59", ["too_soon"]), ("14:00", [])])
def test_notice_in_hours_is_exact_to_the_minute(start, expected):
    policy = a_policy(notice=TimeSpan(hours=4), start_interval=timedelta(minutes=1))
    request = a_request(start, "16:00")
    assert codes(request, circumstances(policy)) == expected


@pytest.mark.parametrize(
    ("days", "expected"), [(0, ["too_soon"]), (1, [])], ids=["today", "tomorrow"]
)
def test_notice_in_days_counts_whole_local_days_whatever_the_clock_says(days, expected):
    policy = a_policy(notice=TimeSpan(days=1))
    late = at("21:59")
    request = a_request("08:00" if days else "22:00", "08:30", day=MONDAY + timedelta(days=days))
    if not days:
        request = a_request("21:59", "22:29")
    around = circumstances(policy, now=late)
    assert [c for c in codes(request, around) if c in {"too_soon", "in_past"}] == expected


def test_the_past_is_told_instead_of_the_notice():
    policy = a_policy(notice=TimeSpan(hours=4))
    assert codes(a_request("09:00", "10:00"), circumstances(policy)) == ["in_past"]
    assert codes(a_request("10:00", "11:00"), circumstances()) == []


def test_staff_may_still_book_earlier_today_but_not_yesterday():
    staff = Organiser(is_staff=True)
    assert codes(a_request("09:00", "10:00"), circumstances(organiser=staff)) == []
    yesterday = MONDAY - timedelta(days=1)
    around = circumstances(organiser=staff, first=yesterday)
    assert codes(a_request("09:00", "10:00", day=yesterday), around) == ["in_past"]


@pytest.mark.parametrize(("days", "expected"), [(60, []), (61, ["too_far"])])
def test_the_horizon_compares_local_dates(days, expected):
    day = MONDAY + timedelta(days=days)
    request = a_request("21:30", "22:00", day=day)
    assert codes(request, circumstances(first=day, days=1)) == expected


@pytest.mark.parametrize(("active", "expected"), [(2, []), (3, ["quota_exceeded"])])
def test_the_quota_is_the_most_active_bookings(active, expected):
    assert codes(a_request(), circumstances(used=Used(active=active))) == expected


@pytest.mark.parametrize(("hours", "expected"), [(6, []), (6.5, ["quota_exceeded"])])
def test_the_hours_of_a_week_have_a_most(hours, expected):
    policy = a_policy(quota=Quota(active=3, hours_per_week=8))
    used = Used(week=Load(1, timedelta(hours=hours)))
    assert codes(a_request(), circumstances(policy, used=used)) == expected


@pytest.mark.parametrize("span", ["week", "month"])
@pytest.mark.parametrize(
    ("limit", "held", "expected"),
    [
        ("bookings", Load(2, timedelta(hours=9)), []),
        ("bookings", Load(3), ["quota_exceeded"]),
        ("hours", Load(9, timedelta(hours=6)), []),
        ("hours", Load(1, timedelta(hours=6.5)), ["quota_exceeded"]),
    ],
)
def test_weeks_and_months_have_a_most_of_bookings_and_of_hours(span, limit, held, expected):
    most = {"bookings": 3, "hours": 8}[limit]
    policy = a_policy(quota=Quota(active=9, **{f"{limit}_per_{span}": most}))
    assert codes(a_request(), circumstances(policy, used=Used(**{span: held}))) == expected


def test_no_limit_of_hours_limits_nothing():
    policy = a_policy(quota=Quota(active=3, hours_per_week=None))
    used = Used(week=Load(9, timedelta(hours=500)), month=Load(9, timedelta(hours=500)))
    assert codes(a_request(), circumstances(policy, used=used)) == []


@pytest.mark.parametrize(("people", "expected"), [(20, []), (21, ["over_capacity"])])
def test_there_is_room_for_as_many_as_the_capacity(people, expected):
    assert codes(a_request(people=people), circumstances()) == expected


def test_capacities_of_several_spaces_add_up():
    rooms = [
        circumstances(place=a_place(slug=f"room-{part}", parts=frozenset({part})))
        for part in (1, 2)
    ]
    assert codes(a_request(people=40), *rooms) == []
    assert codes(a_request(people=41), *rooms) == ["over_capacity"]


def test_periods_may_touch_but_not_overlap():
    taken = [a_period("16:00", "18:00"), a_period("20:00", "21:00")]
    assert codes(a_request("18:00", "20:00"), circumstances(taken=taken)) == []
    assert codes(a_request("17:30", "20:00"), circumstances(taken=taken)) == ["not_free"]
    assert codes(a_request("18:00", "20:30"), circumstances(taken=taken)) == ["not_free"]


def test_set_up_and_clean_up_keep_their_distance_on_both_sides():
    policy = a_policy(before=timedelta(minutes=30), after=timedelta(minutes=60))
    taken = [a_period("12:00", "13:00"), a_period("17:00", "18:00")]
    assert codes(a_request("13:30", "16:00"), circumstances(policy, taken=taken)) == []
    assert codes(a_request("13:00", "16:00"), circumstances(policy, taken=taken)) == ["not_free"]
    assert codes(a_request("13:30", "16:30"), circumstances(policy, taken=taken)) == ["not_free"]


def test_set_up_may_lie_outside_opening_hours():
    policy = a_policy(before=timedelta(hours=2))
    assert codes(a_request("08:00", "09:00", day=TUESDAY), circumstances(policy)) == []


def test_an_unpublished_space_is_for_staff_only():
    hidden = unpublished(a_place())
    assert codes(a_request(), circumstances(place=hidden)) == ["not_published"]
    around = circumstances(place=hidden, organiser=Organiser(is_staff=True))
    assert codes(a_request(), around) == []


@pytest.mark.parametrize(
    ("organiser", "organisation", "expected"),
    [
        (Organiser(), None, ["who_may_book", "field_required"]),
        (Organiser("company", True), "firm", ["who_may_book"]),
        (Organiser("association", False), "club", ["organisation_not_verified"]),
        (Organiser("association", True), "club", []),
        (Organiser(is_staff=True), None, []),
    ],
)
def test_some_spaces_are_for_verified_associations(organiser, organisation, expected):
    around = circumstances(a_policy(who_may_book="association"), organiser=organiser)
    assert codes(a_request(organisation=organisation), around) == expected


def test_some_spaces_are_for_staff():
    policy = a_policy(who_may_book="staff")
    assert codes(a_request(), circumstances(policy)) == ["who_may_book"]
    assert codes(a_request(), circumstances(policy, organiser=Organiser(is_staff=True))) == []


def test_an_adult_answers_where_the_policy_asks_for_one():
    around = circumstances(a_policy(requires_adult=True))
    assert codes(a_request(), around) == ["adult_required"]
    assert codes(a_request(responsible_adult=True), around) == []


@pytest.mark.parametrize("name", ["title", "purpose", "people", "organisation", "message"])
def test_each_required_field_is_asked_for_by_its_name(name):
    around = circumstances(a_policy(required_fields=frozenset({name})))
    broken = broken_rules(a_request(), [around])
    assert [(rule.code, rule.field) for rule in broken] == [("field_required", name)]


def test_the_version_in_force_is_the_one_to_accept():
    terms = Terms(1, "general", date(2026, 1, 1), date(2026, 1, 1), {}, ())
    around = circumstances(terms=terms)
    assert codes(a_request(), around) == ["terms_not_accepted"]
    assert codes(a_request(terms=(date(2025, 1, 1),)), around) == ["terms_not_accepted"]
    assert codes(a_request(terms=(date(2026, 1, 1),)), around) == []


def test_without_a_price_nothing_is_sold():
    assert codes(a_request(), circumstances(has_price=False)) == ["no_price"]


def test_all_broken_rules_are_told_at_once():
    policy = a_policy(requires_adult=True, required_fields=frozenset({"title"}))
    taken = [a_period("21:00", "22:00")]
    request = a_request("21:15", "22:45", people=21)
    assert codes(request, circumstances(policy, taken=taken)) == [
        "outside_opening_hours",
        "off_grid",
        "not_free",
        "adult_required",
        "field_required",
        "over_capacity",
    ]


def test_a_rule_that_several_spaces_share_is_told_once():
    rooms = [
        circumstances(place=a_place(slug=f"room-{part}", parts=frozenset({part})))
        for part in (1, 2)
    ]
    assert codes(a_request("18:15", "19:15"), *rooms) == ["off_grid"]


def test_a_hold_asks_for_space_and_time_only():
    policy = a_policy(requires_adult=True, required_fields=frozenset({"title", "people"}))
    assert codes(a_request(hold=True), circumstances(policy)) == []
    assert codes(a_request("18:15", "19:15", hold=True), circumstances(policy)) == ["off_grid"]


def test_an_override_sets_hours_notice_horizon_and_quota_aside_but_never_an_overlap():
    policy = a_policy(notice=TimeSpan(days=5), quota=Quota(active=1))
    staff, used = Organiser(is_staff=True), Used(active=9)
    around = {"organiser": staff, "used": used}
    request = a_request("21:00", "23:00", override="The mayor's reception")
    assert codes(request, circumstances(policy, **around)) == []
    taken = [a_period("22:00", "23:00")]
    assert codes(request, circumstances(policy, taken=taken, **around)) == ["not_free"]


def test_a_closure_needs_only_free_time():
    policy = a_policy(notice=TimeSpan(days=5), requires_adult=True)
    request = a_request("06:07", "23:11", kind=Kind.CLOSURE)
    staff = Organiser(is_staff=True)
    assert codes(request, circumstances(policy, organiser=staff)) == []


@pytest.mark.parametrize(
    ("policy", "people", "is_free_use", "expected"),
    [
        ({"approval": "instant"}, 10, False, False),
        ({"approval": "staff"}, 10, False, True),
        ({"staff_review_from_persons": 200}, 199, False, False),
        ({"staff_review_from_persons": 200}, 200, False, True),
        ({"approval": "instant"}, 10, True, True),
    ],
)
def test_a_person_decides_where_the_policy_the_crowd_or_free_use_asks_for_one(
    policy, people, is_free_use, expected
):
    around = circumstances(a_policy(**policy), place=a_place(capacity=500))
    assert needs_approval(a_request(people=people), [around], is_free_use) is expected


def test_now_is_within_the_tests_own_monday():
    assert Period(at("00:00"), at("24:00")).holds(NOW)


@pytest.mark.parametrize("values", [{"kind": Kind.CLOSURE}, {"override": "Because."}])
def test_neither_a_closure_nor_an_override_reaches_into_the_past(values):
    yesterday = MONDAY - timedelta(days=1)
    around = circumstances(organiser=Organiser(is_staff=True), first=yesterday)
    assert codes(a_request("12:00", "13:00", day=yesterday, **values), around) == ["in_past"]
    assert codes(a_request("12:00", "13:00", **values), around) == []


@pytest.mark.parametrize(("title", "expected"), [("  ", ["field_required"]), (" x ", [])])
def test_a_required_field_of_blanks_is_not_filled_in(title, expected):
    around = circumstances(a_policy(required_fields=frozenset({"title"})))
    assert codes(a_request(title=title), around) == expected
