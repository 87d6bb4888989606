"""There are doors: words by which people come into a process on a sender.

Revises: d1f0a7c35e62
"""

import sqlalchemy as sa
from alembic import op

revision = "5d1c8e40b7a3"
down_revision = "d1f0a7c35e62"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "door",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("came", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_door_process_id_process")),
        sa.ForeignKeyConstraint(["sender"], ["sender.name"], name=op.f("fk_door_sender_sender")),
        sa.PrimaryKeyConstraint("sender", "word", name=op.f("pk_door")),
    )


def downgrade() -> None:
    op.drop_table("door")
