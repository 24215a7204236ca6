"""The two engines under test: fresh databases, and copies of templates that were filled once."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from scripts import postgres

PREFIX = "yhteistila-tests"
VERSION_WITH_STRATEGIES = 150000


class Engine(Protocol):
    """A kind of database that the product runs on."""

    name: str

    def create(self, template: str = "") -> str:
        """The URL of a new database: like that of the URL `template`, else empty."""

    def drop(self, url: str) -> None:
        """Forget a database, whoever may still be connected."""


class Sqlite:
    """Databases in one file each."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, template: str = "") -> str:
        path = self._folder / f"{secrets.token_hex(8)}.sqlite3"
        if template:
            # Whoever fills a template closes it, so its write-ahead log is folded in.
            shutil.copyfile(_file(template), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_file(url)}{suffix}").unlink(missing_ok=True)


class Postgresql:
    """Databases of one server, which need not be ours alone: their names tell whose they are."""

    name = "postgresql"

    def __init__(self, server: str, owner: str) -> None:
        self._server = make_url(server)
        self._prefix = f"yhteistila_test_{owner}_"

    def create(self, template: str = "") -> str:
        new = self._server.set(database=f"{self._prefix}{secrets.token_hex(6)}")
        source = f" TEMPLATE {make_url(template).database}{self._strategy()}" if template else ""
        self._command(f"CREATE DATABASE {new.database}{source}")
        return new.render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._command(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def drop_all(self) -> None:
        """Forget every database that this owner made."""
        with _connected(self._server) as execute:
            names = execute(
                "SELECT string_agg(datname, ' ') FROM pg_database "
                f"WHERE starts_with(datname, '{self._prefix}')"
            )
            for name in names.split():
                execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _strategy(self) -> str:
        """Copying files is twice as fast as writing all through the log, where one may choose."""
        with _connected(self._server) as execute:
            version = int(execute("SHOW server_version_num"))
        return " STRATEGY file_copy" if version >= VERSION_WITH_STRATEGIES else ""

    def _command(self, command: str) -> None:
        with _connected(self._server) as execute:
            execute(command)


@contextmanager
def _connected(server: URL) -> Iterator[Callable[[str], str]]:
    """A function that runs one statement, outside any transaction, and gives its first value."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:

        def execute(statement: str) -> str:
            result = connection.execute(text(statement))
            return str(result.scalar() or "") if result.returns_rows else ""

        yield execute


def _file(url: str) -> str:
    path = make_url(url).database
    assert path
    return path


class Run:
    """One run of the tests: what its processes share, in a folder that goes when it ends.

    The first process that needs the server or a template makes it while the others wait.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def begin(cls) -> Run:
        """A new run, after clearing away what killed ones left behind."""
        parent = Path(postgres.roomy_folder())
        for left in parent.glob(f"{PREFIX}-*"):
            run = cls(left)
            if not _is_alive(int(run._owner)):
                run.end()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.getpid()}-", dir=parent))
        folder.chmod(0o755)  # PostgreSQL's user has to get through
        return cls(folder)

    def end(self) -> None:
        """Stop the server, if there is one, and forget all databases."""
        server = self.folder / "pg"
        if server.exists():
            postgres.discard(server)
        elif any(self.folder.glob("template-postgresql-*")):
            Postgresql(os.environ["TEST_POSTGRES_URL"], self._owner).drop_all()
        shutil.rmtree(self.folder, ignore_errors=True)

    def engine(self, name: str) -> Engine:
        """The engine of that name, ready to make databases."""
        if name == "sqlite":
            return Sqlite(self.folder)
        if named := os.environ.get("TEST_POSTGRES_URL"):
            return Postgresql(named, self._owner)
        with self._one_at_a_time("server"):
            server = self.folder / "pg"
            server.mkdir(exist_ok=True)
            return Postgresql(postgres.start(server), self._owner)

    def template(
        self, engine: Engine, name: str, fill: Callable[[str], None], base: str = ""
    ) -> str:
        """The URL of a database that `fill` was given once; tests copy it, and never open it."""
        note = self.folder / f"template-{engine.name}-{name}"
        with self._one_at_a_time(note.name):
            if not note.exists():
                url = engine.create(base)
                fill(url)
                note.write_text(url)
        return note.read_text()

    @property
    def _owner(self) -> str:
        return self.folder.name.split("-")[2]

    @contextmanager
    def _one_at_a_time(self, name: str) -> Iterator[None]:
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
