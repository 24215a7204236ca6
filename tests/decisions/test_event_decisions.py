"""Decisions about bookings of events: their nature, their price group, and what is told of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.catalogue.models import City
from booking.catalogue.queries import raise_catalogue_version
from booking.core.actors import Role
from booking.core.errors import RequestRefused
from booking.decisions.models import Decision
from booking.decisions.use_cases import (
    approve_reservation,
    approve_series,
    deny_reservation,
)
from booking.notifications.models import OutgoingEmail
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.rules import LoanWish
from booking.reservations.series_rules import SeriesRequest
from booking.reservations.series_use_cases import request_series
from tests.builders import a_person, an_organisation
from tests.places import a_space, a_thing, an_actor, ask, borrow
from tests.reservations.events import TUESDAY, an_event
from tests.reservations.test_event_bookings import SERIES, book, wish
from tests.values import NOW, at


@pytest.fixture
def staff(session):
    return an_actor(session, role=Role.APPROVER)


def asked(session, decision="auto_free", group="K2", **values):
    """A request for an event, which the rules send to the staff."""
    actor = an_actor(session)
    event = an_event(session, actor, decision, group, **values)
    room = a_space(session, policy_approval="staff")
    return actor, book(session, actor, room, event)


def decision_of(session, made):
    return session.scalars(select(Decision).where(Decision.reservation_id == made.id)).one()


def letter(session, made, template):
    query = select(OutgoingEmail).where(
        OutgoingEmail.reservation_id == made.id, OutgoingEmail.template == template
    )
    return session.scalars(query).one().context


@pytest.mark.parametrize(
    ("decision", "group", "nature"),
    [
        ("auto_free", "K2", "administrative"),
        ("review", "K1", "administrative"),
        ("denied", "K2", "administrative"),
        ("auto_charged", "K3", "contract"),
        ("denied", "K4", "contract"),
    ],
)
def test_deciding_about_free_use_is_administrative_and_about_rent_a_contract(
    session, staff, decision, group, nature
):
    for decide in (approve_reservation, deny_reservation):
        _, made = asked(session, decision, group)
        decide(session, staff, made.reference, NOW, "Because.")
        found = decision_of(session, made)
        assert (found.nature, found.reason, found.is_automatic) == (nature, "Because.", False)
        assert (found.last_day_of_appeal is not None) is (nature == "administrative")
        assert (found.appeal_instructions is not None) is (nature == "administrative")


def test_the_last_day_of_appeal_is_kept_with_how_to_ask_for_a_review(session, staff):
    _, made = asked(session)
    approve_reservation(session, staff, made.reference, NOW)
    found = decision_of(session, made)
    assert found.last_day_of_appeal == date(2027, 1, 28)
    assert "28.1.2027" in found.appeal_instructions["fi"]
    assert "28 January 2027" in found.appeal_instructions["en"]
    assert "palvelu@example.org" in found.appeal_instructions["sv"]
    told = letter(session, made, "reservation_confirmed")
    assert told["appeal"] == found.appeal_instructions
    assert told["last_day_of_appeal"] == "2027-01-28"


def test_free_use_of_an_organisation_is_administrative_without_an_event_too(session, staff):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], price_group="K1")
    actor = an_actor(session, person=secretary)
    made = ask(session, a_space(session), actor=actor, organisation=club.slug)
    deny_reservation(session, staff, made.reference, NOW, "No.")
    assert decision_of(session, made).nature == "administrative"
    assert "appeal" in letter(session, made, "reservation_denied")


def test_a_contract_comes_without_instructions(session, staff):
    made = ask(session, a_space(session, policy_approval="staff"))
    approve_reservation(session, staff, made.reference, NOW)
    assert decision_of(session, made).nature == "contract"
    assert "appeal" not in letter(session, made, "reservation_confirmed")


def test_what_is_confirmed_automatically_tells_so_and_how_to_ask_for_a_review(session):
    actor, room = an_actor(session), a_space(session)
    made = book(session, actor, room, an_event(session, actor), automatic=True)
    told = letter(session, made, "reservation_confirmed")
    assert told["is_automatic"]
    assert told["last_day_of_appeal"] == "2027-01-28"


# ── The price group ───────────────────────────────────────────────────────────────────────────


def test_staff_approve_in_the_group_of_the_rules(session, staff):
    _, made = asked(session)
    done = approve_reservation(session, staff, made.reference, NOW, "", "K2")
    assert (done.state, done.price_group, done.price_group_reason) == ("confirmed", "K2", None)


def test_staff_put_it_into_another_group_with_a_reason(session, staff):
    _, made = asked(session)
    with pytest.raises(RequestRefused) as refused:
        approve_reservation(session, staff, made.reference, NOW, " ", "K3")
    assert [one.code for one in refused.value.broken] == ["field_required"]
    done = approve_reservation(session, staff, made.reference, NOW, "Tickets are sold.", "K3")
    assert (done.price_group, done.total_cents) == ("K3", 1000)
    assert [line.total_cents for line in done.price_lines] == [1000]
    assert done.price_group_reason == done.reason == "Tickets are sold."
    assert decision_of(session, made).nature == "administrative"
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_id == made.id, AuditEntry.subject == "reservation")
        .order_by(AuditEntry.id.desc())
    ).first()
    assert entry.action == "confirmed"
    assert entry.details == {
        "reason": "Tickets are sold.",
        "price_group": "K3",
        "price_group_by_rules": "K2",
        "event": made.event.reference,
        "proposal": "auto_free",
        "rules": ["F03"],
        "rules_version": "0.2-draft",
    }


def test_staff_make_free_what_the_rules_charge_and_that_is_administrative(session, staff):
    _, made = asked(session, "review", "K4")
    done = approve_reservation(session, staff, made.reference, NOW, "A civic evening.", "K2")
    assert (done.price_group, done.total_cents) == ("K2", 0)
    assert decision_of(session, made).nature == "administrative"


def test_a_group_that_there_is_not_is_refused(session, staff):
    _, made = asked(session)
    with pytest.raises(RequestRefused) as refused:
        approve_reservation(session, staff, made.reference, NOW, "Because.", "K9")
    assert [one.field for one in refused.value.broken] == ["price_group"]
    assert made.state == "requested"


def test_the_group_that_staff_have_decided_stays_when_it_is_moved(session, staff):
    _, made = asked(session)
    approve_reservation(session, staff, made.reference, NOW, "Tickets are sold.", "K3")
    later = Changes({"starts_at": at("19:00", TUESDAY), "ends_at": at("22:00", TUESDAY)})
    moved = change_reservation(session, staff, made.reference, later, NOW)
    assert (moved.price_group, moved.total_cents) == ("K3", 1500)


def test_a_series_of_free_use_is_decided_with_instructions(session, staff):
    actor = an_actor(session)
    room = a_space(session, policy_series={**SERIES, "horizon_days": 60})
    series = SeriesRequest(wish(room, an_event(session, actor)), "FREQ=DAILY;COUNT=2")
    made = request_series(session, actor, series, NOW)
    approve_series(session, staff, made.reference, NOW)
    found = session.scalars(select(Decision).where(Decision.series_id == made.id)).one()
    assert (found.nature, found.last_day_of_appeal) == ("administrative", date(2027, 1, 28))


def test_where_the_city_takes_papers_is_told_in_one_line(session, staff):
    _, made = asked(session)
    city = session.get_one(City, 1)
    city.contact = {
        "name": {"fi": "Kirjaamo", "sv": "Registratorskontoret", "en": "Registry"},
        "street_address": "Puistokatu 2",
        "po_box": None,
        "postcode": "49400",
        "email": "kirjaamo@example.org",
    }
    raise_catalogue_version(session)
    approve_reservation(session, staff, made.reference, NOW)
    told = decision_of(session, made).appeal_instructions["fi"]
    assert "Kirjaamo, Puistokatu 2, 49400 Hamina, kirjaamo@example.org" in told


def test_things_on_loan_alone_are_no_free_use(session, staff):
    actor, thing = an_actor(session), a_thing(session, approval="staff")
    event = an_event(session, actor).reference
    made = borrow(session, [LoanWish(thing.slug, 1, TUESDAY, TUESDAY)], actor=actor, event=event)
    approve_reservation(session, staff, made.reference, NOW)
    assert decision_of(session, made).nature == "contract"
