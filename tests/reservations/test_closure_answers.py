"""What becomes of the place a closure offers: accepted, declined, lapsed, closed again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.core.actors import VISITOR, Role
from booking.core.errors import NotAllowed, NotFound, StepNotPossible
from booking.reservations.closure_errors import OfferAwaitsAnswer
from booking.reservations.closure_mails import hash_of_secret
from booking.reservations.closure_rules import OnConflict
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.offer_use_cases import accept_move, answer_by_secret, decline_move
from booking.reservations.queries import state_at
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, expire_due
from tests.places import a_hall, a_space, an_actor, ask
from tests.reservations.closing import letters, moved_from, outcomes, secret_of, sound, spaces
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
MOVE = OnConflict.PROPOSE_MOVES
TERMS = date(2026, 1, 1)


@pytest.fixture
def manager(session):
    return an_actor(session, role=Role.MANAGER)


@pytest.fixture
def maija(session):
    return an_actor(session)


# ── The answer ────────────────────────────────────────────────────────────────────────────────


def test_who_accepts_has_the_same_booking_at_the_other_place(session, manager, maija):
    room, other = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    reference, uid = booked.reference, booked.uid
    moved_from(session, manager, room)
    accept_move(session, maija, reference, NOW)
    assert (booked.reference, booked.uid, booked.state) == (reference, uid, "confirmed")
    assert (booked.version, booked.sequence, booked.held_until) == (3, 2, None)
    assert booked.spaces[0].terms_accepted_at == NOW
    assert spaces(booked) == [other.id]
    assert outcomes(session) == ["accepted"]
    [letter] = letters(session, "moves_accepted")
    assert letter.recipient_id == maija.person_id
    assert sound(session)
    with pytest.raises(StepNotPossible):
        accept_move(session, maija, reference, NOW)


def test_who_declines_is_cancelled_and_owes_nothing(session, manager, maija):
    room, other = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    late = at("17:00", TUESDAY)
    decline_move(session, maija, booked.reference, late)
    assert (booked.state, booked.due_cents, outcomes(session)) == ("cancelled", 0, ["declined"])
    assert sound(session)
    ask(session, other)


def test_cancelling_is_declining(session, manager, maija):
    room, _ = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    cancel_reservation(session, maija, booked.reference, at("17:00", TUESDAY))
    assert (booked.state, booked.due_cents, outcomes(session)) == ("cancelled", 0, ["declined"])
    assert sound(session)


def test_who_does_not_answer_has_it_no_more(session, manager, maija):
    room, other = a_space(session), a_space(session)
    booked = ask(session, room, "10:00", "11:00", actor=maija, day=MONDAY + timedelta(days=14))
    moved_from(session, manager, room, start="10:00", day=MONDAY + timedelta(days=14))
    almost, late = NOW + timedelta(days=7, seconds=-1), NOW + timedelta(days=7)
    assert (state_at(booked, almost), state_at(booked, late)) == ("held", "expired")
    ask(session, other, "10:00", "11:00", day=MONDAY + timedelta(days=14), now=late)
    assert (booked.state, booked.reason) == ("expired", "Lattia hiotaan.")
    assert outcomes(session) == ["lapsed"]
    [letter] = letters(session, "moves_lapsed")
    assert letter.recipient_id == maija.person_id
    assert sound(session, late)
    with pytest.raises(StepNotPossible):
        accept_move(session, maija, booked.reference, late)


def test_all_that_lapses_at_once_is_told_in_one_letter(session, manager, maija):
    hall, sections = a_hall(session, 2)
    others = [a_space(session) for _ in range(2)]
    for section in sections:
        ask(session, section, actor=maija)
    moved_from(session, manager, hall)
    assert expire_due(session, manager, at("18:00", TUESDAY)) == 2
    [letter] = letters(session, "moves_lapsed")
    assert len(letter.context["bookings"]) == len(others)


def test_what_awaited_approval_awaits_it_again(session, manager, maija):
    room = a_space(session, policy_approval="staff")
    a_space(session)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    assert accept_move(session, maija, booked.reference, NOW).state == "requested"


def test_where_others_decide_accepting_asks_them(session, maija):
    room = a_space(session)
    other = a_space(session, policy_approval="staff")
    manager = an_actor(session, role=Role.MANAGER, unit=room.unit)
    decides = an_actor(session, role=Role.APPROVER, unit=other.unit)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    assert accept_move(session, maija, booked.reference, NOW).state == "requested"
    [letter] = letters(session, "staff_new_request")
    assert letter.recipient_id == decides.person_id


def test_only_its_owner_and_staff_who_book_answer(session, manager, maija):
    room, _ = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    with pytest.raises(NotFound):
        accept_move(session, an_actor(session), booked.reference, NOW)
    with pytest.raises(NotAllowed):
        accept_move(session, an_actor(session, role=Role.VIEWER), booked.reference, NOW)
    booker = an_actor(session, role=Role.BOOKER)
    assert accept_move(session, booker, booked.reference, NOW).state == "confirmed"


def test_an_ordinary_hold_is_no_offer(session, maija):
    hold = ask(session, a_space(session), actor=maija, hold=True)
    for answer in (accept_move, decline_move):
        with pytest.raises(StepNotPossible):
            answer(session, maija, hold.reference, NOW)


def test_an_offer_is_answered_and_nothing_else(session, manager, maija):
    room, _ = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    with pytest.raises(OfferAwaitsAnswer):
        submit_reservation(session, maija, booked.reference, {}, NOW)
    with pytest.raises(OfferAwaitsAnswer):
        extend_hold(session, maija, booked.reference, NOW)
    with pytest.raises(OfferAwaitsAnswer):
        change_reservation(session, maija, booked.reference, Changes({"title": "Band"}), NOW)


# ── The secret of the mail ────────────────────────────────────────────────────────────────────


def test_the_secret_of_the_mail_answers_without_signing_in(session, manager, maija):
    hall, sections = a_hall(session, 3)
    for _ in sections:
        a_space(session)
    bookings = [ask(session, section, actor=maija) for section in sections]
    moved_from(session, manager, hall)
    [letter] = letters(session)
    secret, (one, two, three) = secret_of(letter), bookings
    answer_by_secret(session, VISITOR, secret, NOW, accepts=False, reference=two.reference)
    done = answer_by_secret(session, VISITOR, secret, NOW, accepts=True)
    assert done == [one, three]
    assert [x.state for x in bookings] == ["confirmed", "cancelled", "confirmed"]
    assert sound(session)
    with pytest.raises(StepNotPossible):
        answer_by_secret(session, VISITOR, secret, NOW, accepts=True)


def test_a_secret_opens_only_what_its_own_mail_offers(session, manager, maija):
    hall, sections = a_hall(session, 2)
    for _ in sections:
        a_space(session)
    mine = ask(session, sections[0], actor=maija)
    theirs = ask(session, sections[1])
    moved_from(session, manager, hall)
    secret = secret_of(letters(session)[0])
    with pytest.raises(NotFound):
        answer_by_secret(session, VISITOR, secret, NOW, accepts=True, reference=theirs.reference)
    for wrong in (secret[:-1], hash_of_secret(secret), ""):
        with pytest.raises(NotFound):
            answer_by_secret(session, VISITOR, wrong, NOW, accepts=True)
    assert (mine.state, theirs.state) == ("held", "held")


def test_a_place_that_closes_before_an_answer_is_replaced_by_another(session, manager, maija):
    room, second, third = (a_space(session) for _ in range(3))
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    first_secret = secret_of(letters(session)[0])
    moved_from(session, manager, session.get_one(type(room), spaces(booked)[0]))
    assert (booked.state, outcomes(session)) == ("held", ["replaced", "offered"])
    assert set(spaces(booked)) <= {second.id, third.id}
    with pytest.raises(StepNotPossible):
        answer_by_secret(session, VISITOR, first_secret, NOW, accepts=True)
    accept_move(session, maija, booked.reference, NOW)
    assert (booked.state, sound(session)) == ("confirmed", True)


def test_an_offer_whose_place_closes_for_good_is_cancelled(session, manager, maija):
    room, other = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    moved_from(session, manager, room)
    moved_from(session, manager, other)
    assert (booked.state, outcomes(session)) == ("cancelled", ["replaced", "cancelled"])
    assert sound(session)


def test_a_colleagues_booking_is_offered_a_place_too(session, manager):
    room, other = a_space(session), a_space(session, policy_who_may_book="staff")
    colleague = an_actor(session, role=Role.BOOKER)
    booked = ask(session, room, actor=colleague, kind=Kind.STAFF)
    moved_from(session, manager, room)
    assert spaces(booked) == [other.id]
    [letter] = letters(session)
    answer_by_secret(session, VISITOR, secret_of(letter), NOW, accepts=True)
    assert booked.state == "confirmed"
