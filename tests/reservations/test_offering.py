"""A place that became free is held for the first who waits for it, and told to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Membership
from booking.accounts.queries import actor_of
from booking.core.actors import Role
from booking.core.errors import NotFound, RequestRefused
from booking.decisions.use_cases import deny_reservation
from booking.invariants import breaches
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation
from booking.reservations.waiting_use_cases import leave_waiting_list
from tests.builders import a_person, an_organisation
from tests.places import a_hall, a_space, an_actor, ask
from tests.reservations.test_holding import FILLED
from tests.reservations.waiting import QUOTA_OF_ONE, TUESDAY, codes, mails, offer, place_of, wait
from tests.values import MONDAY, NOW, at

# ── Being offered a place ─────────────────────────────────────────────────────────────────────


def test_the_first_is_offered_a_hold_of_a_day_and_told(session):
    room = a_space(session, policy_horizon_days=60)
    taken_by = an_actor(session)
    day = MONDAY + timedelta(days=5)
    taken = ask(session, room, actor=taken_by, day=day)
    first, second = wait(session, room, day=day, people=7), wait(session, room, day=day)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    assert offer(session) == [first.id]
    held = first.reservation
    assert (held.state, held.held_until, held.people) == ("held", NOW + timedelta(hours=24), 7)
    assert held.booked_for_id == first.person_id
    assert mails(session, first.person_id) == ["waiting_offer"]
    assert mails(session, second.person_id) == []
    assert (first.state, second.state) == ("offered", "waiting")
    assert offer(session) == []
    assert breaches(session.connection(), NOW) == []


def test_an_offer_is_submitted_by_the_rules_of_every_booking(session):
    room, actor = a_space(session), an_actor(session)
    taken_by = an_actor(session)
    taken = ask(session, room, actor=taken_by)
    entry = wait(session, room, actor=actor)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    with pytest.raises(RequestRefused) as refused:
        submit_reservation(session, actor, entry.reservation.reference, {}, NOW)
    assert codes(refused) == ["terms_not_accepted"]
    done = submit_reservation(session, actor, entry.reservation.reference, FILLED, NOW)
    assert (done.state, done.is_preliminary) == ("confirmed", False)


def test_an_offer_is_kept_once_and_not_extended(session):
    room, actor = a_space(session), an_actor(session)
    taken_by = an_actor(session)
    taken = ask(session, room, actor=taken_by)
    entry = wait(session, room, actor=actor)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    with pytest.raises(RequestRefused):
        extend_hold(session, actor, entry.reservation.reference, NOW)


@pytest.mark.parametrize(
    ("notice", "until"),
    [
        ({"hours": 0}, at("10:00", TUESDAY)),
        ({"hours": 20}, at("22:00", MONDAY)),
        ({"days": 1}, at("24:00", MONDAY)),
        ({"days": 0}, at("10:00", TUESDAY)),
    ],
)
def test_an_offer_ends_when_the_notice_runs_out_at_the_latest(session, notice, until):
    room, taken_by = a_space(session, policy_notice=notice), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    entry = wait(session, room)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    assert offer(session) == [entry.id]
    assert entry.reservation.held_until == until


def test_who_does_not_answer_in_time_is_passed_over_for_the_next(session):
    room, taken_by, day = a_space(session), an_actor(session), MONDAY + timedelta(days=5)
    taken = ask(session, room, actor=taken_by, day=day)
    first, second = wait(session, room, day=day), wait(session, room, day=day)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    before = NOW + timedelta(hours=24) - timedelta(seconds=1)
    assert offer(session, before) == []
    assert offer(session, NOW + timedelta(hours=24)) == [second.id]
    assert (first.reservation.state, second.reservation.state) == ("expired", "held")


def test_who_cancels_what_is_offered_lets_the_next_have_it(session):
    room, taken_by = a_space(session), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    actor = an_actor(session)
    first, second = wait(session, room, actor=actor), wait(session, room)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    cancel_reservation(session, actor, first.reservation.reference, NOW)
    assert offer(session) == [second.id]


def test_of_two_who_want_overlapping_times_the_first_whose_time_is_free_is_offered_it(session):
    room, taken_by = a_space(session), an_actor(session)
    early = ask(session, room, "16:00", "18:00", actor=taken_by)
    late = ask(session, room, "18:00", "20:00", actor=taken_by)
    both = wait(session, room, "17:00", "19:00")
    later = wait(session, room, "18:00", "20:00")
    assert place_of(session, later) == 2
    cancel_reservation(session, taken_by, late.reference, NOW)
    assert offer(session) == [later.id]
    cancel_reservation(session, taken_by, early.reference, NOW)
    assert offer(session) == []
    assert both.state == "waiting"


def test_whole_and_part_are_one_queue(session):
    hall, sections = a_hall(session, 2)
    taken_by = an_actor(session)
    taken = ask(session, hall, actor=taken_by)
    whole, part = wait(session, hall), wait(session, sections[0])
    assert place_of(session, part) == 2
    cancel_reservation(session, taken_by, taken.reference, NOW)
    assert offer(session) == [whole.id]


def test_who_has_filled_their_quota_waits_on_and_the_next_is_offered_it(session):
    room, taken_by = a_space(session, policy_quota=QUOTA_OF_ONE), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    actor = an_actor(session)
    first, second = wait(session, room, actor=actor), wait(session, room)
    other = ask(session, room, "10:00", "11:00", actor=actor)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    assert offer(session) == [second.id]
    assert first.state == "waiting"
    cancel_reservation(session, actor, other.reference, NOW)
    second_actor = actor_of(session, second.person_id)
    cancel_reservation(session, second_actor, second.reservation.reference, NOW)
    assert offer(session) == [first.id]


def test_while_their_offer_stands_nobody_waits_behind_themselves(session):
    room, taken_by, actor = a_space(session), an_actor(session), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    wait(session, room, actor=actor)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, actor=actor)
    assert codes(refused) == ["waits_already"]


def _cancel(session, owner, taken, _staff):
    cancel_reservation(session, owner, taken.reference, NOW)


def _deny(session, _owner, taken, staff):
    deny_reservation(session, staff, taken.reference, NOW, "No")


def _move(session, owner, taken, _staff):
    changes = Changes({"starts_at": at("10:00", TUESDAY), "ends_at": at("12:00", TUESDAY)})
    change_reservation(session, owner, taken.reference, changes, versions=None, now=NOW)


@pytest.mark.parametrize("free_it", [_cancel, _deny, _move])
def test_whichever_way_it_becomes_free_it_is_offered(session, free_it):
    room, owner = a_space(session, policy_approval="staff"), an_actor(session)
    staff = an_actor(session, role=Role.ADMINISTRATOR)
    taken = ask(session, room, actor=owner)
    entry = wait(session, room)
    free_it(session, owner, taken, staff)
    assert offer(session) == [entry.id]


def test_a_hold_that_ends_and_a_closure_that_is_lifted_are_offered_too(session):
    room, staff = a_space(session), an_actor(session, role=Role.ADMINISTRATOR)
    ask(session, room, hold=True, terms=())
    entry = wait(session, room)
    closed = ask(session, room, "08:00", "10:00", actor=staff, kind=Kind.CLOSURE)
    during = wait(session, room, "08:00", "10:00")
    cancel_reservation(session, staff, closed.reference, NOW)
    assert offer(session) == [during.id]
    assert offer(session, NOW + timedelta(minutes=15)) == [entry.id]


def test_an_organisations_place_is_kept_when_its_secretary_goes(session):
    secretary, chair = a_person(session), a_person(session)
    club = an_organisation(session, admins=[chair], members=[secretary])
    room, taken_by = a_space(session), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    actor = an_actor(session, person=secretary)
    entry = wait(session, room, actor=actor, organisation=club.slug)
    gone = session.scalars(select(Membership).where(Membership.person_id == secretary.id)).one()
    session.delete(gone)
    session.flush()
    with pytest.raises(NotFound):
        leave_waiting_list(session, actor_of(session, secretary.id), entry.reference, NOW)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    assert offer(session) == [entry.id]
    assert (entry.reservation.booked_for_id, entry.reservation.organisation_id) == (
        chair.id,
        club.id,
    )
    assert mails(session, chair.id) == ["waiting_offer"]
