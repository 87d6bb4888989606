"""What the safety of people needs: which programs run, and by which key they wrap."""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "5c0d6a1f7b24"
down_revision = "7c1d0e5a9b42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seen", storage.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )


def downgrade() -> None:
    op.drop_table("program")
