"""`check invariants` finds charges that differ from their lines and credits above a charge."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from booking.billing.models import Charge
from booking.billing.rules import CreditWish
from booking.billing.use_cases import credit_charge, make_charges
from booking.core.actors import Role, job
from booking.invariants import breaches
from tests.billing.owed import ENDS
from tests.places import a_space, an_actor, ask

CODES = {"charge_differs_from_lines", "credit_above_charge"}


@pytest.fixture
def credited(session):
    """A charge of 20.00, half of which is credited."""
    ask(session, a_space(session))
    make_charges(session, job("make-charges"), ENDS)
    manager = an_actor(session, role=Role.MANAGER)
    credit_charge(session, manager, 1, [CreditWish(1, 1000)], "Half", ENDS)
    return session.scalars(select(Charge)).one()


def found(session):
    session.flush()
    return {one.code for one in breaches(session.connection(), ENDS)} & CODES


def test_sound_charges_are_silent(session, credited):
    assert found(session) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE charge_line SET vat_cents = 1, total_cents = 2001", "charge_differs_from_lines"),
        ("UPDATE charge SET net_cents = 1999, vat_cents = 1", "charge_differs_from_lines"),
        ("DELETE FROM credit_line; DELETE FROM charge_line", "charge_differs_from_lines"),
        ("UPDATE credit_line SET net_cents = 999, vat_cents = 1", "charge_differs_from_lines"),
        ("UPDATE credit_note SET net_cents = 2001, total_cents = 2001", "credit_above_charge"),
        ("UPDATE credit_line SET net_cents = 2001, total_cents = 2001", "credit_above_charge"),
        ("UPDATE charge SET credited_cents = 999", "credit_above_charge"),
        ("UPDATE charge_line SET credited_net_cents = 999", "credit_above_charge"),
    ],
)
def test_sums_that_differ_are_found(session, credited, change, code):
    session.flush()
    for statement in change.split(";"):
        session.execute(text(statement))
    assert code in found(session)
