"""What the safety of people needs: which programs run and by which key they wrap, what a round ended with, and how long
an invitation to the council holds."""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

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
UNTIL_SQLITE = "UPDATE invitation SET until = date(made, '+30 days')"
UNTIL_POSTGRESQL = "UPDATE invitation SET until = made + 30"


def upgrade() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seen", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.add_column("round", sa.Column("voters", sa.Integer(), nullable=True))
    op.add_column("round", sa.Column("voted", sa.Integer(), nullable=True))
    op.execute(TURNOUT)
    op.add_column("invitation", sa.Column("used", sa.Date(), nullable=True))
    op.add_column("invitation", sa.Column("until", sa.Date(), nullable=True))
    op.execute(UNTIL_SQLITE if op.get_context().dialect.name == "sqlite" else UNTIL_POSTGRESQL)
    with op.batch_alter_table("invitation") as invitation:
        invitation.alter_column("until", existing_type=sa.Date(), nullable=False)


def downgrade() -> None:
    op.drop_column("invitation", "until")
    op.drop_column("invitation", "used")
    op.drop_column("round", "voted")
    op.drop_column("round", "voters")
    op.drop_table("program")
