"""How migrations run: in one transaction on both engines, and the guards are back afterwards."""

from alembic import context
from flask import current_app
from sqlalchemy import inspect

from booking.database import install_guards

migrate = current_app.extensions["migrate"]


def run_migrations() -> None:
    """Migrate, then put the guards in place where there is something to guard.

    SQLite's foreign keys are switched off meanwhile, before the transaction begins (later it has no
    effect): rebuilding a table in batch mode would delete the rows that refer to it.
    """
    with migrate.db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            transactional_ddl=True,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if inspect(connection).has_table("occupancy"):
                install_guards(connection)
            if is_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"rows refer to rows that are not there: {broken}")
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, not as a script of SQL.")
run_migrations()
