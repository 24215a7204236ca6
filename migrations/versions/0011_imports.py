"""Keep how outside calendars are read, and which of their events meet a reservation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_imports"
down_revision = "0010_price_group_reason"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
SOURCE = "calendar_source"
COLLISION = "import_collision"
UPLOAD = "calendar_upload"


def upgrade() -> None:
    # The column brings its rule along, as SQLite adds none to a table that stands.
    op.execute(
        f"ALTER TABLE {SOURCE} ADD COLUMN state VARCHAR(10) DEFAULT 'active' NOT NULL "
        f"CONSTRAINT ck_{SOURCE}_state CHECK (state IN ('active', 'waiting', 'stopped'))"
    )
    op.add_column(SOURCE, sa.Column("next_read_at", INSTANT, nullable=True))
    op.add_column(SOURCE, sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(SOURCE, sa.Column("report", DOCUMENT, nullable=True))
    op.create_index(f"ix_{SOURCE}_next", SOURCE, ["state", "next_read_at"])
    op.create_table(
        COLLISION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("outside_uid", sa.String(length=255), nullable=False),
        sa.Column("outside_recurrence", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("settlement", sa.String(length=10), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{COLLISION}"),
        sa.UniqueConstraint(
            "source_id",
            "outside_uid",
            "outside_recurrence",
            name=f"uq_{COLLISION}_source_id_outside_uid_outside_recurrence",
        ),
        sa.CheckConstraint(
            "settlement IN ('kept', 'cancelled')", name=f"ck_{COLLISION}_settlement"
        ),
        sa.CheckConstraint("starts_at < ends_at", name=f"ck_{COLLISION}_order"),
        sa.ForeignKeyConstraint(
            ["source_id"],
            [f"{SOURCE}.id"],
            name=f"fk_{COLLISION}_source_id_{SOURCE}",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=f"fk_{COLLISION}_settled_by_id_person"
        ),
    )
    op.create_index(f"ix_{COLLISION}_source_id", COLLISION, ["source_id"])
    op.create_table(
        UPLOAD,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{UPLOAD}"),
        sa.UniqueConstraint("key", name=f"uq_{UPLOAD}_key"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=f"fk_{UPLOAD}_person_id_person", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=f"fk_{UPLOAD}_space_id_space"),
    )
    op.create_index(f"ix_{UPLOAD}_person_id", UPLOAD, ["person_id"])


def downgrade() -> None:
    op.drop_table(UPLOAD)
    op.drop_table(COLLISION)
    op.drop_index(f"ix_{SOURCE}_next", SOURCE)
    for column in ("report", "failures", "next_read_at", "state"):
        op.drop_column(SOURCE, column)
