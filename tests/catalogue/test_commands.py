"""`flask catalogue import`: all of a file or, with every reason, nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from booking.audit.models import AuditEntry
from booking.catalogue import models as m
from booking.catalogue.format import write_catalogue
from tests.catalogue.broken_files import ARENA, ASSEMBLY_HALL, BASTION, demo_text, edited
from tests.catalogue.demo_files import some_units, space_named, with_space

ON_ARENA = "slug: bastioni-areena\n"

BROKEN = {
    "a capacity below 1": (ON_ARENA, "capacity: 3000", "capacity: -5", f"{ARENA}.capacity"),
    "an unknown key": (ON_ARENA, "capacity: 3000", "capasity: 3000", f"{ARENA}.capasity"),
    "a reference to nothing": (
        ON_ARENA,
        "policy: event-arena",
        "policy: event-area",
        f"{ARENA}.policy",
    ),
    "a number in quotes": (ON_ARENA, "capacity: 3000", 'capacity: "3000"', f"{ARENA}.capacity"),
    "a day that is none": (
        "slug: school-breaks-closed\n",
        'to: "2027-03-05"',
        'to: "2027-02-30"',
        "opening_hours_exceptions[school-breaks-closed].when.ranges[2].to",
    ),
    "a wrong word": (
        ASSEMBLY_HALL,
        "approval: staff",
        "approval: nobody",
        "policies[assembly-hall].approval",
    ),
    "a name without Swedish": (
        "slug: hamina-bastioni\n",
        "sv: Hamina Bastion, ",
        "",
        f"{BASTION}.name.sv",
    ),
    "an anchor": (ON_ARENA, "capacity: 3000", "capacity: &many 3000", f"{ARENA}.capacity"),
    "a slug that is taken": (
        "slug: bastioni-areena\n",
        "slug: bastioni-areenan-lava",
        "slug: bastioni-areenan-kentta",
        "",
    ),
    "text that is no YAML": (ON_ARENA, "capacity: 3000", "capacity: [3000", ""),
}


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["catalogue", *map(str, arguments)])


def written(folder, text):
    path = folder / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_imports_nothing_and_names_the_line(app, session, tmp_path, kind):
    after, old, new, key = BROKEN[kind]
    text, line = edited(demo_text(), after, old, new)
    result = run(app, "import", written(tmp_path, text))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"catalogue.yaml:{line}: {key}" in result.stderr
    assert "right" in result.stderr
    assert session.scalar(select(func.count(m.City.id))) == 0
    assert session.scalar(select(func.count(m.Unit.id))) == 0


def test_every_problem_of_a_file_is_told_at_once(app, tmp_path):
    text, first = edited(demo_text(), ON_ARENA, "capacity: 3000", "capacity: -5")
    text, second = edited(text, ASSEMBLY_HALL, "approval: staff", "approval: nobody")
    result = run(app, "import", written(tmp_path, text))
    told = [line.split(": ")[0] for line in result.stderr.splitlines()]
    assert told == [f"catalogue.yaml:{line}" for line in sorted((first, second))]


def test_a_missing_file_is_told_in_a_sentence(app, tmp_path):
    result = run(app, "import", tmp_path / "nowhere.yaml")
    assert result.exit_code == 1
    assert "nowhere.yaml can't be read: No such file or directory." in result.stderr


def test_a_dry_run_shows_every_change_and_makes_none(app, session, tmp_path):
    path = written(tmp_path, demo_text())
    result = run(app, "import", path, "--dry-run")
    assert result.exit_code == 0
    assert "+ space kaspersali" in result.stdout.splitlines()
    assert session.scalar(select(func.count(m.City.id))) == 0
    session.rollback()

    run(app, "import", path)
    changed = with_space(some_units(), "kaspersali", capacity=81)
    again = run(app, "import", written(tmp_path, write_catalogue(changed)), "--dry-run")
    assert again.stdout.splitlines() == [
        "~ space kaspersali: capacity 80 → 81",
        "0 added, 1 changed.",
        "This was a dry run: nothing is changed.",
    ]
    assert space_named(session, "kaspersali").capacity == 80
    assert session.scalar(select(func.count(AuditEntry.id))) == 1
    assert session.get_one(m.City, 1).catalogue_version == 1


def test_an_import_tells_what_the_catalogue_holds(app, session, tmp_path):
    path = written(tmp_path, demo_text())
    result = run(app, "import", path)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("The catalogue holds 5 units, ")
    assert session.get_one(m.City, 1).uid_host == "localhost"
    again = run(app, "import", path)
    assert again.stdout.splitlines()[0] == "0 added, 0 changed."


def test_a_refused_import_says_why_and_changes_nothing(app, session, tmp_path):
    run(app, "import", written(tmp_path, demo_text()))
    text, _ = edited(demo_text(), "\nterms:\n", "points:\n", "points:\n")
    old = some_units().terms[0].title["en"]
    text, _ = edited(text, "\nterms:\n", f"en: {old}", "en: Other terms")
    text, _ = edited(text, ON_ARENA, "capacity: 3000", "capacity: 2999")
    result = run(app, "import", written(tmp_path, text))
    assert result.exit_code == 1
    assert "What was accepted must not change." in result.stderr
    assert space_named(session, "bastioni-areena").capacity == 3000


def test_there_is_nothing_to_export_from_an_empty_database(app):
    result = run(app, "export")
    assert result.exit_code == 1
    assert "has not been brought in yet" in result.stderr
