"""Things on loan by count: any pieces that are free, for whole days, by the strictest policy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.decisions.queries import inbox
from booking.decisions.use_cases import approve_reservation, deny_reservation
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.hold_use_cases import extend_hold, submit_reservation
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.queries import get_reservation, visible_to
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.rules import LoanWish
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation
from tests.builders import a_person, an_organisation
from tests.places import a_space, a_thing, a_unit, an_actor, ask, borrow
from tests.values import MONDAY, NOW, at

MO, TU, WE, TH, FR, SA = (MONDAY + timedelta(days=n) for n in range(6))
OPEN, SHUT = [[600, 960]], []
OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OPEN) | {"sat": SHUT, "sun": SHUT}
TERMS = (date(2026, 1, 1),)


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def held(session, reservation):
    rows = session.scalars(select(Occupancy).where(Occupancy.reservation_id == reservation.id))
    return sorted((row.starts_at, row.ends_at) for row in rows)


def wish(thing, quantity=1, first=TU, last=WE):
    return LoanWish(thing.slug, quantity, first, last)


def sound(session):
    session.flush()
    return breaches(session.connection(), NOW) == []


def test_taking_two_takes_any_two_that_are_free_for_whole_local_days(session):
    tent = a_thing(session, 3)
    made = borrow(session, [wish(tent, 2)])
    days = (at("00:00", TU), at("24:00", WE))
    assert held(session, made) == [days, days]
    assert (made.state, made.starts_at, made.ends_at) == ("confirmed", *days)
    assert (made.total_cents, made.loans[0].quantity) == (None, 2)
    borrow(session, [wish(tent, 1)])
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(tent, 1, WE, TH)])
    assert codes(refused) == ["not_free"]
    assert refused.value.broken[0].values["free"] == 0
    borrow(session, [wish(tent, 3, TH, FR)])
    assert sound(session)


def test_how_many_are_free_is_told_with_the_refusal(session):
    tent = a_thing(session, 3)
    borrow(session, [wish(tent, 1)])
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(tent, 3)])
    values = refused.value.broken[0].values
    assert (values["free"], values["wanted"]) == (2, 3)


@pytest.mark.parametrize(
    ("policy", "first", "last", "broken"),
    [
        ({"max_loan_days": 2}, TU, WE, []),
        ({"max_loan_days": 2}, TU, TH, ["too_long"]),
        ({"notice": {"days": 1}}, TU, WE, []),
        ({"notice": {"days": 2}}, TU, WE, ["too_soon"]),
        ({"notice": {"hours": 30}}, TU, WE, []),
        ({"notice": {"hours": 31}}, TU, WE, ["too_soon"]),
        ({"horizon_days": 1}, TU, WE, []),
        ({"horizon_days": 0}, TU, WE, ["too_far"]),
        ({}, MO, MO, []),
        ({}, MO - timedelta(days=3), TU, ["in_past"]),
        ({}, FR, FR + timedelta(days=3), []),
        ({}, SA, SA + timedelta(days=2), ["outside_opening_hours"]),
        ({}, FR, SA, ["outside_opening_hours"]),
        ({}, WE, TU, ["end_before_start"]),
        ({"requires_adult": True}, TU, WE, ["adult_required"]),
        ({"who_may_book": "association"}, TU, WE, ["who_may_book", "field_required"]),
        ({"who_may_book": "staff"}, TU, WE, ["who_may_book"]),
        ({"quota": {"active": 0}}, TU, WE, ["quota_exceeded"]),
    ],
)
def test_every_rule_of_a_loan_policy_has_its_border(session, policy, first, last, broken):
    thing = a_thing(session, week=OFFICE, **policy)
    if not broken:
        assert borrow(session, [wish(thing, 1, first, last)]).state == "confirmed"
        return
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(thing, 1, first, last)])
    assert codes(refused) == broken


def test_a_loan_of_several_things_obeys_the_strictest_of_their_policies(session):
    easy = a_thing(session)
    strict = a_thing(session, max_loan_days=2, requires_adult=True, approval="staff")
    assert borrow(session, [wish(easy, 1, TU, TH)]).state == "confirmed"
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(easy, 1, TU, TH), wish(strict, 1, TU, WE)])
    assert codes(refused) == ["too_long", "adult_required"]
    both = [wish(easy, 1, TU, WE), wish(strict, 1, TU, WE)]
    assert borrow(session, both, responsible_adult=True).state == "requested"


def test_terms_of_loans_are_accepted_too(session):
    thing = a_thing(session)
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(thing)], terms=())
    assert codes(refused) == ["terms_not_accepted"]
    assert borrow(session, [wish(thing)]).loans[0].terms_version_id is not None


def test_the_quota_counts_the_loans_of_a_policy_that_are_not_over(session):
    actor, tent = an_actor(session), a_thing(session, quota={"active": 1})
    borrow(session, [wish(tent, 1, TU, TU)], actor=actor)
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(tent, 1, FR, FR)], actor=actor)
    assert codes(refused) == ["quota_exceeded"]
    borrow(session, [wish(tent, 1, FR, FR)], actor=actor, now=at("00:00", WE))
    session.flush()
    assert breaches(session.connection(), at("00:00", WE)) == []
    assert {one.code for one in breaches(session.connection(), NOW)} == {"quota"}


def test_a_loan_that_a_person_decides_about_begins_tomorrow_at_the_earliest(session):
    thing = a_thing(session, approval="staff")
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(thing, 1, MO, TU)])
    assert codes(refused) == ["too_soon"]
    assert borrow(session, [wish(thing)]).state == "requested"


def test_staff_of_the_pick_up_point_see_and_decide(session):
    unit = a_unit(session)
    here = an_actor(session, role=Role.APPROVER, unit=unit)
    elsewhere = an_actor(session, role=Role.APPROVER, unit=a_unit(session))
    made = borrow(session, [wish(a_thing(session, unit=unit, approval="staff"))])
    assert [one.id for one in inbox(session, here, NOW, 10)] == [made.id]
    assert session.scalars(select(Reservation.id).where(visible_to(elsewhere))).all() == []
    with pytest.raises(NotFound):
        get_reservation(session, elsewhere, made.reference)
    assert approve_reservation(session, here, made.reference, NOW).state == "confirmed"
    other = a_thing(session, approval="staff")
    assert borrow(session, [wish(other)], actor=here).state == "requested"


def test_only_staff_of_the_pick_up_point_say_kind_and_override_and_any_organisation(session):
    unit = a_unit(session)
    thing = a_thing(session, unit=unit, max_loan_days=1)
    elsewhere = an_actor(session, role=Role.APPROVER, unit=a_unit(session))
    for values in ({"kind": Kind.STAFF}, {"override": "Fair"}, {"on_behalf_of": {"name": "A"}}):
        with pytest.raises(NotAllowed):
            borrow(session, [wish(thing, 1, TU, TU)], actor=elsewhere, **values)
    club = an_organisation(session)
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(thing, 1, TU, TU)], actor=elsewhere, organisation=club.slug)
    assert codes(refused) == ["who_may_book"]
    here = an_actor(session, role=Role.APPROVER, unit=unit)
    assert borrow(session, [wish(thing)], actor=here, override="Fair").state == "confirmed"


def test_a_verified_association_borrows_what_is_for_associations(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary])
    new = an_organisation(session, admins=[secretary], verified_at=None)
    thing = a_thing(session, who_may_book="association")
    actor = an_actor(session, person=secretary)
    borrow(session, [wish(thing)], actor=actor, organisation=club.slug)
    with pytest.raises(RequestRefused) as refused:
        borrow(session, [wish(thing)], actor=actor, organisation=new.slug)
    assert codes(refused) == ["organisation_not_verified"]


def test_with_a_reservation_the_days_are_those_of_the_openings_around_it(session):
    thing = a_thing(session, week=OFFICE)
    made = ask(session, a_space(session), items=(LoanWish(thing.slug, 2),))
    assert held(session, made) == [
        (at("00:00", TU), at("24:00", WE)),
        (at("00:00", TU), at("24:00", WE)),
        (at("18:00", TU), at("20:00", TU)),
    ]
    assert made.total_cents == 2000
    assert sound(session)


def test_space_and_loans_are_had_together_or_not_at_all(session):
    room, thing = a_space(session), a_thing(session, 1)
    borrow(session, [wish(thing)])
    with pytest.raises(RequestRefused) as refused:
        ask(session, room, items=(wish(thing),), people=21)
    assert codes(refused) == ["over_capacity", "not_free"]
    ask(session, room)


def test_an_instant_space_with_a_loan_that_a_person_decides_about_awaits_them(session):
    thing = a_thing(session, approval="staff")
    assert ask(session, a_space(session), items=(wish(thing),)).state == "requested"


def test_cancelling_gives_the_pieces_back_and_restoring_takes_any_that_are_free(session):
    actor, thing = an_actor(session), a_thing(session, 2)
    made = borrow(session, [wish(thing)], actor=actor)
    cancel_reservation(session, actor, made.reference, NOW)
    assert held(session, made) == []
    borrow(session, [wish(thing)])
    restore_reservation(session, actor, made.reference, NOW)
    assert len(held(session, made)) == 1
    assert sound(session)
    cancel_reservation(session, actor, made.reference, NOW)
    borrow(session, [wish(thing)])
    with pytest.raises(RequestRefused) as refused:
        restore_reservation(session, actor, made.reference, NOW)
    assert codes(refused) == ["not_free"]


def test_a_denied_loan_is_restored_by_staff_of_its_pick_up_point(session):
    staff = an_actor(session, role=Role.APPROVER)
    made = borrow(session, [wish(a_thing(session, approval="staff"))])
    deny_reservation(session, staff, made.reference, NOW, "No.")
    assert restore_reservation(session, staff, made.reference, NOW).state == "requested"
    assert len(held(session, made)) == 1


def test_a_hold_of_things_is_extended_and_submitted_with_other_ones(session):
    actor, tent, stove = an_actor(session), a_thing(session, 2), a_thing(session, 2)
    made = borrow(session, [wish(tent, 2)], actor=actor, hold=True, terms=())
    assert (made.state, made.held_until) == ("held", NOW + timedelta(minutes=15))
    later = NOW + timedelta(minutes=5)
    extend_hold(session, actor, made.reference, later)
    assert made.held_until == later + timedelta(minutes=15)
    filled = {"terms": TERMS, "items": (wish(tent, 1), wish(stove, 2))}
    done = submit_reservation(session, actor, made.reference, filled, later)
    assert (done.state, [row.quantity for row in done.loans]) == ("confirmed", [1, 2])
    assert len(held(session, done)) == 3
    assert sound(session)


def test_a_submitted_hold_judges_its_loans_again_by_all_rules(session):
    actor, thing = an_actor(session), a_thing(session, requires_adult=True, quota={"active": 1})
    made = borrow(session, [wish(thing)], actor=actor, hold=True, terms=())
    with pytest.raises(RequestRefused) as refused:
        submit_reservation(session, actor, made.reference, {}, NOW)
    assert codes(refused) == ["adult_required", "terms_not_accepted"]
    filled = {"terms": TERMS, "responsible_adult": True}
    assert submit_reservation(session, actor, made.reference, filled, NOW).state == "confirmed"


def test_moving_keeps_the_days_of_loans_while_they_cover_the_new_time(session):
    actor, thing = an_actor(session), a_thing(session)
    made = ask(session, a_space(session), actor=actor, items=(wish(thing, 2, MO, WE),))
    before = held(session, made)
    there = {"starts_at": at("10:00", WE), "ends_at": at("11:00", WE)}
    change_reservation(session, actor, made.reference, Changes(there), NOW)
    assert held(session, made)[:2] == before[:2]
    away = {"starts_at": at("10:00", TH), "ends_at": at("11:00", TH)}
    with pytest.raises(RequestRefused) as refused:
        change_reservation(session, actor, made.reference, Changes(away), NOW)
    assert codes(refused) == ["loans_do_not_fit"]
    both = away | {"items": (LoanWish(thing.slug, 1),)}
    change_reservation(session, actor, made.reference, Changes(both), NOW)
    assert held(session, made) == [
        (at("00:00", TH), at("24:00", TH)),
        (at("10:00", TH), at("11:00", TH)),
    ]
    assert sound(session)


def test_other_things_alone_leave_time_and_terms_as_they_are(session):
    actor, thing = an_actor(session), a_thing(session)
    room = a_space(session, policy_notice={"days": 1}, policy_cancel_before={"days": 2})
    made = ask(session, room, actor=actor)
    when = made.spaces[0].terms_accepted_at
    more = Changes({"items": (wish(thing, 2),)})
    change_reservation(session, actor, made.reference, more, NOW + timedelta(hours=1))
    assert (made.spaces[0].terms_accepted_at, len(held(session, made))) == (when, 3)
    change_reservation(session, actor, made.reference, Changes({"items": ()}), NOW)
    assert (len(held(session, made)), made.loans) == (1, [])
    assert sound(session)


def test_a_loan_alone_moves_to_other_days_and_never_to_nothing(session):
    actor, thing = an_actor(session), a_thing(session)
    made = borrow(session, [wish(thing)], actor=actor)
    later = Changes({"items": (wish(thing, 2, TH, FR),)})
    change_reservation(session, actor, made.reference, later, NOW)
    assert (made.starts_at, made.ends_at) == (at("00:00", TH), at("24:00", FR))
    assert (made.version, made.sequence) == (2, 1)
    with pytest.raises(RequestRefused) as refused:
        change_reservation(session, actor, made.reference, Changes({"items": ()}), NOW)
    assert codes(refused) == ["field_required"]
    assert sound(session)


def test_moving_does_not_slip_past_whoever_decides_about_its_loans(session):
    actor, thing = an_actor(session), a_thing(session, approval="staff")
    made = ask(session, a_space(session), actor=actor, items=(wish(thing, 1, MO, TH),))
    there = Changes({"starts_at": at("10:00", WE), "ends_at": at("11:00", WE)})
    assert change_reservation(session, actor, made.reference, there, NOW).state == "requested"


def test_mails_of_loans_name_them_and_where_they_are_picked_up(session):
    made = borrow(session, [wish(a_thing(session), 2)])
    context = session.scalars(
        select(OutgoingEmail.context).where(OutgoingEmail.reservation_id == made.id)
    ).one()
    assert (context["spaces"], context["items"][0]["quantity"]) == ([], 2)
    assert context["address"].startswith("Puistokatu 2")


def test_unknown_things_are_not_found(session):
    with pytest.raises(NotFound):
        borrow(session, [LoanWish("nothing", 1, TU, WE)])


def test_more_or_fewer_pieces_than_it_says_are_found(session):
    made = borrow(session, [wish(a_thing(session), 2)])
    piece = held_pieces(session, made)[0]
    session.execute(text("DELETE FROM occupancy WHERE id = :id"), {"id": piece})
    assert {breach.code for breach in breaches(session.connection(), NOW)} == {"wrong_loans"}


def held_pieces(session, made):
    return session.scalars(select(Occupancy.id).where(Occupancy.reservation_id == made.id)).all()


def test_a_piece_on_loan_is_kept_when_clocks_change(session):
    day = date(2027, 3, 28)
    thing = a_thing(session, horizon_days=90)
    made = borrow(session, [wish(thing, 1, day, day)])
    assert made.ends_at - made.starts_at == timedelta(hours=23)
