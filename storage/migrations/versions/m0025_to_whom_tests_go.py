"""To which chats members of staff have what they write sent as a test.

Revises: 8d25b0c47e19
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "5e1b7a94c03d"
down_revision = "8d25b0c47e19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_phone",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("since", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "address_id"),
    )
    op.create_index(op.f("ix_staff_phone_address_id"), "staff_phone", ["address_id"], unique=False)
    op.create_table(
        "staff_phone_code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("until", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id"),
    )


def downgrade() -> None:
    op.drop_table("staff_phone_code")
    op.drop_table("staff_phone")
