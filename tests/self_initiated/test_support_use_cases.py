"""An application is written, submitted with the things it needs, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.queries import get_person
from booking.audit.models import AuditEntry
from booking.core.actors import VISITOR
from booking.core.errors import NotFound, RequestRefused
from booking.invariants import breaches
from booking.reservations.models import Occupancy, Reservation
from booking.self_initiated import support_errors as e
from booking.self_initiated.ledger_queries import granted_this_year
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_rules import LoanLine
from booking.self_initiated.support_use_cases import (
    save_draft,
    submit_application,
    withdraw_application,
)
from tests.accounts.letters import last_letter, letters_to
from tests.builders import a_person, an_organisation
from tests.places import a_thing, an_actor, borrow
from tests.reservations.test_loans import wish as loan_wish
from tests.self_initiated.applying import (
    a_decider,
    a_draft,
    a_granted,
    a_wish,
    an_application,
    an_event,
    grant,
)
from tests.values import MONDAY, NOW

TU, WE = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def codes(refused):
    return [one.code for one in refused.value.broken]


def fields(refused):
    return [one.field for one in refused.value.broken]


def tents(thing, quantity=2):
    return (LoanLine(thing.slug, quantity, TU, WE),)


def sound(session):
    session.flush()
    return breaches(session.connection(), NOW) == []


def letters(session, actor):
    return [one.template for one in letters_to(session, get_person(session, actor.person_id).email)]


def test_a_draft_is_kept_whatever_is_lacking_and_kept_again(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor)
    draft = a_draft(session, actor, event, description="", iban="", budget=())
    assert (draft.state, draft.submitted_at, draft.iban) == ("draft", None, None)
    again = save_draft(
        session, actor, event.reference, a_wish(description="Kahvit."), draft.version, NOW
    )
    assert again is draft
    assert draft.description == "Kahvit."
    assert letters(session, actor) == []


def test_whoever_read_an_older_draft_does_not_overwrite_the_newer(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor)
    read = a_draft(session, actor, event).version
    save_draft(session, actor, event.reference, a_wish(description="New."), read, NOW)
    with pytest.raises(e.ApplicationChanged):
        save_draft(session, actor, event.reference, a_wish(description="Old."), read, NOW)


def test_an_event_has_one_application_at_a_time(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor)
    first = an_application(session, actor=actor, event=event)
    with pytest.raises(e.AnotherApplication):
        a_draft(session, actor, event)
    with pytest.raises(e.ApplicationInAnotherState):
        submit_application(session, actor, event.reference, a_wish(), first.version, NOW)
    withdraw_application(session, actor, first.reference, first.version, NOW)
    assert an_application(session, actor=actor, event=event).id != first.id


def test_the_database_too_keeps_a_second_application_out(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor)
    an_application(session, actor=actor, event=event)
    other = SupportApplication(
        reference="00000-00000",
        event_id=event.id,
        person_id=actor.person_id,
        state="draft",
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(other)
    with pytest.raises(Exception, match="support_application"):
        session.flush()


def test_an_application_is_received_told_and_written_down(session):
    actor = an_actor(session)
    application = an_application(session, actor=actor)
    assert (application.state, application.submitted_at) == ("submitted", NOW)
    assert letters(session, actor) == ["support_received"]
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == "support_application")
    ).all()
    assert actions == ["submitted"]


def test_an_application_is_in_the_language_of_whoever_writes_it(session):
    actor = an_actor(session, person=a_person(session, language="sv", email="s@example.com"))
    an_application(session, actor=actor)
    assert last_letter(session, "s@example.com", "support_received").language == "sv"


def test_what_the_rules_say_keeps_nobody_from_applying(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor, support={"status": "ineligible", "rules": ["S08"]})
    assert an_application(session, actor=actor, event=event).state == "submitted"


def test_who_does_business_declares_public_aid(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor, support={"rules": ["S01", "S10"]})
    with pytest.raises(RequestRefused) as refused:
        an_application(session, actor=actor, event=event)
    assert codes(refused) == ["other_aid_missing"]


def test_nobody_applies_to_an_event_that_was_cancelled(session):
    actor = an_actor(session)
    event = an_event(session, actor=actor, cancelled_at=NOW)
    with pytest.raises(RequestRefused) as refused:
        an_application(session, actor=actor, event=event)
    assert codes(refused) == ["event_was_cancelled"]


def test_knowing_a_reference_opens_nothing(session):
    actor, stranger = an_actor(session), an_actor(session)
    application = an_application(session, actor=actor)
    for other in (stranger, VISITOR):
        with pytest.raises(NotFound):
            withdraw_application(session, other, application.reference, application.version, NOW)
        with pytest.raises(NotFound):
            a_draft(session, other, application.event)
    with pytest.raises(NotFound):
        save_draft(session, actor, "no-such", a_wish(), None, NOW)


def test_members_of_an_organisation_share_its_application(session):
    one, other = a_person(session), a_person(session)
    club = an_organisation(session, admins=[one], members=[other])
    first, second = an_actor(session, person=one), an_actor(session, person=other)
    event = an_event(session, actor=first, organisation=club)
    application = an_application(session, actor=first, event=event)
    assert application.organisation_id == club.id
    withdraw_application(session, second, application.reference, application.version, NOW)
    assert application.state == "withdrawn"


# ── Things on loan ────────────────────────────────────────────────────────────────────────────


def test_things_are_requested_with_the_application_and_confirmed_with_the_decision(session):
    actor, tent = an_actor(session), a_thing(session, 3)
    application = an_application(session, actor=actor, loans=tents(tent))
    made = session.get_one(Reservation, application.reservation_id)
    assert (made.state, made.kind, made.event_id) == (
        "requested",
        "customer",
        application.event_id,
    ), "a person decides, whatever the policy of the thing says"
    grant(session, a_decider(session), application)
    assert made.state == "confirmed"
    assert sound(session)


def test_help_in_kind_alone_needs_no_account(session):
    actor, tent = an_actor(session), a_thing(session)
    bare = {"requested_cents": 0, "payee": "", "iban": "", "budget": ()}
    application = an_application(session, actor=actor, loans=tents(tent), **bare)
    grant(session, a_decider(session), application, cents=0)
    assert (application.state, application.granted_cents) == ("granted", 0)
    assert application.receipts_due_on is None
    assert granted_this_year(session, actor.person_id, None, 2027) == 0
    assert sound(session)


def test_what_is_not_free_is_told_and_nothing_is_kept(session):
    actor, tent, sign = an_actor(session), a_thing(session, 3), a_thing(session, 1)
    borrow(session, [loan_wish(tent, 2, TU, WE)])
    event = an_event(session, actor=actor)
    loans = (*tents(tent), LoanLine(sign.slug, 1, TU, WE))
    with pytest.raises(RequestRefused) as refused, session.begin_nested():
        an_application(session, actor=actor, event=event, loans=loans, description="")
    assert codes(refused) == ["description_missing", "not_free"]
    assert fields(refused) == ["description", "loans"]
    assert session.scalars(select(SupportApplication)).all() == []
    held = session.scalars(select(Occupancy.reservation_id).distinct()).all()
    assert len(held) == 1, "all or nothing: the sign is nobody's either"


def test_the_terms_of_what_is_lent_are_accepted(session):
    actor, tent = an_actor(session), a_thing(session, requires_adult=True)
    event = an_event(session, actor=actor)
    with pytest.raises(RequestRefused) as refused:
        submit_application(session, actor, event.reference, a_wish(loans=tents(tent)), None, NOW)
    assert set(codes(refused)) == {"terms_not_accepted", "adult_required"}
    assert set(fields(refused)) == {"accepts"}


def test_a_withdrawn_application_lets_its_things_go(session):
    actor, tent = an_actor(session), a_thing(session)
    application = an_application(session, actor=actor, loans=tents(tent))
    withdraw_application(session, actor, application.reference, application.version, NOW)
    made = session.get_one(Reservation, application.reservation_id)
    assert (application.state, made.state) == ("withdrawn", "cancelled")
    assert sound(session)


def test_who_takes_back_a_granted_application_has_the_whole_sum_again(session):
    actor = an_actor(session)
    application = a_granted(session, actor=actor)
    assert granted_this_year(session, actor.person_id, None, 2027) == 30_000
    withdraw_application(session, actor, application.reference, application.version, NOW)
    assert granted_this_year(session, actor.person_id, None, 2027) == 0
    assert sound(session)
    with pytest.raises(e.ApplicationInAnotherState):
        withdraw_application(session, actor, application.reference, application.version, NOW)
