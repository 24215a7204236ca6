"""Feedback reaches those whose it is, is handled once, and is forgotten after a year."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex

import pytest

from booking.accounts.queries import actor_of
from booking.core.actors import VISITOR, Grant, Role
from booking.core.errors import NotFound, RequestRefused
from booking.feedback.errors import AnswerMissing, HandledAlready, NoAddressToAnswer
from booking.feedback.models import Feedback
from booking.feedback.queries import count_open, handled_feedback, open_feedback
from booking.feedback.rules import NewFeedback
from booking.feedback.use_cases import (
    answer_feedback,
    forget_old_feedback,
    give_feedback,
    handle_feedback,
)
from tests.accounts.letters import last_letter, letters_to
from tests.builders import a_person
from tests.places import a_city, a_space, a_unit

SENDER = "maija@example.com"


def give(session, now, actor=VISITOR, **values):
    new = {"submission": token_hex(8), "kind": "space", "message": "Lamppu on rikki."}
    return give_feedback(session, actor, NewFeedback(**{**new, "language": "fi", **values}), now)


def staff(session, role, unit=None):
    grants = [Grant(role, unit.id if unit else None)]
    return actor_of(session, a_person(session, grants=grants).id)


def test_what_is_wrong_with_a_space_is_mailed_to_the_contact_of_its_unit(session, now):
    space = a_space(session)
    given = give(session, now, space=space.slug, email=SENDER, page="/fi/spaces/room")
    assert (given.unit_id, given.space_id) == (space.unit_id, space.id)
    letter = last_letter(session, "t@example.org", "feedback_received")
    assert letter.context["wants_answer"] is True
    assert SENDER not in str(letter.context)
    assert letter.context["path"].endswith(f"feedback-{given.id}")


def test_what_is_about_no_unit_goes_to_the_city(session, now):
    a_city(session)
    given = give(session, now, kind="wish", unit="no-such", space="no-such")
    assert (given.unit_id, given.space_id, given.email) == (None, None, None)
    assert last_letter(session, "palvelu@example.org", "feedback_received")


def test_what_is_sent_twice_is_one(session, now):
    a_city(session)
    first, second = (give(session, now, submission="same") for _ in range(2))
    assert first is second
    assert len(letters_to(session, "palvelu@example.org")) == 1


def test_all_that_is_wrong_is_told_at_once(session, now):
    a_city(session)
    with pytest.raises(RequestRefused) as refused:
        give(session, now, message="", email="nowhere")
    assert [one.code for one in refused.value.broken] == ["message_missing", "email_not_plausible"]


def test_staff_find_what_is_about_their_units_and_managers_of_the_city_the_rest(session, now):
    here, there = a_unit(session), a_unit(session)
    mine = give(session, now, unit=here.slug)
    others = give(session, now, unit=there.slug)
    citys = give(session, now, kind="wish")
    for actor, found in (
        (staff(session, Role.BOOKER, here), [mine]),
        (staff(session, Role.MANAGER, here), [mine]),
        (staff(session, Role.BOOKER), [mine, others]),
        (staff(session, Role.MANAGER), [mine, others, citys]),
        (staff(session, Role.ADMINISTRATOR), [mine, others, citys]),
        (staff(session, Role.VIEWER), []),
        (actor_of(session, a_person(session).id), []),
    ):
        assert open_feedback(session, actor, 0, 10) == found
        assert count_open(session, actor) == len(found)


def test_nobody_handles_what_is_not_theirs(session, now):
    here, there = a_unit(session), a_unit(session)
    given = give(session, now, unit=there.slug, email=SENDER)
    actor = staff(session, Role.MANAGER, here)
    for step in (
        lambda: handle_feedback(session, actor, given.id, now),
        lambda: answer_feedback(session, actor, given.id, "Kiitos.", now),
    ):
        with pytest.raises(NotFound):
            step()


def test_feedback_is_handled_once(session, now):
    unit = a_unit(session)
    actor = staff(session, Role.BOOKER, unit)
    given = give(session, now, unit=unit.slug, email=SENDER)
    handle_feedback(session, actor, given.id, now)
    assert open_feedback(session, actor, 0, 10) == []
    assert handled_feedback(session, actor, 10) == [given]
    with pytest.raises(HandledAlready):
        answer_feedback(session, actor, given.id, "Kiitos.", now)
    assert letters_to(session, SENDER) == []


def test_an_answer_is_mailed_in_the_language_of_who_asked(session, now):
    unit = a_unit(session)
    actor = staff(session, Role.BOOKER, unit)
    given = give(session, now, unit=unit.slug, email=SENDER, language="sv")
    with pytest.raises(AnswerMissing):
        answer_feedback(session, actor, given.id, " ", now)
    answer_feedback(session, actor, given.id, "Tack!", now)
    letter = last_letter(session, SENDER, "feedback_answer")
    assert (letter.language, letter.context["answer"]) == ("sv", "Tack!")
    assert (given.answer, given.handled_at) == ("Tack!", now)


def test_nobody_is_answered_who_left_no_address(session, now):
    unit = a_unit(session)
    given = give(session, now, unit=unit.slug)
    with pytest.raises(NoAddressToAnswer):
        answer_feedback(session, staff(session, Role.BOOKER, unit), given.id, "Kiitos.", now)


def test_a_year_after_it_was_handled_only_what_names_nobody_is_left(session, now):
    unit = a_unit(session)
    person = actor_of(session, a_person(session, email=SENDER).id)
    given = give(session, now, actor=person, unit=unit.slug, email=SENDER, page="/fi/")
    waiting = give(session, now, unit=unit.slug, message="Toinen.")
    answer_feedback(session, staff(session, Role.BOOKER, unit), given.id, "Kiitos.", now)
    for letter in letters_to(session, SENDER):
        letter.due_at, letter.sent_at = None, now
    session.flush()

    year = now + timedelta(days=365)
    assert forget_old_feedback(session, year - timedelta(seconds=1)) == 0
    assert forget_old_feedback(session, year) == 1
    session.expire_all()
    kept = session.get(Feedback, given.id)
    assert (kept.message, kept.answer, kept.email, kept.page, kept.person_id) == ("",) + (None,) * 4
    assert (kept.kind, kept.unit_id, kept.handled_at) == ("space", unit.id, now)
    assert letters_to(session, SENDER) == []
    assert waiting.message == "Toinen.", "what nobody handled waits"
    assert forget_old_feedback(session, year) == 0
