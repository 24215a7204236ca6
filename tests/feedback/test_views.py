"""The pages of feedback: anybody gives it, staff find it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from booking.core.actors import VISITOR, Grant, Role
from booking.feedback.models import Feedback
from booking.feedback.rules import NewFeedback
from booking.feedback.use_cases import give_feedback
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.installations import engine_of
from tests.places import a_space, a_unit
from tests.statements import counted

FORM = "/en/feedback"
LIST = "/en/staff/feedback"


@pytest.fixture
def space(session, app):
    space = a_space(session, slug="hall")
    session.commit()
    return space


def as_staff(app, session, role=Role.BOOKER, unit=None):
    email = f"{role}@example.com"
    a_person(session, email=email, password=PASSWORD, grants=[Grant(role, unit)])
    session.commit()
    client = app.test_client()
    sign_in(client, email)
    return client


def told(session):
    session.rollback()
    return session.scalars(select(Feedback).order_by(Feedback.id)).all()


def submission_on(client, page):
    return re.search(r'name="submission"[^>]*value="([^"]+)"', client.get(page).text)[1]


@pytest.mark.parametrize("page", ["/fi/", "/fi/spaces/hall", "/fi/no-such-page", "/fi/help"])
def test_every_page_leads_to_feedback_about_itself(client, space, page):
    address = f"/fi/feedback?about={page}"
    assert address in client.get(page).text.replace("%2F", "/")


def test_a_visitor_tells_what_is_wrong_with_a_space(client, space, session):
    page = f"{FORM}?about=/en/spaces/hall"
    assert "Room hall" in client.get(page).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)[1]
    fields = {"submission": submission_on(client, page), "page": "/en/spaces/hall"}
    fields |= {"kind": "space", "space": "hall", "message": "The lamp is broken."}
    answer = client.post(FORM, data={"csrf_token": token, **fields})
    assert answer.status_code == 302
    assert "left no e-mail address" in client.get(answer.location).text
    (given,) = told(session)
    assert (given.kind, given.space_id, given.page) == ("space", space.id, "/en/spaces/hall")


def test_what_is_wrong_stands_by_its_field_and_nothing_typed_is_lost(client, space, session):
    answer = send(client, FORM, message="Typed with care", email="nowhere")
    assert answer.status_code == 422
    for field in ("kind", "email"):
        assert f'id="{field}-error"' in answer.text
    assert "Typed with care" in answer.text
    assert told(session) == []


def test_who_fills_in_what_nobody_sees_is_thanked_and_forgotten(client, space, session):
    answer = send(client, FORM, kind="wish", message="Buy", website="http://spam.example")
    assert answer.status_code == 302
    assert told(session) == []


def test_the_same_form_sent_twice_is_one(client, space, session):
    once = submission_on(client, FORM)
    for _ in range(2):
        send(client, FORM, kind="wish", message="More rooms.", submission=once)
    assert len(told(session)) == 1


def test_a_form_that_is_not_ours_is_a_new_one_each_time(client, space, session):
    for _ in range(2):
        send(client, FORM, kind="wish", message="More rooms.", submission="not ours!")
    assert len(told(session)) == 2


def test_the_address_of_who_is_signed_in_is_filled_in(app, session, space):
    client = as_staff(app, session)
    assert 'value="booker@example.com"' in client.get(FORM).text


def test_feedback_from_another_site_is_refused(client, space, session):
    assert client.post(FORM, data={"kind": "wish", "message": "Forged"}).status_code >= 400
    assert told(session) == []


def test_staff_answer_and_mark_as_handled(app, client, session, space):
    for message in ("First", "Second"):
        fields = {"kind": "space", "space": "hall", "email": "maija@example.com"}
        send(client, FORM, message=message, **fields)
    staff = as_staff(app, session)
    assert "(2)" in staff.get("/en/").text, "the menu says how much awaits"
    page = staff.get(LIST).text
    assert page.index("First") < page.index("Second")
    first, second = told(session)

    refused = send(staff, LIST, to=f"{LIST}/{first.id}/answer", answer="")
    assert refused.status_code == 422
    assert f'id="answer-{first.id}-error"' in refused.text
    assert send(staff, LIST, to=f"{LIST}/{first.id}/answer", answer="Done.").location == LIST
    assert send(staff, LIST, to=f"{LIST}/{second.id}/handle").location == LIST
    assert all(one.handled_at for one in told(session))
    assert "Handled last" in staff.get(LIST).text
    send(staff, LIST, to="/en/sign-out")


def test_who_handles_none_sees_none(app, client, session, space):
    assert client.get(LIST).location.startswith("/en/sign-in")
    viewer = as_staff(app, session, Role.VIEWER)
    assert viewer.get(LIST).status_code == 403
    assert LIST not in viewer.get("/en/").text


def test_the_list_asks_the_database_as_often_for_many_as_for_one(app, session, space, now):
    staff = as_staff(app, session)

    def queries():
        staff.get(LIST)
        with counted(engine_of(app)) as sent:
            assert staff.get(LIST).status_code == 200
        return len(sent)

    def fill(count):
        for number in range(count):
            new = NewFeedback(f"{count}-{number}", "space", "Text", "fi", space="hall")
            give_feedback(session, VISITOR, new, now)
        session.commit()

    fill(1)
    few = queries()
    fill(20)
    assert queries() == few <= 12


def test_the_unit_of_a_page_is_chosen_already(client, session, app):
    unit = a_unit(session, slug="town-hall")
    session.commit()
    page = client.get(f"{FORM}?about=/en/units/town-hall").text
    assert re.search(rf'<option selected value="{unit.slug}"', page)
