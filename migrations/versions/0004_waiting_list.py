"""Keep who waits for which space when, in order."""

import sqlalchemy as sa
from alembic import op

revision = "0004_waiting_list"
down_revision = "0003_closures"

WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_entry"),
        *_references(),
        sa.UniqueConstraint("reference", name="uq_waiting_entry_reference"),
        sa.UniqueConstraint("reservation_id", name="uq_waiting_entry_reservation_id"),
        sa.CheckConstraint("starts_at < ends_at", name="ck_waiting_entry_order"),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'left', 'over')", name="ck_waiting_entry_state"
        ),
        sa.CheckConstraint(
            "(state = 'offered') = (reservation_id IS NOT NULL)", name="ck_waiting_entry_offer"
        ),
        sa.CheckConstraint("people >= 1", name="ck_waiting_entry_people"),
    )
    _create_indexes()


def downgrade() -> None:
    op.drop_table("waiting_entry")


def _references() -> list[sa.ForeignKeyConstraint]:
    """To whom and what a wish belongs; it goes with its person or organisation."""
    goes_with = {"person": "CASCADE", "organisation": "CASCADE", "space": None, "reservation": None}
    return [
        sa.ForeignKeyConstraint(
            [f"{table}_id"],
            [f"{table}.id"],
            name=f"fk_waiting_entry_{table}_id_{table}",
            ondelete=ondelete,
        )
        for table, ondelete in goes_with.items()
    ]


def _create_indexes() -> None:
    op.create_index("ix_waiting_entry_organisation_id", "waiting_entry", ["organisation_id"])
    op.create_index(
        "uq_waiting_entry_wish",
        "waiting_entry",
        ["person_id", "space_id", "starts_at", "ends_at"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index(
        "ix_waiting_entry_order",
        "waiting_entry",
        ["id"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
