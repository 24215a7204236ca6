"""The product as a server of its own: real processes, a real port, and a clock that tests set."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import time_machine
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from booking.database import writing
from config import ROOT, Settings

BIN = Path(sys.executable).parent
LONGEST_START = 90.0
LONGEST_STOP = 10.0
# All processes of a server share one clock, which stood at the test's instant when it was made;
# time_machine begins to count when it is first asked.
CLOCK = """
import time, time_machine

def set_clock():
    at, made = {at!r}, {made!r}
    if at is not None:
        time_machine.travel(at + time.time() - made, tick=True).start()
        time.time()
"""
CONFIGURATION = """
control_socket_disable = True
loglevel = "info"
worker_class = "gthread"
graceful_timeout = 5

def post_fork(server, worker):
    set_clock()
"""
COMMAND = """
import sys
from flask.cli import main

set_clock()
sys.argv = ["flask", "--app", "booking", *sys.argv[1:]]
main()
"""


class ServerFailed(Exception):
    """The server didn't come up; what it said is told."""


class Server:
    """gunicorn serving `settings`: `workers` processes of `threads` threads, begun at instant `at`.

    `preload`: the application is loaded once for all of them, as fits a server that is started
    again and again; not for browsers, whose pages such a server keeps waiting.

    Everything a process may know stands in its environment, as on a real installation.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        workers: int = 2,
        threads: int = 4,
        at: datetime | None = None,
        preload: bool = False,
        application: str = "booking.wsgi:app",
    ) -> None:
        self._application = application
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = replace(settings, base_url=self.url, testing=False)
        self.settings.instance_path.mkdir(parents=True, exist_ok=True)
        self._size = ["--workers", str(workers), "--threads", str(threads)]
        self._size += ["--preload"] if preload else []
        self._clock = clock_from(at)
        self._process: subprocess.Popen[bytes] | None = None
        self._log_path = self.settings.instance_path / f"server-{self.port}.log"

    def start(self) -> Server:
        """Start it, and wait until it answers."""
        configuration = self._log_path.with_suffix(".conf.py")
        configuration.write_text(self._clock + CONFIGURATION)
        bind = ["--bind", f"127.0.0.1:{self.port}", "--config", str(configuration)]
        with self._log_path.open("ab") as log:
            self._process = _spawn(
                [str(BIN / "gunicorn"), *bind, *self._size, self._application], self.settings, log
            )
        self._wait_until_it_answers(self._process)
        return self

    def stop(self) -> None:
        """Let it finish what it is answering, then end it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(LONGEST_STOP)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(LONGEST_STOP)
        self._process = None

    @property
    def log(self) -> str:
        """What it has said since it was made."""
        return self._log_path.read_text(errors="replace") if self._log_path.exists() else ""

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the test's own on the server's database; the test commits."""
        with open_session(self.settings.database_url) as session:
            yield session

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `flask --app booking …` as another process of the same installation and clock."""
        return run_command(self.settings, *arguments, clock=self._clock)

    def command(self, *arguments: str) -> list[str]:
        """The words that run `flask --app booking …` by the server's clock."""
        return [sys.executable, "-c", self._clock + COMMAND, *arguments]

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end:
            if process.poll() is not None:
                raise ServerFailed(f"it ended with {process.returncode}:\n{self.log[-4000:]}")
            if _answers(self.port):
                return
            time.sleep(0.05)
        self.kill()
        raise ServerFailed(f"no answer in {LONGEST_START:.0f} seconds:\n{self.log[-4000:]}")


class Scheduler:
    """`jobs run` for an installation, in a process of its own, with the clock of its server.

    In a `with` block none is left behind.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._process: subprocess.Popen[bytes] | None = None
        self._log_path = server.settings.instance_path / "jobs.log"

    def __enter__(self) -> Scheduler:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        with self._log_path.open("ab") as log:
            self._process = _spawn(self._server.command("jobs", "run"), self._server.settings, log)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(LONGEST_STOP)
        self._process = None


def clock_from(at: datetime | None) -> str:
    """Source text of a clock that stands at `at` now and runs on; of the machine's own for None."""
    hatch = time_machine.escape_hatch  # the test's own clock may stand still
    made = hatch.time.time() if hatch.is_travelling() else time.time()
    return CLOCK.format(at=at and at.timestamp(), made=made)


def run_command(
    settings: Settings, *arguments: str, clock: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `flask --app booking …` in a process of its own, with the machine's clock or another."""
    return subprocess.run(
        [sys.executable, "-c", (clock or clock_from(None)) + COMMAND, *arguments],
        cwd=ROOT,
        env=environment_of(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment from which a process reads these settings, and no others."""
    names = [field.name for field in fields(settings)]
    inherited = {k: v for k, v in os.environ.items() if k.lower() not in names}
    return inherited | {name.upper(): _as_text(getattr(settings, name)) for name in names}


@contextmanager
def open_session(url: str) -> Iterator[Session]:
    """A session that may write, of its own connection; the caller commits."""
    engine = create_engine(url, poolclass=NullPool)
    with writing(), Session(engine, expire_on_commit=False) as session:
        yield session


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _spawn(command: list[str], settings: Settings, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment_of(settings),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
