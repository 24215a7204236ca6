"""Keep who wants to be reminded of bookings when, and which reminders were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0008_reminders"
down_revision = "0007_feedback"


def upgrade() -> None:
    op.create_table(
        "reminder_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_choice"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name="fk_reminder_choice_person_id_person",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("person_id", name="uq_reminder_choice_person_id"),
    )
    op.create_table(
        "sent_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("ahead", sa.String(length=10), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sent_reminder"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name="fk_sent_reminder_reservation_id_reservation",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "reservation_id",
            "ahead",
            "begins_on",
            name="uq_sent_reminder_reservation_id_ahead_begins_on",
        ),
        sa.CheckConstraint("ahead IN ('week', 'day', 'hours')", name="ck_sent_reminder_ahead"),
    )


def downgrade() -> None:
    op.drop_table("sent_reminder")
    op.drop_table("reminder_choice")
