"""Moving a reservation: the same one at another time or place, or nothing has happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry, ChangeCounter
from booking.catalogue.version_models import TermsVersion
from booking.core.actors import Role
from booking.core.errors import (
    NotAllowed,
    NotFound,
    RequestRefused,
    StaleVersion,
    StepNotPossible,
)
from booking.decisions.use_cases import approve_reservation
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Occupancy
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation
from tests.builders import a_person, an_organisation
from tests.places import a_hall, a_space, a_unit, an_actor, ask
from tests.values import MONDAY, NOW, at

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
QUOTA_OF_ONE = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def mails(session, reservation):
    query = select(OutgoingEmail.template).where(OutgoingEmail.reservation_id == reservation.id)
    return sorted(session.scalars(query))


def taken(session, reservation):
    rows = session.scalars(select(Occupancy).where(Occupancy.reservation_id == reservation.id))
    return sorted((row.part_id, row.starts_at, row.ends_at) for row in rows)


def to(start, end, day=TUESDAY, **fields):
    return Changes({"starts_at": at(start, day), "ends_at": at(end, day), **fields})


def move(session, actor, made, changes, now=NOW, **more):
    return change_reservation(session, actor, made.reference, changes, now, **more)


def test_a_moved_reservation_stays_itself_and_its_calendars_follow(session):
    room, actor = a_space(session), an_actor(session)
    made = ask(session, room, actor=actor)
    same = made.id, made.reference, made.uid
    done = move(session, actor, made, to("10:00", "11:00"))
    assert (done.id, done.reference, done.uid) == same
    assert (done.state, done.version, done.sequence, done.total_cents) == ("confirmed", 2, 1, 1000)
    assert taken(session, done) == [(room.parts[0].id, at("10:00", TUESDAY), at("11:00", TUESDAY))]
    assert mails(session, done) == ["reservation_confirmed", "reservation_moved"]
    assert breaches(session.connection(), NOW) == []
    ask(session, room)


def test_it_is_not_in_its_own_way(session):
    actor = an_actor(session)
    made = ask(session, a_space(session, policy_quota=QUOTA_OF_ONE), actor=actor)
    assert move(session, actor, made, to("19:00", "21:00")).starts_at == at("19:00", TUESDAY)


def test_it_moves_to_other_spaces_and_all_who_show_it_are_told(session):
    hall, sections = a_hall(session)
    room, actor = a_space(session), an_actor(session)
    made = ask(session, room, actor=actor)
    session.commit()
    before = {row.subject: row.number for row in session.scalars(select(ChangeCounter))}
    move(session, actor, made, Changes({"spaces": (sections[0].slug, sections[2].slug)}))
    session.commit()
    after = {row.subject: row.number for row in session.scalars(select(ChangeCounter))}
    assert after[f"unit:{room.unit_id}"] == before[f"unit:{room.unit_id}"] + 1
    assert after[f"unit:{hall.unit_id}"] == 1
    assert [row.space_id for row in made.spaces] == [sections[0].id, sections[2].id]
    assert made.total_cents == 4000
    assert breaches(session.connection(), NOW) == []
    with pytest.raises(RequestRefused):
        ask(session, hall)
    ask(session, sections[1])
    ask(session, room)


def test_a_failed_move_changes_nothing(session):
    room, actor = a_space(session), an_actor(session)
    made = ask(session, room, actor=actor)
    ask(session, room, "10:00", "12:00")
    held, told = taken(session, made), mails(session, made)
    with pytest.raises(RequestRefused) as refused:
        move(session, actor, made, to("11:30", "12:30"))
    assert codes(refused) == ["not_free"]
    session.flush()
    session.expire_all()
    assert (made.starts_at, made.version, made.sequence) == (at("18:00", TUESDAY), 1, 0)
    assert (taken(session, made), mails(session, made)) == (held, told)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (to("18:00", "17:00"), "end_before_start"),
        (to("18:10", "19:10"), "off_grid"),
        (to("21:00", "22:30"), "outside_opening_hours"),
        (to("18:00", "19:00", MONDAY + timedelta(days=61)), "too_far"),
        (to("18:00", "19:00", MONDAY - timedelta(days=1)), "in_past"),
        (to("18:00", "19:00", people=21), "over_capacity"),
        (to("18:00", "19:00", TUESDAY + timedelta(days=401)), "too_far"),
        (Changes({"people": 21}), "over_capacity"),
        (Changes({"ends_at": at("18:00", TUESDAY + timedelta(days=401))}), "too_long"),
    ],
)
def test_every_rule_is_judged_for_the_new_time(session, changes, code):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor, people=5)
    with pytest.raises(RequestRefused) as refused:
        move(session, actor, made, changes)
    assert codes(refused) == [code]


def test_the_quota_of_whom_it_is_for_is_judged_though_staff_move_it(session):
    owner, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    strict = a_space(session, policy_quota=QUOTA_OF_ONE)
    ask(session, strict, "10:00", "11:00", actor=owner)
    made = ask(session, a_space(session), actor=owner)
    with pytest.raises(RequestRefused) as refused:
        move(session, staff, made, Changes({"spaces": (strict.slug,)}))
    assert codes(refused) == ["quota_exceeded"]
    other = ask(session, a_space(session))
    assert move(session, staff, other, Changes({"spaces": (strict.slug,)})).version == 2


def test_details_change_without_judging_the_time_again(session):
    room = a_space(session, policy_notice={"days": 7}, policy_cancel_before={"days": 7})
    actor = an_actor(session)
    made = ask(session, room, actor=actor, now=NOW - timedelta(days=7))
    done = move(session, actor, made, Changes({"title": "Band", "people": 6}))
    assert (done.title, done.people, done.version, done.sequence) == ("Band", 6, 2, 1)
    done = move(session, actor, made, Changes({"message": "We bring chairs.", "purpose": "sport"}))
    assert (done.message, done.purpose, done.version, done.sequence) == (
        "We bring chairs.",
        "sport",
        3,
        1,
    )
    assert mails(session, made) == ["reservation_confirmed"]


def test_a_change_that_changes_nothing_is_none(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    assert move(session, actor, made, Changes()).version == 1
    assert move(session, actor, made, to("18:00", "20:00", title="Choir")).version == 1


def test_whose_owner_moves_it_to_where_a_person_decides_asks_again(session):
    actor, approver = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session, policy_approval="staff"), actor=actor)
    approve_reservation(session, approver, made.reference, NOW)
    done = move(session, actor, made, to("10:00", "11:00"))
    assert (done.state, done.version, done.sequence) == ("requested", 3, 2)
    assert mails(session, done).count("staff_new_request") == 2
    told = session.scalars(
        select(OutgoingEmail.context).where(OutgoingEmail.template == "reservation_moved")
    ).one()
    assert (told["state"], told["by_staff"]) == ("requested", False)
    assert told["before"]["starts_at"] == at("18:00", TUESDAY).isoformat()
    assert approve_reservation(session, approver, made.reference, NOW).state == "confirmed"


def test_staff_who_may_decide_keep_it_as_it_stands(session):
    approver = an_actor(session, role=Role.APPROVER)
    room = a_space(session, policy_approval="staff")
    made = ask(session, room)
    assert move(session, approver, made, to("10:00", "11:00")).state == "requested"
    approve_reservation(session, approver, made.reference, NOW)
    assert move(session, approver, made, to("12:00", "13:00")).state == "confirmed"
    assert mails(session, made).count("reservation_moved") == 2


@pytest.mark.parametrize(("people", "state"), [(14, "confirmed"), (15, "requested")])
def test_as_many_more_people_as_a_person_looks_at_ask_again(session, people, state):
    actor = an_actor(session)
    room = a_space(session, policy_staff_review_from_persons=15)
    made = ask(session, room, actor=actor, people=5)
    assert move(session, actor, made, Changes({"people": people})).state == state


def test_details_of_what_was_approved_leave_it_approved(session):
    actor, approver = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session, policy_approval="staff"), actor=actor, people=5)
    approve_reservation(session, approver, made.reference, NOW)
    assert move(session, actor, made, Changes({"title": "Band", "people": 6})).state == "confirmed"


@pytest.mark.parametrize("late", ["charged", "refused"])
@pytest.mark.parametrize(("clock", "refused"), [("16:00", False), ("16:01", True)])
def test_after_the_limit_of_cancelling_the_owner_cant_move(session, clock, refused, late):
    room = a_space(session, policy_late_cancellation=late)
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    made, now = ask(session, room, actor=actor), at(clock, TUESDAY)
    change = to("18:00", "20:00", WEDNESDAY)
    if refused:
        with pytest.raises(RequestRefused) as error:
            move(session, actor, made, change, now)
        assert codes(error) == ["too_late_to_cancel"]
        move(session, staff, made, change, now)
    else:
        move(session, actor, made, change, now)
    assert made.starts_at == at("18:00", WEDNESDAY)


def test_what_has_begun_is_not_changed(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session), actor=actor)
    for who in (actor, staff):
        with pytest.raises(RequestRefused) as refused:
            move(session, who, made, to("20:00", "21:00"), at("18:00", TUESDAY))
        assert codes(refused) == ["already_begun"]


def test_what_does_not_stand_is_not_moved(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    cancel_reservation(session, actor, made.reference, NOW)
    with pytest.raises(StepNotPossible):
        move(session, actor, made, to("10:00", "11:00"))


def test_only_its_owner_and_staff_who_decide_at_both_sites_change_it(session):
    one, other = a_unit(session), a_unit(session)
    here, there = a_space(session, unit=one), a_space(session, unit=other)
    made = ask(session, here)
    elsewhere = Changes({"spaces": (there.slug,)})
    with pytest.raises(NotFound):
        move(session, an_actor(session), made, elsewhere)
    local = an_actor(session, role=Role.APPROVER, unit=one)
    for role in (Role.VIEWER, Role.BOOKER):
        with pytest.raises(NotAllowed):
            move(session, an_actor(session, role=role), made, to("10:00", "11:00"))
    with pytest.raises(NotAllowed):
        move(session, local, made, elsewhere)
    assert move(session, local, made, to("10:00", "11:00")).version == 2
    assert move(session, an_actor(session, role=Role.APPROVER), made, elsewhere).version == 3


def test_a_version_that_was_not_read_last_is_stale(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    move(session, actor, made, to("10:00", "11:00"), versions={1})
    with pytest.raises(StaleVersion):
        move(session, actor, made, to("12:00", "13:00"), versions={1})
    assert move(session, actor, made, to("12:00", "13:00"), versions={1, 2}).version == 3


def test_staff_widen_set_up_and_it_stays_when_the_owner_moves(session):
    actor, booker = an_actor(session), an_actor(session, role=Role.APPROVER)
    room = a_space(session, policy_buffer_after_min=30)
    part = room.parts[0].id
    made = ask(session, room, actor=actor)
    wide = Changes(set_up=timedelta(minutes=60))
    with pytest.raises(NotAllowed):
        move(session, actor, made, wide)
    done = move(session, booker, made, wide)
    assert (done.version, done.sequence) == (2, 0)
    assert taken(session, done) == [(part, at("17:00", TUESDAY), at("20:30", TUESDAY))]
    assert mails(session, done) == ["reservation_confirmed"]
    ask(session, room, "10:00", "11:00")
    with pytest.raises(RequestRefused):
        move(session, actor, made, to("12:00", "13:00"))
    move(session, actor, made, to("12:30", "13:30"))
    assert taken(session, done) == [(part, at("11:30", TUESDAY), at("14:00", TUESDAY))]
    move(session, booker, made, Changes(set_up=timedelta(0)))
    assert taken(session, done) == [(part, at("12:30", TUESDAY), at("14:00", TUESDAY))]
    assert breaches(session.connection(), NOW) == []


def test_widening_never_takes_what_another_holds(session):
    staff, room = an_actor(session, role=Role.APPROVER), a_space(session)
    made = ask(session, room)
    ask(session, room, "20:00", "21:00")
    with pytest.raises(RequestRefused) as refused:
        move(session, staff, made, Changes(clean_up=timedelta(minutes=1)))
    assert codes(refused) == ["not_free"]


def test_terms_are_accepted_again_only_where_they_are_others(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    room, other = a_space(session), a_space(session)
    made = ask(session, room, actor=actor)
    version, when = made.spaces[0].terms_version_id, made.spaces[0].terms_accepted_at
    move(session, actor, made, Changes({"spaces": (other.slug,)}), NOW + timedelta(hours=1))
    assert (made.spaces[0].terms_version_id, made.spaces[0].terms_accepted_at) == (version, when)
    new_terms(session, "hall")
    hall = a_space(session, terms="hall")
    with pytest.raises(RequestRefused) as refused:
        move(session, actor, made, Changes({"spaces": (hall.slug,)}))
    assert codes(refused) == ["terms_not_accepted"]
    move(session, staff, made, Changes({"spaces": (hall.slug,)}))
    assert (made.spaces[0].terms_version_id, made.spaces[0].terms_accepted_at) == (None, None)
    accepted = {"spaces": (room.slug, hall.slug), "terms": (date(2026, 1, 1), date(2026, 6, 1))}
    move(session, actor, made, Changes(accepted))
    assert made.spaces[0].terms_accepted_at == NOW


def new_terms(session, slug):
    day = date(2026, 6, 1)
    words = {"fi": "x", "sv": "x", "en": "x"}
    session.add(TermsVersion(slug=slug, version=day, valid_from=day, title=words, points=[]))
    session.flush()


def test_a_hold_moves_without_a_word_and_is_kept_no_longer(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor, hold=True, terms=())
    done = move(session, actor, made, to("10:00", "11:00"), NOW + timedelta(minutes=5))
    assert (done.state, done.held_until) == ("held", NOW + timedelta(minutes=15))
    assert mails(session, done) == []


def test_a_preliminary_booking_is_kept_at_most_until_the_notice_of_its_new_time(session):
    actor = an_actor(session)
    room = a_space(session, policy_preliminary_days=5, policy_notice={"hours": 1})
    made = ask(session, room, actor=actor, preliminary=True, day=MONDAY + timedelta(days=9))
    assert made.held_until == NOW + timedelta(days=5)
    move(session, actor, made, to("18:00", "19:00"))
    assert made.held_until == at("17:00", TUESDAY)


def test_staff_move_against_the_rules_with_a_reason_that_holds_for_them_alone(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session), actor=actor)
    late = to("22:00", "23:00")
    with pytest.raises(RequestRefused):
        move(session, staff, made, late)
    with pytest.raises(NotAllowed):
        move(session, actor, made, to("22:00", "23:00", override="Please"))
    move(session, staff, made, to("22:00", "23:00", override="The mayor's reception"))
    move(session, staff, made, to("22:30", "23:30"))
    assert move(session, actor, made, Changes({"title": "Ball"})).override_reason is not None
    with pytest.raises(RequestRefused) as refused:
        move(session, actor, made, to("22:00", "23:00"))
    assert codes(refused) == ["outside_opening_hours"]


def test_managers_move_closures_and_bookers_staff_bookings(session):
    room = a_space(session)
    booker, manager = an_actor(session, role=Role.BOOKER), an_actor(session, role=Role.MANAGER)
    closure = ask(session, room, "10:00", "12:00", actor=manager, kind=Kind.CLOSURE)
    own = ask(session, room, actor=booker, kind=Kind.STAFF)
    with pytest.raises(NotAllowed):
        move(session, booker, closure, to("11:00", "13:00"))
    assert move(session, manager, closure, to("11:00", "13:00")).version == 2
    assert move(session, booker, own, to("20:00", "21:00")).version == 2


def test_the_price_follows_by_the_same_rules(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], price_group="K3")
    actor = an_actor(session, person=secretary)
    made = ask(session, a_space(session), actor=actor, organisation=club.slug)
    assert made.total_cents == 1000
    move(session, actor, made, to("18:00", "21:00"))
    assert (made.total_cents, made.price_group, len(made.price_lines)) == (1500, "K3", 1)


def test_what_was_written_down_says_what_it_was_before(session):
    room, actor = a_space(session), an_actor(session)
    made = ask(session, room, actor=actor)
    move(session, actor, made, to("10:00", "11:00"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "moved")).one()
    assert entry.details["before"]["starts_at"] == at("18:00", TUESDAY).isoformat()
    assert (entry.subject_version, entry.subject_sequence) == (2, 1)
