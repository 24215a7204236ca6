"""Asking for a space and what becomes of it, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry, ChangeCounter
from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused, StepNotPossible
from booking.decisions.use_cases import approve_reservation, deny_reservation
from booking.notifications.models import OutgoingEmail
from booking.reservations.mine_queries import my_entries
from booking.reservations.models import Occupancy
from booking.reservations.queries import get_reservation
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, expire_due, judge
from tests.builders import a_person, an_organisation
from tests.places import a_combination, a_hall, a_policy, a_space, a_unit, an_actor, ask
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def occupancies(session, reservation):
    rows = session.scalars(
        select(Occupancy).where(Occupancy.reservation_id == reservation.id)
    ).all()
    return sorted((row.part_id, row.starts_at, row.ends_at) for row in rows)


def mails(session, reservation):
    return sorted(
        session.scalars(
            select(OutgoingEmail.template).where(OutgoingEmail.reservation_id == reservation.id)
        )
    )


def test_reservations_may_touch_but_not_overlap(session):
    room = a_space(session)
    ask(session, room, "10:00", "12:00")
    ask(session, room, "12:00", "13:00")
    with pytest.raises(RequestRefused) as refused:
        ask(session, room, "12:30", "14:00")
    assert codes(refused) == ["not_free"]


def test_a_whole_and_its_sections_block_each_other(session):
    hall, (one, two, three) = a_hall(session)
    ask(session, one)
    with pytest.raises(RequestRefused):
        ask(session, hall)
    ask(session, two)
    ask(session, hall, "20:00", "21:00")
    with pytest.raises(RequestRefused):
        ask(session, three, "20:30", "21:30")


def test_a_combination_blocks_its_members_and_leaves_the_rest(session):
    hall, (one, two, three) = a_hall(session)
    both = a_combination(session, hall, [one, two])
    ask(session, both)
    for blocked in (one, two, hall):
        with pytest.raises(RequestRefused):
            ask(session, blocked)
    ask(session, three)


def test_an_instant_policy_confirms_a_paid_booking_and_tells_the_owner(session):
    made = ask(session, a_space(session))
    assert (made.state, made.version, made.sequence) == ("confirmed", 1, 0)
    assert (made.price_group, made.total_cents) == ("K4", 2000)
    assert mails(session, made) == ["reservation_confirmed"]


def test_staff_approval_makes_a_request_that_holds_its_space_and_tells_the_approvers(session):
    room = a_space(session, policy_approval="staff")
    an_actor(session, role=Role.APPROVER)
    made = ask(session, room)
    assert made.state == "requested"
    assert mails(session, made) == ["reservation_requested", "staff_new_request"]
    with pytest.raises(RequestRefused):
        ask(session, room)


@pytest.mark.parametrize(("group", "state"), [("K1", "requested"), ("K3", "confirmed")])
def test_free_use_is_decided_by_a_person_unless_automatic_decisions_are_on(session, group, state):
    room, secretary = a_space(session), a_person(session)
    club = an_organisation(session, admins=[secretary], price_group=group)
    actor = an_actor(session, person=secretary)
    assert ask(session, room, actor=actor, organisation=club.slug).state == state


def test_set_up_and_clean_up_belong_to_the_occupancy(session):
    room = a_space(session, policy_buffer_before_min=30, policy_buffer_after_min=60)
    made = ask(session, room)
    part = room.parts[0].id
    assert occupancies(session, made) == [(part, at("17:30", TUESDAY), at("21:00", TUESDAY))]


def test_a_whole_takes_each_of_its_parts(session):
    hall, _sections = a_hall(session)
    assert len(occupancies(session, ask(session, hall))) == 3


def test_a_refused_request_leaves_nothing_behind(session):
    room = a_space(session)
    ask(session, room)
    before = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
    with pytest.raises(RequestRefused):
        ask(session, room)
    assert session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) == before


def test_the_owner_cancels_in_time_and_owes_nothing(session):
    room, actor = a_space(session), an_actor(session)
    made = ask(session, room, actor=actor)
    done = cancel_reservation(session, actor, made.reference, NOW)
    assert (done.state, done.due_cents, done.version, done.sequence) == ("cancelled", 0, 2, 1)
    assert occupancies(session, made) == []
    ask(session, room)


def test_after_the_limit_what_is_due_stays_due(session):
    room, actor = a_space(session, policy_cancel_before={"hours": 2}), an_actor(session)
    made = ask(session, room, actor=actor)
    late = at("16:01", TUESDAY)
    assert cancel_reservation(session, actor, made.reference, late).due_cents == 2000


@pytest.mark.parametrize(("clock", "refused"), [("16:00", False), ("16:01", True)])
def test_a_policy_may_refuse_to_cancel_late(session, clock, refused):
    room = a_space(session, policy_cancel_before={"hours": 2}, policy_late_cancellation="refused")
    actor = an_actor(session)
    made = ask(session, room, actor=actor)
    if not refused:
        cancel_reservation(session, actor, made.reference, at(clock, TUESDAY))
        return
    with pytest.raises(RequestRefused) as error:
        cancel_reservation(session, actor, made.reference, at(clock, TUESDAY))
    assert codes(error) == ["too_late_to_cancel"]


def test_what_has_begun_is_not_cancelled_by_its_owner(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    with pytest.raises(RequestRefused) as error:
        cancel_reservation(session, actor, made.reference, at("18:00", TUESDAY))
    assert codes(error) == ["already_begun"]


def test_staff_cancel_with_a_reason_only(session):
    made = ask(session, a_space(session))
    approver = an_actor(session, role=Role.APPROVER)
    with pytest.raises(RequestRefused):
        cancel_reservation(session, approver, made.reference, NOW)
    done = cancel_reservation(session, approver, made.reference, NOW, "The roof leaks.")
    assert (done.state, done.reason) == ("cancelled", "The roof leaks.")


def test_a_stranger_does_not_learn_that_a_reservation_exists(session):
    made = ask(session, a_space(session))
    with pytest.raises(NotFound):
        get_reservation(session, an_actor(session), made.reference)
    with pytest.raises(NotFound):
        cancel_reservation(session, an_actor(session), made.reference, NOW)


def test_a_viewer_sees_and_may_not_cancel(session):
    made = ask(session, a_space(session))
    viewer = an_actor(session, role=Role.VIEWER)
    assert get_reservation(session, viewer, made.reference.lower()).id == made.id
    with pytest.raises(NotAllowed):
        cancel_reservation(session, viewer, made.reference, NOW, "Because.")


def test_approving_confirms_and_approving_twice_is_no_step(session):
    made = ask(session, a_space(session, policy_approval="staff"))
    approver = an_actor(session, role=Role.APPROVER)
    assert approve_reservation(session, approver, made.reference, NOW).state == "confirmed"
    with pytest.raises(StepNotPossible):
        approve_reservation(session, approver, made.reference, NOW)
    assert "reservation_confirmed" in mails(session, made)


def test_denying_owes_a_reason_and_frees_the_space(session):
    room = a_space(session, policy_approval="staff")
    made = ask(session, room)
    approver = an_actor(session, role=Role.APPROVER)
    with pytest.raises(RequestRefused):
        deny_reservation(session, approver, made.reference, NOW, "  ")
    done = deny_reservation(session, approver, made.reference, NOW, "It is being cleaned.")
    assert (done.state, done.reason) == ("denied", "It is being cleaned.")
    assert ask(session, room).state == "requested"


def test_an_approver_of_another_unit_does_not_see_it(session):
    made = ask(session, a_space(session, policy_approval="staff"))
    elsewhere = an_actor(session, role=Role.APPROVER, unit=a_unit(session))
    with pytest.raises(NotFound):
        approve_reservation(session, elsewhere, made.reference, NOW)


def test_an_undecided_request_counts_as_gone_from_its_start_and_its_owner_is_told(session):
    room = a_space(session, policy_approval="staff")
    made = ask(session, room)
    start = at("18:00", TUESDAY)
    taken = ask(session, room, "18:00", "20:00", now=start)
    assert taken.state == "requested"
    assert made.state == "expired"
    assert "reservation_expired" in mails(session, made)


def test_a_hold_ends_fifteen_minutes_after_it_was_made(session):
    room = a_space(session)
    held = ask(session, room, hold=True)
    assert (held.state, held.held_until) == ("held", NOW + timedelta(minutes=15))
    with pytest.raises(RequestRefused):
        ask(session, room, now=NOW + timedelta(minutes=14))
    ask(session, room, now=NOW + timedelta(minutes=15))
    assert held.state == "expired"


def test_the_job_expires_what_is_due_and_nothing_else(session):
    room = a_space(session)
    ask(session, room, "10:00", "11:00", hold=True)
    ask(session, room, "12:00", "13:00")
    staff = an_actor(session, role=Role.ADMINISTRATOR)
    assert expire_due(session, staff, NOW) == 0
    assert expire_due(session, staff, NOW + timedelta(minutes=15)) == 1
    assert expire_due(session, staff, NOW + timedelta(minutes=15)) == 0


def test_the_quota_counts_all_spaces_of_the_policy(session):
    unit = a_unit(session)
    policy = a_policy(
        session, quota={"active": 2, "hours_per_week": None, "series_counts_as": "one"}
    )
    rooms = [a_space(session, unit=unit, policy=policy) for _ in range(3)]
    actor = an_actor(session)
    ask(session, rooms[0], actor=actor)
    ask(session, rooms[1], actor=actor)
    with pytest.raises(RequestRefused) as refused:
        ask(session, rooms[2], actor=actor)
    assert codes(refused) == ["quota_exceeded"]
    ask(session, rooms[2])


def test_the_quota_of_an_organisation_is_shared_by_its_members(session):
    quota = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}
    room = a_space(session, policy_quota=quota)
    one, two = a_person(session), a_person(session)
    club = an_organisation(session, admins=[one], members=[two])
    ask(session, room, actor=an_actor(session, person=one), organisation=club.slug)
    other = an_actor(session, person=two)
    with pytest.raises(RequestRefused) as refused:
        ask(session, room, "10:00", "11:00", actor=other, organisation=club.slug)
    assert codes(refused) == ["quota_exceeded"]
    ask(session, room, "10:00", "11:00", actor=other)


def test_nobody_books_for_an_organisation_they_do_not_belong_to(session):
    room, club = a_space(session), an_organisation(session)
    for slug in (club.slug, "no-such-club"):
        with pytest.raises(RequestRefused) as refused:
            ask(session, room, organisation=slug)
        assert codes(refused) == ["who_may_book"]
    made = ask(session, room, organisation=club.slug, actor=an_actor(session, role=Role.BOOKER))
    assert (made.organisation_id, made.booked_for_id) == (club.id, None)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": Kind.STAFF},
        {"kind": Kind.CLOSURE},
        {"on_behalf_of": {"name": "Aino"}},
        {"override": "Because."},
    ],
)
def test_only_staff_say_kind_customer_and_override(session, values):
    with pytest.raises(NotAllowed):
        ask(session, a_space(session), **values)


def test_my_reservations_are_mine_and_those_of_my_organisations(session):
    room, secretary = a_space(session), a_person(session)
    club = an_organisation(session, admins=[secretary])
    actor = an_actor(session, person=secretary)
    own = ask(session, room, "10:00", "11:00", actor=actor)
    clubs = ask(session, room, "12:00", "13:00", actor=actor, organisation=club.slug)
    ask(session, room, "14:00", "15:00")
    found = my_entries(session, actor, NOW, today=MONDAY).entries
    assert [one.reservation.id for one in found] == [own.id, clubs.id]


def test_writers_raise_the_counters_of_what_shows_the_reservation(session):
    room, actor = a_space(session), an_actor(session)
    ask(session, room, actor=actor)
    session.commit()
    subjects = set(session.scalars(select(ChangeCounter.subject)))
    assert subjects == {f"unit:{room.unit_id}", f"person:{actor.person_id}"}


def test_each_step_is_written_down_with_who_took_it(session):
    room, actor = a_space(session), an_actor(session)
    made = ask(session, room, actor=actor)
    cancel_reservation(session, actor, made.reference, NOW)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == "reservation").order_by(AuditEntry.id)
    ).all()
    assert [(entry.action, entry.subject_version) for entry in entries] == [
        ("confirmed", 1),
        ("cancelled", 2),
    ]
    assert {entry.actor_person_id for entry in entries} == {actor.person_id}


def test_whoever_leaves_an_organisation_leaves_its_bookings(session):
    room, secretary, next_one = a_space(session), a_person(session), a_person(session)
    club = an_organisation(session, admins=[secretary], members=[next_one])
    actor = an_actor(session, person=secretary)
    made = ask(session, room, actor=actor, organisation=club.slug)
    former = replace(actor, organisations={})
    with pytest.raises(NotFound):
        get_reservation(session, former, made.reference)
    assert my_entries(session, former, NOW, today=MONDAY).entries == []
    successor = an_actor(session, person=next_one)
    assert cancel_reservation(session, successor, made.reference, NOW).state == "cancelled"


def test_what_has_ended_is_cancelled_by_nobody(session):
    made = ask(session, a_space(session))
    staff = an_actor(session, role=Role.ADMINISTRATOR)
    with pytest.raises(StepNotPossible):
        cancel_reservation(session, staff, made.reference, at("20:00", TUESDAY), "Because.")


def test_a_manager_lifts_a_closure_that_has_begun(session):
    manager = an_actor(session, role=Role.MANAGER)
    closure = ask(session, a_space(session), actor=manager, kind=Kind.CLOSURE)
    done = cancel_reservation(session, manager, closure.reference, at("19:00", TUESDAY))
    assert done.state == "cancelled"


def test_staff_cancel_a_customers_booking_as_staff_though_they_made_it(session):
    booker = an_actor(session, role=Role.APPROVER)
    customer = {"name": "Aino", "email": "aino@example.org"}
    made = ask(session, a_space(session), actor=booker, on_behalf_of=customer)
    assert mails(session, made) == ["reservation_confirmed"]
    with pytest.raises(RequestRefused):
        cancel_reservation(session, booker, made.reference, NOW)
    done = cancel_reservation(session, booker, made.reference, at("17:00", TUESDAY), "Ill.")
    assert done.due_cents == 0


def test_a_whole_and_its_own_section_are_not_booked_together(session):
    hall, (one, two, _three) = a_hall(session)
    for slugs, refused in (((hall.slug, one.slug), True), ((one.slug, two.slug), False)):
        request = ReservationRequest(
            spaces=slugs,
            starts_at=at("18:00", TUESDAY),
            ends_at=at("20:00", TUESDAY),
            terms=(date(2026, 1, 1),),
        )
        broken = judge(session, an_actor(session), request, NOW)
        assert [rule.code for rule in broken] == (["spaces_overlap"] if refused else [])


@pytest.mark.parametrize(("days", "state"), [(0, None), (2, "held")])
def test_a_preliminary_booking_needs_days_to_be_kept(session, days, state):
    room = a_space(session, policy_preliminary_days=days, policy_notice={"hours": 1})
    if state is None:
        with pytest.raises(RequestRefused) as refused:
            ask(session, room, preliminary=True)
        assert codes(refused) == ["preliminary_not_allowed"]
    else:
        made = ask(session, room, preliminary=True)
        assert (made.state, made.held_until) == (state, at("17:00", TUESDAY))


def test_two_counters_of_one_transaction_are_raised_in_order_at_its_end(session):
    room, actor = a_space(session), an_actor(session)
    ask(session, room, "10:00", "11:00", actor=actor, hold=True)
    ask(session, room, "10:00", "11:00", actor=actor, now=NOW + timedelta(minutes=20))
    assert session.scalars(select(ChangeCounter)).all() == []
    session.commit()
    assert {row.number for row in session.scalars(select(ChangeCounter))} == {1}
