"""Keep the spaces that people want to find again."""

import sqlalchemy as sa
from alembic import op

revision = "0006_favourites"
down_revision = "0005_pictures"


def upgrade() -> None:
    op.create_table(
        "favourite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_favourite"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name="fk_favourite_person_id_person",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"],
            ["space.id"],
            name="fk_favourite_space_id_space",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("person_id", "space_id", name="uq_favourite_person_id_space_id"),
    )
    op.create_index("ix_favourite_space_id", "favourite", ["space_id"])


def downgrade() -> None:
    op.drop_table("favourite")
