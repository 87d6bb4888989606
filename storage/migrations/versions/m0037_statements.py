"""Statements that many agree or disagree with.

Revises: 7d40b1c96e35
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "ba94dec356f9"
down_revision = "5b1f7c20d9a4"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sounding",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("closes", MOMENT, nullable=True),
        sa.Column("closed", MOMENT, nullable=True),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("picture", sa.Text(), server_default="", nullable=False),
        sa.Column("counted", MOMENT, nullable=True),
        sa.Column("stamp", sa.Text(), server_default="", nullable=False),
        sa.Column("maker", sa.Text(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_sounding_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sounding")),
    )
    op.create_index("ix_sounding_process_id_opened", "sounding", ["process_id", "opened"])
    op.create_table(
        "statement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("sounding_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("same_as", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Integer(), server_default="0", nullable=False),
        sa.Column("disagrees", sa.Integer(), server_default="0", nullable=False),
        sa.Column("passes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extremity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_statement_process_id_process")),
        sa.ForeignKeyConstraint(["same_as"], ["statement.id"], name=op.f("fk_statement_same_as_statement")),
        sa.ForeignKeyConstraint(["sounding_id"], ["sounding.id"], name=op.f("fk_statement_sounding_id_sounding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("sounding_id", "number", name=op.f("uq_statement_sounding_id_number")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("sounding_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", storage._ground.columns.Sealed(256), nullable=False),
        sa.Column("proposed", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proposal_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_proposal_process_id_process")),
        sa.ForeignKeyConstraint(["sounding_id"], ["sounding.id"], name=op.f("fk_proposal_sounding_id_sounding")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_proposal_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_person_id"), "proposal", ["person_id"])
    op.create_index("ix_proposal_process_id_state", "proposal", ["process_id", "state"])
    op.create_table(
        "opinion",
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("sounding_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("held", storage._ground.columns.Sealed(1024), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_opinion_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_opinion_process_id_process")),
        sa.ForeignKeyConstraint(["sounding_id"], ["sounding.id"], name=op.f("fk_opinion_sounding_id_sounding")),
        sa.PrimaryKeyConstraint("sounding_id", "person_id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_person_id"), "opinion", ["person_id"])


def downgrade() -> None:
    for table in ("opinion", "proposal", "statement", "sounding"):
        op.drop_table(table)
