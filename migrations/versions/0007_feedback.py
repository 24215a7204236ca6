"""Keep what people tell the city, invitations into organisations, and what staff ask of those."""

import sqlalchemy as sa
from alembic import op

revision = "0007_feedback"
down_revision = "0006_favourites"

OPEN = sa.text("accepted_at IS NULL AND revoked_at IS NULL")


def upgrade() -> None:
    _create_review()
    _create_invitation()
    _create_feedback()


def downgrade() -> None:
    for table in ("feedback", "organisation_invitation", "organisation_review"):
        op.drop_table(table)


def _create_review() -> None:
    table = "organisation_review"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _reference(table, "organisation_id", "organisation", "CASCADE"),
        sa.UniqueConstraint("organisation_id", name=f"uq_{table}_organisation_id"),
        sa.CheckConstraint("kind IN ('asked', 'refused')", name=f"ck_{table}_kind"),
    )


def _create_invitation() -> None:
    table = "organisation_invitation"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("inviter_becomes", sa.String(length=10), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _reference(table, "organisation_id", "organisation", "CASCADE"),
        _reference(table, "invited_by_id", "person", "SET NULL"),
        sa.CheckConstraint("role IN ('admin', 'member')", name=f"ck_{table}_role"),
        sa.CheckConstraint(
            "inviter_becomes IN ('member', 'leaves')", name=f"ck_{table}_inviter_becomes"
        ),
        sa.CheckConstraint(
            "inviter_becomes IS NULL OR role = 'admin'", name=f"ck_{table}_successor"
        ),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name=f"ck_{table}_end"),
    )
    op.create_index(
        f"uq_{table}_open",
        table,
        ["organisation_id", "email"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _create_feedback() -> None:
    table = "feedback"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(length=43), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("page", sa.String(length=500), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _reference(table, "unit_id", "unit", "SET NULL"),
        _reference(table, "space_id", "space", "SET NULL"),
        _reference(table, "person_id", "person", "SET NULL"),
        _reference(table, "handled_by_id", "person", "SET NULL"),
        sa.UniqueConstraint("submission", name=f"uq_{table}_submission"),
        sa.CheckConstraint(
            "kind IN ('space', 'page', 'accessibility', 'wish')", name=f"ck_{table}_kind"
        ),
        sa.CheckConstraint("answer IS NULL OR handled_at IS NOT NULL", name=f"ck_{table}_answer"),
        sa.CheckConstraint(
            "forgotten_at IS NULL OR (handled_at IS NOT NULL AND message = '' AND answer IS NULL "
            "AND email IS NULL AND page IS NULL AND person_id IS NULL)",
            name=f"ck_{table}_forgotten",
        ),
    )
    op.create_index("ix_feedback_unit_id", table, ["unit_id", "handled_at"])
    op.create_index("ix_feedback_handled_at", table, ["handled_at"])


def _reference(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)
