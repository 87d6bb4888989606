"""Texts that are written together: parts, amendments, who supports them, what was decided.

Revises: 7d40b1c96e35
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "f47d02b9c6e1"
down_revision = "ba94dec356f9"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "text",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("becomes", sa.Text(), nullable=False),
        sa.Column("decides", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("origin_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun", MOMENT, nullable=False),
        sa.Column("published", MOMENT, nullable=True),
        sa.Column("closed", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_text_process_id_process")),
        sa.ForeignKeyConstraint(["origin_id"], ["text.id"], name=op.f("fk_text_origin_id_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text")),
    )
    op.create_index(op.f("ix_text_process_id"), "text", ["process_id"])
    op.create_index(op.f("ix_text_origin_id"), "text", ["origin_id"])
    op.create_table(
        "text_part",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_text_part_item_id_item")),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name=op.f("fk_text_part_text_id_text")),
        sa.ForeignKeyConstraint(["replaces_id"], ["item.id"], name=op.f("fk_text_part_replaces_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_text_part")),
        sa.UniqueConstraint("text_id", "replaces_id", name=op.f("uq_text_part_text_id_replaces_id")),
    )
    op.create_index("ix_text_part_text_id_number", "text_part", ["text_id", "number"])
    op.create_index(op.f("ix_text_part_replaces_id"), "text_part", ["replaces_id"])
    op.create_table(
        "amendment",
        sa.Column("contribution_id", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("part_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("proposes", sa.Boolean(), nullable=False),
        sa.Column("shown", MOMENT, nullable=True),
        sa.Column("shown_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_amendment_contribution_id_contribution"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name=op.f("fk_amendment_text_id_text")),
        sa.ForeignKeyConstraint(["part_id"], ["item.id"], name=op.f("fk_amendment_part_id_item")),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_text_id"), "amendment", ["text_id"])
    op.create_index(op.f("ix_amendment_part_id"), "amendment", ["part_id"])
    op.create_table(
        "support",
        sa.Column("contribution_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_support_contribution_id_contribution"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_support_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contribution_id", "person_id", name=op.f("pk_support")),
    )
    op.create_index(op.f("ix_support_person_id"), "support", ["person_id"])
    op.create_table(
        "decision",
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("part_id", sa.Text(), nullable=False),
        sa.Column("contribution_id", sa.Text(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_decision_response_id_response")),
        sa.ForeignKeyConstraint(["part_id"], ["item.id"], name=op.f("fk_decision_part_id_item")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_decision_contribution_id_contribution"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_part_id"), "decision", ["part_id"])
    op.create_index(op.f("ix_decision_contribution_id"), "decision", ["contribution_id"])


def downgrade() -> None:
    op.drop_table("decision")
    op.drop_table("support")
    op.drop_table("amendment")
    op.drop_table("text_part")
    op.drop_table("text")
