"""What became of the unknown: found by the address that an answer comes from, acknowledged by whoever operates this."""

import sqlalchemy as sa
from alembic import op

revision = "6d1f0b83c2a7"
down_revision = "94e1eeb66e38"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("acknowledged", sa.Date(), nullable=True))
    op.create_index(
        "ix_delivery_unknown_to",
        "delivery",
        ["address_id"],
        unique=False,
        postgresql_where=sa.text("state = 'unknown'"),
        sqlite_where=sa.text("state = 'unknown'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_delivery_unknown_to",
        table_name="delivery",
        postgresql_where=sa.text("state = 'unknown'"),
        sqlite_where=sa.text("state = 'unknown'"),
    )
    op.drop_column("delivery", "acknowledged")
