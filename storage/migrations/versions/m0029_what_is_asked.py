"""What is asked is written and approved in the console, opens and closes on its day, and is counted without being read.

Revises: c07a5e2f9d41
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "c71f0e5a92d4"
down_revision = "c07a5e2f9d41"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)
IN_WORDS = sa.text("option IS NULL")


def upgrade() -> None:
    for name in ("closes", "reminds", "reminded"):
        op.add_column("consultation", sa.Column(name, MOMENT, nullable=True))
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("dropped", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_draft_process_id"), "draft", ["process_id"])
    op.create_table(
        "opening",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved", MOMENT, nullable=True),
        sa.Column("leaves", MOMENT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("consultation_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"]),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_opening_draft_id"), "opening", ["draft_id"])
    op.create_index("ix_opening_process_id_requested", "opening", ["process_id", "requested"])
    op.create_index("ix_opening_state_leaves", "opening", ["state", "leaves"])
    op.create_index("ix_contribution_answers", "contribution", ["consultation_id", "question", "option"])
    op.create_index(
        "ix_contribution_in_words",
        "contribution",
        ["consultation_id", "question", "language", "given", "id"],
        postgresql_where=IN_WORDS,
        sqlite_where=IN_WORDS,
    )


def downgrade() -> None:
    op.drop_index("ix_contribution_in_words", "contribution")
    op.drop_index("ix_contribution_answers", "contribution")
    for table in ("opening", "draft"):
        op.drop_table(table)
    for name in ("reminded", "reminds", "closes"):
        op.drop_column("consultation", name)
