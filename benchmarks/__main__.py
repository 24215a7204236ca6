"""`make bench`: the costs that the product promises, measured on PostgreSQL, with their goals."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from benchmarks import growth, imports, pages, rules, trials
from benchmarks.growth import Town
from benchmarks.load import Measured, Request, measure
from booking.catalogue.reference_models import HoursPattern, OpeningHours
from scripts.postgres import temporary_server
from tests.askers import ask_all_at_once, people_with_tokens
from tests.installations import of_the_demo, settings_for
from tests.places import a_policy, a_space, a_unit
from tests.servers import Server, run_command

FEED = "/calendars/units/raatihuone.ics"
ASKERS, CREATED = 200, 1500


@dataclass(frozen=True)
class Row:
    """One promise: what was measured against what, the ratio or figure, and the goal."""

    what: str
    figure: str
    goal: str


def main() -> int:
    """Measure everything, or the parts that are named (`http`, `growth`, `pages`, `rules`,
    `imports`), and print a table; the run ends by itself."""
    rows: list[Row] = []
    wanted = sys.argv[1:] or ["http", "growth", "pages", "rules", "imports"]
    if "http" in wanted:
        with _city() as server:
            rows += [one for part in (_feed, _pages, _create, _askers) for one in part(server)]
    if "growth" in wanted:
        rows += _growth()
    if "pages" in wanted:
        rows += _main_pages()
    if "rules" in wanted:
        rows += [*_rules(), *_trials()]
    if "imports" in wanted:
        rows += _imports()
    width = max(len(row.what) for row in rows)
    for row in rows:
        print(f"{row.what:<{width}}  {row.figure:<42}  goal {row.goal}")
    return 0


@contextmanager
def _city() -> Iterator[Server]:
    """The demo city on a PostgreSQL of its own, served by 3 processes of 4 threads."""
    with temporary_server() as url, tempfile.TemporaryDirectory() as folder:
        _say("Making a demo city on PostgreSQL")
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CREATE DATABASE bench"))
        database = url.replace("/postgres?", "/bench?")
        settings = of_the_demo(settings_for(database, Path(folder)))
        for command in (("db", "upgrade"), ("demo", "load")):
            done = run_command(settings, *command)
            if done.returncode:
                raise RuntimeError(done.stderr)
        server = Server(settings, workers=3, threads=4, application="benchmarks.bare:app").start()
        try:
            yield server
        finally:
            server.stop()


def _growth() -> Iterator[Row]:
    """Functions in a town of 500 spaces, of two sizes."""
    with (
        temporary_server() as url,
        tempfile.TemporaryDirectory() as folder,
        growth.towns(url, Path(folder)) as towns,
    ):
        yield from _searches(towns[-1])
        for what, measured in (
            ("search", growth.search),
            ("series of 12 days", growth.series("FREQ=DAILY;COUNT=12")),
            ("create", growth.create),
        ):
            _say(f"{what}, in both towns")
            small, large = growth.in_turns(towns, measured)
            figure = f"{large / small:.2f} × ({large:.1f} ms against {small:.1f} ms)"
            yield Row(f"{what}, 1,000,000 rows against 10,000", figure, "≤ 1.3 ×")


def _main_pages() -> Iterator[Row]:
    """Each main page over HTTP, in a town of 500 spaces and 100,000 reservations."""
    with temporary_server() as url, tempfile.TemporaryDirectory() as folder:
        for page in pages.measured(url, Path(folder)):
            _say(f"The page {page.name}")
            figure = f"p50 {page.p50:.0f} ms, p95 {page.p95:.0f} ms, {page.queries} queries"
            yield Row(f"page {page.name} ({page.bytes / 1000:.0f} KB)", figure, "p95 ≤ 60 ms")


def _rules() -> Iterator[Row]:
    """The outcome of an event by the rules, on one core."""
    for what, measured in (
        ("everything known", rules.whole),
        ("half known", rules.half_known),
        ("explained", rules.explained),
    ):
        _say(f"Events judged, {what}")
        yield Row(f"events judged, {what}", f"{measured():.0f}/s and core", "≥ 1,000/s")


def _trials() -> Iterator[Row]:
    """A draft of the rules, tried on 5,000 events of last year, on both engines."""
    with temporary_server() as url, tempfile.TemporaryDirectory() as folder:
        for engine, one in trials.engines(url, Path(folder)):
            _say(f"A draft of the rules tried on 5,000 events, on {engine}")
            measured = trials.measured(one)
            figure = f"{measured.whole:.1f} s, the longest slice {measured.slice:.1f} s"
            yield Row(f"trial of rules on 5,000 events, {engine}", figure, "≤ 10 s")


def _imports() -> Iterator[Row]:
    """An outside calendar of 10,000 events, from its bytes to the commit, on both engines."""
    with temporary_server() as url, tempfile.TemporaryDirectory() as folder:
        for engine, one in imports.engines(url, Path(folder)):
            _say(f"10,000 events of an outside calendar, on {engine}")
            measured = imports.measured(one)
            figure = f"{measured.new:.1f} s, unchanged {measured.unchanged:.1f} s"
            yield Row(f"import of 10,000 events, {engine}", figure, "≤ 10 s")


def _searches(town: Town) -> Iterator[Row]:
    _say("Search, against the raw query")
    [raw], [search] = (growth.in_turns([town], one) for one in (growth.raw, growth.search))
    figure = f"{search / raw:.2f} × ({search:.1f} ms against {raw:.1f} ms)"
    yield Row("search of 500 spaces at 1,000,000 rows, against raw SQL", figure, "≤ 3 ×")
    _say("A series of 40 weeks, against 40 searches")
    weekly = growth.series("FREQ=WEEKLY;COUNT=40")
    [series], [single] = (growth.in_turns([town], one) for one in (weekly, growth.single))
    figure = f"{series / (40 * single):.3f} × ({series:.0f} ms against 40 × {single:.1f} ms)"
    yield Row("series of 40 dates, against 40 searches", figure, "≤ 0.2 ×")


def _feed(server: Server) -> Iterator[Row]:
    _say("A feed that has not changed")
    with urllib.request.urlopen(server.url + FEED) as answer:
        tag = answer.headers["ETag"]
    unchanged = Request(FEED, expected=304, headers=(("If-None-Match", tag),))
    bare = _rate(server, Request("/bare/select"), 3000)
    feed = _rate(server, unchanged, 3000)
    ratio = feed.per_second / bare.per_second
    figure = f"{ratio:.2f} ({feed.per_second:.0f}/s against {bare.per_second:.0f}/s)"
    yield Row("feed, 304, against a bare SELECT", figure, "≥ 0.8")


def _pages(server: Server) -> Iterator[Row]:
    hello = _rate(server, Request("/bare/hello"), 2000)
    day = date.today() + timedelta(days=10)
    for name, path in (
        ("home", "/fi/"),
        ("search", f"/fi/spaces?date={day}&start=17:00&end=19:00&people=20"),
        ("space", "/fi/spaces/husulan-liikuntasali-a"),
    ):
        _say(f"The page {name}")
        page = _rate(server, Request(path), 300, clients=2)
        figure = f"p50 {page.p50:.0f} ms, p95 {page.p95:.0f} ms (hello {hello.p50:.1f} ms)"
        yield Row(f"page {name}, 2 clients", figure, "p95 ≤ 60 ms")


def _create(server: Server) -> Iterator[Row]:
    _say(f"{CREATED} reservations")
    now = datetime.now(UTC)
    with server.session() as session:
        spaces = _rooms(session, 50)
        tokens = people_with_tokens(session, 50, now, "maker")
        session.commit()
    wishes = [
        Request(
            "/api/v1/reservations",
            expected=201,
            method="POST",
            body=_wish(spaces[n % 50], now, n // 50),
            headers=(
                ("Authorization", f"Bearer {tokens[n % 50]}"),
                ("Content-Type", "application/json"),
            ),
        )
        for n in range(CREATED)
    ]
    made = measure(server.url, wishes)
    hello = _rate(server, Request("/bare/hello"), 2000)
    figure = f"{made.p50 / hello.p50:.1f} × p50, {made.per_second:.0f}/s"
    yield Row("create, against hello", figure, "≤ 16 ×, ≥ 250/s")


def _askers(server: Server) -> Iterator[Row]:
    _say(f"{ASKERS} askers")
    now = datetime.now(UTC)
    with server.session() as session:
        one, many = _rooms(session, 1)[0], _rooms(session, ASKERS)
        tokens = people_with_tokens(session, ASKERS, now)
        session.commit()
    same = ask_all_at_once(server.url, tokens, [_wish(one, now, 0)] * ASKERS)
    apart = ask_all_at_once(server.url, tokens, [_wish(slug, now, 0) for slug in many])
    counts = Counter(reply.status for reply in same)
    p95 = [sorted(r.seconds for r in replies)[int(ASKERS * 0.95)] for replies in (same, apart)]
    errors = sum(count for status, count in counts.items() if status >= 500)
    figure = f"{counts[201]} wins, {errors} errors, p95 {p95[0] / p95[1]:.2f} ×"
    yield Row("200 askers of one slot, against 200 slots", figure, "1 wins, 0 errors, ≤ 1.5 ×")


def _rooms(session: Session, count: int) -> list[str]:
    """Rooms of a new unit that is open every day from 8 to 22, without limits worth the name."""
    week = {day: [[480, 1320]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = OpeningHours(
        slug=f"bench-{uuid4().hex[:8]}",
        position=0,
        name={"fi": "bench"},
        evidence="plausible",
        patterns=[HoursPattern(week=week)],
    )
    session.add(hours)
    session.flush()
    unit = a_unit(session, slug=f"unit-{hours.slug}", opening_hours_id=hours.id)
    quota = {"active": 9999, "hours_per_week": None, "series_counts_as": "one"}
    policy = a_policy(session, slug=hours.slug, quota=quota)
    return [
        a_space(session, unit=unit, policy=policy, slug=f"{hours.slug}-{number}").slug
        for number in range(count)
    ]


def _wish(space: str, now: datetime, number: int) -> dict[str, Any]:
    """Another hour for each number: 10 a day, from tomorrow on."""
    day = (now + timedelta(days=1 + number // 10)).date()
    starts_at = datetime(day.year, day.month, day.day, 8 + number % 10, tzinfo=UTC)
    return {
        "space": space,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
        "title": "Bench",
        "purpose": "culture",
        "people": 5,
        "terms_version": "2026-01-01",
    }


def _rate(server: Server, request: Request, count: int, clients: int = 8) -> Measured:
    measure(server.url, [request] * (count // 10), clients)
    return measure(server.url, [request] * count, clients)


def _say(sentence: str) -> None:
    print(f"── {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
