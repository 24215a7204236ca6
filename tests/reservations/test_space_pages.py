"""The page of a space answers first, and keeps what the visitor came with; that of a site too."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from booking.accounts.models import Membership
from booking.core.actors import Grant, Role
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import LONG_AGO, a_person, an_organisation
from tests.installations import engine_of
from tests.places import a_combination, a_hall, a_space, an_actor, ask
from tests.statements import counted

TUESDAY = date(2027, 1, 12)


@pytest.fixture
def room(session):
    """A room, open from 8 to 22 every day."""
    room = a_space(session, slug="room")
    session.commit()
    return room


def words(client, address):
    """What the page says, without its tags."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


# ── The answer first ──────────────────────────────────────────────────────────────────────────


def test_without_a_wish_the_next_time_is_told_and_until_when_it_stays_free(client, room):
    page = words(client, "/en/spaces/room")
    assert "Free today Mon 11 Jan 2027 10:00 – to 11:00 free until 22:00" in page


def test_the_next_times_are_of_free_stretches_of_their_own(client, session, room):
    ask(session, room, "12:00", "22:00", day=TUESDAY - timedelta(days=1))
    session.commit()
    page = words(client, "/en/spaces/room")
    assert "After that tomorrow Tue 12 Jan 2027 08:00 – to 09:00" in page
    assert "Wed 13 Jan 2027 08:00 – to 09:00" in page


def test_a_time_that_is_asked_for_and_free_leads_to_its_form(client, room):
    asked = "date=2027-01-12&start=18:00&end=20:00"
    page = client.get(f"/en/spaces/room?{asked}&people=12")
    assert "Free at the time you asked for" in page.text
    assert (
        "/en/spaces/room/reserve?date=2027-01-12&amp;start=18:00&amp;end=20:00&amp;people=12"
        in page.text
    )


def test_a_time_that_is_taken_says_why_and_when_as_long_is_free(client, session, room):
    ask(session, room)
    session.commit()
    page = client.get("/en/spaces/room?date=2027-01-12&start=19:00&end=21:00")
    assert "Not free at the time you asked for" in page.text
    assert "start=20:00&amp;end=22:00" in page.text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("date=2027-01-12&start=18:00&end=18:15", "The shortest booking"),
        ("date=2027-01-12&start=21:00&end=23:00", "open"),
        ("date=2027-01-10&start=18:00&end=20:00", "already passed"),
        ("date=2027-01-12&start=18:00&end=20:00&people=21", "20"),
    ],
)
def test_what_stands_in_the_way_is_told_before_anybody_signs_in(client, room, asked, says):
    page = words(client, f"/en/spaces/room?{asked}")
    assert "Not free at the time you asked for" in page
    assert says in page


def test_of_a_day_alone_the_free_times_are_told(client, session, room):
    ask(session, room, "10:00", "12:00")
    session.commit()
    page = words(client, "/en/spaces/room?date=2027-01-12")
    assert "Free on the day you asked for" in page
    assert "08:00 – to 10:00 12:00 – to 22:00" in page


def test_what_opens_only_much_later_says_when(client, session):
    far = a_space(session, slug="far", policy_notice={"days": 100}, policy_horizon_days=200)
    session.commit()
    assert "Wed 21 Apr 2027" in words(client, f"/en/spaces/{far.slug}")


@pytest.mark.parametrize(
    "asked", ["date=x", "week=2027-02-30", "view=month&month=2027-13", "month=1"]
)
def test_what_cant_be_read_asks_nothing(client, room, asked):
    assert "Free today" in words(client, f"/en/spaces/room?{asked}")


# ── The calendar ──────────────────────────────────────────────────────────────────────────────


def test_turning_the_calendar_keeps_what_the_visitor_came_with(client, room):
    page = client.get("/en/spaces/room?date=2027-01-12&people=8&week=2027-02-03").text
    for turned in ("week=2027-01-25", "week=2027-02-08", "view=month&amp;month=2027-02"):
        assert f"/en/spaces/room?date=2027-01-12&amp;people=8&amp;{turned}" in page
    assert "Week 5" in page


def test_a_month_tells_each_day_in_words_and_leads_to_its_week(client, session, room):
    ask(session, room, "08:00", "18:00", day=TUESDAY)
    session.commit()
    page = client.get("/en/spaces/room?view=month&month=2027-01").text
    assert "Tuesday 12 January 2027: free for 4 h" in page
    assert "Wednesday 13 January 2027: free all day" in page
    assert "Sunday 10 January 2027: time has passed" in page
    assert 'href="/en/spaces/room?week=2027-01-12#week"' in page


def test_set_up_and_clean_up_are_told_apart_from_what_goes_on(client, session):
    room = a_space(session, slug="room", policy_buffer_before_min=60, policy_buffer_after_min=60)
    ask(session, room)
    session.commit()
    page = client.get("/en/spaces/room?week=2027-01-12").text
    assert len(re.findall(r'<td class="is-setup"', page)) == 2
    assert len(re.findall(r'<td class="is-taken"', page)) == 1


