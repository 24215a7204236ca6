"""The jobs: of all processes that could run them one does, and another takes over when it dies."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from booking.accounts.models import Person
from booking.jobs import JOBS, Job, start_in_background
from booking.leader import FileLeader, SessionLeader, leader_for
from booking.reservations.models import IdempotencyKey
from config import ROOT, Settings
from tests.notifications.outbox import Postman, outbox, queue, serving
from tests.servers import environment_of

LONGEST = 30.0
# Says so once it leads, and goes on until it is killed.
CANDIDATE = """
import sys, time
from sqlalchemy import make_url
from booking.leader import leader_for
leader = leader_for(make_url(sys.argv[1]))
while not leader.leads():
    time.sleep(0.05)
print("leading", flush=True)
while True:
    leader.leads()
    time.sleep(0.05)
"""


class Candidate:
    """A process that wants to lead."""

    def __init__(self, url: str, path: Path) -> None:
        self._said = path
        with path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", CANDIDATE, url],
                cwd=ROOT,
                stdout=output,
            )

    def says(self, word: str) -> bool:
        return word in self._said.read_text().split()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def eventually(holds: Callable[[], bool], seconds: float = LONGEST) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def candidate(settings: Settings, tmp_path: Path) -> Iterator[Callable[[], Candidate]]:
    """`candidate()` starts one more process that wants to lead the jobs of this database."""
    with ExitStack() as running:

        def start() -> Candidate:
            path = tmp_path / f"candidate-{len(list(tmp_path.iterdir()))}"
            candidate = Candidate(settings.database_url, path)
            running.callback(candidate.kill)
            return candidate

        yield start


# ── Who leads ─────────────────────────────────────────────────────────────────────────────────


def test_one_leads_and_when_it_is_killed_another_does(candidate) -> None:
    first = candidate()
    assert eventually(lambda: first.says("leading"))
    second = candidate()
    assert not eventually(lambda: second.says("leading"), seconds=2)
    first.kill()
    assert eventually(lambda: second.says("leading"))


def test_who_resigns_lets_another_lead(settings: Settings) -> None:
    first, second = (leader_for(make_url(settings.database_url)) for _ in range(2))
    assert first.leads()
    assert first.leads()
    assert not second.leads()
    first.resign()
    assert second.leads()
    second.resign()


def test_who_loses_the_connection_loses_the_lead(settings: Settings) -> None:
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("a file needs no connection")
    first, second = (leader_for(make_url(settings.database_url)) for _ in range(2))
    assert first.leads()
    end_the_session_that_leads(settings.database_url)
    assert eventually(second.leads)
    assert not first.leads()
    second.resign()
    assert first.leads()
    first.resign()


def end_the_session_that_leads(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND granted AND database = (SELECT oid FROM pg_database "
                "WHERE datname = current_database())"
            )
        )


def test_whose_database_is_away_does_not_lead(settings: Settings, tmp_path: Path) -> None:
    leader = SessionLeader(make_url(f"postgresql://postgres@/nowhere?host={tmp_path}"))
    assert not leader.leads()
    leader.resign()


def test_the_lock_of_sqlite_lies_beside_the_database(tmp_path: Path) -> None:
    leader = leader_for(make_url(f"sqlite:///{tmp_path}/city.sqlite3"))
    assert isinstance(leader, FileLeader)
    assert leader.leads()
    assert [path.name for path in tmp_path.iterdir()] == ["city.sqlite3.jobs-lock"]
    leader.resign()


# ── What runs ─────────────────────────────────────────────────────────────────────────────────


def test_every_job_has_a_rhythm() -> None:
    assert {job.name: job.rhythm for job in JOBS.values()} == {
        "deliver-emails": "every 10 s",
        "expire-reservations": "every 60 s",
        "forget-calendar-uploads": "every 3600 s",
        "forget-events": "daily at 03:00 UTC",
        "keep-rules": "every 3600 s",
        "forget-feedback": "daily at 03:00 UTC",
        "forget-idempotency-keys": "every 3600 s",
        "forget-invitations": "daily at 03:00 UTC",
        "forget-sign-in-failures": "every 3600 s",
        "make-charges": "daily at 02:00 UTC",
        "offer-freed-places": "every 10 s",
        "read-calendars": "every 60 s",
        "remind-deadlines": "every 3600 s",
        "remind-of-receipts": "daily at 06:00 UTC",
        "send-reminders": "every 60 s",
    }


def test_a_job_may_run_once_a_day() -> None:
    assert Job("nightly", lambda app: 0, at_hour=3).rhythm == "daily at 03:00 UTC"


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_has_nothing_to_do_in_an_empty_city(app: Flask, name: str) -> None:
    assert JOBS[name].run(app) == 0


def test_answers_are_forgotten_after_24_hours(app: Flask, session: Session, now) -> None:
    person = Person(email="maija@example.org", name="Maija", created_at=now)
    session.add(person)
    session.flush()
    for key, age in (("old", timedelta(hours=24, seconds=1)), ("kept", timedelta(hours=24))):
        session.add(
            IdempotencyKey(
                person_id=person.id,
                key=key,
                request_hash="0" * 64,
                status=201,
                answer={},
                headers={},
                created_at=now - age,
            )
        )
    session.commit()
    assert JOBS["forget-idempotency-keys"].run(app) == 1
    session.expire_all()
    assert session.scalars(select(IdempotencyKey.key)).all() == ["kept"]


def test_the_demo_runs_its_jobs_in_the_background(app: Flask, session: Session, now) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url="file:")
    queue(session, now - timedelta(days=9999))
    stop = start_in_background(app)
    try:
        assert eventually(lambda: outbox(session)[0].sent_at is not None)
    finally:
        stop()


def test_the_scheduler_works_until_it_is_told_to_stop(
    app: Flask, settings: Settings, session: Session, now
) -> None:
    queue(session, now - timedelta(days=9999))
    with serving(Postman()) as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "booking", "jobs", "run"],
            cwd=ROOT,
            env=environment_of(replace(settings, mail_url=url)),
        )
        try:
            assert eventually(lambda: outbox(session)[0].sent_at is not None)
            process.send_signal(signal.SIGTERM)
            assert process.wait(LONGEST) == 0
        finally:
            process.kill()
            process.wait()


# ── The commands ──────────────────────────────────────────────────────────────────────────────


def test_one_job_can_be_run_by_hand(app: Flask, session: Session, now) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url="file:")
    queue(session, now)
    result = app.test_cli_runner().invoke(args=["jobs", "once", "deliver-emails"])
    assert (result.exit_code, result.output) == (0, "deliver-emails: 1\n")


def test_a_job_that_is_none_is_answered_with_those_there_are(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["jobs", "once", "sing"])
    assert result.exit_code == 2
    assert f"There is no job sing; there are {', '.join(sorted(JOBS))}." in result.output


def test_the_jobs_can_be_listed(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["jobs", "list"])
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "deliver-emails           every 10 s"
