"""What waits for a response is counted without reading what has one.

Revises: 81c51dca51e8
"""

import sqlalchemy as sa
from alembic import op

revision = "1773d68b8687"
down_revision = "81c51dca51e8"
branch_labels = None
depends_on = None

WAITING = sa.text("response_id IS NULL AND (person_id IS NOT NULL OR option IS NOT NULL)")


def upgrade() -> None:
    op.create_index(
        "ix_contribution_waiting",
        "contribution",
        ["process_id", "consultation_id"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_contribution_waiting", "contribution")
