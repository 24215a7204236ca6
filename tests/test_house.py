"""Promises of the whole house, that no single wing can keep."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, has_request_context
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.database import missing_guards
from config import ROOT

LONGEST_FILE = 400
MODULES = sorted((ROOT / "booking").rglob("*.py"))
MIGRATIONS = sorted((ROOT / "migrations/versions").glob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FLOOR = re.compile(r"(.*_)?(rules|models|queries|use_cases|forms|views)")
BELOW_THE_EDGE = re.compile(r"(?!api_)(.*_)?(models|queries|use_cases)")
ASKS_THE_MACHINE = {"now", "utcnow", "today", "time"}
PINNED = re.compile(r"[a-z0-9.-]+==\S+.*--hash=sha256:", re.DOTALL)


def those(paths: list[Path], breaks: Callable[[Path], object]) -> list[str]:
    """The names of the files that break a promise."""
    return [str(path.relative_to(ROOT)) for path in paths if breaks(path)]


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Each call of an attribute in a file: what it is called on, and its name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


# ── The database ──────────────────────────────────────────────────────────────────────────────


def test_the_migrations_put_every_guard_in_place(session: Session) -> None:
    assert missing_guards(session.connection()) == set()


@pytest.mark.parametrize("round_", ["first", "second"])
def test_what_a_test_commits_is_gone_in_the_next(session: Session, round_: str, now) -> None:
    entries = select(func.count()).select_from(AuditEntry)
    assert session.scalar(entries) == 0
    session.add(
        AuditEntry(
            at=now,
            action="tested",
            subject="house",
            subject_id=1,
            actor_kind="job",
            actor_name="a job",
        )
    )
    session.commit()
    assert session.scalar(entries) == 1


def test_a_migration_imports_nothing_that_may_change_after_it() -> None:
    def knows_the_house(path: Path) -> bool:
        return bool({name.partition(".")[0] for name in imports(path)} & {"booking", "config"})

    assert those(MIGRATIONS, knows_the_house) == []


# ── The rooms ─────────────────────────────────────────────────────────────────────────────────


def test_a_room_says_what_it_holds() -> None:
    def is_silent(path: Path) -> bool:
        content = path.read_text()
        return bool(content.strip()) and not ast.get_docstring(ast.parse(content))

    assert those(MODULES, is_silent) == []


def test_a_file_can_be_read_in_one_sitting() -> None:
    def is_long(path: Path) -> bool:
        return len(path.read_text().splitlines()) > LONGEST_FILE

    assert those([*MODULES, *TESTS], is_long) == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    def asks(path: Path) -> bool:
        asked = [on for on, name in calls(path) if name in ASKS_THE_MACHINE]
        return any(re.fullmatch(r"(dt\.|datetime\.)?(datetime|date|time)", on) for on in asked)

    assert those(MODULES, asks) == ["booking/core/clock.py"]


def test_below_the_edge_nothing_commits() -> None:
    below = [path for path in MODULES if BELOW_THE_EDGE.fullmatch(path.stem)]
    assert those(below, lambda path: any(name == "commit" for _, name in calls(path))) == []


def test_no_room_is_a_lumber_room() -> None:
    assert those(MODULES, lambda path: path.stem in {"utils", "helpers", "common", "misc"}) == []


def test_the_contracts_name_every_floor_that_a_wing_has() -> None:
    """import-linter knows no pattern like `*_use_cases`, so a new file has to be named to it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {contract["id"]: contract for contract in settings["contracts"]}
    floors = set(re.findall(r"\w+", " ".join(contracts["floors"]["layers"])))
    below = {name.rpartition(".")[2] for name in contracts["edge"]["source_modules"]}
    writers = {name.rpartition(".")[2] for name in contracts["readers"]["forbidden_modules"]}
    stems = {path.stem for path in MODULES if FLOOR.fullmatch(path.stem)}
    assert stems - floors == set()
    assert {stem for stem in stems if BELOW_THE_EDGE.fullmatch(stem)} - below == set()
    assert {stem for stem in stems if stem.endswith("use_cases")} - writers == set()


# ── The pages ─────────────────────────────────────────────────────────────────────────────────


def test_every_route_says_who_may_ask(app: Flask) -> None:
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    }
    assert silent == set()


def test_no_request_is_under_way_while_a_test_runs(app: Flask) -> None:
    """Else all visitors of a test would share one `g`, and with it who is signed in."""
    assert not has_request_context()


# ── The tests ─────────────────────────────────────────────────────────────────────────────────


def test_our_own_code_is_never_mocked() -> None:
    def mocks(path: Path) -> bool:
        replaced = [on for on, name in calls(path) if on.endswith("mock") or name == "mock"]
        return bool(replaced) or any("mock" in name for name in imports(path))

    assert those(TESTS, mocks) == []


# ── The dependencies ──────────────────────────────────────────────────────────────────────────


def test_every_dependency_is_pinned_by_its_hash() -> None:
    def leaves_open(path: Path) -> bool:
        wanted = re.split(r"\n(?=[a-z])", path.read_text())
        return not all(PINNED.match(one) for one in wanted)

    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert locks
    assert those(locks, leaves_open) == []
