"""The session of a request, and the one way to write: a use case in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from booking.database import Base, may_be_tried_again, writing

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

P = ParamSpec("P")
T = TypeVar("T")


def transact(
    use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `use_case(session, …)` gives, once all it wrote is committed; else nothing is written.

    What the request read before is let go first, so that the use case reads what stands now: on
    SQLite its transaction takes the write lock at once. Where the engine gave this writer up for
    another (a deadlock, a serialisation failure), the whole use case is tried once more.
    """
    session = db.session()
    for last_try in (False, True):
        session.rollback()
        session.expunge_all()
        with writing():
            try:
                result = use_case(session, *args, **kwargs)
                session.commit()
                return result
            except DBAPIError as error:
                session.rollback()
                if last_try or not may_be_tried_again(error):
                    raise
            except BaseException:
                session.rollback()
                raise
    raise AssertionError("unreachable: the last try returns or raises")
