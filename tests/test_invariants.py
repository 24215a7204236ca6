"""`check invariants` finds a planted breach of each promise, and nothing in the demo city."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from booking.audit.models import AuditEntry
from booking.core.actors import Role
from booking.database import POSTGRESQL_GUARDS, SQLITE_GUARDS, install_guards, missing_guards
from booking.invariants import breaches
from booking.reservations.closure_rules import ClosureWish, OnConflict
from booking.reservations.closure_use_cases import close_spaces
from booking.reservations.models import Reservation
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation
from booking.self_initiated.support_models import SupportAccount, SupportEntry
from tests.builders import a_person
from tests.places import a_space, an_actor, ask
from tests.reservations.waiting import offer, wait
from tests.values import NOW


@pytest.fixture
def unguarded(session):
    """The session's connection without guards, so that breaches can be planted at all."""
    connection: Connection = session.connection()
    if connection.dialect.name == "sqlite":
        for name in SQLITE_GUARDS:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        yield connection
        connection.execute(text("PRAGMA ignore_check_constraints=OFF"))
        return
    connection.execute(text("ALTER TABLE occupancy DROP CONSTRAINT occupancy_no_overlap"))
    connection.execute(text("DROP TRIGGER reservation_sequence_grows ON reservation"))
    for table, name in (
        ("reservation", "ck_reservation_order"),
        ("support_account", "ck_support_account_not_overdrawn"),
    ):
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    yield connection


def found(session):
    session.flush()
    return {breach.code for breach in breaches(session.connection(), NOW)}


def test_a_sound_database_is_silent(session):
    room = a_space(session, policy_buffer_after_min=15)
    ask(session, room)
    ask(session, room, "12:00", "13:00", hold=True)
    assert found(session) == set()


def test_an_overlap(session, unguarded):
    room = a_space(session)
    ask(session, room, "10:00", "12:00")
    other = ask(session, room, "12:00", "13:00")
    unguarded.execute(
        text(
            "UPDATE occupancy SET starts_at = (SELECT MIN(starts_at) FROM occupancy) "
            "WHERE reservation_id = :id"
        ),
        {"id": other.id},
    )
    assert found(session) == {"overlap", "wrong_occupancy"}


def test_a_missing_occupancy(session):
    made = ask(session, a_space(session))
    session.execute(text("DELETE FROM occupancy WHERE reservation_id = :id"), {"id": made.id})
    assert found(session) == {"missing_occupancy"}


def test_a_surplus_occupancy(session):
    made = ask(session, a_space(session))
    session.execute(
        text("UPDATE reservation SET state = 'cancelled' WHERE id = :i"), {"i": made.id}
    )
    assert found(session) == {"surplus_occupancy"}


def test_an_occupancy_of_a_part_that_the_reservation_lacks(session):
    made, other = ask(session, a_space(session)), a_space(session)
    session.execute(
        text(
            "INSERT INTO occupancy (part_id, reservation_id, starts_at, ends_at) "
            "SELECT :part, reservation_id, starts_at, ends_at FROM occupancy "
            "WHERE reservation_id = :id"
        ),
        {"part": other.parts[0].id, "id": made.id},
    )
    assert found(session) == {"surplus_occupancy"}


def test_a_reservation_that_holds_nothing(session):
    made = ask(session, a_space(session))
    for table in ("occupancy", "reservation_space"):
        session.execute(text(f"DELETE FROM {table} WHERE reservation_id = :i"), {"i": made.id})
    assert found(session) == {"holds_nothing"}


def test_a_reservation_that_nobody_was_ever_told_of(session):
    made = ask(session, a_space(session))
    session.execute(text("DELETE FROM audit_entry"))
    session.execute(text("DELETE FROM outgoing_email WHERE reservation_id = :i"), {"i": made.id})
    assert found(session) == {"mail_without_outbox"}


def test_an_occupancy_of_another_time(session):
    made = ask(session, a_space(session))
    made.occupancies[0].ends_at += timedelta(minutes=1)
    assert found(session) == {"wrong_occupancy"}


def test_an_end_before_its_start(session, unguarded):
    made = ask(session, a_space(session))
    unguarded.execute(
        text("UPDATE reservation SET ends_at = starts_at WHERE id = :id"), {"id": made.id}
    )
    assert "end_before_start" in found(session)


def test_a_space_without_parts(session):
    room = a_space(session)
    session.execute(text("DELETE FROM space_part WHERE space_id = :id"), {"id": room.id})
    assert found(session) == {"space_without_parts"}


def test_a_sequence_gone_back(session, unguarded):
    made = ask(session, a_space(session))
    session.add(
        AuditEntry(
            at=NOW,
            actor_kind="job",
            actor_name="",
            action="extended",
            subject="reservation",
            subject_id=made.id,
            subject_version=5,
            subject_sequence=3,
            details={},
        )
    )
    assert found(session) == {"sequence_gone_back"}


