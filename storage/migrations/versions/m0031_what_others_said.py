"""The matters that everybody may read are found at once.

Revises: b36d0e5f7a21
"""

import sqlalchemy as sa
from alembic import op

revision = "e93a51c7d820"
down_revision = "b36d0e5f7a21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_public = sa.text("public IS NOT NULL AND dropped IS NULL")
    op.create_index(
        "ix_matter_public",
        "matter",
        ["process_id", "topic"],
        unique=False,
        postgresql_where=is_public,
        sqlite_where=is_public,
    )


def downgrade() -> None:
    op.drop_index("ix_matter_public", table_name="matter")
