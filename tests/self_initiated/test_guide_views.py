"""The pages of the guide: questions, the growing result, saving, and who may open what."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from booking.reservations.event_models import SelfInitiatedEvent
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person, an_organisation
from tests.installations import engine_of
from tests.places import a_city, a_space
from tests.statements import counted

GUIDE = "/en/events/plan"


@pytest.fixture
def lawn(session, app):
    lawn = a_space(session, slug="lawn", capacity=60)
    session.commit()
    return lawn


@pytest.fixture
def resident(session, app):
    a_city(session)
    person = a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    return person


def begin(client, page=GUIDE, **fields):
    """The address of an event that was begun, without its step."""
    answer = send(client, page, GUIDE, **fields)
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[0]


def tell(client, event, step, **answers):
    return send(client, f"{event}/{step}", **answers)


def of(session):
    session.rollback()
    return session.scalars(select(SelfInitiatedEvent).order_by(SelfInitiatedEvent.id)).all()


def the_event(session):
    (event,) = of(session)
    return event


def tell_the_beginning(client, event):
    tell(client, event, "who", organiser_type="private_person")
    tell(client, event, "idea", purpose="wellbeing", openness="open")


def until_the_programme(client, event):
    tell_the_beginning(client, event)
    tell(client, event, "place", place_kind="city_outdoor")
    tell(client, event, "kind-of-place", space_type="park")
    tell(client, event, "time", date="2027-06-13", start="10:00", end="11:00")
    tell(client, event, "people", attendance_peak="49", target="all", personal_data="no")


# ── The way ───────────────────────────────────────────────────────────────────────────────────


def test_looking_at_the_guide_keeps_nothing(client, lawn, session):
    assert "You need no account" in client.get(GUIDE).text
    assert client.get("/en/").text.count(GUIDE) >= 2
    assert of(session) == []


def test_a_visitor_goes_from_page_to_page(client, lawn, session):
    event = begin(client)
    key = event.rpartition("/")[2]
    assert len(key) >= 43
    assert key not in str(the_event(session).__dict__)
    assert client.get(event).location == f"{event}/who"
    assert tell(client, event, "who", organiser_type="private_person").location == f"{event}/idea"
    after = tell(client, event, "idea", purpose="wellbeing", openness="open")
    assert after.location == f"{event}/place"
    assert the_event(session).facts["purpose"] == "wellbeing"


def test_the_result_stands_beside_from_the_third_answer_on(client, lawn):
    event = begin(client)
    tell(client, event, "who", organiser_type="private_person")
    assert 'id="so-far"' not in client.get(f"{event}/idea").text
    tell(client, event, "idea", purpose="wellbeing", openness="open")
    page = client.get(f"{event}/place").text
    assert 'id="so-far"' in page
    assert "State accessibility in the invitation." in page


def test_each_question_says_why_and_can_be_left_open(client, lawn, session):
    event = begin(client)
    page = client.get(f"{event}/who").text
    assert "Who arranges the event?" in page
    assert "The price, the support and many notices depend on who arranges the event." in page
    assert tell(client, event, "who", organiser_type="unknown").location == f"{event}/idea"
    assert the_event(session).facts["organiser_type"] is None
    answers = client.get(f"{event}/idea").text
    assert "1 answer given" in answers


def test_one_button_says_none_of_these(client, lawn, session):
    event = begin(client)
    until_the_programme(client, event)
    assert tell(client, event, "danger", none="1").status_code == 302
    facts = the_event(session).facts
    assert facts["open_fire"] is False
    assert facts["pyro"] == "none"


def test_the_programme_leads_to_what_was_chosen(client, lawn, session):
    event = begin(client)
    until_the_programme(client, event)
    assert client.get(event).location == f"{event}/programme"
    assert tell(client, event, "programme", topics="sound").location == f"{event}/sound"
    facts = the_event(session).facts
    assert facts["food"] == "none"
    assert "amplified" not in facts


def test_all_of_the_programme_chosen_is_asked_all(client, lawn):
    event = begin(client)
    until_the_programme(client, event)
    topics = ["money", "food", "sound", "structures", "danger", "traffic", "safety"]
    after = tell(client, event, "programme", topics=topics)
    assert after.location == f"{event}/money"
    assert tell(client, event, "money", none="1").location != f"{event}/programme"


def test_an_answer_can_be_changed_on_its_own_page(client, lawn, session):
    event = begin(client)
    until_the_programme(client, event)
    page = client.get(f"{event}/people").text
    assert 'value="49"' in page
    assert f'href="{event}/people"' in page
    tell(client, event, "people", attendance_peak="50", target="all", personal_data="no")
    assert the_event(session).facts["attendance_peak"] == 50


def test_a_page_that_asks_nothing_of_this_event_leads_on(client, lawn):
    event = begin(client)
    for step in ("serving", "no-such-page", "lottery"):
        assert client.get(f"{event}/{step}").location == f"{event}/who"
        assert client.post(f"{event}/{step}").location == f"{event}/who"


# ── What is wrong ─────────────────────────────────────────────────────────────────────────────


def test_nothing_chosen_is_told_beside_the_question(client, lawn, session):
    event = begin(client)
    answer = tell(client, event, "who")
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    assert the_event(session).version == 1


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ("0", "Write a whole number from 1 to 100,000."),
        ("1000000", "Write a whole number from 1 to 100,000."),
        ("12,5", "Write a whole number from 1 to 100,000."),
        ("-5", "Write a whole number from 1 to 100,000."),
        ("many", "Write a whole number from 1 to 100,000."),
        ("", "Write a number, or say that you don&#39;t know yet."),
    ],
)
def test_a_wrong_number_of_people_is_kept_and_told(client, lawn, people, told):
    event = begin(client)
    answer = tell(client, event, "people", attendance_peak=people, target="all")
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{people}"' in answer.text
    assert re.search(r'value="all"[^>]*checked|checked[^>]*value="all"', answer.text)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"date": "2027-01-10"}, "This day is over already."),
        ({"date": "2037-01-11"}, "Choose a day within the next three years."),
        ({"end": "09:59"}, "It must end after it starts."),
        ({"end": "10:00"}, "It must end after it starts."),
        ({"date": "2027-02-30"}, "The date you wrote does not exist."),
        ({"start": "25:00"}, "Write the time as 18:00"),
        ({"date": "2027-03-28", "start": "03:30"}, "The clocks skip this time on that day."),
        ({"end_date": "2028-06-13"}, "An event lasts at most a year."),
        ({"end": ""}, "Say when it ends."),
        ({"date": "", "start": "", "end": ""}, "Choose the day, or say that"),
    ],
)
def test_a_wrong_time_is_kept_and_told(client, lawn, session, fields, told):
    event = begin(client)
    sent = {"date": "2027-06-13", "start": "10:00", "end": "11:00", **fields}
    answer = tell(client, event, "time", **sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{sent["start"]}"' in answer.text
    assert "start" not in the_event(session).facts


def test_an_event_may_end_on_another_day_or_at_midnight(client, lawn, session):
    event = begin(client)
    tell(client, event, "time", date="2027-06-13", start="20:00", end="24:00")
    assert the_event(session).facts["end"] == "2027-06-14T00:00"
    assert 'value="24:00"' in client.get(f"{event}/time").text
    night = {"date": "2027-06-13", "start": "20:00", "end": "02:00", "end_date": "2027-06-14"}
    tell(client, event, "time", **night)
    assert the_event(session).facts["end"] == "2027-06-14T02:00"


def test_the_time_can_be_left_open(client, lawn, session):
    event = begin(client)
    assert tell(client, event, "time", time_open="y").status_code == 302
    assert the_event(session).facts["start"] is None


def test_an_amount_is_read_as_people_write_it(client, lawn, session):
    event = begin(client)
    tell_the_beginning(client, event)
    tell(client, event, "support", grant_requested_eur="1 200,50 €")
    assert the_event(session).facts["grant_requested_eur"] == 1200.5
    assert 'value="1200.5"' in client.get(f"{event}/support").text


# ── The place ─────────────────────────────────────────────────────────────────────────────────


def test_a_space_is_found_by_words_and_tells_its_facts(client, lawn, session):
    event = begin(client)
    tell_the_beginning(client, event)
    found = client.get(f"{event}/place?q=room").text
    assert 'value="lawn"' in found
    tell(client, event, "place", space="lawn")
    event_row = the_event(session)
    assert event_row.space_id == lawn.id
    assert event_row.facts["space_type"] == "meeting_room"
    assert client.get(f"{event}/kind-of-place").status_code == 302


def test_a_larger_crowd_than_the_space_holds_is_told(client, lawn):
    event = begin(client, space="lawn")
    tell_the_beginning(client, event)
    tell(client, event, "people", attendance_peak="60", target="all", personal_data="no")
    assert "has room for 60" not in client.get(f"{event}/outcome").text
    tell(client, event, "people", attendance_peak="61", target="all", personal_data="no")
    assert "has room for 60, and you said 61" in client.get(f"{event}/outcome").text


def test_from_a_space_the_guide_begins_with_it(client, lawn, session):
    assert f"{GUIDE}?space=lawn" in client.get("/en/spaces/lawn").text
    page = f"{GUIDE}?space=lawn"
    assert "In this space: Room lawn" in client.get(page).text
    begin(client, page, space="lawn")
    assert the_event(session).space_id == lawn.id


def test_a_space_that_does_not_exist_is_not_chosen(client, lawn, session):
    assert "In this space" not in client.get(f"{GUIDE}?space=none").text
    event = begin(client)
    assert tell(client, event, "place", space="none").status_code == 404
    assert the_event(session).space_id is None


# ── The outcome ───────────────────────────────────────────────────────────────────────────────


def through_all(client, event):
    until_the_programme(client, event)
    tell(client, event, "programme")
    tell(client, event, "organiser", home="hamina", responsible_adult="yes")
    tell(client, event, "support", grant_requested_eur="120")
    more = {"grants_this_year_eur": "0", "double_funding": "no", "economic_activity": "no"}
    return tell(client, event, "support-more", **more)


def test_after_the_last_question_all_that_follows_is_told(client, lawn):
    event = begin(client)
    assert through_all(client, event).location == f"{event}/outcome"
    page = client.get(f"{event}/outcome").text
    for told in (
        "Free of charge",
        "An open and free self-initiated event gets the space free of charge.",
        "A grant can be applied for: 120 €",
        "Thu 10 Jun 2027",
        "City of Hamina",
        "From 50 people on:",
        "You said 49 people.",
        "each authority decides about its own notices and permits",
    ):
        assert told in page, told
    assert "Go on answering" not in page
    assert "people=49" in page
    assert "date=2027-06-13" in page


def test_it_can_be_stopped_at_any_time_and_gone_on_with(client, lawn):
    event = begin(client)
    tell_the_beginning(client, event)
    page = client.get(f"{event}/outcome").text
    assert f'href="{event}/place"' in page
    assert "short pages may still matter" in page


def test_a_demonstration_is_never_led_to_a_booking_or_a_fee(client, lawn):
    event = begin(client)
    tell(client, event, "who", organiser_type="resident_group")
    tell(client, event, "idea", purpose="demonstration", openness="open")
    tell(client, event, "place", place_kind="city_outdoor")
    tell(client, event, "time", date="2027-04-10", start="12:00", end="13:00")
    tell(client, event, "people", attendance_peak="80", target="all", personal_data="no")
    page = client.get(f"{event}/outcome").text
    assert "A demonstration needs no booking and no fee" in page
    assert "Fri 9 Apr 2027 at 12:00" in page
    assert "Find a space for it" not in page


def test_late_ones_are_told_honestly(client, lawn):
    event = begin(client)
    until_the_programme(client, event)
    tell(client, event, "people", attendance_peak="50", target="all", personal_data="no")
    tell(client, event, "time", date="2027-01-20", start="10:00", end="11:00")
    page = client.get(f"{event}/outcome").text
    assert "The day has passed" in page
    assert "at once: they tell what can still be done" in page
    assert "forbidden" not in page.partition("<main")[2].partition("</main>")[0]


# ── Saving ────────────────────────────────────────────────────────────────────────────────────


def test_who_signs_in_to_save_comes_back_to_what_they_typed(client, resident, lawn, session):
    event = begin(client)
    through_all(client, event)
    answer = send(client, f"{event}/outcome", f"{event}/outcome/keep", title="Park yoga")
    assert answer.location == "/en/sign-in"
    assert "Park yoga" not in str(the_event(session).__dict__)
    back = sign_in(client, "maija@example.com", next=f"{event}/outcome?draft=1")
    page = client.get(back.location).text
    assert 'value="Park yoga"' in page
    send(client, back.location, f"{event}/outcome/keep", title="Park yoga", organisation="")
    kept = the_event(session)
    assert (kept.person_id, kept.title, kept.secret_hash) == (resident.id, "Park yoga", None)
    assert client.get(f"{event}/outcome").status_code == 404


def test_an_event_is_saved_for_ones_organisation(client, resident, lawn, session):
    organisation = an_organisation(session, slug="sahly", admins=[resident])
    session.commit()
    event = begin(client)
    through_all(client, event)
    sign_in(client, "maija@example.com")
    send(client, f"{event}/outcome", f"{event}/outcome/keep", title="Yoga", organisation="sahly")
    kept = the_event(session)
    assert kept.organisation_id == organisation.id
    assert kept.facts["organiser_type"] == "association"


def test_without_a_name_it_is_not_saved(client, resident, lawn, session):
    event = begin(client)
    through_all(client, event)
    answer = send(client, f"{event}/outcome", f"{event}/outcome/keep", title="")
    assert answer.status_code == 422
    assert "Give it a name." in answer.text


def test_with_an_account_the_event_is_ones_own_from_the_start(client, resident, lawn, session):
    sign_in(client, "maija@example.com")
    event = begin(client, organisation="")
    kept = the_event(session)
    assert kept.person_id == resident.id
    assert event.endswith(kept.reference)
    through_all(client, event)
    send(client, f"{event}/outcome", f"{event}/outcome/keep", title="Yoga")
    mine = client.get("/en/events/").text
    assert "Yoga" in mine
    assert "Free of charge" in mine


def test_for_an_organisation_who_it_is_is_not_asked(client, resident, lawn, session):
    an_organisation(session, slug="sahly", admins=[resident])
    session.commit()
    sign_in(client, "maija@example.com")
    event = begin(client, organisation="sahly")
    assert client.get(event).location == f"{event}/idea"
    assert client.get(f"{event}/who").location == f"{event}/idea"


def test_an_event_of_somebody_else_opens_to_nobody(client, app, resident, lawn, session):
    sign_in(client, "maija@example.com")
    event = begin(client, organisation="")
    stranger = app.test_client()
    assert "/sign-in" in stranger.get(f"{event}/who").location
    a_person(session, email="other@example.com", password=PASSWORD)
    session.commit()
    sign_in(stranger, "other@example.com")
    assert stranger.get(f"{event}/who").status_code == 404
    assert stranger.get("/en/events/").text.count(event) == 0


# ── What keeps a secret ───────────────────────────────────────────────────────────────────────


def test_the_secret_goes_to_no_other_site_no_index_and_no_feedback(client, lawn):
    event = begin(client)
    answer = client.get(f"{event}/who")
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    key = event.rpartition("/")[2]
    feedback = re.search(r'href="(/en/feedback[^"]*)"', answer.text)[1]
    assert key not in feedback


def test_an_unknown_secret_opens_nothing(client, lawn):
    assert client.get(f"{GUIDE}/{'x' * 43}/who").status_code == 404
    assert client.get(f"{GUIDE}/{'x' * 43}").status_code == 404


def test_a_page_takes_as_many_queries_with_many_answers_as_with_few(client, app, lawn):
    event = begin(client)
    tell_the_beginning(client, event)
    with counted(engine_of(app)) as few:
        client.get(f"{event}/people")
    through_all(client, event)
    with counted(engine_of(app)) as many:
        client.get(f"{event}/people")
    assert len(many) == len(few) <= 6
