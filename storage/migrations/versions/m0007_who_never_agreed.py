"""Who never agreed is found without looking at everybody.

Revises: 7c1d0e5a9b42
"""

import sqlalchemy as sa
from alembic import op

revision = "b7d2f60c91ae"
down_revision = "5c0d6a1f7b24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_person_not_agreed",
        "person",
        ["met"],
        unique=False,
        postgresql_where=sa.text("NOT consented"),
        sqlite_where=sa.text("consented = 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_person_not_agreed", table_name="person")
