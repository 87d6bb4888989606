"""What is told before it leaves: items with their editions and renditions, and who lets them leave.

Revises: e60b2f94c7d1
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "2f674cbda201"
down_revision = "e60b2f94c7d1"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=True),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("dropped", MOMENT, nullable=True),
        sa.Column("since", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_item_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_process_id"), "item", ["process_id"])
    op.create_table(
        "edition",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("written", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_edition_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_edition")),
    )
    op.create_table(
        "rendition",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source_edition", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("changed", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_rendition_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", "language", name=op.f("pk_rendition")),
    )
    op.create_table(
        "sending",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved", MOMENT, nullable=True),
        sa.Column("leaves", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("broadcast_id", sa.Text(), nullable=True),
        sa.Column("schedule_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_sending_item_id_item")),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_sending_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    op.create_index(op.f("ix_sending_item_id"), "sending", ["item_id"])
    op.create_index("ix_sending_process_id_requested", "sending", ["process_id", "requested"])
    op.create_index("ix_sending_state_leaves", "sending", ["state", "leaves"])


def downgrade() -> None:
    for table in ("sending", "rendition", "edition", "item"):
        op.drop_table(table)
