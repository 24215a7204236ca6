"""`flask events …`: what the rules say of an event."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from booking.core import clock
from booking.rulebook import (
    FactsRefused,
    RuleSet,
    RulesRefused,
    evaluate,
    explain,
    load_rule_set,
    read_facts,
    read_mapping,
)
from booking.rulebook.facts import FIRST_YEAR, LAST_YEAR, is_within_years
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.web.session import db
from booking.web.words import in_words

events = AppGroup("events", help="Self-initiated events and the rules for them.")

FILE = click.Path(path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])
WRONG_INPUT = 2


@events.command("evaluate")
@click.argument("facts_file", metavar="FACTS", type=FILE)
@click.option("--today", type=DAY, help="The day of the decision; else today in the city.")
@click.option("--partial", is_flag=True, help="What FACTS does not say is unknown.")
@click.option("--rules", type=FILE, help="Another rule set than the one in force.")
@with_appcontext
def evaluate_(facts_file: Path, today: datetime | None, partial: bool, rules: Path | None) -> None:
    """Print as JSON what follows for the event whose facts are in FACTS, a mapping in YAML."""
    rule_set = _rule_set(rules)
    given = _facts(facts_file)
    day = _day(today, rule_set)
    try:
        facts = read_facts(rule_set, given, partial)
    except FactsRefused as error:
        _refuse(in_words(fault, "en") for fault in error.faults)
    outcome = evaluate(rule_set, facts, day)
    explained = explain(rule_set, facts, outcome).as_dict()
    told = {**outcome.as_dict(), "explanation": explained}
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _day(today: datetime | None, rule_set: RuleSet) -> date:
    day = today.date() if today else clock.local_date(clock.now(), rule_set.zone)
    if not is_within_years(day):
        _refuse([f"--today lies in the years {FIRST_YEAR} to {LAST_YEAR}."])
    return day


def _rule_set(path: Path | None) -> RuleSet:
    if path is None:
        return _in_force()
    try:
        return load_rule_set(_text(path), path.name)
    except RulesRefused as error:
        _refuse(f"{fault.place}: {in_words(fault, 'en')}" for fault in error.faults)


def _in_force() -> RuleSet:
    """What was published last; where there is no database to ask, what the product ships."""
    try:
        return rule_set_in_force(db.session())
    except SQLAlchemyError:
        return rule_set_in_force()


def _facts(path: Path) -> dict[str, Any]:
    try:
        return read_mapping(_text(path), path.name)
    except RulesRefused as error:
        _refuse(f"{fault.place}: {in_words(fault, 'en')}" for fault in error.faults)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        _refuse([f"{path} can't be read: {reason}."])


def _refuse(sentences: Iterable[str]) -> NoReturn:
    """Say on the error output what is wrong, and end with 2."""
    for sentence in sentences:
        click.echo(sentence, err=True)
    raise SystemExit(WRONG_INPUT)
