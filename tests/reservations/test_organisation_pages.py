"""An organisation sees what it has booked, and its admins who did what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.accounts.invitation_use_cases import HandOver, accept_invitation, hand_over
from booking.accounts.queries import actor_of
from booking.core.actors import Role
from booking.reservations.mails import recipient_of
from booking.reservations.organisation_queries import history_of, uses_of
from booking.reservations.use_cases import cancel_reservation
from tests.accounts.letters import LINKS, last_token
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person, an_organisation
from tests.installations import engine_of
from tests.places import a_space, an_actor, ask
from tests.statements import counted
from tests.values import MONDAY

PAGE = "/en/organisations/club"


@pytest.fixture
def maija(session):
    return a_person(session, name="Maija", email="maija@example.com", password=PASSWORD)


@pytest.fixture
def club(session, maija):
    return an_organisation(session, slug="club", name="Sähly ry", admins=[maija])


@pytest.fixture
def hall(session):
    return a_space(session)


@pytest.fixture
def as_maija(app, maija, session):
    session.commit()
    client = app.test_client()
    sign_in(client, maija.email)
    return client


def book(session, person, hall, days=1, **values):
    actor = actor_of(session, person.id)
    day = MONDAY + timedelta(days=days)
    return ask(session, hall, actor=actor, day=day, organisation="club", **values)


def test_a_month_shows_what_begins_in_it_and_who_booked_it(club, maija, hall, session, as_maija):
    book(session, maija, hall, title="In January")
    book(session, maija, hall, days=21, title="In February")
    session.commit()
    january = as_maija.get(f"{PAGE}/bookings").text
    assert "January 2027" in january
    assert "In January" in january
    assert "booked by Maija" in january
    assert "In February" not in january
    assert "In February" in as_maija.get(f"{PAGE}/bookings?month=2027-02").text


@pytest.mark.parametrize("month", ["2027-13", "nonsense", "0001-01", "9999-12"])
def test_a_month_that_is_none_shows_the_next_that_has_something(
    club, maija, hall, session, as_maija, month
):
    book(session, maija, hall, days=21)
    session.commit()
    assert "February 2027" in as_maija.get(f"{PAGE}/bookings?month={month}").text


def test_the_past_is_listed_and_summed_by_year(club, maija, hall, session, as_maija, clock, now):
    book(session, maija, hall, title="Long ago")
    session.commit()
    clock.shift(timedelta(days=40))
    sign_in(as_maija, maija.email)
    page = as_maija.get(f"{PAGE}/bookings").text
    assert "Long ago" in page
    assert "Year by year" in page


def test_what_was_cancelled_or_awaits_approval_is_no_use(club, maija, session, now):
    hall = a_space(session, policy_approval="staff")
    book(session, maija, hall)
    other = a_space(session)
    cancelled = book(session, maija, other, days=2)
    cancel_reservation(session, actor_of(session, maija.id), cancelled.reference, now)
    assert uses_of(session, club.id) == []
    book(session, maija, other, days=3)
    assert len(uses_of(session, club.id)) == 1


def test_strangers_and_staff_see_neither_page(app, club, hall, session):
    person = a_person(session, email="eve@example.com", password=PASSWORD)
    session.commit()
    client = app.test_client()
    sign_in(client, person.email)
    for page in ("bookings", "history"):
        assert client.get(f"{PAGE}/{page}").status_code == 404


def test_a_member_sees_the_bookings_and_not_the_history(app, club, hall, session):
    person = a_person(session, email="member@example.com", password=PASSWORD)
    an_organisation(session, slug="other", members=[person])
    session.commit()
    client = app.test_client()
    sign_in(client, person.email)
    assert client.get("/en/organisations/other/bookings").status_code == 200
    assert client.get("/en/organisations/other/history").status_code == 403


def test_the_history_reaches_over_a_change_of_secretaries(
    club, maija, hall, session, as_maija, now
):
    booked = book(session, maija, hall, title="Spring concert")
    wish = HandOver("club", "member", email="matti@example.com")
    hand_over(session, actor_of(session, maija.id), wish, LINKS, now)
    matti = a_person(session, name="Matti", email="matti@example.com")
    token = last_token(session, matti.email, "organisation_invitation")
    accept_invitation(session, actor_of(session, matti.id), token, LINKS, now)
    cancel_reservation(session, actor_of(session, matti.id), booked.reference, now)
    session.commit()
    deeds = [(one.by, one.action, one.whom) for one in history_of(session, club.id, None, 20)]
    assert deeds == [
        ("Matti", "cancelled", ""),
        ("Matti", "handed_over", "Matti"),
        ("Matti", "member_role_changed", "Maija"),
        ("Matti", "member_added", "Matti"),
        ("Maija", "hand_over_begun", ""),
        ("Maija", "confirmed", ""),
    ]
    assert as_maija.get(f"{PAGE}/history").status_code == 403, "she is a member now"


def test_staff_are_named_as_staff(club, maija, hall, session, as_maija, now):
    booked = book(session, maija, hall)
    staff = an_actor(session, role=Role.MANAGER)
    cancel_reservation(session, staff, booked.reference, now, "Vesivahinko")
    session.commit()
    (deed, *_) = history_of(session, club.id, None, 1)
    assert (deed.by, deed.by_staff, deed.reference) == ("", True, booked.reference)
    assert "The city&#39;s staff" in as_maija.get(f"{PAGE}/history").text


def test_mail_about_a_booking_goes_to_who_speaks_for_the_organisation(club, maija, hall, session):
    gone = a_person(session)
    booked = book(session, maija, hall)
    assert recipient_of(session, booked) is maija
    booked.booked_for_id = gone.id
    assert recipient_of(session, booked) is maija


@pytest.mark.parametrize("page", ["bookings", "history", "", "hand-over", "details"])
def test_a_page_asks_the_database_as_often_for_many_as_for_one(
    app, club, maija, hall, session, as_maija, page
):
    address = f"{PAGE}/{page}".rstrip("/")

    def queries():
        as_maija.get(address)
        with counted(engine_of(app)) as sent:
            assert as_maija.get(address).status_code == 200
        return len(sent)

    book(session, maija, hall)
    session.commit()
    few = queries()
    for days in range(2, 12):
        book(session, maija, hall, days=days)
    session.commit()
    assert queries() <= few <= 20
