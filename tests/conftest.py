"""What every test may ask for: both engines, the application, a session, a clock, a browser.

A test that asks for `session`, `app`, `client` or `live_city` runs once on each engine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.orm import Session

from booking.catalogue.queries import forget_kept_catalogues
from booking.database import writing
from config import ROOT, Settings
from scripts.chromium import find_chromium, how_to_get_one
from tests import browsers
from tests.engines import Engine, Run
from tests.installations import engine_of, of_the_demo, run_command, serving, settings_for
from tests.servers import Server

NOW = datetime(2027, 1, 11, 10, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
IN_CI = os.environ.get("CI") == "true"
RUN_VARIABLE = "YHTEISTILA_TEST_RUN"


# ── One run, perhaps of several processes ─────────────────────────────────────────────────────


def pytest_configure(config: pytest.Config) -> None:
    """The controller begins a run; its workers inherit it through the environment."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN_VARIABLE] = str(Run.begin().folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Only who began the run ends it."""
    if not hasattr(config, "workerinput") and RUN_VARIABLE in os.environ:
        Run(Path(os.environ[RUN_VARIABLE])).end()


@pytest.fixture(scope="session")
def run() -> Run:
    """This run of the tests."""
    return Run(Path(os.environ[RUN_VARIABLE]))


@pytest.fixture(scope="session")
def repeats() -> Callable[[int, int], int]:
    """How often a proof repeats: `repeats(short, full)`; `make soak` asks for the full form."""
    return lambda short, full: full if os.environ.get("SOAK") == "1" else short


# ── Engines, settings, databases ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, run: Run) -> Engine:
    """The engine that this round of the test runs on."""
    return run.engine(request.param)


@pytest.fixture(scope="session")
def migrated(engine: Engine, run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a template that the migrations made, without any rows of a city."""

    def fill(url: str) -> None:
        with serving(settings_for(url, tmp_path_factory.mktemp("migrated"))) as app:
            run_command(app, "db", "upgrade")

    return run.template(engine, "migrated", fill)


@pytest.fixture(scope="session")
def city(engine: Engine, run: Run, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a template with the demo city in it, as it is at `NOW`."""

    def fill(url: str) -> None:
        settings = of_the_demo(settings_for(url, tmp_path_factory.mktemp("city")))
        with time_machine.travel(NOW, tick=True), serving(settings) as app:
            run_command(app, "catalogue", "import", str(ROOT / "demo_city/catalogue.yaml"))
            run_command(app, "demo", "load")

    return run.template(engine, "city", fill, base=migrated)


@pytest.fixture
def settings(engine: Engine, migrated: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation with a migrated, empty database of its own."""
    url = engine.create(migrated)
    yield settings_for(url, tmp_path)
    engine.drop(url)


@pytest.fixture
def city_settings(engine: Engine, city: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a demo (DEMO=1) with the demo city in a database of its own."""
    url = engine.create(city)
    yield of_the_demo(settings_for(url, tmp_path))
    engine.drop(url)


# ── The application ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def app(settings: Settings, clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application on a database of its own, at `NOW`; what is committed stays for the test."""
    with serving(settings) as app:
        yield app


@pytest.fixture
def city_app(city_settings: Settings, clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application with the demo city, on a database of its own, at `NOW`."""
    with serving(city_settings) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of `app`."""
    return app.test_client()


@pytest.fixture
def city_client(city_app: Flask) -> FlaskClient:
    """A visitor of `city_app`."""
    return city_app.test_client()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """In place of pytest-flask's own, which lets all requests of a test share one `g`.

    There an anonymous visitor would be let in once another has signed in.
    """


# ── Sessions ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def _shared_engine(
    engine: Engine, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlEngine]:
    url = engine.create(migrated)
    with serving(settings_for(url, tmp_path_factory.mktemp("shared"))) as app:
        yield engine_of(app)
    engine.drop(url)


@pytest.fixture
def session(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Session]:
    """A session for builders and use cases.

    Alone it writes into a transaction that is rolled back, also when the test commits. In a test
    that asks for `app`, `client` or `city_app` too, it is a session on that application's
    database: commit what the application shall see.
    """
    for name in ("city_app", "app"):
        if name in request.fixturenames:
            application: Flask = request.getfixturevalue(name)
            with Session(engine_of(application), expire_on_commit=False) as session:
                yield session
            return
    yield from _rolled_back(request.getfixturevalue("_shared_engine"))


@pytest.fixture(scope="session")
def _shared_city_engine(
    engine: Engine, city: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlEngine]:
    url = engine.create(city)
    with serving(settings_for(url, tmp_path_factory.mktemp("shared_city"))) as app:
        yield engine_of(app)
    engine.drop(url)


@pytest.fixture
def city_session(_shared_city_engine: SqlEngine) -> Iterator[Session]:
    """A session on the demo city, whatever it writes rolled back."""
    yield from _rolled_back(_shared_city_engine)


def _rolled_back(engine: SqlEngine) -> Iterator[Session]:
    forget_kept_catalogues()
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        transaction.rollback()
    forget_kept_catalogues()


@pytest.fixture
def new_session(app: Flask) -> Callable[[], AbstractContextManager[Session]]:
    """For races: `with new_session() as session:` is one more writer on the database of `app`.

    Each has a connection of its own, may be used in a thread of its own, and commits by itself.
    """
    engine = engine_of(app)

    @contextmanager
    def writer() -> Iterator[Session]:
        with writing(), Session(engine, expire_on_commit=False) as session:
            yield session

    return writer


# ── Time ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def now() -> datetime:
    """The instant at which tests happen, in UTC: Monday, 11 January 2027, 10:00 in Helsinki."""
    return NOW.astimezone(UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The machine's clock, standing at `NOW`; it has `move_to(instant)` and `shift(timedelta)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# ── Servers and browsers ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """`serve(settings, workers=2, threads=4, at=NOW)` starts a server; it ends with the test."""
    with ExitStack() as running:

        def start(settings: Settings, at: datetime | None = NOW, **size: int) -> Server:
            server = Server(settings, at=at, **size)
            running.callback(server.stop)
            return server.start()

        yield start


@pytest.fixture(scope="module")
def live_city(
    engine: Engine, city: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A running server with the demo city, whose clock begins at `NOW`; shared by a module."""
    url = engine.create(city)
    settings = of_the_demo(settings_for(url, tmp_path_factory.mktemp("live")))
    server = Server(settings, at=NOW).start()
    yield server
    server.stop()
    engine.drop(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one the journeys are skipped, but never in CI."""
    path = find_chromium()
    if path is None:
        (pytest.fail if IN_CI else pytest.skip)(how_to_get_one())
    with browsers.launched(path) as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`new_page(**options)`: a page of a visitor of its own, in Finnish, with a clock at `NOW`.

    The options are those of a browser's context (`locale`, `viewport`, `java_script_enabled`, …).
    The test fails if a page reports an error, breaks its policy or asks another machine.
    """
    faults: list[str] = []
    with ExitStack() as contexts:
        yield lambda **options: contexts.enter_context(
            browsers.watched_page(browser, NOW, faults, **options)
        )
    assert not faults, faults


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of one visitor."""
    return new_page()
