"""Ballots apart from who may vote, under a key of the round's own.

The ballots of rounds that are open now are sealed by their people's keys, which nothing here has: they stay with the
roll until `storage.round_keys` takes them over, at the next vote or when the round closes.

Revises: 40c2d97be613
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "5b8d20f6a94c"
down_revision = "c3e8f51a7d26"
branch_labels = None
depends_on = None

Sealed = storage._ground.columns.Sealed


def upgrade() -> None:
    op.create_table(
        "round_key",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("key", Sealed(64), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_key_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_key")),
    )
    op.create_table(
        "roll",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("voted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("link", Sealed(64), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("matters", Sealed(1024), nullable=True),
        sa.Column("cast", Sealed(64), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_roll_round_id_round")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_roll_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_roll")),
    )
    # In random order: in the order of before they would stand as they were written, the last to vote last.
    op.execute(
        """INSERT INTO roll (round_id, person_id, voted, matters, "cast")
        SELECT round_id, person_id, voted, matters, "cast" FROM ballot ORDER BY random()"""
    )
    op.drop_table("ballot")
    op.create_table(
        "ballot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("content", Sealed(1024), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ballot_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
    )
    op.create_index("ix_ballot_round_id", "ballot", ["round_id"])
    op.create_table(
        "read_back",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_read_back_round_id_round")),
        sa.PrimaryKeyConstraint("delivery_id", "round_id", name=op.f("pk_read_back")),
    )
    op.create_index("ix_read_back_round_id", "read_back", ["round_id"])
    op.add_column("round", sa.Column("published", sa.Text(), nullable=True))


def downgrade() -> None:
    """What was cast under a round's own key cannot be given back: in open rounds these people have to vote again."""
    with op.batch_alter_table("round") as table:
        table.drop_column("published")
    op.drop_table("read_back")
    op.drop_table("ballot")
    op.create_table(
        "ballot",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("matters", Sealed(1024), nullable=True),
        sa.Column("cast", Sealed(64), nullable=True),
        sa.Column("voted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ballot_round_id_round")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ballot_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_ballot")),
    )
    op.execute(
        """INSERT INTO ballot (round_id, person_id, voted, matters, "cast")
        SELECT round_id, person_id, voted AND link IS NULL, matters, "cast" FROM roll"""
    )
    op.drop_table("roll")
    op.drop_table("round_key")
