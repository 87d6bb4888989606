"""What the safety of people needs: which programs run and by which key they wrap, and what a round ended with."""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "5c0d6a1f7b24"
down_revision = "7c1d0e5a9b42"
branch_labels = None
depends_on = None


TURNOUT = """
    UPDATE round SET
        voters = (SELECT count(*) FROM ballot WHERE ballot.round_id = round.id),
        voted = (SELECT count(*) FROM ballot WHERE ballot.round_id = round.id AND ballot.voted)
    WHERE closed IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seen", storage.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.add_column("round", sa.Column("voters", sa.Integer(), nullable=True))
    op.add_column("round", sa.Column("voted", sa.Integer(), nullable=True))
    op.execute(TURNOUT)


def downgrade() -> None:
    op.drop_column("round", "voted")
    op.drop_column("round", "voters")
    op.drop_table("program")
