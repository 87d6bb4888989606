"""What a process publishes as its input for the one that it stands under.

Revises: 7e3b90c5a2d4
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "d1f0a7c35e62"
down_revision = "7e3b90c5a2d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "input",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_input_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_input")),
    )
    op.create_index(op.f("ix_input_process_id"), "input", ["process_id"])


def downgrade() -> None:
    op.drop_table("input")
