"""Charges are made once and for what is owed; credits never exceed them; payers are copied."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from booking.audit.models import AuditEntry
from booking.billing.errors import NoPayerYet, PayerFixed
from booking.billing.models import Charge, CreditNote
from booking.billing.queries import get_charge, get_payer, list_charges
from booking.billing.rules import CreditWish, PayerDetails
from booking.billing.use_cases import credit_charge, make_charges, set_payer
from booking.core.actors import Role, job
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.notifications.models import OutgoingEmail
from booking.reservations.use_cases import cancel_reservation
from tests.billing.owed import ENDS, cancelled_late, of_the_demo
from tests.builders import a_person, an_organisation
from tests.places import a_space, a_unit, an_actor, ask
from tests.pricing.test_rules import EXAMPLES
from tests.values import NOW

JOB = job("make-charges")
CLUB = PayerDetails("Haminan Sähly ry", "Puistokatu 2", "49400", "Hamina", "1234567-1")


def charged(session, now=ENDS):
    """The charges made by then, in order."""
    make_charges(session, JOB, now)
    return session.scalars(select(Charge).order_by(Charge.number)).all()


def codes(refused):
    return [rule.code for rule in refused.value.broken]


# ── Charges ───────────────────────────────────────────────────────────────────────────────────


def test_use_is_charged_once_it_has_ended(session):
    made = ask(session, a_space(session))
    assert charged(session, ENDS - timedelta(seconds=1)) == []
    (charge,) = charged(session)
    assert (charge.reservation_id, charge.reason) == (made.id, "use")
    assert (charge.net_cents, charge.vat_cents, charge.total_cents) == (2000, 0, 2000)
    assert (charge.number, charge.reference_number) == (1, "1000012")
    assert charge.charged_on == date(2027, 1, 12)


def test_charging_again_makes_nothing_twice(session):
    ask(session, a_space(session))
    assert make_charges(session, JOB, ENDS) == 1
    assert make_charges(session, JOB, ENDS) == 0


def test_the_database_refuses_a_second_charge_for_the_same_reason(session):
    ask(session, a_space(session))
    charged(session)
    columns = "reservation_id, reason, charged_on, currency, net_cents, vat_cents, total_cents, "
    columns += "credited_cents, name, street_address, postcode, town, business_id, "
    columns += "e_invoice_address, e_invoice_operator, own_reference, created_at"
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(
                f"INSERT INTO charge (number, reference_number, {columns}) "
                f"SELECT 99, 'x', {columns} FROM charge"
            )
        )


def test_what_costs_nothing_is_not_charged(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], price_group="K1")
    actor = an_actor(session, person=secretary)
    made = ask(session, a_space(session), actor=actor, organisation=club.slug)
    made.state = "confirmed"
    assert charged(session) == []


def test_a_late_cancellation_is_charged_and_one_in_time_is_not(session):
    late = cancelled_late(session, a_space(session))
    actor = an_actor(session)
    in_time = ask(session, a_space(session), actor=actor)
    cancel_reservation(session, actor, in_time.reference, NOW)
    (charge,) = charged(session)
    assert (charge.reservation_id, charge.reason) == (late.id, "late_cancellation")
    assert charge.total_cents == 2000


def test_a_no_show_is_charged_as_such(session):
    made = ask(session, a_space(session))
    made.no_show_at, made.due_cents = made.starts_at, made.total_cents
    (charge,) = charged(session)
    assert (charge.reason, charge.total_cents) == ("no_show", 2000)
    told = select(OutgoingEmail).where(OutgoingEmail.template == "reservation_no_show")
    assert session.scalars(told).one().context["due_cents"] == 2000


def test_one_owes_once_whatever_is_noted_later(session):
    made = ask(session, a_space(session))
    (charge,) = charged(session)
    made.no_show_at, made.due_cents = made.starts_at, made.total_cents
    assert len(charged(session)) == 1
    manager = an_actor(session, role=Role.MANAGER)
    credit_charge(session, manager, charge.number, None, "Nobody came", ENDS)
    assert [one.reason for one in charged(session)] == ["use", "no_show"]


def test_what_was_credited_wholly_is_not_charged_again_for_the_same(session):
    ask(session, a_space(session))
    (charge,) = charged(session)
    credit_charge(
        session, an_actor(session, role=Role.MANAGER), charge.number, None, "Burst pipe", ENDS
    )
    assert charged(session) == [charge]


def test_many_are_charged_some_at_a_time_with_numbers_in_a_row(session):
    for hour in range(10, 15):
        ask(session, a_space(session), f"{hour}:00", f"{hour + 1}:00")
    assert make_charges(session, JOB, ENDS, most=3) == 3
    assert make_charges(session, JOB, ENDS, most=3) == 2
    assert [one.number for one in charged(session)] == [1, 2, 3, 4, 5]


def test_an_empty_house_owes_nothing(session):
    assert make_charges(session, JOB, NOW) == 0


@pytest.mark.parametrize("row", EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_the_worked_examples_are_charged_to_the_cent(city_session, row):
    space, group, purpose, starts, ends, hours, unit, share, vat, percent, *amounts = row
    made = of_the_demo(city_session, space, group, purpose, starts, ends)
    made_charges = {one.reservation_id: one for one in charged(city_session, made.ends_at)}
    net, vat_cents, total = (int(amount) for amount in amounts)
    if not total:
        assert made.id not in made_charges
        return
    charge = made_charges[made.id]
    assert (charge.net_cents, charge.vat_cents, charge.total_cents) == (net, vat_cents, total)
    (line,) = charge.lines
    assert (line.hours, line.unit_cents, line.share) == (
        Decimal(hours),
        int(unit),
        Decimal(share),
    )
    assert (line.vat_class, line.vat_percent) == (vat, Decimal(percent))
    assert (line.net_cents, line.vat_cents, line.total_cents) == (net, vat_cents, total)


# ── Payers ────────────────────────────────────────────────────────────────────────────────────


def test_the_payer_is_copied_when_it_is_charged_and_fixed_then(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    set_payer(session, actor, made.reference, CLUB, NOW)
    (charge,) = charged(session)
    assert charge.details == CLUB
    with pytest.raises(PayerFixed):
        set_payer(session, actor, made.reference, CLUB, ENDS)
    credit_charge(session, an_actor(session, role=Role.MANAGER), 1, None, "Wrong payer", ENDS)
    set_payer(session, actor, made.reference, CLUB, ENDS)


def test_a_payer_is_kept_for_the_next_time(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], price_group="K4")
    actor = an_actor(session, person=secretary)
    rooms = [a_space(session) for _ in range(2)]
    first, second = (ask(session, room, actor=actor, organisation=club.slug) for room in rooms)
    with pytest.raises(NoPayerYet):
        get_payer(session, first)
    set_payer(session, actor, first.reference, CLUB, NOW, keep_as_usual=True)
    assert get_payer(session, second).details == CLUB
    assert [one.details for one in charged(session)] == [CLUB, CLUB]


def test_without_a_payer_whom_it_is_for_is_charged(session):
    secretary = a_person(session, name="Maija")
    club = an_organisation(
        session, admins=[secretary], price_group="K4", name="Kerho ry", business_id="1234567-1"
    )
    actor = an_actor(session, person=secretary)
    staff = an_actor(session, role=Role.BOOKER)
    ask(session, a_space(session), actor=actor, organisation=club.slug)
    ask(session, a_space(session), actor=actor)
    ask(session, a_space(session), actor=staff, on_behalf_of={"name": "Ville", "email": None})
    assert [(one.name, one.business_id) for one in charged(session)] == [
        ("Kerho ry", "1234567-1"),
        ("Maija", ""),
        ("Ville", ""),
    ]


def test_only_the_owner_and_staff_who_book_say_who_pays(session):
    owner = an_actor(session)
    made = ask(session, a_space(session), actor=owner)
    for actor in (owner, an_actor(session, role=Role.BOOKER)):
        set_payer(session, actor, made.reference, CLUB, NOW)
    with pytest.raises(NotAllowed):
        set_payer(session, an_actor(session, role=Role.VIEWER), made.reference, CLUB, NOW)
    with pytest.raises(NotFound):
        set_payer(session, an_actor(session), made.reference, CLUB, NOW)


def test_only_who_answers_for_an_organisation_keeps_its_usual_payer(session):
    admin, member = a_person(session), a_person(session)
    club = an_organisation(session, admins=[admin], members=[member], price_group="K4")
    actors = [an_actor(session, person=person) for person in (member, admin)]
    made = ask(session, a_space(session), actor=actors[0], organisation=club.slug)
    with pytest.raises(NotAllowed):
        set_payer(session, actors[0], made.reference, CLUB, NOW, keep_as_usual=True)
    set_payer(session, actors[1], made.reference, CLUB, NOW, keep_as_usual=True)
    staff = an_actor(session, role=Role.BOOKER)
    with pytest.raises(NotAllowed):
        set_payer(session, staff, made.reference, CLUB, NOW, keep_as_usual=True)


def test_a_payer_that_no_invoice_would_reach_is_refused(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    with pytest.raises(RequestRefused) as refused:
        set_payer(session, actor, made.reference, PayerDetails(postcode="1"), NOW)
    assert len(codes(refused)) == 4


# ── Credit notes ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def charge(city_session):
    """What K5 owes for a fair: net 80.40, VAT 20.50."""
    fair = next(row for row in EXAMPLES if row[2] == "commerce")
    made = of_the_demo(city_session, *fair[:5])
    return next(one for one in charged(city_session, made.ends_at) if one.reservation_id == made.id)


def manager_of(session):
    return an_actor(session, role=Role.MANAGER)


def test_a_charge_is_credited_in_parts_and_the_last_ends_it(city_session, charge):
    manager = manager_of(city_session)
    for total, left in ((5045, 5045), (1, 5044)):
        wish = [CreditWish(1, total)]
        credit_charge(city_session, manager, charge.number, wish, "Half", ENDS)
        assert charge.total_cents - charge.credited_cents == left
    rest = credit_charge(city_session, manager, charge.number, None, "All", ENDS)
    assert (rest.net_cents, rest.vat_cents, rest.total_cents) == (4019, 1025, 5044)
    numbers = city_session.scalars(select(CreditNote.number).order_by(CreditNote.number)).all()
    assert numbers == [1, 2, 3]


def test_no_more_is_credited_than_was_charged(city_session, charge):
    manager = manager_of(city_session)
    wish = [CreditWish(1, charge.total_cents)]
    credit_charge(city_session, manager, charge.number, wish, "All", ENDS)
    for more in ([CreditWish(1, 1)], None):
        with pytest.raises(RequestRefused) as refused:
            credit_charge(city_session, manager, charge.number, more, "More", ENDS)
        assert codes(refused) in (["credit_above_charge"], ["nothing_credited"])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE charge SET credited_cents = total_cents + 1",
        "UPDATE charge_line SET credited_net_cents = net_cents + 1",
        "UPDATE charge_line SET credited_vat_cents = vat_cents + 1",
        "UPDATE charge SET net_cents = net_cents + 1",
        "UPDATE charge_line SET vat_cents = vat_cents + 1",
    ],
)
def test_the_database_refuses_sums_that_can_not_be(city_session, charge, change):
    city_session.flush()
    with pytest.raises(IntegrityError), city_session.begin_nested():
        city_session.execute(text(change))


def test_a_credit_note_says_why_and_is_written_down(city_session, charge):
    manager = manager_of(city_session)
    with pytest.raises(RequestRefused) as refused:
        credit_charge(city_session, manager, charge.number, [], " ", ENDS)
    assert codes(refused) == ["field_required", "nothing_credited"]
    credit_charge(city_session, manager, charge.number, None, "Burst pipe", ENDS)
    entry = city_session.scalars(
        select(AuditEntry).where(AuditEntry.subject == "charge", AuditEntry.action == "credited")
    ).one()
    assert (entry.actor_person_id, entry.details["total"]) == (manager.person_id, 10090)


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.BOOKER, Role.APPROVER])
def test_only_managers_see_charges_and_credit_them(session, role):
    room = a_space(session)
    ask(session, room)
    charged(session)
    with pytest.raises(NotAllowed):
        credit_charge(session, an_actor(session, role=role), 1, None, "Why", ENDS)
    with pytest.raises(NotAllowed):
        list_charges(session, an_actor(session, role=role), None, None, None, 0, 10)


def test_managers_see_the_charges_of_their_own_units(session):
    unit = a_unit(session)
    here, there = (ask(session, a_space(session, unit=one)) for one in (unit, a_unit(session)))
    by_reservation = {one.reservation_id: one.number for one in charged(session)}
    manager = an_actor(session, role=Role.MANAGER, unit=unit)
    seen = list_charges(session, manager, None, None, None, 0, 10)
    assert [one.reservation_id for one in seen] == [here.id]
    with pytest.raises(NotFound):
        get_charge(session, manager, by_reservation[there.id])


def test_the_property_of_sums_holds_in_the_database(city_session, charge):
    for total in (1, 2, 3, 1000, 9084):
        wish = [CreditWish(1, total)]
        credit_charge(city_session, manager_of(city_session), charge.number, wish, "Some", ENDS)
    sums = city_session.execute(
        select(func.sum(CreditNote.net_cents), func.sum(CreditNote.vat_cents))
    ).one()
    assert tuple(sums) == (8040, 2050)
    assert get_charge(city_session, manager_of(city_session), charge.number).credited_cents == 10090