def test_whose_a_booking_is_strangers_are_told_only_of_those_who_agreed(client, session, room):
    shy, open_ = (
        an_organisation(session, name="Shy ry"),
        an_organisation(session, name="Open ry", name_public=True),
    )
    for hour, organisation in ((10, shy), (14, open_)):
        person = a_person(session)
        organisation.members.append(Membership(person_id=person.id, role="admin", since=LONG_AGO))
        session.flush()
        ask(
            session,
            room,
            f"{hour}:00",
            f"{hour + 2}:00",
            actor=an_actor(session, person=person),
            organisation=organisation.slug,
        )
    grants = [Grant(Role.VIEWER, room.unit_id)]
    a_person(session, email="viewer@example.com", password=PASSWORD, grants=grants)
    session.commit()
    week = "/en/spaces/room?week=2027-01-12"
    page = words(client, week)
    assert "Open ry" in page
    assert "Shy ry" not in page
    assert "Choir" not in page
    sign_in(client, "viewer@example.com")
    assert "Choir" in words(client, week)


def test_the_page_needs_as_many_queries_however_much_there_is(app, client, session):
    hall, _sections = a_hall(session, 2)
    big, many = a_hall(session, 8)
    for space in many:
        for hour in (8, 12, 18):
            ask(session, space, f"{hour}:00", f"{hour + 1}:00")
    a_combination(session, big, many[:2])
    session.commit()
    engine = engine_of(app)
    for view in ("", "?view=month", "?date=2027-01-12&start=18:00&end=19:00&people=3"):
        sent = []
        for slug in (hall.slug, big.slug):
            client.get(f"/en/spaces/{slug}{view}")
            with counted(engine) as statements:
                client.get(f"/en/spaces/{slug}{view}")
            sent.append(len(statements))
        assert sent[0] == sent[1] <= 10, view
    units = []
    for space in (hall, big):
        client.get(f"/en/units/{space.unit.slug}")
        with counted(engine) as statements:
            client.get(f"/en/units/{space.unit.slug}")
        units.append(len(statements))
    assert units[0] == units[1] <= 8


# ── The plan ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hall(session):
    hall, sections = a_hall(session, 3)
    pair = a_combination(session, hall, sections[:2])
    session.commit()
    return hall.slug, [one.slug for one in sections], pair.slug


def picked(hall, *numbers, more=""):
    sections = "&".join(f"section={hall[1][number]}" for number in numbers)
    return f"/en/spaces/{hall[0]}/pick?{sections}{more}"


def test_a_pick_leads_to_its_space_and_keeps_the_time(client, hall):
    answer = client.get(picked(hall, 0, 1, more="&date=2027-01-12"))
    assert answer.location == f"/en/spaces/{hall[2]}?date=2027-01-12#plan"
    assert client.get(picked(hall, 2)).location == f"/en/spaces/{hall[1][2]}#plan"
    assert client.get(picked(hall, 0, 1, 2)).location == f"/en/spaces/{hall[0]}#plan"


def test_what_is_no_space_is_told_with_what_would_do_instead(client, hall):
    page = client.get(picked(hall, 0, 2)).text
    told = page[: page.index('id="plan"')]
    assert "These parts can't be booked as one space" in told
    for slug in (hall[0], hall[1][0], hall[1][2]):
        assert f'href="/en/spaces/{slug}#plan"' in told
    assert page.count(" checked>") == 2


def test_what_is_no_space_can_be_asked_for_together(client, hall):
    page = client.get(picked(hall, 0, 2, more="&date=2027-01-12")).text
    first, other = hall[1][0], hall[1][2]
    assert f'href="/en/spaces/{first}/reserve?also={other}&amp;date=2027-01-12"' in page


def test_nothing_picked_is_told(client, hall):
    assert "Pick at least one part on the plan." in words(client, f"/en/spaces/{hall[0]}/pick")


def test_the_page_of_a_combination_has_its_sections_picked(client, hall):
    assert client.get(f"/en/spaces/{hall[2]}").text.count(" checked>") == 2
    assert client.get(f"/en/spaces/{hall[0]}").text.count(" checked>") == 3


def test_a_space_without_sections_has_nothing_to_pick(client, room):
    assert client.get("/en/spaces/room/pick").status_code == 404
    assert "Pick the parts" not in client.get("/en/spaces/room").text


# ── The door, the site ────────────────────────────────────────────────────────────────────────


def test_the_sign_at_the_door_leads_to_the_page_in_ones_own_language(client, room):
    page = client.get("/en/spaces/room/sign").text
    assert "<svg" in page
    assert "/spaces/room</p>" in page
    assert all(f'<li lang="{language}"' in page for language in ("fi", "sv", "en"))
    answer = client.get("/spaces/room", headers={"Accept-Language": "sv"})
    assert answer.location == "/sv/spaces/room"
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_calendar_can_be_followed_in_ones_own_language(client, room):
    page = client.get("/sv/spaces/room").text
    assert re.search(r'href="webcal://[^"]+/calendars/spaces/room.ics\?lang=sv"', page)


def test_a_site_tells_of_each_space_when_it_is_free_next(client, session, room):
    ask(session, room, "10:00", "12:00", day=TUESDAY - timedelta(days=1))
    session.commit()
    page = words(client, f"/en/units/{room.unit.slug}")
    assert "Next free Mon 11 Jan 2027 12:00" in page


def test_what_residents_may_not_see_is_not_there(client, session):
    a_space(session, slug="hidden", published=False)
    session.commit()
    for page in ("", "/pick", "/sign"):
        assert client.get(f"/en/spaces/hidden{page}").status_code == 404
