"""Keep the sizes that are made of a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0005_pictures"
down_revision = "0004_waiting_list"


def upgrade() -> None:
    op.create_table(
        "picture_size",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_picture_size"),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["picture.id"],
            name="fk_picture_size_picture_id_picture",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name="fk_picture_size_file_id_stored_file"
        ),
        sa.UniqueConstraint("picture_id", "width", name="uq_picture_size_picture_id_width"),
        sa.CheckConstraint("width >= 1 AND height >= 1", name="ck_picture_size_pixels"),
    )


def downgrade() -> None:
    op.drop_table("picture_size")
