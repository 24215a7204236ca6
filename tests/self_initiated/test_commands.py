"""`flask events evaluate`: what it prints, and how it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest
import time_machine
from ruamel.yaml import YAML

from booking.app import create_app
from config import ROOT, Settings
from tests.places import a_city
from tests.rulebook.scenarios import IDS, SCENARIOS, as_expected
from tests.self_initiated.rule_sets import (
    a_draft_of_rules,
    an_editor,
    published,
    with_parameter,
)

PARK_YOGA = """\
organiser_type: private_person
openness: open
purpose: wellbeing
attendance_peak: 49
place_kind: city_outdoor
start: 2027-06-13T10:00
end: 2027-06-13T11:00
"""


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """The command line of an installation without a secret, whose database is out of reach."""
    settings = Settings.from_environment({"DATABASE_URL": "sqlite:////nowhere/at/all.db"})
    return create_app(
        replace(settings, instance_path=tmp_path_factory.mktemp("instance"))
    ).test_cli_runner()


@pytest.fixture
def ask(runner, tmp_path):
    """`ask(text, option, …)`: the result of the command for facts that read so."""

    def run(text, *options):
        path = tmp_path / "facts.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return runner.invoke(args=["events", "evaluate", str(path), *options])

    return run


def written(facts, tmp_path):
    path = tmp_path / "written.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump(facts, file)
    return path.read_text()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_the_command_prints_what_the_table_says(scenario, ask, tmp_path):
    options = ["--partial"] if scenario["partial"] else []
    today = f"--today={scenario['today']}"
    result = ask(written(scenario["facts"], tmp_path), today, *options)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert as_expected(found, scenario["expected"]) == scenario["expected"]


def test_it_prints_the_version_of_the_rules_and_the_day(ask):
    found = json.loads(ask(PARK_YOGA, "--today", "2027-05-20").stdout)
    assert (found["rules_version"], found["today"], found["partial"]) == (
        "0.2-draft",
        "2027-05-20",
        False,
    )


@pytest.mark.parametrize(
    ("now", "today"),
    [("2027-05-19T20:59:59+00:00", "2027-05-19"), ("2027-05-19T21:00:00+00:00", "2027-05-20")],
)
def test_today_is_the_day_on_the_city_s_walls(ask, now, today):
    with time_machine.travel(datetime.fromisoformat(now), tick=False):
        assert json.loads(ask(PARK_YOGA).stdout)["today"] == today


@pytest.mark.parametrize(
    "written", ['"2027-06-13T10:00"', "2027-06-13T10:00:00", "2027-06-13 10:00"]
)
def test_wall_times_may_be_quoted_and_have_seconds(ask, written):
    text = PARK_YOGA.replace("start: 2027-06-13T10:00", f"start: {written}")
    found = json.loads(ask(text, "--today=2027-05-20").stdout)
    assert found["due"] == {"G01L": "2027-06-10"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PARK_YOGA.replace("openness: open\n", ""), "The fact openness is missing."),
        (PARK_YOGA + "colour: red\n", "There is no fact colour."),
        (PARK_YOGA.replace("49", '"49"'), "attendance_peak is a whole number."),
        (PARK_YOGA.replace("49", "true"), "attendance_peak is a whole number."),
        (PARK_YOGA.replace("49", "[49]"), "attendance_peak is a whole number."),
        (PARK_YOGA.replace("49", "0"), "attendance_peak is between 1 and 100,000."),
        (PARK_YOGA.replace("T11:00", "T10:00"), "end must come after start."),
        (PARK_YOGA.replace("T11:00", "T09:00"), "end must come after start."),
        (PARK_YOGA + "openness: open\n", "The key openness is given twice."),
        ("[open]", "the file holds a list"),
        ("just words", "the file holds just words"),
        ("", "the file is empty"),
        ("{openness: [", "can't be read as YAML"),
        ("openness: &a open", "the anchor &a is not allowed"),
        ("openness: !!python/object:os.system open", "the tag"),
        (b"openness: \xff", "it is not UTF-8"),
        ("openness: \0", "a character here cannot stand in YAML"),
        ("a: " + "x" * 1_000_001, "too long"),
        ("[" * 500, "nested too deep"),
    ],
)
def test_what_is_no_set_of_facts_is_refused_with_2_and_a_sentence(ask, text, sentence):
    result = ask(text, "--today=2027-05-20")
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_all_that_is_wrong_is_told_at_once(ask):
    result = ask("attendance_peak: 1.5\ncolour: red\n", "--today=2027-05-20")
    assert result.stderr.splitlines() == [
        "There is no fact colour.",
        "The fact organiser_type is missing.",
        "The fact openness is missing.",
        "The fact purpose is missing.",
        "attendance_peak is a whole number.",
        "The fact place_kind is missing.",
        "The fact start is missing.",
        "The fact end is missing.",
    ]


@pytest.mark.parametrize("day", ["1999-12-31", "2200-01-01", "2027-02-30", "tomorrow"])
def test_a_day_that_is_none_or_out_of_reach_is_refused_with_2(ask, day):
    assert ask(PARK_YOGA, "--today", day).exit_code == 2


def test_a_file_that_is_not_there_or_is_a_folder_is_refused_with_2(runner, tmp_path):
    for path in (tmp_path / "nothing.yaml", tmp_path):
        result = runner.invoke(args=["events", "evaluate", str(path)])
        assert result.exit_code == 2
        assert "can't be read" in result.stderr


def test_another_rule_set_can_be_tried(ask, tmp_path):
    text = (ROOT / "demo_city/rules.yaml").read_text()
    rules = tmp_path / "other.yaml"
    rules.write_text(text.replace('rules_version: "0.2-draft"', 'rules_version: "other"'))
    found = json.loads(ask(PARK_YOGA, "--rules", str(rules)).stdout)
    assert found["rules_version"] == "other"


def test_a_rule_set_with_a_fault_is_refused_with_its_place(ask, tmp_path):
    rules = tmp_path / "other.yaml"
    rules.write_text((ROOT / "demo_city/rules.yaml").read_text() + "surprise: 1\n")
    result = ask(PARK_YOGA, "--rules", str(rules))
    assert result.exit_code == 2
    assert result.stderr.endswith(": surprise: There is no key surprise here.\n")


def test_what_was_published_judges_here_too(app, session, tmp_path):
    a_city(session)
    editor = an_editor(session)
    draft = a_draft_of_rules(session, editor)
    with_parameter(session, editor, draft, "review_attendance", 40)
    published(session, editor, draft)
    session.commit()
    path = tmp_path / "facts.yaml"
    path.write_text(PARK_YOGA)
    outcome = json.loads(
        app.test_cli_runner().invoke(args=["events", "evaluate", str(path)]).output
    )
    assert outcome["rules_version"] == draft.name
    assert outcome["free_use"]["decision"] == "review"
