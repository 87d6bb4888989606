"""What platforms say later: the sentences of templates, who tries a channel, and words that may leave again."""

import sqlalchemy as sa
from alembic import op

revision = "7c1d0e5a9b42"
down_revision = "7c1d0f3a9b52"
branch_labels = None
depends_on = None

KEPT = "state = 'sent' AND body IS NOT NULL"


def upgrade() -> None:
    op.add_column("template", sa.Column("body", sa.Text(), server_default="", nullable=False))
    op.add_column("circuit", sa.Column("probe", sa.Text(), nullable=True))
    op.create_index(
        "ix_delivery_words",
        "delivery",
        ["began"],
        unique=False,
        postgresql_where=sa.text(KEPT),
        sqlite_where=sa.text(KEPT),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_delivery_words", table_name="delivery", postgresql_where=sa.text(KEPT), sqlite_where=sa.text(KEPT)
    )
    op.drop_column("circuit", "probe")
    op.drop_column("template", "body")
