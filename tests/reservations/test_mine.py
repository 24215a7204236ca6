"""Mine: the next thing first, a series as one entry, as many queries for a thousand as for one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.core.clock import local_days
from booking.database import writing
from booking.reservations.mine_queries import (
    PER_PAGE,
    Shown,
    Whose,
    my_entries,
    my_reservations_within,
)
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.rendering_mine import weeks_of
from booking.reservations.states import State
from booking.reservations.use_cases import cancel_reservation
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor, ask
from tests.reservations.test_series import TUESDAY, WEEK, a_room, a_wish, make
from tests.statements import counted
from tests.values import MONDAY, NOW, ZONE, at

LIST = "/en/reservations"


def listed(session, actor, shown=Shown.COMING, whose=None, *, now=NOW, page=1):
    """The titles and counts of one page."""
    found = my_entries(session, actor, now, shown, whose or Whose(), today=MONDAY, page=page)
    return [(one.reservation.title, one.count) for one in found.entries]


# ── Which, in which order ─────────────────────────────────────────────────────────────────────


def test_what_is_to_come_is_listed_the_next_first_and_what_is_over_the_last(session):
    room, actor = a_space(session), an_actor(session)
    for title, start, end in (("B", "12:00", "13:00"), ("A", "10:00", "11:00")):
        ask(session, room, start, end, actor=actor, title=title)
    assert listed(session, actor) == [("A", 1), ("B", 1)]
    later = at("23:00", TUESDAY)
    assert listed(session, actor, now=later) == []
    assert listed(session, actor, Shown.PAST, now=later) == [("B", 1), ("A", 1)]


def test_what_goes_on_is_still_to_come_until_it_ends(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    moment = timedelta(microseconds=1)
    assert listed(session, actor, now=made.ends_at - moment) == [("Choir", 1)]
    assert listed(session, actor, now=made.ends_at) == []
    assert listed(session, actor, Shown.PAST, now=made.ends_at) == [("Choir", 1)]


def test_what_stands_no_more_is_among_the_cancelled(session):
    room, actor = a_space(session, policy_approval="staff"), an_actor(session)
    made = ask(session, room, actor=actor)
    assert listed(session, actor, Shown.CANCELLED) == []
    assert listed(session, actor, Shown.CANCELLED, now=made.starts_at) == [("Choir", 1)]
    cancel_reservation(session, actor, made.reference, NOW)
    assert listed(session, actor, Shown.CANCELLED) == [("Choir", 1)]
    assert listed(session, actor) == []


def test_they_can_be_told_apart_by_whom_they_are_for(session):
    room, secretary = a_space(session), a_person(session)
    club = an_organisation(session, admins=[secretary])
    actor = an_actor(session, person=secretary)
    ask(session, room, "10:00", "11:00", actor=actor, title="Own")
    ask(session, room, "12:00", "13:00", actor=actor, title="Club", organisation=club.slug)
    assert listed(session, actor, whose=Whose(own=True)) == [("Own", 1)]
    assert listed(session, actor, whose=Whose(organisation_id=club.id)) == [("Club", 1)]
    former = replace(actor, organisations={})
    assert listed(session, former, whose=Whose(organisation_id=club.id)) == []


# ── Series ────────────────────────────────────────────────────────────────────────────────────


def test_a_series_is_one_entry_at_its_next_date(session):
    room, actor = a_room(session), an_actor(session)
    make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3"), actor)
    ask(session, room, "10:00", "11:00", actor=actor, day=TUESDAY + WEEK, title="Single")
    assert listed(session, actor) == [("Choir", 3), ("Single", 1)]
    after_the_first = at("20:00", TUESDAY)
    assert listed(session, actor, now=after_the_first) == [("Single", 1), ("Choir", 2)]
    assert listed(session, actor, Shown.PAST, now=after_the_first) == [("Choir", 1)]


def test_its_skipped_dates_to_come_are_told_with_it(session):
    room, actor = a_room(session), an_actor(session)
    ask(session, room, day=TUESDAY + WEEK)
    make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3", skip=True), actor)
    for today, skipped in (
        (TUESDAY + WEEK, [TUESDAY + WEEK]),
        (TUESDAY + WEEK + timedelta(days=1), []),
    ):
        [entry] = my_entries(session, actor, NOW, today=today).entries
        assert (entry.count, list(entry.skipped)) == (2, skipped)


# ── How much ──────────────────────────────────────────────────────────────────────────────────


def a_thousand(session, actor, room, number, *, since=0):
    """So many confirmed reservations, written as rows."""
    for n in range(since, since + number):
        start = at("08:00", MONDAY + timedelta(days=1 + n))
        session.add(
            Reservation(
                reference=f"R{n:09}",
                uid=f"{n}@example",
                state=State.CONFIRMED,
                kind="customer",
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                title=f"Number {n}",
                booked_for_id=actor.person_id,
                created_at=NOW,
                updated_at=NOW,
                state_since=NOW,
                spaces=[ReservationSpace(space_id=room.id)],
            )
        )
    session.flush()


def test_a_page_holds_so_many_and_tells_whether_there_are_more(session):
    actor, room = an_actor(session), a_space(session)
    a_thousand(session, actor, room, PER_PAGE)
    assert not my_entries(session, actor, NOW, today=MONDAY).has_more
    ask(session, room, "10:00", "11:00", actor=actor, title="One more")
    found = my_entries(session, actor, NOW, today=MONDAY)
    assert found.has_more
    assert len(found.entries) == PER_PAGE
    assert listed(session, actor, page=2) == [(f"Number {PER_PAGE - 1}", 1)]


@pytest.mark.parametrize("address", [LIST, f"{LIST}?view=calendar&month=2027-01"])
def test_the_page_sends_as_many_queries_for_a_thousand_as_for_two(client, session, address):
    person = a_person(session, email="maija@example.com", password=PASSWORD)
    actor, room = an_actor(session, person=person), a_space(session)
    a_thousand(session, actor, room, 2)
    session.commit()
    sign_in(client, "maija@example.com")
    client.get(address)
    engine = session.get_bind()
    with counted(engine) as few:
        client.get(address)
    a_thousand(session, actor, room, 1000, since=2)
    session.commit()
    with counted(engine) as many:
        client.get(address)
    assert len(many) == len(few)


# ── The month ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("month", "first", "last", "count"),
    [
        (date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 31), 5),
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28), 4),
        (date(2027, 8, 1), date(2027, 7, 26), date(2027, 9, 5), 6),
    ],
)
def test_a_month_is_shown_in_whole_weeks_from_monday(month, first, last, count):
    weeks = weeks_of(month)
    assert (weeks[0][0], weeks[-1][-1], len(weeks)) == (first, last, count)


def test_a_window_shows_what_meets_it_and_nothing_that_only_touches(session):
    room, actor = a_space(session), an_actor(session)
    ask(session, room, "08:00", "09:00", actor=actor)
    day = local_days(TUESDAY, TUESDAY, ZONE)
    assert len(my_reservations_within(session, actor, day, NOW)) == 1
    before = replace(day, starts_at=at("00:00", MONDAY), ends_at=at("08:00", TUESDAY))
    assert my_reservations_within(session, actor, before, NOW) == []
    assert my_reservations_within(session, an_actor(session), day, NOW) == []


# ── The pages ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def secretary(client, session):
    """A club's secretary, signed in, with one own booking, one of the club, a request, a series."""
    person = a_person(session, email="maija@example.com", password=PASSWORD)
    club = an_organisation(session, admins=[person])
    actor, room = an_actor(session, person=person), a_room(session)
    with writing():
        ask(session, room, "08:00", "09:00", actor=actor, title="Own")
        ask(session, room, "10:00", "11:00", actor=actor, title="Club", organisation=club.slug)
        staffed = a_space(session, policy_approval="staff")
        ask(session, staffed, "12:00", "13:00", actor=actor, title="Asked")
        ask(session, room, day=TUESDAY + WEEK)
        make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3", skip=True), actor)
        session.commit()
    sign_in(client, "maija@example.com")
    return club


