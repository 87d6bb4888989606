"""How many were put on the roll of a round after it had opened.

Revises: 40c2d97be613
"""

import sqlalchemy as sa
from alembic import op

revision = "9e51c07d3a84"
down_revision = "40c2d97be613"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("added", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("round", "added")
