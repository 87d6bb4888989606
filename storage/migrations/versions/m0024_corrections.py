"""What a deployment says in other words than our catalogs.

Revises: 1773d68b8687
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "8d25b0c47e19"
down_revision = "1773d68b8687"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("at", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("language", "text", "form"),
    )


def downgrade() -> None:
    op.drop_table("correction")
