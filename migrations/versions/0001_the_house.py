"""Open the house: every table of the model, and the guard against double booking."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_the_house"
down_revision = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DECIMAL = sa.String(20).with_variant(sa.Numeric(12, 4), "postgresql")


def upgrade() -> None:
    op.create_table(
        "accessibility_feature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accessibility_feature"),
        sa.UniqueConstraint("slug", name="uq_accessibility_feature_slug"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_person_id", sa.Integer(), nullable=True),
        sa.Column("actor_token_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_version", sa.Integer(), nullable=True),
        sa.Column("subject_sequence", sa.Integer(), nullable=True),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_actor_person_id", "audit_entry", ["actor_person_id"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "subject_id"])

    op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_counter"),
        sa.UniqueConstraint("subject", name="uq_change_counter_subject"),
    )
    op.create_table(
        "city",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.Column("municipality_code", sa.String(length=10), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("default_language", sa.String(length=10), nullable=False),
        sa.Column("languages", DOCUMENT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("contact", DOCUMENT, nullable=False),
        sa.Column("free_use", DOCUMENT, nullable=False),
        sa.Column("meta", DOCUMENT, nullable=False),
        sa.Column("uid_host", sa.String(length=255), nullable=False),
        sa.Column("catalogue_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_city_one")),
        sa.PrimaryKeyConstraint("id", name="pk_city"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("slug", name="uq_contact_slug"),
    )
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_district"),
        sa.UniqueConstraint("slug", name="uq_district_slug"),
    )
    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("countable", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_equipment"),
        sa.UniqueConstraint("slug", name="uq_equipment_slug"),
    )
    op.create_table(
        "hours_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("when", DOCUMENT, nullable=False),
        sa.Column("effect", sa.String(length=12), nullable=False),
        sa.Column("latest_end", sa.Integer(), nullable=True),
        sa.Column("week", DOCUMENT, nullable=True),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.CheckConstraint(
            "effect IN ('closed', 'latest_end', 'week')", name=op.f("ck_hours_exception_effect")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hours_exception"),
        sa.UniqueConstraint("slug", name="uq_hours_exception_slug"),
    )
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opening_hours"),
        sa.UniqueConstraint("slug", name="uq_opening_hours_slug"),
    )
    op.create_table(
        "outgoing_email",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column("context", DOCUMENT, nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outgoing_email_attempts")),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_email"),
        sa.UniqueConstraint("message_id", name="uq_outgoing_email_message_id"),
    )
    op.create_index("ix_outgoing_email_due_at", "outgoing_email", ["due_at"])
    op.create_index("ix_outgoing_email_reservation_id", "outgoing_email", ["reservation_id"])

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("auth_version", sa.Integer(), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("payer", DOCUMENT, nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("subject IN ('space', 'loan')", name=op.f("ck_policy_subject")),
        sa.PrimaryKeyConstraint("id", name="pk_policy"),
        sa.UniqueConstraint("subject", "slug", name="uq_policy_subject_slug"),
    )
    op.create_table(
        "price_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("description", DOCUMENT, nullable=False),
        sa.Column("share", DECIMAL, nullable=False),
        sa.Column("vat_added", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_group"),
        sa.UniqueConstraint("slug", name="uq_price_group_slug"),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failures"),
        sa.UniqueConstraint("key_hash", name="uq_sign_in_failures_key_hash"),
    )
    op.create_table(
        "space_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_facts", DOCUMENT, nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_space_kind"),
        sa.UniqueConstraint("slug", name="uq_space_kind_slug"),
    )
    op.create_table(
        "terms_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("version", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("title", DOCUMENT, nullable=False),
        sa.Column("points", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_terms_version"),
        sa.UniqueConstraint("slug", "version", name="uq_terms_version_slug_version"),
    )
    op.create_table(
        "vat_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vat_class"),
        sa.UniqueConstraint("slug", name="uq_vat_class_slug"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_api_token_person_id_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_person_id", "api_token", ["person_id"])

    op.create_table(
        "hours_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_hours_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("week", DOCUMENT, nullable=False),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_hours_pattern_order")),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name="fk_hours_pattern_opening_hours_id_opening_hours",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hours_pattern"),
    )
    op.create_index("ix_hours_pattern_opening_hours_id", "hours_pattern", ["opening_hours_id"])

    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", DOCUMENT, nullable=False),
        sa.Column("headers", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name="fk_idempotency_key_person_id_person",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_key"),
        sa.UniqueConstraint("person_id", "key", name="uq_idempotency_key_person_id_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])

    op.create_table(
        "opening_hours_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_hours_id", sa.Integer(), nullable=False),
        sa.Column("exception_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["hours_exception.id"],
            name="fk_opening_hours_exception_exception_id_hours_exception",
        ),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name="fk_opening_hours_exception_opening_hours_id_opening_hours",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_opening_hours_exception"),
        sa.UniqueConstraint(
            "opening_hours_id",
            "exception_id",
            name="uq_opening_hours_exception_opening_hours_id_exception_id",
        ),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("activity_kind", sa.String(length=50), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("domicile", sa.String(length=60), nullable=False),
        sa.Column("business_id", sa.String(length=9), nullable=True),
        sa.Column("register_number", sa.String(length=12), nullable=True),
        sa.Column("price_group", sa.String(length=10), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("name_public", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("usual_event", DOCUMENT, nullable=True),
        sa.Column("payer", DOCUMENT, nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["person.id"], name="fk_organisation_verified_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("slug", name="uq_organisation_slug"),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name="fk_policy_version_policy_id_policy"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy_version"),
        sa.UniqueConstraint(
            "policy_id", "in_force_from", name="uq_policy_version_policy_id_in_force_from"
        ),
    )
    op.create_index("ix_policy_version_policy_id", "policy_version", ["policy_id"])

    op.create_table(
        "price_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vat_class_id", sa.Integer(), nullable=False),
        sa.Column("vat_class_other_use_id", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["vat_class_id"], ["vat_class.id"], name="fk_price_list_vat_class_id_vat_class"
        ),
        sa.ForeignKeyConstraint(
            ["vat_class_other_use_id"],
            ["vat_class.id"],
            name="fk_price_list_vat_class_other_use_id_vat_class",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_price_list"),
        sa.UniqueConstraint("slug", name="uq_price_list_slug"),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_by_id", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["stored_by_id"], ["person.id"], name="fk_stored_file_stored_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
        sa.UniqueConstraint("key", name="uq_stored_file_key"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("evidence_note", sa.Text(), nullable=False),
        sa.Column("confirm", DOCUMENT, nullable=False),
        sa.Column("street_address", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("location_precision", sa.String(length=12), nullable=False),
        sa.Column("accessibility_verified", sa.Boolean(), nullable=False),
        sa.Column("description", DOCUMENT, nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("opening_hours_id", sa.Integer(), nullable=False),
        sa.Column("event_facts", DOCUMENT, nullable=True),
        sa.CheckConstraint(
            "location_precision IN ('exact', 'approximate')", name=op.f("ck_unit_precision")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_unit_contact_id_contact"),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name="fk_unit_district_id_district"
        ),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name="fk_unit_opening_hours_id_opening_hours",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("slug", name="uq_unit_slug"),
    )
    op.create_table(
        "vat_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vat_class_id", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("percent", DECIMAL, nullable=False),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_vat_rate_order")),
        sa.ForeignKeyConstraint(
            ["vat_class_id"],
            ["vat_class.id"],
            name="fk_vat_rate_vat_class_id_vat_class",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_vat_rate"),
    )
    op.create_index("ix_vat_rate_vat_class_id", "vat_rate", ["vat_class_id"])

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'member')", name=op.f("ck_membership_role")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_membership_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_membership_person_id_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint(
            "organisation_id", "person_id", name="uq_membership_organisation_id_person_id"
        ),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])

    op.create_table(
        "pickup_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("opening_hours_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name="fk_pickup_point_opening_hours_id_opening_hours",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_pickup_point_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_pickup_point"),
        sa.UniqueConstraint("slug", name="uq_pickup_point_slug"),
    )
    op.create_table(
        "price_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("price_list_id", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("hourly_cents", sa.Integer(), nullable=False),
        sa.Column("day_cap_hours", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "day_cap_hours BETWEEN 1 AND 24", name=op.f("ck_price_row_day_cap_hours")
        ),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_price_row_order")),
        sa.CheckConstraint("hourly_cents >= 0", name=op.f("ck_price_row_hourly_cents")),
        sa.ForeignKeyConstraint(
            ["price_list_id"],
            ["price_list.id"],
            name="fk_price_row_price_list_id_price_list",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_price_row"),
    )
    op.create_index("ix_price_row_price_list_id", "price_row", ["price_list_id"])

    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'booker', 'approver', 'manager', 'administrator')",
            name=op.f("ck_role_assignment_role"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name="fk_role_assignment_person_id_person",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_role_assignment_unit_id_unit", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_role_assignment"),
        sa.UniqueConstraint(
            "person_id", "role", "unit_id", name="uq_role_assignment_person_id_role_unit_id"
        ),
    )
    op.create_index(
        "uq_role_assignment_city",
        "role_assignment",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("unit_id IS NULL"),
        postgresql_where=sa.text("unit_id IS NULL"),
    )

    op.create_table(
        "self_initiated_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("rules_version", sa.String(length=40), nullable=True),
        sa.Column("outcome", DOCUMENT, nullable=True),
        sa.Column("checklist", DOCUMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_self_initiated_event_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_self_initiated_event_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_self_initiated_event"),
        sa.UniqueConstraint("reference", name="uq_self_initiated_event_reference"),
        sa.UniqueConstraint("secret_hash", name="uq_self_initiated_event_secret_hash"),
    )
    op.create_index(
        "ix_self_initiated_event_organisation_id", "self_initiated_event", ["organisation_id"]
    )
    op.create_index("ix_self_initiated_event_person_id", "self_initiated_event", ["person_id"])

    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=False),
        sa.Column("rrule", sa.String(length=255), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("length_minutes", sa.Integer(), nullable=False),
        sa.Column("on_conflict", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("responsible_adult", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("booked_for_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("on_behalf_of", DOCUMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["person.id"], name="fk_series_booked_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["booked_for_id"], ["person.id"], name="fk_series_booked_for_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_series_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("reference", name="uq_series_reference"),
    )
    op.create_index("ix_series_organisation_id", "series", ["organisation_id"])

    op.create_table(
        "space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("is_combination", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.Column("description", DOCUMENT, nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("capacity_basis", sa.String(length=10), nullable=False),
        sa.Column("joint_capacity", sa.String(length=10), nullable=True),
        sa.Column("has_remainder", sa.Boolean(), nullable=False),
        sa.Column("area_m2", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=20), nullable=True),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("price_list_id", sa.Integer(), nullable=True),
        sa.Column("price_share", DECIMAL, nullable=False),
        sa.Column("terms", sa.String(length=50), nullable=True),
        sa.Column("access", sa.String(length=20), nullable=True),
        sa.Column("opening_hours_id", sa.Integer(), nullable=True),
        sa.Column("event_facts", DOCUMENT, nullable=True),
        sa.Column("accessibility", DOCUMENT, nullable=False),
        sa.CheckConstraint(
            "joint_capacity IN ('enforced', 'advisory')", name=op.f("ck_space_joint_capacity")
        ),
        sa.CheckConstraint(
            "NOT is_combination OR parent_id IS NOT NULL", name=op.f("ck_space_listed")
        ),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_space_capacity")),
        sa.CheckConstraint(
            "is_combination OR (kind_id + policy_id + price_list_id) IS NOT NULL",
            name=op.f("ck_space_own_values"),
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["space_kind.id"], name="fk_space_kind_id_space_kind"),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name="fk_space_opening_hours_id_opening_hours",
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["space.id"], name="fk_space_parent_id_space"),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name="fk_space_policy_id_policy"),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name="fk_space_price_list_id_price_list"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_space_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_space"),
        sa.UniqueConstraint("slug", name="uq_space_slug"),
    )
    op.create_index("ix_space_parent_id", "space", ["parent_id"])
    op.create_index("ix_space_unit_id", "space", ["unit_id"])

    op.create_table(
        "support_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cap_cents", sa.Integer(), nullable=False),
        sa.Column("granted_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organisation_id IS NULL)",
            name=op.f("ck_support_account_of_one"),
        ),
        sa.CheckConstraint(
            "granted_cents BETWEEN 0 AND cap_cents", name=op.f("ck_support_account_not_overdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_support_account_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_support_account_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_account"),
        sa.UniqueConstraint(
            "organisation_id", "year", name="uq_support_account_organisation_id_year"
        ),
        sa.UniqueConstraint("person_id", "year", name="uq_support_account_person_id_year"),
    )
    op.create_table(
        "calendar_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("etag", sa.String(length=255), nullable=True),
        sa.Column("last_modified", sa.String(length=60), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name="fk_calendar_source_added_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name="fk_calendar_source_space_id_space"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_source"),
    )
    op.create_index("ix_calendar_source_space_id", "calendar_source", ["space_id"])

    op.create_table(
        "combination_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("combination_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["combination_id"],
            ["space.id"],
            name="fk_combination_member_combination_id_space",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["space.id"], name="fk_combination_member_member_id_space"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_combination_member"),
        sa.UniqueConstraint(
            "combination_id", "member_id", name="uq_combination_member_combination_id_member_id"
        ),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('mine', 'organisation', 'unit', 'event')", name=op.f("ck_feed_kind")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["self_initiated_event.id"], name="fk_feed_event_id_self_initiated_event"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_feed_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_feed_person_id_person", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_feed_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("secret_hash", name="uq_feed_secret_hash"),
    )
    op.create_index("ix_feed_person_id", "feed", ["person_id"])

    op.create_table(
        "hours_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("effect", sa.String(length=12), nullable=False),
        sa.Column("latest_end", sa.Integer(), nullable=True),
        sa.Column("week", DOCUMENT, nullable=True),
        sa.Column("reason", DOCUMENT, nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effect IN ('closed', 'latest_end', 'week')", name=op.f("ck_hours_change_effect")
        ),
        sa.CheckConstraint(
            "(space_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_hours_change_of_one_place")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_hours_change_order")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_hours_change_made_by_id_person"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_hours_change_space_id_space"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_hours_change_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_hours_change"),
    )
    op.create_index("ix_hours_change_space_id", "hours_change", ["space_id"])
    op.create_index("ix_hours_change_unit_id", "hours_change", ["unit_id"])

    op.create_table(
        "loan_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", DOCUMENT, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("pickup_point_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_loan_item_quantity")),
        sa.ForeignKeyConstraint(
            ["pickup_point_id"],
            ["pickup_point.id"],
            name="fk_loan_item_pickup_point_id_pickup_point",
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name="fk_loan_item_policy_id_policy"),
        sa.PrimaryKeyConstraint("id", name="pk_loan_item"),
        sa.UniqueConstraint("slug", name="uq_loan_item_slug"),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("alternative_text", DOCUMENT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(space_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_picture_of_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name="fk_picture_file_id_stored_file"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_picture_space_id_space"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_picture_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
    )
    op.create_index("ix_picture_space_id", "picture", ["space_id"])
    op.create_index("ix_picture_unit_id", "picture", ["unit_id"])

    op.create_table(
        "series_space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name="fk_series_space_series_id_series",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_series_space_space_id_space"),
        sa.PrimaryKeyConstraint("id", name="pk_series_space"),
        sa.UniqueConstraint("series_id", "space_id", name="uq_series_space_series_id_space_id"),
    )
    op.create_table(
        "skipped_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("length_minutes", sa.Integer(), nullable=False),
        sa.Column("violations", DOCUMENT, nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name="fk_skipped_date_series_id_series",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_skipped_date"),
        sa.UniqueConstraint("series_id", "day", name="uq_skipped_date_series_id_day"),
    )
    op.create_table(
        "space_equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_space_equipment_quantity")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name="fk_space_equipment_equipment_id_equipment"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name="fk_space_equipment_space_id_space", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_space_equipment"),
        sa.UniqueConstraint(
            "space_id", "equipment_id", name="uq_space_equipment_space_id_equipment_id"
        ),
    )
    op.create_table(
        "part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("loan_item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["loan_item_id"], ["loan_item.id"], name="fk_part_loan_item_id_loan_item"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_part"),
        sa.UniqueConstraint("slug", name="uq_part_slug"),
    )
    op.create_index("ix_part_loan_item_id", "part", ["loan_item_id"])

    op.create_table(
        "reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("responsible_adult", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("booked_for_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("on_behalf_of", DOCUMENT, nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("price_group", sa.String(length=10), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("total_cents", sa.Integer(), nullable=True),
        sa.Column("due_cents", sa.Integer(), nullable=True),
        sa.Column("catalogue_version", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_before", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_extensions", sa.Integer(), nullable=False),
        sa.Column("is_preliminary", sa.Boolean(), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_show_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("series_day", sa.Date(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("outside_uid", sa.String(length=255), nullable=True),
        sa.Column("outside_recurrence", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'held') = (held_until IS NOT NULL)", name=op.f("ck_reservation_hold")
        ),
        sa.CheckConstraint(
            "kind IN ('customer', 'staff', 'closure', 'seasonal', 'imported')",
            name=op.f("ck_reservation_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('held', 'requested', 'confirmed', 'denied', 'cancelled', 'expired')",
            name=op.f("ck_reservation_state"),
        ),
        sa.CheckConstraint(
            "(source_id IS NULL) = (outside_uid IS NULL)", name=op.f("ck_reservation_outside")
        ),
        sa.CheckConstraint("people >= 1", name=op.f("ck_reservation_people")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_reservation_order")),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["person.id"], name="fk_reservation_booked_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["booked_for_id"], ["person.id"], name="fk_reservation_booked_for_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["self_initiated_event.id"],
            name="fk_reservation_event_id_self_initiated_event",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_reservation_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name="fk_reservation_series_id_series"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["calendar_source.id"], name="fk_reservation_source_id_calendar_source"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reservation"),
        sa.UniqueConstraint("reference", name="uq_reservation_reference"),
        sa.UniqueConstraint("series_id", "series_day", name="uq_reservation_series_id_series_day"),
        sa.UniqueConstraint(
            "source_id",
            "outside_uid",
            "outside_recurrence",
            name="uq_reservation_source_id_outside_uid_outside_recurrence",
        ),
        sa.UniqueConstraint("uid", name="uq_reservation_uid"),
    )
    op.create_index("ix_reservation_event_id", "reservation", ["event_id"])
    op.create_index(
        "ix_reservation_organiser_organisation", "reservation", ["organisation_id", "ends_at"]
    )
    op.create_index("ix_reservation_organiser_person", "reservation", ["booked_for_id", "ends_at"])
    op.create_index("ix_reservation_series_id", "reservation", ["series_id"])
    op.create_index("ix_reservation_start", "reservation", ["starts_at", "id"])
    op.create_index("ix_reservation_state_start", "reservation", ["state", "starts_at"])

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=True),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("nature", sa.String(length=20), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("appeal_instructions", DOCUMENT, nullable=True),
        sa.Column("last_day_of_appeal", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "nature IN ('contract', 'administrative')", name=op.f("ck_decision_nature")
        ),
        sa.CheckConstraint(
            "outcome IN ('approved', 'denied', 'handed_back')", name=op.f("ck_decision_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name="fk_decision_decided_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["self_initiated_event.id"],
            name="fk_decision_event_id_self_initiated_event",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name="fk_decision_reservation_id_reservation"
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_decision_series_id_series"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("reference", name="uq_decision_reference"),
    )
    op.create_index("ix_decision_event_id", "decision", ["event_id"])
    op.create_index("ix_decision_reservation_id", "decision", ["reservation_id"])
    op.create_index("ix_decision_series_id", "decision", ["series_id"])

    op.create_table(
        "feed_fragment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("made_from", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name="fk_feed_fragment_reservation_id_reservation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feed_fragment"),
        sa.UniqueConstraint(
            "reservation_id",
            "audience",
            "language",
            name="uq_feed_fragment_reservation_id_audience_language",
        ),
    )
    op.create_table(
        "occupancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_occupancy_order")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name="fk_occupancy_part_id_part"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name="fk_occupancy_reservation_id_reservation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_occupancy"),
    )
    op.create_index("ix_occupancy_part_end", "occupancy", ["part_id", "ends_at", "starts_at"])
    op.create_index("ix_occupancy_reservation_id", "occupancy", ["reservation_id"])

    op.create_table(
        "price_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("loan_item_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hours", DECIMAL, nullable=False),
        sa.Column("unit_cents", sa.Integer(), nullable=False),
        sa.Column("share", DECIMAL, nullable=False),
        sa.Column("vat_class", sa.String(length=50), nullable=False),
        sa.Column("vat_percent", DECIMAL, nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(space_id IS NULL) <> (loan_item_id IS NULL)", name=op.f("ck_price_line_of_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["loan_item_id"], ["loan_item.id"], name="fk_price_line_loan_item_id_loan_item"
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name="fk_price_line_reservation_id_reservation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_price_line_space_id_space"),
        sa.PrimaryKeyConstraint("id", name="pk_price_line"),
    )
    op.create_index("ix_price_line_reservation_id", "price_line", ["reservation_id"])

    op.create_table(
        "reservation_loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("loan_item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=True),
        sa.Column("terms_version_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_reservation_loan_quantity")),
        sa.ForeignKeyConstraint(
            ["loan_item_id"], ["loan_item.id"], name="fk_reservation_loan_loan_item_id_loan_item"
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
            name="fk_reservation_loan_policy_version_id_policy_version",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name="fk_reservation_loan_reservation_id_reservation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["terms_version_id"],
            ["terms_version.id"],
            name="fk_reservation_loan_terms_version_id_terms_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reservation_loan"),
    )
    op.create_index("ix_reservation_loan_reservation_id", "reservation_loan", ["reservation_id"])

    op.create_table(
        "reservation_space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=True),
        sa.Column("terms_version_id", sa.Integer(), nullable=True),
        sa.Column("terms_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "before_minutes >= 0 AND after_minutes >= 0", name=op.f("ck_reservation_space_buffers")
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
            name="fk_reservation_space_policy_version_id_policy_version",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name="fk_reservation_space_reservation_id_reservation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name="fk_reservation_space_space_id_space"
        ),
        sa.ForeignKeyConstraint(
            ["terms_version_id"],
            ["terms_version.id"],
            name="fk_reservation_space_terms_version_id_terms_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reservation_space"),
        sa.UniqueConstraint(
            "reservation_id", "space_id", name="uq_reservation_space_reservation_id_space_id"
        ),
    )
    op.create_index("ix_reservation_space_space_id", "reservation_space", ["space_id"])

    op.create_table(
        "space_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name="fk_space_part_part_id_part"),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name="fk_space_part_space_id_space", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_space_part"),
        sa.UniqueConstraint("space_id", "part_id", name="uq_space_part_space_id_part_id"),
    )
    op.create_index("ix_space_part_part_id", "space_part", ["part_id"])

    op.create_table(
        "support_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["support_account.id"],
            name="fk_support_entry_account_id_support_account",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_support_entry_decision_id_decision"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["self_initiated_event.id"],
            name="fk_support_entry_event_id_self_initiated_event",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_entry"),
    )
    op.create_index("ix_support_entry_account_id", "support_entry", ["account_id"])


def downgrade() -> None:

    op.drop_table("support_entry")

    op.drop_table("space_part")

    op.drop_table("reservation_space")

    op.drop_table("reservation_loan")

    op.drop_table("price_line")

    op.drop_table("occupancy")
    op.drop_table("feed_fragment")

    op.drop_table("decision")

    op.drop_table("reservation")

    op.drop_table("part")
    op.drop_table("space_equipment")
    op.drop_table("skipped_date")
    op.drop_table("series_space")

    op.drop_table("picture")
    op.drop_table("loan_item")

    op.drop_table("hours_change")

    op.drop_table("feed")
    op.drop_table("combination_member")

    op.drop_table("calendar_source")
    op.drop_table("support_account")

    op.drop_table("space")

    op.drop_table("series")

    op.drop_table("self_initiated_event")

    op.drop_table("role_assignment")

    op.drop_table("price_row")
    op.drop_table("pickup_point")

    op.drop_table("membership")

    op.drop_table("vat_rate")
    op.drop_table("unit")
    op.drop_table("stored_file")
    op.drop_table("price_list")

    op.drop_table("policy_version")
    op.drop_table("organisation")
    op.drop_table("opening_hours_exception")

    op.drop_table("idempotency_key")

    op.drop_table("hours_pattern")

    op.drop_table("api_token")
    op.drop_table("vat_class")
    op.drop_table("terms_version")
    op.drop_table("space_kind")
    op.drop_table("sign_in_failures")
    op.drop_table("price_group")
    op.drop_table("policy")
    op.drop_table("person")

    op.drop_table("outgoing_email")
    op.drop_table("opening_hours")
    op.drop_table("hours_exception")
    op.drop_table("equipment")
    op.drop_table("district")
    op.drop_table("contact")
    op.drop_table("city")
    op.drop_table("change_counter")

    op.drop_table("audit_entry")
    op.drop_table("accessibility_feature")
