"""A database knows the keys that it was used with.

Revises: 2f8e4a6d03c7
"""

import sqlalchemy as sa
from alembic import op

revision = "5c1d9be7240a"
down_revision = "2f8e4a6d03c7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keycheck",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("epoch"),
    )


def downgrade() -> None:
    op.drop_table("keycheck")
