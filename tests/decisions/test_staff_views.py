"""The inbox: what awaits the staff, as many as can be shown, and only what each may know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from booking.accounts.models import Person
from booking.core.actors import Grant, Role
from booking.database import writing
from booking.decisions.queries import count_inbox, inbox, taking_on
from booking.decisions.staff_views import MOST_SHOWN
from booking.reservations.models import Reservation
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.use_cases import request_reservation
from tests.builders import a_person
from tests.places import a_hall, a_space, a_thing, a_unit, an_actor, ask, borrow
from tests.values import MONDAY, NOW, a_period, at

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
LATER = MONDAY + timedelta(days=50)


@pytest.fixture
def visitor(app, client, session):
    """A client of somebody with these grants."""

    def sign_in(*grants):
        with writing():
            person = a_person(
                session, email="staff@example.com", password="right horse", grants=grants
            )
            session.commit()
        app.config["WTF_CSRF_ENABLED"] = False
        client.post("/en/sign-in", data={"email": person.email, "password": "right horse"})
        return client

    return sign_in


def two_units(session):
    """A space at each of two units, each approved by staff."""
    return [a_space(session, unit=a_unit(session), policy_approval="staff") for _ in range(2)]


def ask_for_both(session, spaces):
    """One request of an evening for spaces of several units."""
    request = ReservationRequest(
        tuple(space.slug for space in spaces),
        at("18:00", TUESDAY),
        at("20:00", TUESDAY),
        title="Festival",
        terms=(date(2026, 1, 1),),
    )
    return request_reservation(session, an_actor(session), request, NOW)


def test_what_else_takes_the_parts_is_told_only_of_units_where_one_has_a_role(visitor, session):
    with writing():
        here, there = two_units(session)
        ask(session, here, "10:00", "11:00", title="Choir of this house")
        ask(session, there, "10:00", "11:00", title="Secret of the other house")
        ask_for_both(session, [here, there])
        session.commit()
    page = visitor(Grant(Role.APPROVER, here.unit_id)).get("/en/staff/inbox").text
    assert "Festival" in page
    assert "Choir of this house" in page
    assert "Secret of the other house" not in page


def test_staff_of_the_whole_city_are_told_of_all_units(visitor, session):
    with writing():
        here, there = two_units(session)
        ask(session, there, "10:00", "11:00", title="Dance of the other house")
        ask_for_both(session, [here, there])
        session.commit()
    assert "Dance of the other house" in visitor(Grant(Role.APPROVER)).get("/en/staff/inbox").text


def test_only_what_takes_these_parts_on_this_very_day_is_told(visitor, session):
    with writing():
        here, there = two_units(session)
        ask(session, here, "10:00", "11:00", title="Early choir")
        ask(session, there, "10:00", "11:00", day=LATER, title="Late choir")
        session.commit()
    page = visitor(Grant(Role.APPROVER)).get("/en/staff/inbox").text
    assert page.count("Nothing else.") == 2


def test_the_inbox_reads_no_more_than_it_shows_and_counts_all(session):
    room = a_space(session, policy_approval="staff")
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    for number in range(4):
        ask(session, room, f"{10 + number}:00", f"{11 + number}:00", actor=actor)
    shown = inbox(session, staff, NOW, 3)
    assert [one.starts_at for one in shown] == [at(f"{h}:00", TUESDAY) for h in (10, 11, 12)]
    assert count_inbox(session, staff, NOW) == 4


def test_what_is_taken_is_read_day_by_day(session):
    one, other = a_space(session), a_space(session)
    [part], [other_part] = one.parts, other.parts
    first = ask(session, one, "10:00", "11:00")
    ask(session, other, "10:00", "11:00")
    ask(session, one, "10:00", "11:00", day=WEDNESDAY)
    last = ask(session, other, "10:00", "11:00", day=WEDNESDAY)
    days = {
        a_period("00:00", "24:00", TUESDAY): {part.id},
        a_period("00:00", "24:00", WEDNESDAY): {other_part.id},
    }
    assert [found.id for _, found in taking_on(session, days, NOW)] == [first.id, last.id]
    assert taking_on(session, {}, NOW) == []


def test_the_page_shows_the_oldest_says_how_many_there_are_and_leads_on(visitor, session):
    with writing():
        actor = an_actor(session)
        rooms = [a_space(session, policy_approval="staff") for _ in range(4)]
        for number in range(MOST_SHOWN + 2):
            room, hour = rooms[number // 14], 8 + number % 14
            last = ask(session, room, f"{hour}:00", f"{hour + 1}:00", actor=actor)
        reference = last.reference
        session.commit()
    staff = visitor(Grant(Role.APPROVER))
    page = staff.get("/en/staff/inbox").text
    assert page.count('<details class="request"') == MOST_SHOWN
    assert f"{MOST_SHOWN + 2} requests await a decision" in page
    assert f'rel="next" href="/en/staff/inbox?skip={MOST_SHOWN}"' in page
    assert 'rel="prev"' not in page
    rest = staff.get(f"/en/staff/inbox?skip={MOST_SHOWN}").text
    assert rest.count('<details class="request"') == 2
    assert 'rel="prev" href="/en/staff/inbox"' in rest
    assert 'rel="next"' not in rest
    assert staff.get("/en/staff/inbox?skip=-1&skip=x").text.count('<details class="request"') > 0
    refused = staff.post(f"/en/staff/inbox/{reference}/deny", data={"reason": ""})
    assert refused.status_code == 422
    assert f'id="{reference}"' in refused.text
    assert "Somebody was faster" not in refused.text


# ── The home page tells of the next one ───────────────────────────────────────────────────────


def test_the_home_page_shows_the_next_of_my_bookings_that_stands(visitor, session):
    client = visitor()
    with writing():
        me = an_actor(session, person=person_of(session))
        room = a_space(session, policy_approval="staff")
        ask(session, room, "18:00", "19:00", actor=me, title="Second one")
        ask(session, room, "10:00", "11:00", actor=me, title="First one")
        gone = ask(session, room, "08:00", "09:00", actor=me, title="Gone one")
        gone.state = "cancelled"
        session.commit()
    page = client.get("/en/").text
    assert "First one" in page
    assert "Second one" not in page
    assert "Gone one" not in page


def test_the_home_page_reads_one_booking_of_mine_not_all(visitor, session):
    client = visitor()
    with writing():
        me, room = an_actor(session, person=person_of(session)), a_space(session)
        for hour in range(10, 15):
            ask(session, room, f"{hour}:00", f"{hour + 1}:00", actor=me)
        session.commit()
    read = []
    event.listen(Reservation, "load", note := lambda target, _context: read.append(target.title))
    assert client.get("/en/").status_code == 200
    event.remove(Reservation, "load", note)
    assert len(read) == 1


def person_of(session):
    return session.scalars(select(Person).where(Person.email == "staff@example.com")).one()


def test_things_on_loan_alone_have_their_pages(session, visitor):
    staff = visitor(Grant(Role.APPROVER))
    thing = a_thing(session, approval="staff")
    made = borrow(session, [LoanWish(thing.slug, 2, TUESDAY, WEDNESDAY)], title="")
    session.commit()
    inbox_page = staff.get("/en/staff/inbox").get_data(as_text=True)
    assert "2 × Tent" in inbox_page
    assert "See the week" not in inbox_page
    page = staff.get(f"/en/reservations/{made.reference}").get_data(as_text=True)
    assert "2 × Tent, Tue 12 Jan 2027 – Wed 13 Jan 2027" in page
    assert "Puistokatu 2" in page
    approved = staff.post(f"/en/staff/inbox/{made.reference}/approve", data={"reason": ""})
    assert approved.status_code == 302
    assert "Confirmed" in staff.get(f"/en/reservations/{made.reference}").get_data(as_text=True)


@pytest.mark.parametrize(("people", "warned"), [(20, False), (21, True)])
def test_staff_are_warned_where_a_whole_would_have_more_people_than_it_takes(
    visitor, session, people, warned
):
    with writing():
        _hall, (first, second) = a_hall(session, 2, policy_approval="staff", capacity=40)
        an_actor(session, role=Role.APPROVER)
        ask(session, first, "18:00", "20:00", people=20)
        asked = ask(session, second, "19:00", "21:00", people=people)
        session.commit()
    page = visitor(Grant(Role.APPROVER)).get(f"/en/staff/inbox#{asked.reference}").text
    words = f"would be {20 + people} people at once in"
    assert (words in page) == warned