def names(page):
    return re.findall(r'class="booking-name"><a[^>]*>([^<]*)<', page.text)


def test_the_page_shows_the_next_thing_then_the_others(client, secretary):
    page = client.get(LIST)
    assert names(page) == ["Own", "Club", "Asked", "Choir"]
    assert "Requested on Mon 11 Jan 2027." in page.text
    assert "The staff decide by Tue 12 Jan 2027 at 12:00 at the latest." in page.text
    assert "A series: 2 dates, until Tue 26 Jan 2027." in page.text
    assert "Skipped: Tue 19 Jan 2027" in page.text


def test_what_is_held_says_how_long_it_is_kept_and_leads_on(client, session, secretary, clock):
    actor = an_actor(session, person=session.scalars(select(Person)).first())
    with writing():
        held = ask(session, a_space(session), actor=actor, hold=True, title="", terms=())
        session.commit()
    clock.move_to(held.held_until - timedelta(minutes=2))
    page = client.get(LIST).text
    assert "kept for you until Mon 11 Jan 2027 at 10:15, 2 min more." in page
    assert "Go on and book it" in page
    clock.move_to(held.held_until)
    assert "Go on and book it" not in client.get(LIST).text


def test_the_page_keeps_to_whom_was_chosen(client, secretary):
    assert names(client.get(f"{LIST}?whose={secretary.slug}")) == ["Club"]
    assert "Club" not in names(client.get(f"{LIST}?whose=me"))
    assert len(names(client.get(f"{LIST}?whose=nobody"))) == 4


@pytest.mark.parametrize("query", ["show=x", "page=0", "page=-1", "page=x", "view=x", "page=9e9"])
def test_an_address_that_says_nothing_sensible_shows_the_list(client, secretary, query):
    assert names(client.get(f"{LIST}?{query}"))[0] == "Own"


@pytest.mark.parametrize("month", ["2027-13", "x", "0001-01", "9999-12", ""])
def test_a_month_that_is_none_is_this_one(client, secretary, month):
    page = client.get(f"{LIST}?view=calendar&month={month}").text
    assert "January 2027" in page


def test_the_month_shows_each_booking_on_its_day(client, secretary):
    page = client.get(f"{LIST}?view=calendar&month=2027-01&whose=me").text
    table = page[page.index("<table") : page.index("</table>")]
    assert re.findall(r'month-name">([^<]*)', table) == ["Own", "Asked", "Choir", "Choir"]


def test_past_and_cancelled_have_pages_of_their_own(client, session, secretary, clock):
    clock.move_to(at("22:00", TUESDAY))
    assert names(client.get(f"{LIST}?show=past")) == ["Choir", "Club", "Own"]
    assert names(client.get(f"{LIST}?show=cancelled")) == ["Asked"]
    assert names(client.get(LIST)) == ["Choir"]
