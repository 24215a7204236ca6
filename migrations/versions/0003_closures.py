"""Keep what closures did to the reservations that stood in their way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_closures"
down_revision = "0002_billing"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OUTCOMES = "'offered', 'accepted', 'declined', 'lapsed', 'cancelled', 'replaced'"


def upgrade() -> None:
    op.create_table(
        "displacement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closure_id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("space_ids", DOCUMENT, nullable=False),
        sa.Column("state_after", sa.String(length=10), nullable=True),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_displacement"),
        *(
            sa.ForeignKeyConstraint(
                [f"{what}_id"],
                ["reservation.id"],
                name=f"fk_displacement_{what}_id_reservation",
                ondelete="CASCADE",
            )
            for what in ("closure", "reservation")
        ),
        sa.UniqueConstraint(
            "closure_id", "reservation_id", name="uq_displacement_closure_id_reservation_id"
        ),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name="ck_displacement_outcome"),
        sa.CheckConstraint(
            "(answer_until IS NULL) = (state_after IS NULL)", name="ck_displacement_offer"
        ),
        sa.CheckConstraint(
            "outcome = 'cancelled' OR answer_until IS NOT NULL", name="ck_displacement_answered"
        ),
    )
    offered = sa.text("outcome = 'offered'")
    op.create_index(
        "ix_displacement_offered",
        "displacement",
        ["reservation_id"],
        unique=True,
        sqlite_where=offered,
        postgresql_where=offered,
    )
    op.create_index("ix_displacement_reservation_id", "displacement", ["reservation_id"])
    op.create_index("ix_displacement_secret_hash", "displacement", ["secret_hash"])


def downgrade() -> None:
    op.drop_table("displacement")
