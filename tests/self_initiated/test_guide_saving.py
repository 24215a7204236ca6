"""Saving an event that was planned without an account, and who may open what."""

from __future__ import annotations

import re

import pytest

from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person, an_organisation
from tests.installations import engine_of
from tests.places import a_city, a_space
from tests.self_initiated.guiding import (
    GUIDE,
    begin,
    tell_the_beginning,
    the_event,
    through_all,
)
from tests.statements import counted


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
