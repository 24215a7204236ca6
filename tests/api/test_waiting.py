"""Whoever waited too long for another hears "try again", and what is a courtesy fails alone."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from booking.accounts.models import ApiToken, Person
from tests.installations import engine_of
from tests.places import a_space
from tests.values import NOW


@pytest.fixture
def impatient(app):
    """The application's database, where nobody waits longer than a moment for a lock."""
    engine = engine_of(app)
    engine.dispose()

    def set_timeouts(connection, _record):
        is_sqlite = engine.dialect.name == "sqlite"
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=50" if is_sqlite else "SET lock_timeout='50ms'")
        cursor.close()
        if not is_sqlite:
            connection.commit()

    event.listen(engine, "connect", set_timeouts)
    return engine


@pytest.fixture
def another(impatient, session):
    """A writer who holds the people and tokens, and does not let go; no token's use is noted yet.

    It takes SQLite's lock by its first change: `writing()` would let this whole test write.
    """
    session.execute(update(ApiToken).values(last_used_at=None))
    session.commit()
    with Session(impatient) as writer:
        writer.execute(update(Person).values(name="Busy"))
        writer.execute(update(ApiToken).values(name="busy"))
        yield writer
        writer.rollback()


@pytest.fixture
def space(session):
    slug = a_space(session).slug
    session.commit()
    return slug


def test_who_waited_too_long_is_told_to_try_again(api, session, token, space, a_wish, another):
    refused = api("POST", "/reservations", token, a_wish(space))
    assert refused.status_code == 503
    assert refused.content_type == "application/problem+json"
    assert refused.headers["Retry-After"] == "2"
    another.rollback()
    assert api("POST", "/reservations", token, a_wish(space)).status_code == 201


def test_reading_goes_on_where_the_use_of_a_token_cant_be_noted(api, session, token, another):
    assert api("GET", "/me", token).status_code == 200
    another.rollback()
    assert session.scalar(select(ApiToken.last_used_at)) is None
    assert api("GET", "/me", token).status_code == 200
    session.rollback()
    assert session.scalar(select(ApiToken.last_used_at)) == NOW


def test_a_page_says_it_too(app, client, impatient):
    def wait_in_vain():
        raise OperationalError("SELECT 1", {}, _Timeout())

    app.add_url_rule("/fi/waiting", view_func=wait_in_vain)
    refused = client.get("/fi/waiting")
    assert (refused.status_code, refused.mimetype) == (503, "text/html")
    assert refused.headers["Retry-After"] == "2"


class _Timeout(Exception):
    """A statement timeout, as the driver of PostgreSQL gives it."""

    sqlstate = "57014"


def test_a_fault_of_ours_is_no_waiting(app, client):
    def ask_wrongly():
        raise OperationalError("SELECT x", {}, Exception("no such column: x"))

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/api/v1/wrong", view_func=ask_wrongly)
    assert client.get("/api/v1/wrong").status_code == 500
