"""What platforms say later: the sentences of templates are kept, so that they can be used before anybody was asked."""

import sqlalchemy as sa
from alembic import op

revision = "7c1d0e5a9b42"
down_revision = "7c1d0f3a9b52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("template", sa.Column("body", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("template", "body")
