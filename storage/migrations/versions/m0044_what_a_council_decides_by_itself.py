"""What a council decides by itself: by which power a round is, and which round something waits for.

Revises: 6b1f83d05ca4
"""

import sqlalchemy as sa
from alembic import op

revision = "44b1e6f07a92"
down_revision = "6b1f83d05ca4"
branch_labels = None
depends_on = None

COLUMNS = (("round", "power"), ("sending", "round_id"), ("opening", "round_id"))


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))


def downgrade() -> None:
    """What waits for a council cannot go on without it: it ends, and is requested anew."""
    for table in ("sending", "opening"):
        waiting = sa.table(table, sa.column("state", sa.Text()))
        ended = waiting.c.state.in_(("with_council", "refused"))
        op.execute(waiting.update().where(ended).values(state="void"))
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
