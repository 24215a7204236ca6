"""Keep what is owed: payers, charges with their lines, credit notes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_billing"
down_revision = "0001_the_house"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DECIMAL = sa.String(20).with_variant(sa.Numeric(12, 4), "postgresql")
SUMS = "total_cents = net_cents + vat_cents"


def upgrade() -> None:
    _create_payers()
    _create_charges()
    _create_credit_notes()


def downgrade() -> None:
    for table in ("credit_line", "credit_note", "charge_line", "charge", "payer"):
        op.drop_table(table)


def _pays_by() -> list[sa.Column]:
    lengths = {
        "name": 120,
        "street_address": 120,
        "postcode": 5,
        "town": 60,
        "business_id": 9,
        "e_invoice_address": 35,
        "e_invoice_operator": 35,
        "own_reference": 35,
    }
    return [
        sa.Column(name, sa.String(length=length), nullable=False)
        for name, length in lengths.items()
    ]


def _amounts() -> list[sa.Column]:
    names = ("net_cents", "vat_cents", "total_cents")
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _create_payers() -> None:
    owners = ("reservation", "organisation", "person")
    of_one = " + ".join(f"CASE WHEN {owner}_id IS NULL THEN 0 ELSE 1 END" for owner in owners)
    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{owner}_id", sa.Integer(), nullable=True) for owner in owners),
        *_pays_by(),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payer"),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"],
                [f"{owner}.id"],
                name=f"fk_payer_{owner}_id_{owner}",
                ondelete="CASCADE",
            )
            for owner in owners
        ),
        *(sa.UniqueConstraint(f"{owner}_id", name=f"uq_payer_{owner}_id") for owner in owners),
        sa.CheckConstraint(f"{of_one} = 1", name="ck_payer_of_one"),
        sa.CheckConstraint("name <> ''", name="ck_payer_name"),
        sa.CheckConstraint(
            "(e_invoice_address = '') = (e_invoice_operator = '')", name="ck_payer_e_invoice"
        ),
    )


def _create_charges() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reference_number", sa.String(length=20), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *_amounts(),
        sa.Column("credited_cents", sa.Integer(), nullable=False),
        *_pays_by(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name="fk_charge_reservation_id_reservation"
        ),
        sa.UniqueConstraint("number", name="uq_charge_number"),
        sa.UniqueConstraint("reference_number", name="uq_charge_reference_number"),
        sa.UniqueConstraint("reservation_id", "reason", name="uq_charge_reservation_id_reason"),
        sa.CheckConstraint(
            "reason IN ('use', 'late_cancellation', 'no_show')", name="ck_charge_reason"
        ),
        sa.CheckConstraint(SUMS, name="ck_charge_sums"),
        sa.CheckConstraint("total_cents > 0", name="ck_charge_positive"),
        sa.CheckConstraint("credited_cents BETWEEN 0 AND total_cents", name="ck_charge_credited"),
    )
    op.create_index("ix_charge_day", "charge", ["charged_on", "number"])
    op.create_table(
        "charge_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.Column("hours", DECIMAL, nullable=False),
        sa.Column("unit_cents", sa.Integer(), nullable=False),
        sa.Column("share", DECIMAL, nullable=False),
        sa.Column("vat_class", sa.String(length=50), nullable=False),
        sa.Column("vat_percent", DECIMAL, nullable=False),
        *_amounts(),
        sa.Column("credited_net_cents", sa.Integer(), nullable=False),
        sa.Column("credited_vat_cents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_charge_line"),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.id"], name="fk_charge_line_charge_id_charge"
        ),
        sa.UniqueConstraint("charge_id", "position", name="uq_charge_line_charge_id_position"),
        sa.CheckConstraint(SUMS, name="ck_charge_line_sums"),
        sa.CheckConstraint(
            "credited_net_cents BETWEEN 0 AND net_cents", name="ck_charge_line_credited_net"
        ),
        sa.CheckConstraint(
            "credited_vat_cents BETWEEN 0 AND vat_cents", name="ck_charge_line_credited_vat"
        ),
    )


def _create_credit_notes() -> None:
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("credited_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_amounts(),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credit_note"),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.id"], name="fk_credit_note_charge_id_charge"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_credit_note_made_by_id_person"
        ),
        sa.UniqueConstraint("number", name="uq_credit_note_number"),
        sa.CheckConstraint(SUMS, name="ck_credit_note_sums"),
        sa.CheckConstraint("total_cents > 0", name="ck_credit_note_positive"),
        sa.CheckConstraint("reason <> ''", name="ck_credit_note_reason"),
    )
    op.create_index("ix_credit_note_charge_id", "credit_note", ["charge_id"])
    op.create_index("ix_credit_note_day", "credit_note", ["credited_on", "number"])
    op.create_table(
        "credit_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credit_note_id", sa.Integer(), nullable=False),
        sa.Column("charge_line_id", sa.Integer(), nullable=False),
        *_amounts(),
        sa.PrimaryKeyConstraint("id", name="pk_credit_line"),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name="fk_credit_line_credit_note_id_credit_note"
        ),
        sa.ForeignKeyConstraint(
            ["charge_line_id"], ["charge_line.id"], name="fk_credit_line_charge_line_id_charge_line"
        ),
        sa.UniqueConstraint(
            "credit_note_id", "charge_line_id", name="uq_credit_line_credit_note_id_charge_line_id"
        ),
        sa.CheckConstraint(SUMS, name="ck_credit_line_sums"),
        sa.CheckConstraint(
            "net_cents >= 0 AND vat_cents >= 0 AND total_cents > 0", name="ck_credit_line_positive"
        ),
    )
    op.create_index("ix_credit_line_charge_line_id", "credit_line", ["charge_line_id"])
