"""The database: base class, column types, and what both engines are made to promise.

Nothing here knows Flask. `web/session.py` gives each request its session.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    and_,
    cast,
    event,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZMULTIRANGE, TSTZRANGE
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from booking.core.errors import BookingError
from booking.core.periods import Period

SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})


class Base(DeclarativeBase):
    """All tables: a whole number as key inside; outside go slug, reference and UID."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        }
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-1)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only and gives them back in UTC, on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"{value!r} is no instant: it has no zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal that never passes through a float: numeric on PostgreSQL, text on SQLite."""

    impl = Numeric(12, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(20) if dialect.name == "sqlite" else Numeric(12, 4))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return str(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(str(value)).normalize()


Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""Plain JSON: texts by language, facts, versions of rules kept as they were. None is NULL."""

Texts = dict[str, str]
"""A text by language: {"fi": …, "sv": …, "en": …}; a further language is data."""


# ── What the engines guard ────────────────────────────────────────────────────────────────────

_OVERLAP = """
    SELECT RAISE(ABORT, 'occupancy_no_overlap') WHERE EXISTS (
        SELECT 1 FROM occupancy AS other
        WHERE other.part_id = NEW.part_id {and_not_itself}
          AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at);"""

SQLITE_GUARDS: Mapping[str, str] = {
    "occupancy_no_overlap_insert": (
        f"BEFORE INSERT ON occupancy BEGIN {_OVERLAP.format(and_not_itself='')} END"
    ),
    "occupancy_no_overlap_update": (
        "BEFORE UPDATE OF part_id, starts_at, ends_at ON occupancy BEGIN "
        f"{_OVERLAP.format(and_not_itself='AND other.id <> NEW.id')} END"
    ),
    "reservation_sequence_grows": (
        "BEFORE UPDATE OF sequence, version ON reservation "
        "WHEN NEW.sequence < OLD.sequence OR NEW.version < OLD.version BEGIN "
        "SELECT RAISE(ABORT, 'reservation_sequence_grows'); END"
    ),
}

POSTGRESQL_GUARDS: Mapping[str, str] = {
    "occupancy_no_overlap": (
        "ALTER TABLE occupancy ADD CONSTRAINT occupancy_no_overlap EXCLUDE USING gist "
        "(part_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)"
    ),
    "reservation_sequence_grows": (
        "CREATE TRIGGER reservation_sequence_grows BEFORE UPDATE OF sequence, version "
        "ON reservation FOR EACH ROW "
        "WHEN (NEW.sequence < OLD.sequence OR NEW.version < OLD.version) "
        "EXECUTE FUNCTION refuse_step_back()"
    ),
}
_REFUSE_STEP_BACK = (
    "CREATE OR REPLACE FUNCTION refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'reservation_sequence_grows' USING ERRCODE = '23514', "
    "CONSTRAINT = 'reservation_sequence_grows'; END $$"
)


def missing_guards(connection: Connection) -> set[str]:
    """The names of the guards that this database lacks."""
    if connection.dialect.name == "sqlite":
        query, guards = "SELECT name FROM sqlite_master WHERE type = 'trigger'", SQLITE_GUARDS
    else:
        query = (
            "SELECT conname FROM pg_constraint WHERE contype = 'x' "
            "UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        guards = POSTGRESQL_GUARDS
    return set(guards) - set(connection.exec_driver_sql(query).scalars())


def install_guards(connection: Connection) -> None:
    """Put in place what the tables' own constraints can't say. Safe to repeat.

    Migrations in batch mode drop SQLite's triggers, so this runs after every one of them.
    """
    missing = missing_guards(connection)
    if connection.dialect.name == "sqlite":
        for name in sorted(missing):
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {SQLITE_GUARDS[name]}")
        return
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
    connection.exec_driver_sql(_REFUSE_STEP_BACK)
    for name in sorted(missing):
        connection.exec_driver_sql(POSTGRESQL_GUARDS[name])


@contextmanager
def constraint_means(
    session: Session, meanings: Mapping[str, type[BookingError]]
) -> Iterator[None]:
    """Flush at the end, and read the refusal of a named constraint as the error it means.

    Both engines name the constraint: PostgreSQL in its diagnostics, SQLite in its message.
    """
    try:
        yield
        session.flush()
    except IntegrityError as error:
        for name, meaning in meanings.items():
            if name in _constraint_named_by(error):
                raise meaning() from error
        raise


def _constraint_named_by(error: IntegrityError) -> str:
    diagnostics = getattr(error.orig, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or str(error.orig)


def may_be_tried_again(error: DBAPIError) -> bool:
    """Whether the engine gave up one of several writers, so that a second try may go through."""
    return getattr(error.orig, "sqlstate", None) in SERIALIZATION_FAILURES


_LOCKED = "times_locked"


def read_since(session: Session) -> tuple[object, int]:
    """What stays the same for as long as nothing that was read can have changed behind the
    session's back: its transaction, and how often it has queued in it."""
    return session.get_transaction(), session.info.get(_LOCKED, 0)


def lock(session: Session, model: type[Base], ids: Iterable[int]) -> None:
    """Queue behind whoever else is writing about these rows, until the transaction ends.

    Rows are locked in the order of their keys, so that two writers never wait for each other.
    On SQLite the transaction already holds the one write lock.
    """
    wanted = sorted(set(ids))
    session.info[_LOCKED] = session.info.get(_LOCKED, 0) + 1
    if wanted and session.get_bind().dialect.name != "sqlite":
        session.execute(
            select(model.id)
            .where(model.id.in_(wanted))
            .order_by(model.id)
            .with_for_update(key_share=True)
        ).all()


def during(session: Session, model: Any, *windows: Period) -> ColumnElement[bool]:
    """That rows with `starts_at` and `ends_at` overlap one of the windows.

    On PostgreSQL in the words of the exclusion constraint, whose index then answers it.
    """
    if session.get_bind().dialect.name == "sqlite":
        return or_(
            *(and_(model.ends_at > one.starts_at, model.starts_at < one.ends_at) for one in windows)
        )
    taken = func.tstzrange(model.starts_at, model.ends_at, literal_column("'[)'"))
    return taken.op("&&", is_comparison=True)(_as_range(windows))


def _as_range(windows: Sequence[Period]) -> ColumnElement[Any]:
    """The windows as PostgreSQL writes ranges: one as a range, several as a multirange."""
    written = ",".join(
        f"[{one.starts_at.isoformat()},{one.ends_at.isoformat()})" for one in windows
    )
    if len(windows) == 1:
        return cast(literal(written, Text), TSTZRANGE)
    return cast(literal(f"{{{written}}}", Text), TSTZMULTIRANGE)


# ── How SQLite is spoken to ───────────────────────────────────────────────────────────────────

_writing: ContextVar[bool] = ContextVar("database_writing", default=False)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin in here may write: on SQLite they take the write lock at once.

    A transaction that read first and wants to write later would be refused at once when another
    wrote in between (SQLITE_BUSY_SNAPSHOT).
    """
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy says BEGIN; the driver would say it too late
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_on_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
