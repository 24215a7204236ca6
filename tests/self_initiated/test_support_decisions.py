"""Support is decided by whoever has the power, once, within the year's sum; and then paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from booking.accounts.models import Membership
from booking.accounts.queries import actor_of
from booking.core.actors import Grant, Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.decisions.models import Decision
from booking.invariants import breaches
from booking.reservations.models import Reservation
from booking.self_initiated import support_errors as e
from booking.self_initiated.ledger_queries import granted_this_year
from booking.self_initiated.receipt_use_cases import remove_receipt, report_event
from booking.self_initiated.support_deciding_use_cases import deny_support
from booking.self_initiated.support_mails import tell_applicant
from booking.self_initiated.support_models import SupportEntry
from booking.self_initiated.support_paying_use_cases import check_receipts, note_paid
from booking.self_initiated.support_reminding import send_receipts_reminder
from booking.self_initiated.support_rules import LoanLine
from tests.accounts.letters import last_letter, letters_to
from tests.builders import a_person, an_organisation
from tests.places import a_thing, an_actor
from tests.self_initiated.applying import (
    AFTER,
    a_decider,
    a_draft,
    a_granted,
    a_power,
    a_receipt,
    an_application,
    an_event,
    grant,
)
from tests.values import MONDAY, NOW

YEAR = 2027


def codes(refused):
    return [one.code for one in refused.value.broken]


def sound(session):
    session.flush()
    return breaches(session.connection(), NOW) == []


def deny(session, decider, application, reason="Not this time."):
    return deny_support(session, decider, application.reference, reason, application.version, NOW)


def a_payer(session):
    return an_actor(session, role=Role.MANAGER)


def a_reported(session, actor=None, cents=30_000, receipts=(30_000,)):
    actor = actor or an_actor(session)
    application = a_granted(session, actor=actor, cents=cents)
    for number, sum_ in enumerate(receipts, 1):
        a_receipt(session, actor, application, sum_, number)
    report_event(
        session, actor, application.reference, 80, "Hyvin meni.", application.version, AFTER
    )
    return application


def check(session, payer, application, *accepted):
    found = dict(zip([one.id for one in application.receipts], accepted, strict=True))
    return check_receipts(session, payer, application.reference, found, application.version, AFTER)


def pay(session, payer, application, cents, now=AFTER):
    return note_paid(session, payer, application.reference, cents, application.version, now)


# ── Who ───────────────────────────────────────────────────────────────────────────────────────


def test_a_grant_is_a_decision_with_post_reasons_and_the_last_day_of_appeal(session):
    actor = an_actor(session, person=a_person(session, email="m@example.com"))
    decider = a_decider(session)
    application = grant(session, decider, an_application(session, actor=actor))
    assert (application.state, application.granted_cents) == ("granted", 30_000)
    assert application.receipts_due_on == MONDAY + timedelta(days=61)
    made = session.scalars(select(Decision)).one()
    assert (made.outcome, made.nature, made.is_automatic) == ("approved", "administrative", False)
    assert (made.decided_by_id, made.decided_as["en"]) == (decider.person_id, "Coordinator")
    assert made.last_day_of_appeal == date(2027, 1, 28)
    assert set(made.appeal_instructions) == {"fi", "sv", "en"}
    assert "28.1.2027" in made.appeal_instructions["fi"]
    told = last_letter(session, "m@example.com", "support_decided").context
    assert (told["outcome"], told["last_day_of_appeal"]) == ("approved", "2027-01-28")
    assert told["appeal"] == made.appeal_instructions["fi"]
    assert sound(session)


def test_a_power_reaches_to_its_limit(session):
    application = an_application(session)
    with pytest.raises(e.BeyondPower):
        grant(session, a_decider(session, limit=29_999), application)
    assert grant(session, a_decider(session, limit=30_000), application).state == "granted"


def test_an_administrator_has_no_power_by_being_one(session):
    application = an_application(session)
    for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.APPROVER):
        with pytest.raises(e.NoPowerToDecide):
            grant(session, an_actor(session, role=role), application)
        with pytest.raises(e.NoPowerToDecide):
            deny(session, an_actor(session, role=role), application)


def test_a_power_alone_makes_nobody_staff(session):
    person = a_person(session)
    a_power(session, person)
    with pytest.raises(NotAllowed):
        grant(session, actor_of(session, person.id), an_application(session))


def test_the_substitute_decides_in_their_days_only(session):
    other = a_person(session, grants=[Grant(Role.MANAGER)])
    days = {"substitute_from": MONDAY, "substitute_to": MONDAY}
    a_power(session, a_person(session), substitute_id=other.id, **days)
    actor = actor_of(session, other.id)
    late = an_application(session)
    assert grant(session, actor, an_application(session)).state == "granted"
    with pytest.raises(e.NoPowerToDecide):
        grant(session, actor, late, now=NOW + timedelta(days=1))


def test_nobody_decides_on_what_is_their_own(session):
    decider = a_decider(session)
    own = an_application(session, actor=decider)
    person, member = a_person(session), a_person(session, grants=[Grant(Role.APPROVER)])
    club = an_organisation(session, members=[person, member])
    a_power(session, member)
    secretary = an_actor(session, person=person)
    event = an_event(session, actor=secretary, organisation=club)
    theirs = an_application(session, actor=secretary, event=event)
    for actor, application in ((decider, own), (actor_of(session, member.id), theirs)):
        with pytest.raises(e.OwnMatter):
            grant(session, actor, application)
        with pytest.raises(e.OwnMatter):
            deny(session, actor, application)


def test_a_draft_is_nobodys_business_but_the_applicants(session):
    actor = an_actor(session)
    draft = a_draft(session, actor, an_event(session, actor=actor))
    with pytest.raises(NotFound):
        grant(session, a_decider(session), draft)


def test_nothing_is_granted_to_an_event_that_was_cancelled(session):
    decider, application = a_decider(session), an_application(session)
    application.event.cancelled_at = NOW
    session.flush()
    with pytest.raises(RequestRefused) as refused:
        grant(session, decider, application)
    assert codes(refused) == ["event_was_cancelled"]
    assert deny(session, decider, application).state == "denied"


# ── How much, and once ────────────────────────────────────────────────────────────────────────


def test_less_than_was_applied_for_needs_a_reason(session):
    decider, application = a_decider(session), an_application(session)
    with pytest.raises(RequestRefused) as refused:
        grant(session, decider, application, 29_999)
    assert codes(refused) == ["field_required"]
    granted = grant(session, decider, application, 29_999, "Coffee is not supported.")
    assert granted.granted_cents == 29_999


def test_against_the_rules_needs_a_reason(session):
    actor, decider = an_actor(session), a_decider(session)
    event = an_event(session, actor=actor, support={"status": "ineligible", "rules": ["S08"]})
    application = an_application(session, actor=actor, event=event)
    with pytest.raises(RequestRefused) as refused:
        grant(session, decider, application)
    assert codes(refused) == ["field_required"]
    assert grant(session, decider, application, 30_000, "It is for all.").state == "granted"


def test_a_denial_owes_its_reason_and_frees_the_things(session):
    decider, tent = a_decider(session), a_thing(session)
    loans = (LoanLine(tent.slug, 1, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)),)
    application = an_application(session, loans=loans)
    with pytest.raises(RequestRefused) as refused:
        deny(session, decider, application, " ")
    assert codes(refused) == ["field_required"]
    deny(session, decider, application)
    assert application.state == "denied"
    assert session.get_one(Reservation, application.reservation_id).state == "denied"
    assert sound(session)


def test_an_application_is_decided_once_and_as_it_was_read(session):
    decider, application = a_decider(session), an_application(session)
    read = application.version
    grant(session, decider, application)
    with pytest.raises(e.ApplicationInAnotherState):
        deny(session, decider, application)
    other = an_application(session)
    with pytest.raises(e.ApplicationChanged):
        deny_support(session, decider, other.reference, "No.", read + 99, NOW)


def test_the_sum_of_a_year_is_not_overdrawn_and_what_is_left_is_told(session):
    actor, decider = an_actor(session), a_decider(session)
    grant(session, decider, an_application(session, actor=actor))
    second = an_application(session, actor=actor)
    with pytest.raises(RequestRefused) as refused:
        grant(session, decider, second, 20_001, "Rest.")
    assert codes(refused) == ["ledger_overdrawn"]
    assert refused.value.broken[0].values["left"] == 20_000
    grant(session, decider, second, 20_000, "Rest.")
    assert granted_this_year(session, actor.person_id, None, YEAR) == 50_000
    assert sound(session)


def test_the_year_is_that_of_the_decision(session):
    actor, decider = an_actor(session), a_decider(session)
    grant(session, decider, an_application(session, actor=actor))
    next_year = NOW + timedelta(days=360)
    grant(session, decider, an_application(session, actor=actor), now=next_year)
    assert granted_this_year(session, actor.person_id, None, YEAR) == 30_000
    assert granted_this_year(session, actor.person_id, None, YEAR + 1) == 30_000


def test_an_organisation_has_a_sum_of_its_own(session):
    person = a_person(session)
    club = an_organisation(session, admins=[person])
    actor, decider = an_actor(session, person=person), a_decider(session)
    event = an_event(session, actor=actor, organisation=club)
    grant(session, decider, an_application(session, actor=actor, event=event))
    grant(session, decider, an_application(session, actor=actor))
    assert granted_this_year(session, person.id, club.id, YEAR) == 30_000
    assert granted_this_year(session, person.id, None, YEAR) == 30_000


# ── Receipts, report, payment ─────────────────────────────────────────────────────────────────


def test_what_was_not_used_goes_back_to_the_sum_of_the_year(session):
    actor, payer = an_actor(session), a_payer(session)
    application = a_reported(session, actor, receipts=(20_000, 5_000))
    check(session, payer, application, 20_000, 4_000)
    with pytest.raises(RequestRefused) as refused:
        pay(session, payer, application, 24_001)
    assert codes(refused) == ["paid_too_much"]
    pay(session, payer, application, 24_000)
    assert (application.state, application.paid_cents) == ("paid", 24_000)
    assert granted_this_year(session, actor.person_id, None, YEAR) == 24_000
    amounts = session.scalars(select(SupportEntry.amount_cents).order_by(SupportEntry.id)).all()
    assert amounts == [30_000, -6_000]
    assert sound(session)


def test_no_more_than_the_grant_is_paid_whatever_the_receipts_say(session):
    payer, application = a_payer(session), a_reported(session, receipts=(90_000,))
    check(session, payer, application, 90_000)
    with pytest.raises(RequestRefused) as refused:
        pay(session, payer, application, 30_001)
    assert codes(refused) == ["paid_too_much"]
    assert pay(session, payer, application, 30_000).paid_cents == 30_000


def test_every_receipt_is_looked_at_before_anything_is_paid(session):
    payer, application = a_payer(session), a_reported(session, receipts=(10_000, 5_000))
    check(session, payer, application, 10_000, None)
    with pytest.raises(RequestRefused) as refused:
        pay(session, payer, application, 10_000)
    assert codes(refused) == ["receipts_unchecked"]
    with pytest.raises(RequestRefused) as refused:
        check(session, payer, application, 10_001, 0)
    assert codes(refused) == ["accepted_too_much"]


def test_receipts_are_handed_in_with_the_report_and_then_stand(session):
    actor = an_actor(session)
    application = a_granted(session, actor=actor)
    with pytest.raises(RequestRefused) as refused:
        report_event(session, actor, application.reference, None, "", application.version, NOW)
    assert codes(refused) == [
        "event_not_over",
        "people_missing",
        "story_missing",
        "receipts_missing",
    ]
    first = a_receipt(session, actor, application)
    with pytest.raises(RequestRefused) as refused:
        a_receipt(session, actor, application)
    assert codes(refused) == ["same_receipt"]
    assert remove_receipt(session, actor, application.reference, first.id, AFTER) == first.key
    kept = a_receipt(session, actor, application, number=2)
    report_event(session, actor, application.reference, 0, "Sade.", application.version, AFTER)
    with pytest.raises(e.ApplicationInAnotherState):
        remove_receipt(session, actor, application.reference, kept.id, AFTER)


def test_an_application_takes_twenty_receipts(session):
    actor = an_actor(session)
    application = a_granted(session, actor=actor)
    for number in range(20):
        a_receipt(session, actor, application, 1, number)
    with pytest.raises(RequestRefused) as refused:
        a_receipt(session, actor, application, 1, 20)
    assert codes(refused) == ["too_many_receipts"]


def test_who_never_reports_is_closed_without_payment_once_the_time_is_over(session):
    actor, payer = an_actor(session), a_payer(session)
    application = a_granted(session, actor=actor)
    last = NOW + timedelta(days=61)
    with pytest.raises(RequestRefused) as refused:
        pay(session, payer, application, 0, last)
    assert codes(refused) == ["receipts_still_due"]
    pay(session, payer, application, 0, last + timedelta(days=1))
    assert (application.state, application.paid_cents) == ("paid", 0)
    assert granted_this_year(session, actor.person_id, None, YEAR) == 0


def test_only_those_with_the_right_pay_and_never_themselves(session):
    application = a_reported(session)
    with pytest.raises(NotAllowed):
        check(session, an_actor(session, role=Role.APPROVER), application, 0)
    payer = a_payer(session)
    with pytest.raises(e.OwnMatter):
        check(session, payer, a_reported(session, payer), 0)


def test_receipts_are_reminded_of_once_ahead_and_once_when_late(session):
    person = a_person(session, email="m@example.com")
    application = a_granted(session, actor=an_actor(session, person=person))
    before = len(letters_to(session, "m@example.com"))
    due = NOW + timedelta(days=61)
    for moment, sent in (
        (due - timedelta(days=8), False),
        (due - timedelta(days=7), True),
        (due, False),
        (due + timedelta(days=1), True),
        (due + timedelta(days=30), False),
    ):
        assert send_receipts_reminder(session, application.id, moment) is sent
    told = letters_to(session, "m@example.com")[before:]
    assert [one.context["is_overdue"] for one in told] == [False, True]


def test_of_an_organisation_an_admin_is_told_once_the_applicant_has_left(session):
    left, admin = a_person(session), a_person(session, email="admin@example.com")
    club = an_organisation(session, admins=[admin], members=[left])
    actor = an_actor(session, person=left)
    event = an_event(session, actor=actor, organisation=club)
    application = an_application(session, actor=actor, event=event)
    session.execute(delete(Membership).where(Membership.person_id == left.id))
    tell_applicant(session, application, "support_received", NOW)
    session.flush()
    assert last_letter(session, "admin@example.com", "support_received")
