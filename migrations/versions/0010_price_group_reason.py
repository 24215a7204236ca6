"""Keep why the staff have put a booking into another price group than the rules."""

import sqlalchemy as sa
from alembic import op

revision = "0010_price_group_reason"
down_revision = "0009_events"


def upgrade() -> None:
    op.add_column("reservation", sa.Column("price_group_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("reservation", "price_group_reason")
