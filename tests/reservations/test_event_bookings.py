"""Bookings of self-initiated events: their price, and who decides about them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.catalogue.models import City
from booking.catalogue.queries import raise_catalogue_version
from booking.catalogue.version_models import PriceRow
from booking.core.actors import Role
from booking.core.errors import NotFound, RequestRefused, StepNotPossible
from booking.reservations.hold_use_cases import submit_reservation
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_queries import dates_of
from booking.reservations.series_rules import SeriesRequest
from booking.reservations.series_use_cases import request_series
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, request_reservation
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor
from tests.places import ask as ask_for
from tests.reservations.events import TUESDAY, an_event
from tests.values import NOW, at

WEDNESDAY = TUESDAY + timedelta(days=1)
SERIES = {"allowed": True, "who": "anyone", "approval": "instant", "max_occurrences": 10}


def wish(room, event, start="18:00", end="20:00", day=TUESDAY, **values):
    return ReservationRequest(
        spaces=(room.slug,),
        starts_at=at(start, day),
        ends_at=at(end, day),
        event=event.reference,
        **{"terms": (date(2026, 1, 1),), "title": "Book club", "people": 20, **values},
    )


def book(session, actor, room, event, *args, automatic=False, **values):
    return request_reservation(
        session, actor, wish(room, event, *args, **values), NOW, automatic_decisions=automatic
    )


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def limits(session, **values):
    city = session.get_one(City, 1)
    city.free_use = {**city.free_use, **values}
    raise_catalogue_version(session)


@pytest.mark.parametrize(
    ("group", "cents"), [("K0", 0), ("K1", 0), ("K2", 0), ("K3", 1000), ("K4", 2000), ("K5", 4000)]
)
def test_a_booking_of_an_event_is_in_the_group_that_the_rules_have_found(session, group, cents):
    actor, room = an_actor(session), a_space(session)
    made = book(session, actor, room, an_event(session, actor, "auto_charged", group))
    assert (made.price_group, made.total_cents) == (group, cents)
    assert [line.total_cents for line in made.price_lines] == [cents]


def test_where_the_rules_have_no_group_it_costs_what_it_would_without_the_event(session):
    actor, room = an_actor(session), a_space(session)
    made = book(session, actor, room, an_event(session, actor, "not_applicable", None))
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K4", 2000)


def test_the_group_of_the_event_goes_before_that_of_the_organisation(session):
    secretary, room = a_person(session), a_space(session)
    club = an_organisation(session, admins=[secretary], price_group="K3")
    actor = an_actor(session, person=secretary)
    event = an_event(session, actor, "auto_charged", "K5", organisation_id=club.id)
    made = book(session, actor, room, event, organisation=club.slug)
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K5", 4000)


@pytest.mark.parametrize(
    ("decision", "group", "automatic", "state"),
    [
        ("auto_free", "K2", False, "requested"),
        ("auto_free", "K2", True, "confirmed"),
        ("auto_charged", "K4", False, "confirmed"),
        ("review", "K2", True, "requested"),
        ("review", "K4", True, "requested"),
        ("needs_info", None, True, "requested"),
        ("denied", "K4", True, "requested"),
        ("not_applicable", None, False, "confirmed"),
    ],
)
def test_the_decision_of_the_rules_sends_a_booking_to_the_staff(
    session, decision, group, automatic, state
):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor, decision, group)
    made = book(session, actor, room, event, automatic=automatic)
    assert (made.state, made.event_id, made.event.reference) == (state, event.id, event.reference)


def test_where_a_space_is_free_for_all_its_own_policy_decides(session):
    actor, room = an_actor(session), a_space(session)
    session.scalars(select(PriceRow)).one().hourly_cents = 0
    raise_catalogue_version(session)
    made = book(session, actor, room, an_event(session, actor))
    assert (made.state, made.total_cents) == ("confirmed", 0)


def test_staff_approval_of_a_space_stays_with_automatic_decisions(session):
    actor, room = an_actor(session), a_space(session, policy_approval="staff")
    assert book(session, actor, room, an_event(session, actor), automatic=True).state == "requested"


def test_who_may_decide_does_not_decide_about_their_own_free_use_by_asking(session):
    actor, room = an_actor(session, role=Role.APPROVER), a_space(session)
    assert book(session, actor, room, an_event(session, actor)).state == "requested"
    other = an_event(session, actor, "auto_charged", "K4")
    made = book(session, actor, a_space(session, policy_approval="staff"), other)
    assert made.state == "confirmed"


# ── The limits of free use ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("end", "state"), [("22:00", "confirmed"), ("22:30", "requested")])
def test_a_free_booking_longer_than_the_limit_goes_to_the_staff(session, end, state):
    actor, room = an_actor(session), a_space(session)
    limits(session, max_hours_per_booking=4)
    week = an_event(session, actor, starts_at=at("08:00", TUESDAY), ends_at=at("24:00", TUESDAY))
    start = "18:00" if end == "22:00" else "17:30"
    made = book(session, actor, room, week, start, "22:00", automatic=True)
    assert (made.state, made.price_group) == (state, "K2")


@pytest.mark.parametrize("limit", ["max_active_bookings", "max_bookings_per_year"])
def test_the_booking_after_the_last_free_one_goes_to_the_staff(session, limit):
    actor, room = an_actor(session), a_space(session)
    limits(session, **{limit: 2})
    event, states = an_event(session, actor), []
    for start, end in (("10:00", "11:00"), ("12:00", "13:00"), ("14:00", "15:00")):
        states.append(book(session, actor, room, event, start, end, automatic=True).state)
    assert states == ["confirmed", "confirmed", "requested"]


@pytest.mark.parametrize("automatic", [False, True])
def test_beyond_the_limit_it_is_refused_where_the_city_says_so(session, automatic):
    actor, room = an_actor(session), a_space(session)
    limits(session, max_hours_per_booking=2, over_limit="refuse")
    event = an_event(session, actor)
    with pytest.raises(RequestRefused) as refused:
        book(session, actor, room, event, "18:00", "20:30", automatic=automatic)
    assert codes(refused) == ["quota_exceeded"]
    book(session, actor, room, event, "18:00", "20:00", automatic=automatic)


def test_limits_of_free_use_say_nothing_about_what_is_paid(session):
    actor, room = an_actor(session), a_space(session)
    limits(session, max_hours_per_booking=1, over_limit="refuse")
    made = book(session, actor, room, an_event(session, actor, "auto_charged", "K4"))
    assert made.state == "confirmed"


# ── Whose event ───────────────────────────────────────────────────────────────────────────────


def test_the_events_of_others_are_not_to_be_found(session):
    room, event = a_space(session), an_event(session, an_actor(session))
    for other in (an_actor(session), an_actor(session, role=Role.ADMINISTRATOR)):
        with pytest.raises(NotFound):
            book(session, other, room, event)


def test_an_event_without_an_account_is_nobodys(session):
    actor, room = an_actor(session), a_space(session)
    with pytest.raises(NotFound):
        book(session, actor, room, an_event(session, actor, person_id=None))


def test_every_member_books_for_the_event_of_their_organisation(session):
    secretary, member, room = a_person(session), a_person(session), a_space(session)
    club = an_organisation(session, admins=[secretary], members=[member])
    event = an_event(session, an_actor(session, person=secretary), organisation_id=club.id)
    actor = an_actor(session, person=member)
    assert book(session, actor, room, event, organisation=club.slug).event_id == event.id
    with pytest.raises(NotFound):
        book(session, an_actor(session), a_space(session), event)


def test_nothing_is_booked_for_a_cancelled_event(session):
    actor, room = an_actor(session), a_space(session)
    with pytest.raises(StepNotPossible):
        book(session, actor, room, an_event(session, actor, cancelled_at=NOW))


def test_an_event_that_was_never_evaluated_is_told_with_all_other_reasons(session):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor, None)
    with pytest.raises(RequestRefused) as refused:
        book(session, actor, room, event, people=21)
    assert set(codes(refused)) == {"over_capacity", "field_required"}


# ── What is not as the rules were told ────────────────────────────────────────────────────────


@pytest.mark.parametrize(("people", "state"), [(20, "confirmed"), (21, "requested")])
def test_more_people_than_the_rules_were_asked_about_go_to_the_staff(session, people, state):
    actor, room = an_actor(session), a_space(session, capacity=30)
    event = an_event(session, actor)
    assert book(session, actor, room, event, people=people, automatic=True).state == state


@pytest.mark.parametrize(("day", "state"), [(TUESDAY, "confirmed"), (WEDNESDAY, "requested")])
def test_another_day_than_the_events_goes_to_the_staff(session, day, state):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor, "auto_charged", "K3")
    assert book(session, actor, room, event, day=day).state == state


def test_another_sort_of_place_goes_to_the_staff(session):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor, "auto_charged", "K3", facts={"space_type": "hall"})
    assert book(session, actor, room, event).state == "requested"


# ── Every way to a booking ────────────────────────────────────────────────────────────────────


def test_a_hold_is_given_its_event_on_sending(session):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor)
    held = ask_for(session, room, actor=actor, hold=True)
    filled = {"event": event.reference, "people": 20, "terms": (date(2026, 1, 1),)}
    made = submit_reservation(session, actor, held.reference, filled, NOW)
    assert (made.state, made.price_group, made.total_cents) == ("requested", "K2", 0)
    assert made.event is event


def test_a_hold_of_an_event_keeps_it_on_sending(session):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor)
    held = book(session, actor, room, event, hold=True)
    assert (held.state, held.total_cents) == ("held", 0)
    filled = {"people": 20, "terms": (date(2026, 1, 1),)}
    made = submit_reservation(session, actor, held.reference, filled, NOW, automatic_decisions=True)
    assert (made.state, made.event_id) == ("confirmed", event.id)


@pytest.mark.parametrize(("automatic", "state"), [(False, "requested"), (True, "confirmed")])
def test_a_series_of_an_event_is_priced_and_decided_by_it(session, automatic, state):
    actor, room = an_actor(session), a_space(session, policy_series={**SERIES, "horizon_days": 60})
    event = an_event(session, actor, ends_at=at("20:00", WEDNESDAY))
    each = wish(room, event)
    wanted = SeriesRequest(each, "FREQ=DAILY;COUNT=2")
    made = request_series(session, actor, wanted, NOW, automatic_decisions=automatic)
    dates = dates_of(session, made)
    assert [(one.state, one.total_cents, one.event_id) for one in dates] == [
        (state, 0, event.id),
        (state, 0, event.id),
    ]


def test_one_date_beyond_its_event_sends_the_series_to_the_staff(session):
    actor, room = an_actor(session), a_space(session, policy_series={**SERIES, "horizon_days": 60})
    event = an_event(session, actor, "auto_charged", "K3", ends_at=at("20:00", WEDNESDAY))
    wanted = SeriesRequest(wish(room, event), "FREQ=DAILY;COUNT=3")
    dates = dates_of(session, request_series(session, actor, wanted, NOW))
    assert {one.state for one in dates} == {"requested"}


def move(session, actor, made, now=NOW, automatic=True, **fields):
    changes = Changes(fields)
    return change_reservation(
        session, actor, made.reference, changes, now, automatic_decisions=automatic
    )


def test_moving_it_off_the_events_day_asks_again(session):
    actor, room = an_actor(session), a_space(session)
    made = book(session, actor, room, an_event(session, actor), automatic=True)
    later = {"starts_at": at("19:00", TUESDAY), "ends_at": at("21:00", TUESDAY)}
    assert move(session, actor, made, **later).state == "confirmed"
    off = {"starts_at": at("19:00", WEDNESDAY), "ends_at": at("21:00", WEDNESDAY)}
    moved = move(session, actor, made, **off)
    assert (moved.state, moved.price_group, moved.total_cents) == ("requested", "K2", 0)


@pytest.mark.parametrize(("people", "state"), [(20, "confirmed"), (21, "requested")])
def test_more_people_than_the_rules_were_asked_about_ask_again(session, people, state):
    actor, room = an_actor(session), a_space(session, capacity=30)
    made = book(session, actor, room, an_event(session, actor), people=10, automatic=True)
    assert move(session, actor, made, people=people).state == state


def test_a_booking_is_given_an_event_afterwards_and_is_priced_by_it(session):
    actor, room = an_actor(session), a_space(session)
    made = ask_for(session, room, actor=actor, people=10)
    assert (made.state, made.total_cents) == ("confirmed", 2000)
    event = an_event(session, actor)
    moved = move(session, actor, made, automatic=False, event=event.reference)
    assert (moved.state, moved.total_cents, moved.event) == ("requested", 0, event)
    back = move(session, actor, made, automatic=False, event=None)
    assert (back.state, back.total_cents, back.event) == ("confirmed", 2000, None)


def test_staff_move_a_booking_of_an_event_and_it_keeps_its_group(session):
    actor, room = an_actor(session), a_space(session)
    made = book(session, actor, room, an_event(session, actor), automatic=True)
    staff = an_actor(session, role=Role.APPROVER)
    off = {"starts_at": at("19:00", WEDNESDAY), "ends_at": at("21:00", WEDNESDAY)}
    moved = move(session, staff, made, **off)
    assert (moved.state, moved.price_group) == ("confirmed", "K2")


def test_what_its_owner_takes_back_returns_as_it_was(session):
    actor, room = an_actor(session), a_space(session)
    made = book(session, actor, room, an_event(session, actor), automatic=True)
    cancel_reservation(session, actor, made.reference, NOW)
    restored = restore_reservation(session, actor, made.reference, NOW)
    assert (restored.state, restored.price_group) == ("confirmed", "K2")


def test_what_the_rules_have_changed_meanwhile_is_priced_and_decided_anew_when_restored(session):
    actor, room = an_actor(session), a_space(session)
    event = an_event(session, actor)
    made = book(session, actor, room, event, automatic=True)
    cancel_reservation(session, actor, made.reference, NOW)
    event.outcome = {"free_use": {"decision": "review", "price_group": "K4", "rules": ["F11"]}}
    session.flush()
    restored = restore_reservation(session, actor, made.reference, NOW)
    assert (restored.state, restored.price_group, restored.total_cents) == ("requested", "K4", 2000)


def test_staff_requests_of_the_city_stay_in_its_group(session):
    actor, room = an_actor(session, role=Role.BOOKER), a_space(session)
    event = an_event(session, actor, "auto_charged", "K5")
    made = book(session, actor, room, event, kind=Kind.STAFF)
    assert (made.state, made.price_group) == ("confirmed", "K0")
