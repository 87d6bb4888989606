"""Who has entered none of several processes is found by their chat, to be forgotten when they never do.

Revises: 5d1c8e40b7a3
"""

import sqlalchemy as sa
from alembic import op

revision = "c93a6f1e27b8"
down_revision = "5d1c8e40b7a3"
branch_labels = None
depends_on = None

IN_LOBBY = sa.text('process_id IS NULL AND "index" IS NOT NULL')


def upgrade() -> None:
    op.create_index("ix_address_in_lobby", "address", ["spoke"], postgresql_where=IN_LOBBY, sqlite_where=IN_LOBBY)


def downgrade() -> None:
    op.drop_index("ix_address_in_lobby", "address")