def test_a_mail_that_never_reached_the_outbox(session):
    made = ask(session, a_space(session))
    session.execute(text("DELETE FROM outgoing_email WHERE reservation_id = :i"), {"i": made.id})
    assert found(session) == {"mail_without_outbox"}


def test_an_offer_that_nobody_was_told_of_or_that_is_held_for_another(session):
    room, owner = a_space(session), an_actor(session)
    taken = ask(session, room, actor=owner)
    entry = wait(session, room)
    cancel_reservation(session, owner, taken.reference, NOW)
    offer(session)
    assert found(session) == set()
    entry.reservation.booked_for_id = owner.person_id
    assert found(session) == {"offer_for_others"}
    entry.reservation.booked_for_id = entry.person_id
    session.execute(text("DELETE FROM outgoing_email WHERE template = 'waiting_offer'"))
    assert found(session) == {"mail_without_outbox"}


def test_a_quota_exceeded(session):
    quota = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}
    room, one, two = a_space(session, policy_quota=quota), an_actor(session), an_actor(session)
    ask(session, room, "10:00", "11:00", actor=one)
    other = ask(session, room, "12:00", "13:00", actor=two)
    assert found(session) == set()
    other.booked_for_id = one.person_id
    assert found(session) == {"quota"}


def test_a_ledger_overdrawn(session):
    account = SupportAccount(
        person_id=a_person(session).id, year=2027, cap_cents=50_000, granted_cents=50_000
    )
    session.add(account)
    session.flush()
    session.add(SupportEntry(account_id=account.id, amount_cents=50_000, entered_at=NOW))
    assert found(session) == set()
    session.add(SupportEntry(account_id=account.id, amount_cents=1, entered_at=NOW))
    assert found(session) == {"ledger_overdrawn"}


def test_a_closure_that_holds_more_than_its_time(session):
    room, manager = a_space(session), an_actor(session, role=Role.MANAGER)
    closure = ask(session, room, actor=manager, kind=Kind.CLOSURE)
    session.flush()
    closure.occupancies[0].ends_at += timedelta(minutes=1)
    assert found(session) == {"wrong_occupancy"}


def test_a_closure_that_leaves_a_gap(session):
    room, manager = a_space(session), an_actor(session, role=Role.MANAGER)
    closure = ask(session, room, actor=manager, kind=Kind.CLOSURE)
    assert found(session) == set()
    closure.occupancies[0].ends_at -= timedelta(minutes=1)
    assert found(session) == {"uncovered_closure"}


def test_an_offer_that_nothing_is_held_for(session):
    room, _ = a_space(session), a_space(session)
    manager = an_actor(session, role=Role.MANAGER)
    booked = ask(session, room)
    start, end = booked.starts_at, booked.ends_at
    wish = ClosureWish(start, end, "Closed", OnConflict.PROPOSE_MOVES, spaces=(room.slug,))
    close_spaces(session, manager, wish, NOW)
    assert found(session) == set()
    booked.state, booked.held_until = "confirmed", None
    assert found(session) == {"offer_without_hold"}


def test_who_lost_a_place_and_was_not_told(session):
    room, manager = a_space(session), an_actor(session, role=Role.MANAGER)
    booked = ask(session, room)
    start, end = booked.starts_at, booked.ends_at
    wish = ClosureWish(start, end, "Closed", OnConflict.NOTIFY_AND_CANCEL, spaces=(room.slug,))
    close_spaces(session, manager, wish, NOW)
    assert found(session) == set()
    session.execute(text("DELETE FROM outgoing_email WHERE template = 'closure_notice'"))
    assert found(session) == {"mail_without_outbox"}


def test_the_demo_city_keeps_every_promise(city_session):
    assert city_session.scalar(text("SELECT COUNT(*) FROM reservation")) > 50
    assert breaches(city_session.connection(), NOW) == []


def test_guards_can_be_put_back(session, unguarded):
    names = SQLITE_GUARDS if unguarded.dialect.name == "sqlite" else POSTGRESQL_GUARDS
    assert missing_guards(unguarded) == set(names)
    install_guards(unguarded)
    assert missing_guards(unguarded) == set()


def test_the_command_tells_each_breach_and_fails(app, session):
    room = a_space(session)
    made = ask(session, room)
    session.commit()
    runner = app.test_cli_runner()
    silent = runner.invoke(args=["check", "invariants"])
    assert (silent.exit_code, silent.output) == (0, "")
    session.delete(session.get_one(Reservation, made.id).occupancies[0])
    session.commit()
    told = runner.invoke(args=["check", "invariants"])
    assert told.exit_code == 1
    assert told.output.startswith("missing_occupancy: reservation ")
