"""The session of a request, and the one way to write: a use case in a transaction of its own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from booking.database import Base, may_be_tried_again, writing

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.1
"""Seconds between two tries: of random length, so that two losers don't meet again."""

GAVE_UP_WAITING = frozenset({"55P03", "57014", "57P01", "57P02", "57P03", "25P03", "53300"})
"""PostgreSQL: a lock or a statement took too long, or the server lets nobody in just now."""


def transact(
    use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `use_case(session, …)` gives, once all it wrote is committed; else nothing is written.

    What the request read before is let go first, so that the use case reads what stands now: on
    SQLite its transaction takes the write lock at once. Where another writer was faster (a
    deadlock, a serialisation failure, a version that changed), the whole use case is run again,
    up to three times in all.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return _in_transaction(use_case, *args, **kwargs)
        except (DBAPIError, StaleDataError) as error:
            if not tries_left or not lost_a_race(error):
                raise
        time.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
    raise AssertionError("unreachable: the last try returns or raises")


def _in_transaction(
    use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    session = db.session()
    session.rollback()
    session.expunge_all()
    with writing():
        try:
            result = use_case(session, *args, **kwargs)
            session.commit()
            return result
        except BaseException:
            session.rollback()
            raise


def try_to_transact(
    use_case: Callable[Concatenate[Session, P], object], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Write what is worth a try; where the database refuses, note it and let the request go on."""
    try:
        transact(use_case, *args, **kwargs)
    except SQLAlchemyError as error:
        name = getattr(use_case, "__name__", "")
        structlog.get_logger("booking").warning(
            "not_written", what=name, error=type(error).__name__
        )


def lost_a_race(error: SQLAlchemyError) -> bool:
    """Whether another writer was faster, so that the same use case may go through now."""
    if isinstance(error, StaleDataError):
        return True
    return isinstance(error, DBAPIError) and may_be_tried_again(error)


def may_pass(error: SQLAlchemyError) -> bool:
    """Whether the database is only busy or away, so that the same request may go through soon."""
    if isinstance(error, PoolTimeout) or lost_a_race(error):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _is_busy_or_away(error)


def _is_busy_or_away(error: DBAPIError) -> bool:
    """By PostgreSQL's code, which is None where there was no server to give one, or SQLite's."""
    name = getattr(error.orig, "sqlite_errorname", "")
    if name:
        return str(name).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    code = getattr(error.orig, "sqlstate", "")
    if code is None:
        return isinstance(error, OperationalError)
    return code in GAVE_UP_WAITING or str(code).startswith("08")
