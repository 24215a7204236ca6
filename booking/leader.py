"""Leadership: of all processes that could run the jobs of one database, one does.

Who leads is settled by a lock that ends with its holder: on PostgreSQL an advisory lock of a
session, on SQLite a lock on a file beside the database. A PostgreSQL that is reached through a
pool must keep sessions together (not "transaction pooling").
"""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from typing import IO, Protocol

import structlog
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

LOCK_KEY = 0x59484A4F4253
"""Any number will do, as long as nobody else locks it: the letters YHJOBS."""

# A leader's machine that falls silent is noticed, and its lock let go, in half a minute.
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "connect_timeout": 10,
}

log = structlog.get_logger("booking.jobs")


class Leader(Protocol):
    """One process's claim to lead. May be asked from several threads."""

    def leads(self) -> bool:
        """Whether this process leads now; it takes the lead if nobody has it."""

    def resign(self) -> None:
        """Let another lead."""


def leader_for(url: URL) -> Leader:
    """The claim of this process to lead the jobs of the database at `url`."""
    if url.get_backend_name() != "sqlite":
        return SessionLeader(url)
    if url.database in {None, "", ":memory:"}:
        return OnlyLeader()
    return FileLeader(Path(f"{url.database}.jobs-lock"))


class OnlyLeader:
    """Of a database in memory, which no other process knows."""

    def leads(self) -> bool:
        return True

    def resign(self) -> None:
        """There is nobody else."""


class FileLeader:
    """Leads as long as it holds the lock on a file; the kernel lets go of it when it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def leads(self) -> bool:
        with self._one_at_a_time:
            if self._file is None:
                self._file = self._locked()
            return self._file is not None

    def resign(self) -> None:
        with self._one_at_a_time:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _locked(self) -> IO[bytes] | None:
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        log.info("leading", lock=self._path.name)
        return file


class SessionLeader:
    """Leads as long as its own connection lives: PostgreSQL lets go of the lock when it ends."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(
            url, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=KEEPALIVES
        )
        self._connection: Connection | None = None
        self._one_at_a_time = threading.Lock()

    def leads(self) -> bool:
        with self._one_at_a_time:
            try:
                return self._holds_still() or self._takes()
            except DBAPIError as error:
                log.warning("no lead: the database is away", error=str(error.orig).strip())
                self._let_go()
                return False

    def resign(self) -> None:
        with self._one_at_a_time:
            self._let_go()

    def _holds_still(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            log.warning("lead lost with its connection")
            self._let_go()
            return False
        return True

    def _takes(self) -> bool:
        connection = self._engine.connect()
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}):
            log.info("leading", lock="advisory")
            self._connection = connection
            return True
        connection.close()
        return False

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
