"""Moving, changing, cancelling, taking back and booking again, on a booking's own pages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from booking.catalogue.models import Unit
from booking.catalogue.queries import get_catalogue
from booking.catalogue.version_models import TermsVersion
from booking.core.actors import Grant, Role
from booking.core.periods import Period
from booking.database import writing
from booking.reservations.models import Reservation
from booking.reservations.rendering_changing import next_week
from booking.reservations.use_cases import cancel_reservation
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.places import a_city, a_policy, a_space, an_actor, ask
from tests.reservations.test_series import TUESDAY, WEEK
from tests.statements import counted
from tests.values import NOW, ZONE, at, texts

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def maija(client, session):
    person = a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "maija@example.com")
    return an_actor(session, person=person)


def made(session, actor, room=None, **values):
    """A booking of hers on Tuesday from 18 to 20."""
    with writing():
        found = ask(session, room or a_space(session), actor=actor, **values)
        session.commit()
    return found


def page_of(one, step="", lang="en"):
    return f"/{lang}/reservations/{one.reference}{step and '/'}{step}"


def moved_to(client, one, **values):
    own = one.spaces[0].space.slug
    wish = {"date": str(WEDNESDAY), "start": "17:00", "end": "19:00", "space": own, **values}
    return send(client, page_of(one, "move"), **wish)


def again(session, one):
    session.rollback()
    return session.scalars(
        select(Reservation)
        .where(Reservation.reference == one.reference)
        .execution_options(populate_existing=True)
    ).one()


# ── Moving ────────────────────────────────────────────────────────────────────────────────────


def test_its_owner_moves_it_and_it_stays_the_same_booking(client, session, maija):
    one = made(session, maija)
    assert moved_to(client, one).location == page_of(one)
    now = again(session, one)
    assert (now.starts_at, now.state) == (at("17:00", WEDNESDAY), "confirmed")


def test_the_page_answers_before_it_is_sent(client, session, maija):
    one = made(session, maija)
    page = client.get(page_of(one, "move")).text
    assert "This is how it is now" in page
    free = client.get(
        page_of(one, "move"),
        query_string={"date": str(WEDNESDAY), "start": "17:00", "end": "20:00"},
    ).text
    assert "It is confirmed at once." in free
    assert "€30.00" in free
    assert "until now:" in free
    assert again(session, one).version == 1


def test_what_is_decided_anew_is_said_before(client, session, maija):
    policy = a_policy(session, approval="staff")
    open_room = a_space(session)
    unit = session.get_one(Unit, open_room.unit_id)
    other = a_space(session, unit=unit, policy=policy)
    one = made(session, maija, open_room)
    wish = {"date": str(WEDNESDAY), "start": "17:00", "end": "19:00", "space": other.slug}
    page = client.get(page_of(one, "move"), query_string=wish).text
    assert "The staff have to decide about it anew." in page
    assert moved_to(client, one, space=other.slug).status_code == 302
    assert again(session, one).state == "requested"
    assert "The staff decide about it anew" in client.get(page_of(one)).text


def test_a_taken_time_is_refused_with_others_as_links_that_fill_the_form(client, session, maija):
    room = a_space(session)
    one = made(session, maija, room)
    made(session, an_actor(session), room, day=WEDNESDAY, start="17:00", end="19:00")
    page = moved_to(client, one)
    assert page.status_code in {409, 422}
    assert "is taken at this time" in page.text
    links = re.findall(rf'href="(/en/reservations/{one.reference}/move\?[^"]*)"', page.text)
    assert links
    assert "It is confirmed at once." in client.get(unescape(links[0])).text
    assert again(session, one).version == 1


def test_all_that_is_wrong_is_told_and_nothing_typed_is_lost(client, session, maija):
    one = made(session, maija)
    page = moved_to(client, one, start="06:10", end="20:00")
    assert page.status_code == 422
    assert "not open" in page.text
    assert 'value="06:10"' in page.text
    late = moved_to(client, one, date="x", start="25:00")
    assert late.status_code == 422
    assert 'value="25:00"' in late.text


@pytest.mark.parametrize(("day", "start"), [("2027-03-28", "03:30"), ("1900-01-01", "10:00")])
def test_a_time_that_does_not_exist_is_told_beside_its_field(client, session, maija, day, start):
    one = made(session, maija)
    page = moved_to(client, one, date=day, start=start, end="11:00")
    assert page.status_code == 422
    assert "-error" in page.text


def test_other_terms_have_to_be_accepted(client, session, maija):
    a_city(session)
    session.add(
        TermsVersion(
            slug="other",
            version=date(2026, 2, 1),
            valid_from=date(2026, 2, 1),
            title=texts("Other"),
            points=[{"topic": "use", **texts("Be quiet.")}],
        )
    )
    room = a_space(session)
    other = a_space(
        session,
        unit=session.get_one(Unit, room.unit_id),
        policy=a_policy(session, terms="other"),
    )
    one = made(session, maija, room)
    page = client.get(page_of(one, "move"), query_string={"space": other.slug})
    assert "Be quiet." in page.text
    refused = moved_to(client, one, space=other.slug)
    assert refused.status_code == 422
    assert "Accept the terms of use" in refused.text
    accepted = {"space": other.slug, "terms": "y", "terms_version": "2026-02-01"}
    assert moved_to(client, one, **accepted).status_code == 302
    assert again(session, one).spaces[0].space_id == other.id


def test_after_the_limit_of_cancelling_the_page_says_why_it_can_t_be_moved(
    client, session, maija, clock
):
    one = made(session, maija)
    clock.move_to(one.starts_at - timedelta(hours=2, seconds=-1))
    page = client.get(page_of(one, "move")).text
    assert "only the staff can move it" in page
    assert "request-form" not in page


def test_neither_strangers_nor_viewers_move_it(client, session, maija):
    one = made(session, an_actor(session))
    assert client.get(page_of(one, "move")).status_code == 404
    a_person(session, email="viewer@example.com", password=PASSWORD, grants=[Grant(Role.VIEWER)])
    session.commit()
    client.delete_cookie("session")
    sign_in(client, "viewer@example.com")
    assert client.get(page_of(one, "move")).status_code == 403
    assert "/move" not in client.get(page_of(one)).text


def test_the_answer_needs_as_many_queries_whatever_else_is_booked(client, session, maija):
    room = a_space(session)
    one = made(session, maija, room)
    address = f"{page_of(one, 'move')}?date={WEDNESDAY}&start=17:00&end=19:00"
    client.get(address)
    with counted(session.get_bind()) as few:
        client.get(address)
    for number in range(5):
        made(session, an_actor(session), room, day=TUESDAY + timedelta(days=2 + number))
    with counted(session.get_bind()) as many:
        client.get(address)
    assert len(many) == len(few)


# ── What it says ──────────────────────────────────────────────────────────────────────────────


def test_its_owner_changes_what_it_says(client, session, maija):
    one = made(session, maija)
    page = client.get(page_of(one, "change")).text
    assert 'value="Choir"' in page
    said = {"title": "Band", "purpose": "culture", "people": "7", "message": "Two amps"}
    assert send(client, page_of(one, "change"), **said).location == page_of(one)
    one = again(session, one)
    assert (one.title, one.purpose, one.people, one.message) == (
        "Band",
        "culture",
        7,
        "Two amps",
    )


def test_what_is_wrong_with_it_stands_beside_the_field(client, session, maija):
    one = made(session, maija, a_space(session, policy_required_fields=["title"]))
    page = send(client, page_of(one, "change"), title="", people="21")
    assert page.status_code == 422
    assert "There is room for 20 people here." in page.text
    assert "Say what the booking is called." in page.text
    assert 'value="21"' in page.text


def test_so_many_people_that_staff_look_at_it_is_told(client, session, maija):
    one = made(session, maija, a_space(session, policy_staff_review_from_persons=10))
    send(client, page_of(one, "change"), title="Choir", people="9")
    assert again(session, one).state == "confirmed"
    send(client, page_of(one, "change"), title="Choir", people="10")
    assert again(session, one).state == "requested"
    assert "the staff decide about it anew" in client.get(page_of(one)).text


# ── Cancelling, and taking it back ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("late", "before_limit", "words", "button"),
    [
        ("charged", True, "Cancelling is free of charge now.", True),
        ("charged", False, "€20.00 is still to be paid.", True),
        ("refused", True, "Cancelling is free of charge now.", True),
        ("refused", False, "Ask the staff if you can", False),
    ],
)
def test_what_is_due_is_said_before_the_button(
    client, session, maija, clock, late, before_limit, words, button
):
    one = made(session, maija, a_space(session, policy_late_cancellation=late))
    limit = one.starts_at - timedelta(hours=2)
    clock.move_to(limit if before_limit else limit + timedelta(seconds=1))
    page = client.get(page_of(one)).text
    assert words in unescape(page)
    assert ("button-danger" in page.partition('id="confirm-dialog"')[0]) is button


def test_a_request_is_cancelled_for_nothing_however_late(client, session, maija, clock):
    one = made(session, maija, a_space(session, policy_approval="staff"))
    clock.move_to(one.starts_at - timedelta(minutes=1))
    assert "Cancelling is free of charge now." in client.get(page_of(one)).text


def test_its_owner_takes_back_their_own_cancelling(client, session, maija):
    one = made(session, maija)
    send(client, page_of(one), f"{page_of(one)}/cancel")
    assert "Take back the cancellation" in client.get(page_of(one)).text
    send(client, page_of(one), f"{page_of(one)}/restore")
    assert again(session, one).state == "confirmed"
    assert "The booking stands again." in client.get(page_of(one)).text


def test_what_was_taken_meanwhile_is_told(client, session, maija):
    room = a_space(session)
    one = made(session, maija, room)
    send(client, page_of(one), f"{page_of(one)}/cancel")
    session.expunge_all()  # SQLite uses the keys of what is gone again
    made(session, an_actor(session), room)
    send(client, page_of(one), f"{page_of(one)}/restore")
    assert again(session, one).state == "cancelled"
    assert "is taken at this time" in client.get(page_of(one)).text


def test_what_staff_cancelled_is_not_offered_to_be_taken_back(client, session, maija):
    one = made(session, maija)
    with writing():
        staff = an_actor(session, role=Role.MANAGER)
        cancel_reservation(session, staff, one.reference, NOW, "Repairs")
        session.commit()
    assert "Take back the cancellation" not in client.get(page_of(one)).text


# ── Again ─────────────────────────────────────────────────────────────────────────────────────


def test_booking_again_proposes_the_same_time_of_next_week(client, session, maija):
    one = made(session, maija, purpose="culture", people=7)
    [link] = re.findall(r'href="([^"]*reserve\?[^"]*)"', client.get(page_of(one)).text)
    asked = parse_qs(urlsplit(unescape(link)).query)
    assert asked == {
        "date": [str(TUESDAY + WEEK)],
        "start": ["18:00"],
        "end": ["20:00"],
        "title": ["Choir"],
        "purpose": ["culture"],
        "people": ["7"],
    }
    page = client.get(unescape(link)).text
    assert 'value="Choir"' in page
    assert "It is confirmed at once." in page


@pytest.mark.parametrize(
    ("now", "weeks"),
    [
        (at("18:00", TUESDAY), 1),
        (at("17:59", TUESDAY + WEEK), 1),
        (at("18:00", TUESDAY + WEEK), 2),
        (at("18:00", TUESDAY + 51 * WEEK), 52),
    ],
)
def test_of_what_is_long_past_the_next_weekday_to_come_is_proposed(session, now, weeks):
    a_space(session)
    then = Period(at("18:00", TUESDAY), at("20:00", TUESDAY))
    found = next_week(then, get_catalogue(session), now)
    assert found.starts_at.astimezone(ZONE).date() == TUESDAY + weeks * WEEK
    assert f"{found.starts_at.astimezone(ZONE):%H:%M}" == "18:00"


# ── On paper ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fi", ["Varausvahvistus", "ti 12.1.2027"]),
        ("sv", ["Bokningsbekräftelse", "tis 12.1.2027"]),
        ("en", ["Booking confirmation", "Tue 12 Jan 2027", "Terms of use: Terms, version"]),
    ],
)
def test_a_confirmation_is_printed_with_all_that_is_needed(client, session, maija, lang, words):
    one = made(session, maija)
    page = client.get(page_of(one, "print", lang)).text
    wanted = [*words, one.reference, "Puistokatu 2", "<svg", 'class="qr"']
    assert [word for word in wanted if word not in page] == []


def test_strangers_print_nothing(client, session, maija):
    one = made(session, an_actor(session))
    assert client.get(page_of(one, "print")).status_code == 404
