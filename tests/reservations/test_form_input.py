"""Odd, late and double input of the booking form: a sentence each, nothing lost, nothing double."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.core.actors import Grant, Role
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Reservation
from booking.web.drafts import COOKIE
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person
from tests.places import a_space, a_thing, a_unit
from tests.reservations.test_views import WISH, count, errors_of, hidden_of, sent

LANGUAGES = ("fi", "sv", "en")


@pytest.fixture
def maija(client, session):
    """A visitor who is signed in."""
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "maija@example.com")
    return client


@pytest.fixture
def room(session):
    space = a_space(session, policy_horizon_days=700)
    session.commit()
    return space


def address(room, lang="en"):
    return f"/{lang}/spaces/{room.slug}/reserve"


def pressed(client, room, step, wish=WISH, **more):
    """The page after one of its smaller buttons."""
    hidden = hidden_of(client.get(address(room)))
    return client.post(address(room), data={**hidden, **wish, "step": step, **more})


def reservations(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Reservation).order_by(Reservation.id)).all()


# ── Times that are none ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("start", {"date": "2027-01-10"}),
        ("start", {"start": "24:00"}),
        ("date", {"date": "29.2.2027"}),
        ("start", {"date": "2027-03-28", "start": "03:30", "end": "10:00"}),
        ("people", {"people": "10000"}),
        ("people", {"people": "99999999999999999999"}),
        ("end", {"start": "20:00", "end": "18:00"}),
        ("title", {"title": "x" * 121}),
    ],
    ids=["past", "24.00", "no-29-feb", "skipped", "10,000", "huge", "backwards", "long"],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    maija, room, session, lang, field, values
):
    page = sent(maija, room, {**WISH, **values}, lang=lang)
    assert page.status_code == 422
    assert field in errors_of(page)
    assert "error-summary" in page.text
    for text in ({**WISH, **values}["title"], {**WISH, **values}["people"]):
        assert f'value="{text}"' in page.text
    assert count(session) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"date": "2028-02-29", "start": "18.00"},
        {"end": "22", "start": "21:00"},
    ],
)
def test_times_as_people_write_them_are_taken(maija, room, session, values):
    assert sent(maija, room, {**WISH, **values}).status_code == 302
    assert count(session) == 1


def test_of_an_hour_that_autumn_repeats_the_first_is_meant(maija, session):
    room = a_space(session, policy_horizon_days=700, policy_may_span_closed_hours=True)
    session.commit()
    page = sent(maija, room, {**WISH, "date": "2027-10-31", "start": "03:30", "end": "09:00"})
    assert page.status_code == 422, "the room is closed at night, and says so once"
    assert "start" in errors_of(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_five_megabytes_are_refused_in_the_readers_language(maija, room, session, lang):
    page = sent(maija, room, {**WISH, "message": "a" * 5_000_000}, lang=lang)
    assert page.status_code == 413
    words = {"fi": "Palaa takaisin", "sv": "Gå tillbaka", "en": "Go back"}
    assert words[lang] in page.text
    assert count(session) == 0


# ── Sent twice, from two tabs, or by somebody else's page ─────────────────────────────────────


def test_a_forged_form_is_shown_again_and_books_nothing(maija, room, session):
    page = sent(maija, room, csrf_token="forged")
    assert page.status_code == 400
    assert 'value="Choir"' in page.text
    assert count(session) == 0


def test_the_back_button_and_sending_again_lead_to_the_same_booking(maija, room, session):
    hidden = hidden_of(maija.get(address(room)))
    first, again = (maija.post(address(room), data={**WISH, **hidden}) for _ in range(2))
    assert first.location == again.location
    assert count(session) == 1


def test_the_second_of_two_tabs_hears_that_the_time_is_taken(maija, room, session):
    one, other = (hidden_of(maija.get(address(room))) for _ in range(2))
    assert maija.post(address(room), data={**WISH, **one}).status_code == 302
    page = maija.post(address(room), data={**WISH, **other})
    assert page.status_code == 422
    assert "is taken at this time" in errors_of(page)["start"]
    assert 'value="Choir"' in page.text
    assert count(session) == 1


# ── Checked and held on the page ──────────────────────────────────────────────────────────────


def test_checking_answers_and_sends_nothing(maija, room, session):
    page = pressed(maija, room, "check", {**WISH, "message": "By the window"})
    assert page.status_code == 200
    assert "Free" in page.text
    assert "By the window" in page.text
    assert count(session) == 0


def test_a_time_of_the_day_is_picked_without_a_script_and_keeps_what_was_typed(maija, room):
    hidden = hidden_of(maija.get(address(room)))
    picked = {**hidden, **WISH, "pick": "2027-01-12 09:00 11:00"}
    page = maija.post(address(room), data=picked)
    assert 'value="09:00"' in page.text
    assert 'value="11:00"' in page.text
    assert 'value="Choir"' in page.text


def test_a_hold_keeps_the_time_and_is_booked_on_the_same_page(maija, room, session):
    page = pressed(maija, room, "hold")
    assert "The time is kept for you" in page.text
    assert 'value="Choir"' in page.text
    assert [one.state for one in reservations(session)] == ["held"]
    done = maija.post(address(room), data={**hidden_of(page), **WISH})
    assert done.status_code == 302
    [made] = reservations(session)
    assert (made.state, made.title) == ("confirmed", "Choir")


def test_a_hold_that_has_ended_loses_nothing_and_is_had_if_still_free(maija, room, session, clock):
    page = pressed(maija, room, "hold")
    clock.shift(timedelta(minutes=16))
    late = maija.post(address(room), data={**hidden_of(page), **WISH, "step": "check"})
    assert "The time is not kept for you any more" in late.text
    assert 'value="Choir"' in late.text
    done = maija.post(address(room), data={**hidden_of(page), **WISH})
    assert done.status_code == 302
    assert sorted(one.state for one in reservations(session)) == ["confirmed", "expired"]


def test_a_hold_is_kept_for_longer_and_moves_with_the_time_in_the_form(maija, room, session):
    page = pressed(maija, room, "hold")
    longer = maija.post(address(room), data={**hidden_of(page), **WISH, "step": "extend"})
    assert "The time is kept for you" in longer.text
    assert [one.hold_extensions for one in reservations(session)] == [1]
    wish = {**WISH, "start": "19:00", "end": "21:00"}
    assert maija.post(address(room), data={**hidden_of(longer), **wish}).status_code == 302
    [made] = reservations(session)
    assert made.starts_at.hour == 17


def test_a_hold_that_was_sent_in_another_tab_leads_to_its_booking(maija, room, session):
    page = pressed(maija, room, "hold")
    first = maija.post(address(room), data={**hidden_of(page), **WISH})
    second = maija.post(address(room), data={**hidden_of(page), **WISH, "title": "Another"})
    assert first.location == second.location
    assert count(session) == 1


# ── Signing in on the way ─────────────────────────────────────────────────────────────────────


def test_whoever_signs_in_at_the_end_comes_back_to_all_that_they_filled_in(client, room, session):
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    refused = sent(client, room, {**WISH, "people": "21"})
    assert errors_of(refused) == {"people": "There is room for 20 people here."}
    away = sent(client, room, {**WISH, "message": "By the window"})
    assert (away.status_code, count(session)) == (302, 0)
    assert "draft%3D1" in away.location or "draft=1" in away.location
    assert "What you have filled in is kept" in client.get("/en/sign-in").text
    back = sign_in(client, "maija@example.com", next=f"{address(room)}?draft=1").location
    page = client.get(back)
    assert 'value="Choir"' in page.text
    assert "By the window" in page.text
    done = client.post(address(room), data={**hidden_of(page), **WISH})
    assert done.status_code == 302
    assert count(session) == 1
    assert client.get_cookie(COOKIE) is None, "what was sent is kept no longer"


def test_signing_out_forgets_what_was_filled_in(client, room, session):
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sent(client, room)
    sign_in(client, "maija@example.com")
    token = hidden_of(client.get("/en/account"))["csrf_token"]
    client.post("/en/sign-out", data={"csrf_token": token})
    assert client.get_cookie(COOKIE) is None


def test_more_than_a_cookie_holds_is_carried_by_a_page(client, room, session):
    message = "".join(chr(0x4E00 + n * 7 % 20000) for n in range(1999))
    page = sent(client, room, {**WISH, "message": message}, **{})
    assert page.status_code == 400
    assert message in page.text


# ── More in one go, and for others ────────────────────────────────────────────────────────────


def test_several_spaces_and_things_on_loan_are_one_booking(maija, session):
    unit = a_unit(session)
    room, other = (a_space(session, unit=unit) for _ in range(2))
    tent = a_thing(session, 3, unit=unit)
    session.commit()
    shown = pressed(maija, room, "check", WISH, also=other.slug, **{f"item-{tent.slug}": "2"})
    done = maija.post(
        address(room),
        data={**hidden_of(shown), **WISH, "also": other.slug, f"item-{tent.slug}": "2"},
    )
    assert done.status_code == 302
    [made] = reservations(session)
    assert {row.space_id for row in made.spaces} == {room.id, other.id}
    assert [row.quantity for row in made.loans] == [2]


def test_terms_that_joined_unseen_are_not_accepted_by_an_earlier_tick(maija, session):
    unit = a_unit(session)
    room = a_space(session, unit=unit)
    tent = a_thing(session, 3, unit=unit)
    session.commit()
    wrong = pressed(maija, room, "check", WISH, **{f"item-{tent.slug}": "x"})
    assert "whole number" in wrong.text
    page = sent(maija, room, {**WISH, f"item-{tent.slug}": "4"})
    assert page.status_code == 422
    assert "3 are free on these days" in page.text


@pytest.fixture
def clerk(client, session):
    """Staff who may book and set rules aside."""
    grants = [Grant(Role.APPROVER)]
    a_person(session, email="clerk@example.com", password=PASSWORD, grants=grants)
    session.commit()
    sign_in(client, "clerk@example.com")
    return client


def booked_for(client, room, **more):
    first = client.get(address(room), query_string={"behalf": "1"})
    assert "For whom you book" in first.text
    return client.post(address(room), data={**hidden_of(first), **WISH, **more})


def test_staff_book_for_whoever_phones_who_gets_the_mail_in_their_language(clerk, room, session):
    assert "who_name" in errors_of(booked_for(clerk, room))
    caller = {"who_name": "Ulla", "who_email": "ulla@example.com", "who_language": "sv"}
    done = booked_for(clerk, room, **caller)
    assert done.status_code == 302
    [made] = reservations(session)
    assert made.on_behalf_of["name"] == "Ulla"
    assert made.booked_for_id is None
    mail = session.scalars(select(OutgoingEmail)).one()
    assert (mail.recipient, mail.language) == ("ulla@example.com", "sv")
    clerk_id = session.scalar(select(Person.id).where(Person.email == "clerk@example.com"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject == "reservation")).one()
    assert entry.actor_person_id == clerk_id
    page = clerk.get(done.location).text
    assert "Booked for Ulla." in page
    assert "ulla@example.com" in page


def test_staff_set_rules_aside_with_a_reason(clerk, room, session):
    night = {"start": "06:00", "end": "08:00", "who_name": "Ulla"}
    assert "start" in errors_of(booked_for(clerk, room, **night))
    assert booked_for(clerk, room, **night, override="Early fair").status_code == 302
    assert reservations(session)[0].override_reason == "Early fair"


def test_whoever_is_no_staff_books_for_nobody_else(maija, room, session):
    page = maija.get(address(room), query_string={"behalf": "1"})
    assert "For whom you book" not in page.text
    sent(maija, room, {**WISH, "behalf": "1", "who_name": "Ulla", "override": "Mine"})
    [made] = reservations(session)
    assert (made.on_behalf_of, made.override_reason) == (None, None)
