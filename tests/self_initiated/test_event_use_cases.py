"""Events are kept with their outcome: by an account, or by a secret with nothing personal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.actors import VISITOR
from booking.core.errors import NotAllowed, NotFound, StaleVersion
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook import FactsRefused
from booking.self_initiated.event_errors import EventIsCancelled, EventIsOver
from booking.self_initiated.event_queries import (
    Secret,
    event_of_secret,
    get_event,
)
from booking.self_initiated.event_use_cases import (
    NewEvent,
    cancel_event,
    change_facts,
    evaluate_event,
    forget_old_events,
    keep_event,
    name_event,
    start_event,
    start_guidance,
)
from tests.builders import a_person, an_organisation
from tests.places import a_city, an_actor
from tests.values import NOW

YOGA = {
    "organiser_type": "private_person",
    "openness": "open",
    "purpose": "wellbeing",
    "attendance_peak": 49,
    "place_kind": "city_outdoor",
    "space_type": "park",
    "start": "2027-06-13T10:00",
    "end": "2027-06-13T11:00",
}
LATER = NOW + timedelta(minutes=5)

OF_ACCOUNT = {"no_shows_6m": 0, "grants_this_year_eur": 0}


@pytest.fixture
def resident(session):
    a_city(session, name={"fi": "Hamina", "sv": "Fredrikshamn", "en": "Hamina"})
    return an_actor(session)


@pytest.fixture
def yoga(session, resident):
    return start_event(session, resident, NewEvent(YOGA, title=" Puistojooga "), NOW)


@pytest.fixture
def guided(session, resident):
    return start_guidance(session, VISITOR, NewEvent(is_guided=True), NOW)


def of_an_organisation(session, **values):
    person = a_person(session)
    organisation = an_organisation(session, members=[person], **values)
    return an_actor(session, person=person), organisation


# ── Beginning ─────────────────────────────────────────────────────────────────────────────────


def test_an_event_is_kept_with_its_outcome(yoga, resident):
    assert yoga.person_id == resident.person_id
    assert yoga.title == "Puistojooga"
    assert yoga.secret_hash is None
    assert yoga.outcome["free_use"] == {
        "decision": "auto_free",
        "price_group": "K2",
        "rules": ["F03"],
    }
    assert yoga.outcome["due"] == {"G01L": "2027-06-10"}
    assert yoga.rules_version == yoga.outcome["rules_version"]
    assert yoga.evaluated_on.isoformat() == yoga.outcome["today"] == "2027-01-11"
    assert yoga.changes is None


def test_its_times_are_those_of_its_facts_as_instants(yoga):
    assert yoga.starts_at.isoformat() == "2027-06-13T07:00:00+00:00"
    assert yoga.ends_at - yoga.starts_at == timedelta(hours=1)


def test_of_a_time_that_autumn_repeats_the_first_is_meant(session, resident):
    facts = YOGA | {"start": "2027-10-31T03:30", "end": "2027-10-31T06:00"}
    event = start_event(session, resident, NewEvent(facts), NOW)
    assert event.starts_at.isoformat() == "2027-10-31T00:30:00+00:00"


def test_what_is_not_told_has_its_default_once_all_that_is_required_is_there(yoga):
    assert yoga.outcome["partial"] is False
    assert yoga.outcome["questions"] == []


def test_before_that_the_outcome_is_partial(session, resident):
    facts = {name: YOGA[name] for name in ("organiser_type", "openness", "purpose")}
    event = start_event(session, resident, NewEvent(facts), NOW)
    assert event.outcome["partial"] is True
    assert event.outcome["free_use"]["decision"] == "needs_info"
    assert event.starts_at is None
    change_facts(session, resident, event, {**YOGA}, LATER)
    assert event.outcome["partial"] is True, "it was begun question by question"


def test_in_the_guide_what_is_not_told_stays_unknown(session, resident):
    event = start_event(session, resident, NewEvent(YOGA, is_guided=True), NOW)
    assert event.outcome["partial"] is True
    assert event.outcome["free_use"]["decision"] == "needs_info"
    assert "alcohol" in event.outcome["questions"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": "2027-06-13T09:00"},
        {"attendance_peak": 0},
        {"attendance_peak": 1_000_000},
        {"attendance_peak": "many"},
        {"openness": "closed"},
        {"colour": "red"},
        {"start": "2027-03-28T03:30", "end": "2027-03-28T06:00"},
    ],
)
def test_facts_that_cant_be_judged_are_refused_and_nothing_is_kept(session, resident, wrong):
    with pytest.raises(FactsRefused):
        start_event(session, resident, NewEvent(YOGA | wrong), NOW)
    assert session.scalars(select(SelfInitiatedEvent)).all() == []


def test_without_an_account_no_event_can_be_ones_own(session, resident):
    with pytest.raises(NotAllowed):
        start_event(session, VISITOR, NewEvent(YOGA), NOW)


def test_nobody_begins_for_an_organisation_of_others(session, resident):
    other = an_organisation(session)
    with pytest.raises(NotFound):
        start_event(session, resident, NewEvent(YOGA, organisation=other.slug), NOW)


# ── Without an account ────────────────────────────────────────────────────────────────────────


def test_without_an_account_nothing_personal_is_kept(session, guided):
    event, secret = guided
    change_facts(session, secret, event, {"openness": "open"}, LATER)
    assert (event.person_id, event.organisation_id, event.title) == (None, None, "")
    assert secret not in str(vars(event))
    assert len(secret) >= 43
    assert session.scalars(select(AuditEntry)).all() == []


def test_whoever_has_the_secret_finds_the_event_and_nobody_else(session, guided, resident):
    event, secret = guided
    assert event_of_secret(session, secret) is event
    with pytest.raises(NotFound):
        event_of_secret(session, "x" * 43)
    with pytest.raises(NotFound):
        get_event(session, resident, event.reference)
    with pytest.raises(NotFound):
        change_facts(session, Secret("x" * 43), event, {}, LATER)
    with pytest.raises(NotFound):
        change_facts(session, resident, event, {}, LATER)


def test_unused_bookings_are_asked_of_nobody(guided):
    event, _secret = guided
    assert event.facts == {"no_shows_6m": 0}
    assert "no_shows_6m" not in event.outcome["questions"]


def test_an_event_without_an_account_is_forgotten_30_days_after_its_last_change(session, guided):
    event, secret = guided
    changed = NOW + timedelta(days=10)
    change_facts(session, secret, event, {"openness": "open"}, changed)
    assert forget_old_events(session, changed + timedelta(days=30, seconds=-1)) == 0
    assert forget_old_events(session, changed + timedelta(days=30)) == 1
    assert session.scalars(select(SelfInitiatedEvent)).all() == []


def test_what_somebody_keeps_is_not_forgotten(session, yoga):
    assert forget_old_events(session, NOW + timedelta(days=400)) == 0


# ── Keeping it ────────────────────────────────────────────────────────────────────────────────


def test_who_keeps_an_event_owns_it_and_its_secret_opens_nothing_more(session, guided, resident):
    event, secret = guided
    change_facts(session, secret, event, YOGA, LATER)
    kept = keep_event(session, resident, secret, NewEvent(title="Jooga", language="sv"), LATER)
    assert kept is event
    assert (event.person_id, event.title, event.language) == (resident.person_id, "Jooga", "sv")
    assert event.facts["attendance_peak"] == 49
    assert event.secret_hash is None
    with pytest.raises(NotFound):
        event_of_secret(session, secret)
    with pytest.raises(NotFound):
        change_facts(session, secret, event, {}, LATER)
    with pytest.raises(NotFound):
        keep_event(session, an_actor(session), secret, NewEvent(), LATER)


def test_kept_for_an_organisation_its_kind_and_home_are_not_asked(session, guided):
    event, secret = guided
    change_facts(session, secret, event, {"organiser_type": "company", "home": "hamina"}, LATER)
    actor, organisation = of_an_organisation(session, kind="association", domicile="Kotka")
    keep_event(session, actor, secret, NewEvent(organisation=organisation.slug), LATER)
    assert event.facts["organiser_type"] == "association"
    assert event.facts["home"] == "other"
    assert event.organisation_id == organisation.id


def test_nobody_keeps_an_event_for_an_organisation_of_others(session, guided, resident):
    _event, secret = guided
    other = an_organisation(session)
    with pytest.raises(NotFound):
        keep_event(session, resident, secret, NewEvent(organisation=other.slug), LATER)


# ── Changing it ───────────────────────────────────────────────────────────────────────────────


def test_fifty_people_turn_the_light_notice_into_a_permit(session, yoga, resident):
    change_facts(session, resident, yoga, {"attendance_peak": 50}, LATER)
    assert yoga.changes == {"added": ["G01"], "gone": ["G01L"]}
    assert yoga.outcome["due"] == {"G01": "2027-05-14"}


def test_another_day_moves_what_is_due(session, yoga, resident):
    times = {"start": "2027-06-20T10:00", "end": "2027-06-20T11:00"}
    change_facts(session, resident, yoga, times, LATER)
    assert yoga.changes == {"moved": {"G01L": {"before": "2027-06-10", "after": "2027-06-17"}}}
    assert yoga.starts_at.isoformat() == "2027-06-20T07:00:00+00:00"


def test_facts_that_are_not_told_anew_stay(session, yoga, resident):
    change_facts(session, resident, yoga, {"music": "live"}, LATER)
    assert yoga.facts == {**YOGA, "outdoor": True, "music": "live", **OF_ACCOUNT}


def test_what_is_to_be_forgotten_is_asked_again(session, resident):
    event = start_event(session, resident, NewEvent({"music": "live"}, is_guided=True), NOW)
    assert "music" not in event.outcome["questions"]
    change_facts(session, resident, event, {}, LATER, forget=["music"])
    assert "music" not in event.facts


def test_each_change_raises_the_version_and_an_older_one_changes_nothing(session, yoga, resident):
    version = yoga.version
    change_facts(session, resident, yoga, {"attendance_peak": 50}, LATER, version=version)
    assert yoga.version == version + 1
    with pytest.raises(StaleVersion):
        change_facts(session, resident, yoga, {"attendance_peak": 10}, LATER, version=version)
    assert yoga.facts["attendance_peak"] == 50


def test_a_refused_change_leaves_all_as_it_was(session, yoga, resident):
    with pytest.raises(FactsRefused):
        change_facts(session, resident, yoga, {"attendance_peak": 0}, LATER)
    assert (yoga.facts["attendance_peak"], yoga.version) == (49, 1)


def test_evaluated_anew_the_facts_stay_and_the_day_is_todays(session, yoga, resident):
    evaluate_event(session, resident, yoga, NOW + timedelta(days=1))
    assert yoga.evaluated_on.isoformat() == "2027-01-12"
    assert yoga.changes is None


def test_an_event_can_be_called_otherwise(session, yoga, resident):
    name_event(session, resident, yoga, " Jooga torilla ", LATER)
    assert yoga.title == "Jooga torilla"


# ── Calling it off ────────────────────────────────────────────────────────────────────────────


def test_an_event_that_is_called_off_changes_no_more(session, yoga, resident):
    cancel_event(session, resident, yoga, LATER)
    assert yoga.cancelled_at == LATER
    for use_case in (cancel_event, evaluate_event):
        with pytest.raises(EventIsCancelled):
            use_case(session, resident, yoga, LATER)


def test_what_has_taken_place_cant_be_called_off(session, yoga, resident):
    with pytest.raises(EventIsOver):
        cancel_event(session, resident, yoga, yoga.ends_at)


# ── Why ───────────────────────────────────────────────────────────────────────────────────────


def test_an_outcome_is_kept_with_what_made_its_rules_hold(yoga):
    fired = {one["rule"]: one["because"] for one in yoga.outcome["explanation"]["fired"]}
    assert {"fact": "openness", "op": "eq", "value": "open", "given": "open", "holds": True} in (
        fired["F03"]
    )
