"""What rounds decide on matters, and what people ask and say before they vote.

Revises: 7d40b1c96e35
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "5a7c19e2b840"
down_revision = "f47d02b9c6e1"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)
WAITS = sa.text("(response_id IS NULL OR owed) AND dropped IS NULL")
WAITED = sa.text("response_id IS NULL AND dropped IS NULL")


def upgrade() -> None:
    op.create_table(
        "round_matter",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("tied", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("among", sa.Integer(), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_matter_round_id_round")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_round_matter_matter_id_matter")),
        sa.PrimaryKeyConstraint("round_id", "option", name=op.f("pk_round_matter")),
    )
    op.create_index(op.f("ix_round_matter_matter_id"), "round_matter", ["matter_id"])
    op.create_table(
        "remark",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", storage._ground.columns.Sealed(512), nullable=False),
        sa.Column("quotable", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_remark_round_id_round")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_remark_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_index(op.f("ix_remark_round_id"), "remark", ["round_id"])
    op.create_index(op.f("ix_remark_person_id"), "remark", ["person_id"])
    op.create_table(
        "shown_remark",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("shown", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_shown_remark_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_remark")),
    )
    op.create_index("ix_shown_remark_round_id_shown", "shown_remark", ["round_id", "shown"])
    op.add_column("round", sa.Column("roll", sa.Text(), nullable=False, server_default="council"))
    op.add_column("round", sa.Column("ended_why", sa.Text(), nullable=True))
    op.add_column("response", sa.Column("departs", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("matter", sa.Column("owed", sa.Boolean(), nullable=False, server_default=sa.false()))
    _rebuild_index(WAITS)


def downgrade() -> None:
    _rebuild_index(WAITED)
    op.drop_column("matter", "owed")
    op.drop_column("response", "departs")
    op.drop_column("round", "ended_why")
    op.drop_column("round", "roll")
    for table in ("shown_remark", "remark", "round_matter"):
        op.drop_table(table)


def _rebuild_index(condition: sa.TextClause) -> None:
    op.drop_index("ix_matter_waiting", table_name="matter")
    op.create_index(
        "ix_matter_waiting", "matter", ["process_id", "due"], postgresql_where=condition, sqlite_where=condition
    )
