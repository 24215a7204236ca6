"""Migrations up, down and in batch mode: the guards are there afterwards, and no row is lost."""

from __future__ import annotations

import shutil

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from booking.database import missing_guards
from booking.reservations.models import Occupancy
from config import ROOT
from tests.installations import engine_of, run_command
from tests.places import a_space, ask

HEAD = max(path.stem for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))
BATCH = '''"""Rebuild the tables that guards and children hang on."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999_rebuilt", "%s"


def rebuilding(table: str):
    """SQLite rebuilds a table for most changes; PostgreSQL needs to for none."""
    how = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    return op.batch_alter_table(table, recreate=how)


def upgrade() -> None:
    for table in ("part", "reservation", "occupancy"):
        with rebuilding(table) as batch:
            batch.add_column(sa.Column("note", sa.String(10)))


def downgrade() -> None:
    for table in ("part", "reservation", "occupancy"):
        with rebuilding(table) as batch:
            batch.drop_column("note")
'''


@pytest.fixture
def with_a_rebuilding_migration(tmp_path):
    """The project's migrations and one more that rebuilds tables in batch mode."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_rebuilt.py").write_text(BATCH % HEAD)
    return str(folder)


def guards_missing(app: Flask) -> set[str]:
    with engine_of(app).connect() as connection:
        return missing_guards(connection)


def test_down_to_nothing_and_up_again_the_guards_are_back(app):
    assert guards_missing(app) == set()
    run_command(app, "db", "downgrade", "base")
    assert inspect(engine_of(app)).get_table_names() == ["alembic_version"]
    run_command(app, "db", "upgrade")
    assert guards_missing(app) == set()


def test_a_rebuilt_table_keeps_its_guards_and_its_children(
    app, session, with_a_rebuilding_migration
):
    made = ask(session, a_space(session))
    session.commit()
    kept = (made.id, [(row.part_id, row.starts_at, row.ends_at) for row in made.occupancies])
    session.close()
    for step in (("upgrade",), ("downgrade", HEAD)):
        run_command(app, "db", *step, "--directory", with_a_rebuilding_migration)
        assert guards_missing(app) == set()
        with engine_of(app).connect() as connection:
            rows = connection.execute(
                text("SELECT reservation_id FROM occupancy ORDER BY id")
            ).scalars()
            assert list(rows) == [made.id]
    found = session.get_one(Occupancy, made.occupancies[0].id)
    assert (found.reservation_id, [(found.part_id, found.starts_at, found.ends_at)]) == kept
