"""Exporting a catalogue: what comes out is what went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from booking.catalogue import models as m
from booking.catalogue.exporting import export_catalogue
from booking.catalogue.format import load_catalogue, parse_catalogue, write_catalogue
from booking.catalogue.queries import NoCatalogue
from tests.catalogue.broken_files import demo_text
from tests.catalogue.demo_files import (
    imported,
    some_units,
    space_named,
    whole_city,
    with_entry,
    without_space,
)


def test_the_demo_city_comes_out_as_it_went_in(session, now):
    imported(session, whole_city(), now)
    exported = export_catalogue(session)
    assert exported == whole_city()
    assert write_catalogue(exported) == write_catalogue(whole_city())


def test_what_was_exported_changes_nothing_when_it_is_imported(session, now):
    imported(session, some_units(), now)
    text = write_catalogue(export_catalogue(session))
    again = imported(session, parse_catalogue(text.encode(), "export.yaml"), now)
    assert not again
    assert again.lines() == []


def test_later_edits_are_exported(session, now):
    imported(session, some_units(), now)
    space_named(session, "kaspersali").capacity = 70
    session.flush()
    [library] = [unit for unit in export_catalogue(session).units if unit.slug == "paakirjasto"]
    assert library.spaces[0].capacity == 70


def test_of_a_policy_the_newest_version_is_exported(session, now):
    imported(session, some_units(), now)
    later = date(2027, 3, 1)
    file = with_entry(some_units(), "policies", "meeting-room", horizon_days=7, valid_from=later)
    imported(session, file, now)
    assert export_catalogue(session) == file


def test_versions_of_terms_are_exported_in_order(session, now):
    imported(session, some_units(), now)
    first = some_units().terms[0]
    newer = replace(first, version=date(2027, 2, 1), valid_from=date(2027, 3, 1))
    file = replace(some_units(), terms=(first, newer, *some_units().terms[1:]))
    imported(session, file, now)
    assert export_catalogue(session).terms == file.terms


def test_what_was_left_is_exported_too(session, now):
    imported(session, some_units(), now)
    imported(session, without_space(some_units(), "kaspersali"), now)
    assert export_catalogue(session) == some_units()


def test_a_unit_without_spaces_is_not_exported_for_no_file_can_name_it(session, now):
    imported(session, some_units(), now)
    unit = session.scalars(select(m.Unit).where(m.Unit.slug == "paakirjasto")).one()
    values = {column.key: getattr(unit, column.key) for column in m.Unit.__table__.columns}
    session.add(m.Unit(**{**values, "id": None, "slug": "new-house", "position": 99}))
    session.flush()
    assert export_catalogue(session) == some_units()


def test_an_empty_database_has_nothing_to_export(session):
    with pytest.raises(NoCatalogue):
        export_catalogue(session)


def test_the_command_tells_what_the_format_refuses(app, session, now, tmp_path):
    imported(session, some_units(), now)
    unit = session.scalars(select(m.Unit).where(m.Unit.slug == "paakirjasto")).one()
    unit.confirm = []
    session.commit()
    target = tmp_path / "export.yaml"
    result = app.test_cli_runner().invoke(args=["catalogue", "export", str(target)])
    assert result.exit_code == 1
    assert "units[paakirjasto].confirm: the list has 0" in result.stderr
    assert target.exists()


def test_the_command_writes_a_file_that_is_the_same_catalogue(app, tmp_path):
    run = app.test_cli_runner().invoke
    source, target = tmp_path / "catalogue.yaml", tmp_path / "export.yaml"
    source.write_text(demo_text(), encoding="utf-8")
    assert run(args=["catalogue", "import", str(source)]).exit_code == 0
    assert run(args=["catalogue", "export", str(target)]).exit_code == 0
    assert load_catalogue(target) == some_units()
    printed = run(args=["catalogue", "export"])
    assert printed.stdout == target.read_text(encoding="utf-8")
