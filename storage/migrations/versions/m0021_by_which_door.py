"""By which kind of door people came, so that they can be addressed by it.

Revises: 2f674cbda201
"""

import sqlalchemy as sa
from alembic import op

revision = "c4282e6d1705"
down_revision = "2f674cbda201"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participation", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    came_by_a_door = sa.text("source != ''")
    op.create_index(
        "ix_participation_source",
        "participation",
        ["process_id", "source"],
        postgresql_where=came_by_a_door,
        sqlite_where=came_by_a_door,
    )


def downgrade() -> None:
    op.drop_index("ix_participation_source", "participation")
    with op.batch_alter_table("participation") as table:
        table.drop_column("source")
