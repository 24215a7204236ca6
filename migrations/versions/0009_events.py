"""Keep dates of events, applications for support, who decides, and rule sets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_events"
down_revision = "0008_reminders"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
LIVE = "state NOT IN ('denied', 'withdrawn')"
STATES = "'draft', 'submitted', 'granted', 'denied', 'withdrawn', 'reported', 'paid'"


def upgrade() -> None:
    _widen_event()
    _create_sent_deadline()
    _create_application()
    _create_receipt()
    _create_power()
    _create_rules()
    _refer("support_entry", "application_id", "support_application")
    _refer("decision", "application_id", "support_application")
    op.create_index("ix_decision_application_id", "decision", ["application_id"])
    op.add_column("decision", sa.Column("decided_as", DOCUMENT, nullable=True))


def downgrade() -> None:
    op.drop_index("ix_decision_application_id", "decision")
    for table, columns in (
        ("decision", ("decided_as", "application_id")),
        ("support_entry", ("application_id",)),
    ):
        for column in columns:
            op.drop_column(table, column)
    for table in (
        "rule_trial",
        "rule_set",
        "decision_power",
        "support_receipt",
        "support_application",
        "sent_deadline",
    ):
        op.drop_table(table)
    op.drop_index("ix_self_initiated_event_start", "self_initiated_event")
    for column in (
        "cancelled_at",
        "copied_from_id",
        "changes",
        "evaluated_on",
        "ends_at",
        "starts_at",
        "space_id",
        "language",
    ):
        op.drop_column("self_initiated_event", column)


def _refer(table: str, column: str, other: str) -> None:
    """A column that names a row of another table; both engines take its constraint along."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
        f"CONSTRAINT fk_{table}_{column}_{other} REFERENCES {other} (id)"
    )


def _widen_event() -> None:
    table = "self_initiated_event"
    op.add_column(
        table, sa.Column("language", sa.String(length=10), nullable=False, server_default="fi")
    )
    _refer(table, "space_id", "space")
    op.add_column(table, sa.Column("starts_at", INSTANT, nullable=True))
    # A rule that names two columns stands with the later one, as SQLite adds no rule to a table.
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN ends_at "
        f"{'DATETIME' if op.get_bind().dialect.name == 'sqlite' else 'TIMESTAMP WITH TIME ZONE'} "
        "CONSTRAINT ck_self_initiated_event_order CHECK (starts_at < ends_at)"
    )
    op.add_column(table, sa.Column("evaluated_on", sa.Date(), nullable=True))
    op.add_column(table, sa.Column("changes", DOCUMENT, nullable=True))
    _refer(table, "copied_from_id", table)
    op.add_column(table, sa.Column("cancelled_at", INSTANT, nullable=True))
    op.create_index("ix_self_initiated_event_start", table, ["starts_at", "id"])


def _create_sent_deadline() -> None:
    op.create_table(
        "sent_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("ahead", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sent_deadline"),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["self_initiated_event.id"],
            name="fk_sent_deadline_event_id_self_initiated_event",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "event_id",
            "rule",
            "ahead",
            "due_on",
            name="uq_sent_deadline_event_id_rule_ahead_due_on",
        ),
    )
    op.create_index("ix_sent_deadline_event_id", "sent_deadline", ["event_id"])


def _create_application() -> None:
    table = "support_application"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("requested_cents", sa.Integer(), nullable=False),
        sa.Column("granted_cents", sa.Integer(), nullable=True),
        sa.Column("paid_cents", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("budget", DOCUMENT, nullable=False),
        sa.Column("wishes", DOCUMENT, nullable=False),
        sa.Column("outcome", DOCUMENT, nullable=True),
        sa.Column("other_aid", sa.Text(), nullable=False),
        sa.Column("payee", sa.String(length=120), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column("report", DOCUMENT, nullable=True),
        sa.Column("receipts_due_on", sa.Date(), nullable=True),
        sa.Column("receipts_reminder", sa.String(length=10), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("reported_at", INSTANT, nullable=True),
        sa.Column("paid_at", INSTANT, nullable=True),
        sa.Column("paid_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("reference", name=f"uq_{table}_reference"),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f(f"ck_{table}_state")),
        sa.CheckConstraint("requested_cents >= 0", name=op.f(f"ck_{table}_requested")),
        sa.CheckConstraint(
            "granted_cents BETWEEN 0 AND requested_cents", name=op.f(f"ck_{table}_granted")
        ),
        sa.CheckConstraint("paid_cents BETWEEN 0 AND granted_cents", name=op.f(f"ck_{table}_paid")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
            for column, other in (
                ("event_id", "self_initiated_event"),
                ("person_id", "person"),
                ("organisation_id", "organisation"),
                ("reservation_id", "reservation"),
                ("paid_by_id", "person"),
            )
        ),
    )
    for column in ("event_id", "person_id", "organisation_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index(f"ix_{table}_state", table, ["state", "submitted_at"])
    op.create_index(
        f"uq_{table}_live",
        table,
        ["event_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )


def _create_receipt() -> None:
    table = "support_receipt"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("accepted_cents", sa.Integer(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("key", name=f"uq_{table}_key"),
        sa.CheckConstraint("cents >= 0", name=op.f(f"ck_{table}_cents")),
        sa.CheckConstraint("accepted_cents BETWEEN 0 AND cents", name=op.f(f"ck_{table}_accepted")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["support_application.id"],
            name=f"fk_{table}_application_id_support_application",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=f"fk_{table}_added_by_id_person"
        ),
    )
    op.create_index(f"ix_{table}_application_id", table, ["application_id"])


def _create_power() -> None:
    table = "decision_power"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("post", DOCUMENT, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("limit_cents", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("substitute_from", sa.Date(), nullable=True),
        sa.Column("substitute_to", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.CheckConstraint("matter IN ('free_use', 'support')", name=op.f(f"ck_{table}_matter")),
        sa.CheckConstraint("limit_cents >= 0", name=op.f(f"ck_{table}_limit")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
            for column, other in (
                ("unit_id", "unit"),
                ("holder_id", "person"),
                ("substitute_id", "person"),
            )
        ),
    )
    for column in ("holder_id", "substitute_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _create_rules() -> None:
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rule_set"),
        sa.UniqueConstraint("name", name="uq_rule_set_name"),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)", name=op.f("ck_rule_set_published")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_rule_set_{column}_{other}")
            for column, other in (
                ("base_id", "rule_set"),
                ("created_by_id", "person"),
                ("published_by_id", "person"),
            )
        ),
    )
    op.create_index("ix_rule_set_published", "rule_set", ["published_at"])
    op.create_table(
        "rule_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("rule_set_version", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("last_event_id", sa.Integer(), nullable=False),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rule_trial"),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_rule_trial_done")),
        sa.ForeignKeyConstraint(
            ["rule_set_id"],
            ["rule_set.id"],
            name="fk_rule_trial_rule_set_id_rule_set",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name="fk_rule_trial_started_by_id_person"
        ),
    )
    op.create_index("ix_rule_trial_rule_set_id", "rule_trial", ["rule_set_id"])
