"""What a space and an account tell of an event, and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.core.actors import VISITOR, Role
from booking.core.errors import NotFound
from booking.self_initiated.event_queries import (
    count_no_shows,
    events_of,
    get_event,
    get_own_event,
)
from booking.self_initiated.event_use_cases import (
    NewEvent,
    change_facts,
    choose_space,
    start_event,
    start_guidance,
)
from booking.self_initiated.support_models import SupportAccount
from tests.builders import a_person, an_organisation
from tests.places import a_city, a_space, an_actor, ask
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


# ── The space ─────────────────────────────────────────────────────────────────────────────────


def test_a_space_tells_what_it_knows_of_itself(session, yoga, resident):
    room = a_space(session)
    choose_space(session, resident, yoga, room.slug, LATER)
    assert yoga.space_id == room.id
    assert yoga.facts["place_kind"] == "city_indoor"
    assert yoga.facts["space_type"] == "meeting_room"
    assert yoga.facts["alcohol_allowed"] is False
    assert yoga.changes["gone"] == ["G01L"]


def test_without_its_space_what_that_told_is_unknown_again(session, resident):
    room = a_space(session)
    event = start_event(session, resident, NewEvent(space=room.slug, is_guided=True), NOW)
    choose_space(session, resident, event, None, LATER, {"place_kind": "street"})
    assert event.space_id is None
    assert event.facts["place_kind"] == "street"
    assert event.facts["space_type"] == "none"


def test_a_space_cant_be_told_otherwise(session, resident):
    room = a_space(session)
    event = start_event(session, resident, NewEvent(YOGA, space=room.slug), NOW)
    change_facts(session, resident, event, {"outdoor": True}, LATER)
    assert event.facts["outdoor"] is False


def test_a_space_that_residents_dont_see_cant_be_chosen(session, yoga, resident):
    hidden = a_space(session, published=False)
    with pytest.raises(NotFound):
        choose_space(session, resident, yoga, hidden.slug, LATER)
    with pytest.raises(NotFound):
        choose_space(session, resident, yoga, "no-such-space", LATER)


# ── What the account tells ────────────────────────────────────────────────────────────────────


def an_unused_booking(session, actor, room, day, **values):
    made = ask(session, room, actor=actor, day=day.date(), now=day - timedelta(days=1), **values)
    made.no_show_at = made.ends_at
    session.flush()
    return made


def test_unused_bookings_of_the_last_six_months_count(session, yoga, resident):
    room = a_space(session)
    within, before = NOW - timedelta(days=184), NOW - timedelta(days=185)
    an_unused_booking(session, resident, room, within)
    an_unused_booking(session, resident, room, before)
    an_unused_booking(session, an_actor(session), a_space(session), within)
    assert count_no_shows(session, yoga, NOW) == 1


def test_unused_bookings_send_the_event_to_the_staff(session, resident):
    for days in (10, 20):
        an_unused_booking(session, resident, a_space(session), NOW - timedelta(days=days))
    event = start_event(session, resident, NewEvent(YOGA), NOW)
    assert event.facts["no_shows_6m"] == 2
    assert event.outcome["free_use"]["decision"] == "review"


def test_an_organisation_answers_for_its_own_unused_bookings(session, resident):
    actor, organisation = of_an_organisation(session)
    room = a_space(session)
    an_unused_booking(session, actor, room, NOW - timedelta(days=10))
    an_unused_booking(session, actor, room, NOW - timedelta(days=9), organisation=organisation.slug)
    event = start_event(session, actor, NewEvent(YOGA, organisation=organisation.slug), NOW)
    assert event.facts["no_shows_6m"] == 1
    assert event.facts["home"] == "hamina"


def test_what_was_granted_this_year_is_known_to_the_account(session, resident):
    this, last = (
        SupportAccount(
            person_id=resident.person_id, year=year, cap_cents=50000, granted_cents=cents
        )
        for year, cents in ((2027, 30050), (2026, 20000))
    )
    session.add_all([this, last])
    session.flush()
    wish = NewEvent(YOGA | {"grant_requested_eur": 400, "grants_this_year_eur": 0})
    event = start_event(session, resident, wish, NOW)
    assert event.facts["grants_this_year_eur"] == 300.5
    assert event.outcome["support"]["amount"] == 199.5


# ── Who may see it ────────────────────────────────────────────────────────────────────────────


def test_the_members_of_its_organisation_see_and_change_it(session, resident):
    actor, organisation = of_an_organisation(session)
    event = start_event(session, actor, NewEvent(YOGA, organisation=organisation.slug), NOW)
    colleague = a_person(session)
    organisation.members += [
        type(organisation.members[0])(person_id=colleague.id, role="member", since=NOW)
    ]
    session.flush()
    other = an_actor(session, person=colleague)
    assert get_own_event(session, other, event.reference) is event
    assert events_of(session, other) == [event]


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.VIEWER, False), (Role.BOOKER, False), (Role.APPROVER, True), (Role.MANAGER, True)],
)
def test_staff_who_decide_in_the_whole_city_see_it_and_dont_change_it(session, yoga, role, sees):
    actor = an_actor(session, role=role)
    if sees:
        assert get_event(session, actor, yoga.reference.lower()) is yoga
        with pytest.raises(NotFound):
            change_facts(session, actor, yoga, {}, LATER)
        with pytest.raises(NotFound):
            get_own_event(session, actor, yoga.reference)
    else:
        with pytest.raises(NotFound):
            get_event(session, actor, yoga.reference)


def test_a_stranger_does_not_learn_that_it_exists(session, yoga):
    with pytest.raises(NotFound):
        get_event(session, an_actor(session), yoga.reference)
    assert events_of(session, an_actor(session)) == []
