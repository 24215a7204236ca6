"""One use case, one transaction: tried again where another writer was in the way."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from booking.accounts.models import Person
from booking.web.session import db, may_pass, transact, try_to_transact
from tests.builders import a_person
from tests.installations import engine_of


class _GivenUp(Exception):
    """A deadlock, as the driver of PostgreSQL gives it."""

    sqlstate = "40P01"


def in_the_way(error, times):
    """A use case that adds a person, and is interrupted that many times before it goes through."""
    tries = []

    def use_case(session):
        a_person(session, email="asker@example.org")
        tries.append(error)
        if len(tries) <= times:
            raise error
        return len(tries)

    return use_case


def people():
    return db.session.scalar(select(func.count(Person.id)))


RACES = [StaleDataError("changed"), OperationalError("UPDATE", {}, _GivenUp())]


@pytest.mark.parametrize("error", RACES)
def test_a_lost_race_is_run_again_and_writes_once(app, error):
    with app.test_request_context():
        assert transact(in_the_way(error, times=2)) == 3
        assert people() == 1


@pytest.mark.parametrize("error", RACES)
def test_after_three_lost_races_nothing_is_written(app, error):
    with app.test_request_context():
        with pytest.raises(type(error)):
            transact(in_the_way(error, times=3))
        assert people() == 0


def test_any_other_error_is_not_tried_again(app):
    use_case = in_the_way(ValueError("a bug"), times=1)
    with app.test_request_context(), pytest.raises(ValueError, match="a bug"):
        transact(use_case)


def test_what_was_only_worth_a_try_fails_quietly(app):
    with app.test_request_context():
        try_to_transact(in_the_way(StaleDataError("changed"), times=3))
        assert people() == 0


def test_what_is_not_written_is_not_told_in_the_log_either(app):
    with engine_of(app).connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "of Maija"})
    assert "Maija" not in str(refused.value)


def test_a_database_that_is_away_or_too_slow_may_be_back_soon(app):
    nobody = create_engine("postgresql+psycopg://postgres@127.0.0.1:1/nothing")
    with pytest.raises(OperationalError) as away:
        nobody.connect()
    assert may_pass(away.value)
    engine = engine_of(app)
    if engine.dialect.name == "postgresql":
        slowly = text("SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)")
        with engine.connect() as connection, pytest.raises(DBAPIError) as slow:
            connection.execute(slowly)
        assert may_pass(slow.value)


def test_a_wrong_question_stays_wrong(app):
    with engine_of(app).connect() as connection, pytest.raises(DBAPIError) as wrong:
        connection.execute(text("SELECT * FROM nowhere"))
    assert not may_pass(wrong.value)
