"""Rounds put parts of texts to the vote, and what a rule chooses is told as chosen.

Revises: 9e51c07d3a84
"""

import sqlalchemy as sa
from alembic import op

revision = "b81e5f03c7d2"
down_revision = "9e51c07d3a84"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_part",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("part_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("tied", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("among", sa.Integer(), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_part_round_id_round")),
        sa.ForeignKeyConstraint(["part_id"], ["item.id"], name=op.f("fk_round_part_part_id_item")),
        sa.PrimaryKeyConstraint("round_id", "option", name=op.f("pk_round_part")),
    )
    op.create_index(op.f("ix_round_part_part_id"), "round_part", ["part_id"])
    op.add_column("round_matter", sa.Column("chosen", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("round_matter", "chosen")
    op.drop_table("round_part")
