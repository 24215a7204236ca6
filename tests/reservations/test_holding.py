"""Holds: kept while a form is filled, extended, and made into a request by the same rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused, StepNotPossible
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor, ask
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
TERMS = (date(2026, 1, 1),)
FILLED = {"title": "Choir", "purpose": "culture", "people": 5, "terms": TERMS}
QUOTA_OF_ONE = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}
BARE = {"hold": True, "terms": (), "title": ""}


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def mails(session, reservation):
    query = select(OutgoingEmail.template).where(OutgoingEmail.reservation_id == reservation.id)
    return sorted(session.scalars(query))


def a_hold(session, actor, **values):
    return ask(session, a_space(session, **values), actor=actor, **BARE)


def test_a_hold_needs_no_more_than_a_space_and_a_time(session):
    required = ["title", "purpose", "people", "organisation", "message"]
    held = a_hold(
        session, an_actor(session), policy_required_fields=required, policy_requires_adult=True
    )
    assert (held.state, held.held_until) == ("held", NOW + timedelta(minutes=15))
    assert mails(session, held) == []


def test_who_acts_for_an_organisation_says_for_which_when_submitting(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], price_group="K3")
    member = an_actor(session, person=secretary)
    held = a_hold(session, member, policy_who_may_book="association")
    done = submit_reservation(
        session, member, held.reference, {**FILLED, "organisation": club.slug}, NOW
    )
    assert (done.state, done.organisation_id, done.price_group) == ("confirmed", club.id, "K3")
    with pytest.raises(RequestRefused) as refused:
        a_hold(session, an_actor(session), policy_who_may_book="association")
    assert codes(refused) == ["who_may_book", "field_required"]


@pytest.mark.parametrize(("approval", "state"), [("instant", "confirmed"), ("staff", "requested")])
def test_a_submitted_hold_ends_as_a_request_would(session, approval, state):
    actor, approver = an_actor(session), an_actor(session, role=Role.APPROVER)
    held = a_hold(session, actor, policy_approval=approval)
    number = held.reference, held.uid
    done = submit_reservation(session, actor, held.reference, FILLED, NOW)
    assert (done.reference, done.uid) == number
    assert (done.state, done.version, done.sequence, done.held_until) == (state, 2, 1, None)
    assert (done.title, done.purpose, done.people, done.total_cents) == (
        "Choir",
        "culture",
        5,
        2000,
    )
    assert done.spaces[0].terms_accepted_at == NOW
    told = {"confirmed": [], "requested": ["staff_new_request"]}[state]
    assert mails(session, done) == [f"reservation_{state}", *told]
    assert approver.person_id is not None
    assert breaches(session.connection(), NOW) == []


@pytest.mark.parametrize(
    ("values", "filled", "code"),
    [
        ({}, {"people": 5}, "terms_not_accepted"),
        ({}, {**FILLED, "people": 21}, "over_capacity"),
        ({"policy_requires_adult": True}, FILLED, "adult_required"),
        ({"policy_required_fields": ["message"]}, FILLED, "field_required"),
    ],
)
def test_every_rule_is_judged_when_a_hold_is_submitted(session, values, filled, code):
    actor = an_actor(session)
    held = a_hold(session, actor, **values)
    with pytest.raises(RequestRefused) as refused:
        submit_reservation(session, actor, held.reference, filled, NOW)
    assert codes(refused) == [code]
    assert (held.state, held.version) == ("held", 1)


def test_a_hold_counts_neither_against_its_own_quota_nor_its_own_freedom(session):
    actor = an_actor(session)
    held = a_hold(session, actor, policy_quota=QUOTA_OF_ONE)
    done = submit_reservation(session, actor, held.reference, FILLED, NOW)
    assert done.state == "confirmed"
    assert len(done.occupancies) == 1


def test_the_quota_of_the_organisation_is_judged_when_it_is_named(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary])
    member = an_actor(session, person=secretary)
    room = a_space(session, policy_quota=QUOTA_OF_ONE)
    ask(session, room, "10:00", "11:00", actor=member, organisation=club.slug)
    held = ask(session, room, actor=member, **BARE)
    with pytest.raises(RequestRefused) as refused:
        submit_reservation(
            session, member, held.reference, {**FILLED, "organisation": club.slug}, NOW
        )
    assert codes(refused) == ["quota_exceeded"]


@pytest.mark.parametrize(("minutes", "state"), [(14, "confirmed"), (15, "expired")])
def test_a_due_hold_cant_be_submitted(session, minutes, state):
    actor = an_actor(session)
    held = a_hold(session, actor)
    now = NOW + timedelta(minutes=minutes)
    if state == "expired":
        with pytest.raises(StepNotPossible):
            submit_reservation(session, actor, held.reference, FILLED, now)
    else:
        submit_reservation(session, actor, held.reference, FILLED, now)
    assert held.state == state


def test_what_is_no_hold_is_not_submitted(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    for step in (extend_hold, lambda *a: submit_reservation(*a[:3], FILLED, a[3])):
        with pytest.raises(StepNotPossible):
            step(session, actor, made.reference, NOW)


def test_only_the_owner_submits_and_extends(session):
    held = a_hold(session, an_actor(session))
    stranger, staff = an_actor(session), an_actor(session, role=Role.ADMINISTRATOR)
    for actor, error in ((stranger, NotFound), (staff, NotAllowed)):
        with pytest.raises(error):
            submit_reservation(session, actor, held.reference, FILLED, NOW)
        with pytest.raises(error):
            extend_hold(session, actor, held.reference, NOW)


def test_staff_submit_what_they_hold_for_a_customer(session):
    booker = an_actor(session, role=Role.BOOKER)
    customer = {"name": "Aino", "email": "aino@example.org"}
    held = ask(session, a_space(session), actor=booker, on_behalf_of=customer, **BARE)
    done = submit_reservation(session, booker, held.reference, FILLED, NOW)
    assert (done.state, done.booked_for_id, done.on_behalf_of) == ("confirmed", None, customer)


def test_an_extended_hold_ends_fifteen_minutes_after_it_was_extended(session):
    actor = an_actor(session)
    held = a_hold(session, actor)
    later = NOW + timedelta(minutes=14)
    extend_hold(session, actor, held.reference, later)
    assert held.held_until == later + timedelta(minutes=15)
    assert (held.version, held.sequence, held.hold_extensions) == (2, 0, 1)
    with pytest.raises(StepNotPossible):
        extend_hold(session, actor, held.reference, later + timedelta(minutes=15))


def test_a_hold_is_extended_ten_times_and_no_more(session):
    actor = an_actor(session)
    held = a_hold(session, actor)
    for _ in range(10):
        extend_hold(session, actor, held.reference, NOW)
    with pytest.raises(RequestRefused) as refused:
        extend_hold(session, actor, held.reference, NOW)
    assert codes(refused) == ["no_more_extensions"]
    submit_reservation(session, actor, held.reference, FILLED, NOW)
    of_reservations = select(AuditEntry.action).where(AuditEntry.subject == "reservation")
    actions = session.scalars(of_reservations.order_by(AuditEntry.id))
    assert list(actions) == ["held", *["extended"] * 10, "confirmed"]


def test_a_preliminary_booking_is_submitted_and_not_extended(session):
    actor = an_actor(session)
    room = a_space(session, policy_preliminary_days=2, policy_approval="staff")
    held = ask(session, room, actor=actor, preliminary=True, day=MONDAY + timedelta(days=5))
    assert held.held_until == NOW + timedelta(days=2)
    with pytest.raises(RequestRefused) as refused:
        extend_hold(session, actor, held.reference, NOW)
    assert codes(refused) == ["preliminary_not_extended"]
    late = NOW + timedelta(days=2) - timedelta(seconds=1)
    done = submit_reservation(session, actor, held.reference, {"terms": TERMS}, late)
    assert (done.state, done.is_preliminary, done.title) == ("requested", False, "Choir")


def test_a_hold_that_no_longer_fits_is_refused_with_the_reason(session):
    actor = an_actor(session)
    held = ask(session, a_space(session), "11:00", "12:00", actor=actor, day=MONDAY, **BARE)
    for minutes in (14, 28, 42, 56):
        extend_hold(session, actor, held.reference, NOW + timedelta(minutes=minutes))
    begun = at("11:01")
    with pytest.raises(RequestRefused) as refused:
        submit_reservation(session, actor, held.reference, FILLED, begun)
    assert codes(refused) == ["in_past"]
