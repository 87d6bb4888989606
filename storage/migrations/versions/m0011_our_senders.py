"""A deployment knows its senders: on which platform each is, and to which process it belongs.

Revises: c4a1f7d2e905
"""

import sqlalchemy as sa
from alembic import op

revision = "7e3b52c8d014"
down_revision = "c4a1f7d2e905"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sender",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_sender_process_id_process")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sender")),
    )


def downgrade() -> None:
    op.drop_table("sender")
