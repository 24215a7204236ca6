"""The page of an event: what it says, to whom, and what can be done on it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.event_use_cases import change_facts
from tests.builders import a_person, an_organisation
from tests.calendars.town import Town, a_reservation, a_town
from tests.installations import engine_of
from tests.self_initiated.plans import CONCERT, DEMONSTRATION, a_plan, an_actor, join, signed_in
from tests.statements import counted

MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(session: Session) -> Town:
    town = a_town(session)
    session.commit()
    return town


@pytest.fixture
def maija(session: Session, town: Town) -> Person:
    maija = a_person(session, name="Maija Meikäläinen", phone="040 123 4567")
    session.commit()
    return maija


@pytest.fixture
def event(session: Session, maija: Person, now: datetime) -> SelfInitiatedEvent:
    return a_plan(session, maija, now)


@pytest.fixture
def browser_of_maija(app: Flask, maija: Person) -> FlaskClient:
    return signed_in(app, maija)


def page_of(
    client: FlaskClient, event: SelfInitiatedEvent, path: str = "", lang: str = "en"
) -> str:
    answer = client.get(f"/{lang}/events/{event.reference}{path}")
    assert answer.status_code == 200, answer.status
    return words(answer.text)


def words(html: str) -> str:
    """The text of a page, in one line."""
    text = re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main")[0])
    text = text.replace("&#39;", "'").replace("&amp;", "&")
    return re.sub(r"\s+", " ", text)


def token(client: FlaskClient, event: SelfInitiatedEvent) -> str:
    html = client.get(f"/en/events/{event.reference}").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found
    return found[1]


def send(client: FlaskClient, event: SelfInitiatedEvent, path: str, **fields: str):
    return client.post(
        f"/en/events/{event.reference}{path}", data={"csrf_token": token(client, event), **fields}
    )


# ── What it says ──────────────────────────────────────────────────────────────────────────────


def test_duties_come_by_due_date_with_authority_and_fee(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    page = page_of(browser_of_maija, event)
    assert "0 of 13 done" in page
    where = [
        page.index(one)
        for one in (
            "Apply for permission to use the city's outdoor area.",
            "Make a rescue plan and send it to the rescue department.",
            "Notify the police of the public event.",
        )
    ]
    assert where == sorted(where)
    assert "Southeastern Finland Police" in page
    assert "Subject to a fee, see poliisi.fi" in page
    assert "Wed 7 Jul 2027" in page


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_page_speaks_each_language(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent, lang: str
) -> None:
    page = page_of(browser_of_maija, event, lang=lang)
    assert {
        "fi": "Tee poliisille yleisötilaisuusilmoitus.",
        "sv": "Anmäl den offentliga tillställningen till polisen.",
        "en": "Notify the police of the public event.",
    }[lang] in page


def test_a_late_duty_says_whom_to_contact_and_forbids_nothing(
    app: Flask, session: Session, maija: Person, now: datetime
) -> None:
    soon = {**CONCERT, "start": "2027-01-22T19:00", "end": "2027-01-22T23:00"}
    event = a_plan(session, maija, now, soon)
    page = page_of(signed_in(app, maija), event)
    assert "Contact City of Hamina (landowner) at once" in page
    assert "late" in page
    assert "not allowed" not in page.lower()


def test_a_demonstration_needs_no_booking_and_pays_nothing(
    app: Flask, session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now, DEMONSTRATION)
    page = page_of(signed_in(app, maija), event)
    assert "needs no booking, and nothing is paid" in page
    assert "Find a space" not in page
    assert "grant" not in page
    assert "Fri 9 Apr 2027 at 12:00" in page


def test_what_nearly_came_is_told(
    app: Flask, session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now, {**CONCERT, "attendance_peak": 199})
    page = page_of(signed_in(app, maija), event)
    assert "From 200 people on: You said 199 people." in page
    assert "Make a rescue plan and send it to the rescue department." in page


def test_each_answer_leads_back_to_its_question(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    html = browser_of_maija.get(f"/en/events/{event.reference}").text
    assert f'href="/en/events/plan/{event.reference}/people"' in html
    assert f'href="/en/events/plan/{event.reference}/sound"' in html


def test_what_is_forbidden_stands_above_all(
    app: Flask, session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now, {**CONCERT, "alcohol": "byo"})
    page = page_of(signed_in(app, maija), event)
    forbidden = page.index("Own alcohol may not be drunk at an event open to the public.")
    assert forbidden < page.index("What to do by when")


def test_bookings_of_the_event_stand_on_it_with_state_and_price(
    app: Flask,
    session: Session,
    town: Town,
    maija: Person,
    event: SelfInitiatedEvent,
) -> None:
    a_reservation(session, [town.hall], booked_for_id=maija.id, event_id=event.id, total_cents=2700)
    a_reservation(session, [town.room], booked_for_id=maija.id, title="Another")
    page = page_of(signed_in(app, maija), event)
    assert "sali in English" in page
    assert "€27.00" in page
    assert "huone in English" not in page


def test_a_change_of_the_date_tells_what_moved_until_it_is_seen(
    app: Flask, session: Session, maija: Person, event: SelfInitiatedEvent, now: datetime
) -> None:
    moved = {"start": "2027-08-28T19:00", "end": "2027-08-28T21:00", "attendance_peak": 40}
    change_facts(session, an_actor(maija), event, moved, now + MINUTE)
    session.commit()
    client = signed_in(app, maija)
    page = page_of(client, event)
    assert "now due on Thu 29 Jul 2027 (before: Wed 7 Jul 2027)" in page
    assert "Make a rescue plan and send it to the rescue department no longer needed" in page
    assert send(client, event, "/changes").status_code == 302
    assert "no longer needed" not in page_of(client, event)


def test_what_is_done_stays_done_when_its_date_moves_and_says_what_to_do(
    app: Flask, session: Session, maija: Person, event: SelfInitiatedEvent, now: datetime
) -> None:
    client = signed_in(app, maija)
    send(client, event, "/duties/G02", state="sent", reference="12", seen="")
    session.expire_all()
    moved = {"start": "2027-08-28T19:00", "end": "2027-08-28T23:00"}
    change_facts(session, an_actor(maija), event, moved, now + MINUTE)
    session.commit()
    page = page_of(client, event)
    assert "1 sent" in page
    assert "You have done it already: tell the authority about the change." in page


def test_rules_that_changed_since_are_told_and_applied_when_asked(
    app: Flask, session: Session, maija: Person, event: SelfInitiatedEvent
) -> None:
    event.rules_version = "0.1"
    session.commit()
    client = signed_in(app, maija)
    assert "The rules have changed since" in page_of(client, event)
    assert send(client, event, "/evaluate").status_code == 302
    assert "The rules have changed since" not in page_of(client, event)


# ── How far a duty is ─────────────────────────────────────────────────────────────────────────


def test_a_duty_is_marked_with_a_note_and_counted(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    answer = send(
        browser_of_maija, event, "/duties/G02", state="done", reference="5740/1/2027", seen=""
    )
    assert answer.status_code == 302
    assert answer.location.endswith("#G02")
    page = page_of(browser_of_maija, event)
    assert "1 of 13 done" in page
    assert "5740/1/2027" in page


def test_not_needed_without_a_reason_is_told_beside_the_field(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    answer = send(browser_of_maija, event, "/duties/G02", state="not_needed", reference="", seen="")
    assert answer.status_code == 422
    assert "Write in a few words why it is not needed." in words(answer.text)
    assert 'id="reference-G02"' in answer.text


def test_who_was_slower_sees_what_stands_and_keeps_what_they_wrote(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    send(browser_of_maija, event, "/duties/G02", state="sent", reference="first", seen="")
    answer = send(browser_of_maija, event, "/duties/G02", state="done", reference="mine", seen="")
    assert answer.status_code == 409
    assert "Somebody else has just changed this." in words(answer.text)
    assert 'value="mine"' in answer.text
    assert "first" in words(answer.text)
    seen = re.search(r'id="seen-G02"[^>]*value="([^"]+)"', answer.text)
    assert seen
    again = send(
        browser_of_maija, event, "/duties/G02", state="done", reference="mine", seen=seen[1]
    )
    assert again.status_code == 302


def test_each_id_stands_once(browser_of_maija: FlaskClient, event: SelfInitiatedEvent) -> None:
    html = browser_of_maija.get(f"/en/events/{event.reference}").text
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


# ── Who ───────────────────────────────────────────────────────────────────────────────────────


def test_others_find_nothing(app: Flask, session: Session, event: SelfInitiatedEvent) -> None:
    stranger = a_person(session)
    session.commit()
    for path in ("", "/print", "/cancel"):
        answer = signed_in(app, stranger).get(f"/en/events/{event.reference}{path}")
        assert answer.status_code == 404


def test_a_member_reads_and_has_nothing_to_press(
    app: Flask, session: Session, maija: Person, now: datetime
) -> None:
    organisation = an_organisation(session, admins=[maija])
    member = a_person(session)
    join(session, organisation, member, "member")
    event = a_plan(session, maija, now, organisation=organisation)
    html = signed_in(app, member).get(f"/en/events/{event.reference}").text
    assert "Notify the police of the public event." in html
    assert "/duties/" not in html
    assert "/cancel" not in html


# ── On paper ──────────────────────────────────────────────────────────────────────────────────


def test_the_paper_names_organiser_facts_and_what_each_authority_asks(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    paper = page_of(browser_of_maija, event, "/print")
    for one in (
        "Maija Meikäläinen",
        "040 123 4567",
        "People at most at the same time 450",
        "Amplified sound Yes",
        "Alcohol No alcohol",
        "Kymenlaakso Rescue Department",
        "Southeastern Finland Police",
        "Signature and name in capitals",
    ):
        assert one in paper
    assert "grant" not in paper.lower()


def test_the_paper_for_one_authority_has_only_its_matters(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    paper = page_of(browser_of_maija, event, "/print?to=G05")
    assert "Make a rescue plan" in paper
    assert "Notify the police" not in paper


def test_the_paper_is_offered_in_finnish(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    html = browser_of_maija.get(f"/sv/events/{event.reference}/print?to=G05").text
    assert f'href="/fi/events/{event.reference}/print?to=G05"' in html


# ── Again, and not at all ─────────────────────────────────────────────────────────────────────


def test_arranging_it_again_leads_to_the_new_plan(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    answer = send(browser_of_maija, event, "/copy")
    assert answer.status_code == 302
    page = words(browser_of_maija.get(answer.location).text)
    assert "Fri 4 Aug 2028" in page


def test_a_cancelled_event_says_so_and_offers_nothing_more(
    browser_of_maija: FlaskClient, event: SelfInitiatedEvent
) -> None:
    assert "Cancel the event" in page_of(browser_of_maija, event, "/cancel")
    assert send(browser_of_maija, event, "/cancel", with_bookings="y").status_code == 302
    page = page_of(browser_of_maija, event)
    assert "This event has been cancelled" in page
    assert "Find a space" not in page


# ── What it costs ─────────────────────────────────────────────────────────────────────────────


def test_the_page_needs_as_many_queries_for_one_booking_as_for_many(
    app: Flask, session: Session, town: Town, maija: Person, event: SelfInitiatedEvent
) -> None:
    client = signed_in(app, maija)
    sent = []
    for number in range(3):
        a_reservation(
            session,
            [town.hall],
            booked_for_id=maija.id,
            event_id=event.id,
            starts_at=datetime.fromisoformat(f"2027-08-0{number + 1}T10:00+00:00"),
        )
        with counted(engine_of(app)) as statements:
            page_of(client, event)
        sent.append(len(statements))
    assert sent[1] == sent[2]
    assert sent[2] <= 25
