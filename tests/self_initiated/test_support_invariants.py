"""`check invariants` finds each planted breach of what support promises."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from booking.invariants import breaches
from tests.self_initiated.applying import a_granted
from tests.values import NOW


@pytest.fixture
def unguarded(session):
    """The session's connection without the checks that would keep breaches out."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        yield connection
        connection.execute(text("PRAGMA ignore_check_constraints=OFF"))
        return
    for name in ("granted", "paid"):
        connection.execute(
            text(f"ALTER TABLE support_application DROP CONSTRAINT ck_support_application_{name}")
        )
    yield connection


@pytest.mark.parametrize(
    ("breach", "codes"),
    [
        ("DELETE FROM support_entry", {"grant_not_in_ledger", "ledger_overdrawn"}),
        (
            "UPDATE support_entry SET amount_cents = amount_cents + 1",
            {"grant_not_in_ledger", "ledger_overdrawn"},
        ),
        ("UPDATE support_account SET granted_cents = 0", {"ledger_overdrawn"}),
        ("UPDATE decision SET application_id = NULL", {"grant_without_decision"}),
        ("UPDATE decision SET outcome = 'denied'", {"grant_without_decision"}),
        ("UPDATE decision SET last_day_of_appeal = NULL", {"grant_without_decision"}),
        (
            "UPDATE support_application SET state = 'paid', paid_cents = 30001",
            {"paid_above_grant", "grant_not_in_ledger"},
        ),
        (
            "UPDATE support_application SET state = 'paid', paid_cents = 30000",
            {"paid_above_grant"},
        ),
        (
            "UPDATE support_application SET state = 'withdrawn'",
            {"grant_not_in_ledger"},
        ),
    ],
)
def test_each_planted_breach_is_found(session, unguarded, breach, codes):
    a_granted(session)
    session.flush()
    assert breaches(session.connection(), NOW) == []
    session.execute(text(breach))
    assert {one.code for one in breaches(session.connection(), NOW)} == codes
