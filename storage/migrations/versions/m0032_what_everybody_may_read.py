"""Counts that everybody may read, each as it was taken up last.

Revises: e93a51c7d820
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "0d2090be5f11"
down_revision = "e93a51c7d820"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "public_count",
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("looked", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_public_count_process_id_process")),
        sa.PrimaryKeyConstraint("process_id", "counted", "about", name=op.f("pk_public_count")),
    )


def downgrade() -> None:
    op.drop_table("public_count")
