"""Trying a draft of the rules on last year's events, slice by slice as the page does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from booking.core.references import new_reference
from booking.database import writing
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.rule_trial_use_cases import continue_trial, start_trial
from tests.installations import settings_for
from tests.places import a_city
from tests.rulebook.scenarios import SCENARIOS
from tests.self_initiated.rule_sets import a_draft_of_rules, an_editor, with_parameter
from tests.servers import run_command
from tests.values import NOW

EVENTS = 5_000
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Measured:
    """Seconds of the whole trial, and of the transaction in it that took longest."""

    whole: float
    slice: float


def engines(url: str, folder: Path) -> Iterator[tuple[str, Engine]]:
    """An empty city on SQLite, and on the PostgreSQL server at `url`."""
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE trials"))
    postgresql = url.replace("/postgres?", "/trials?")
    for name, database in (("SQLite", f"sqlite:///{folder}/t.db"), ("PostgreSQL", postgresql)):
        done = run_command(settings_for(database, folder), "db", "upgrade")
        if done.returncode:
            raise RuntimeError(done.stderr)
        engine = create_engine(database)
        yield name, engine
        engine.dispose()


def measured(engine: Engine) -> Measured:
    """From the press of the button to the last slice; every other event changes its outcome."""
    with writing(), Session(engine, expire_on_commit=False) as session:
        a_city(session)
        editor = an_editor(session)
        session.add_all(_events())
        draft = a_draft_of_rules(session, editor)
        with_parameter(session, editor, draft, "review_attendance", 40)
        session.commit()
        slices = []
        begun = time.perf_counter()
        trial = start_trial(session, editor, draft.id, NOW)
        session.commit()
        while trial.finished_at is None:
            at = time.perf_counter()
            trial = continue_trial(session, editor, draft.id, trial.id, NOW)
            session.commit()
            slices.append(time.perf_counter() - at)
        return Measured(time.perf_counter() - begun, max(slices))


def _events() -> Iterator[SelfInitiatedEvent]:
    """The scenarios again and again, held last year."""
    whole = [one for one in SCENARIOS if not one["partial"]]
    for number in range(EVENTS):
        one = whole[number % len(whole)]
        starts_at = NOW - DAY * (1 + number % 360)
        yield SelfInitiatedEvent(
            reference=new_reference(),
            title=one["title"],
            facts=one["facts"],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            evaluated_on=one["today"],
            outcome={"partial": False},
            rules_version="0.2-draft",
            created_at=NOW,
            updated_at=NOW,
        )
