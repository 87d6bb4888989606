"""Files that staff asked for.

Revises: 0d2090be5f11
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "c3e8f51a7d26"
down_revision = "0d2090be5f11"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tagged", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("maker", sa.Text(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("made", MOMENT, nullable=True),
        sa.Column("fetched", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_export_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_process_id_requested", "export", ["process_id", "requested"])
    op.create_index("ix_export_state_until", "export", ["state", "until"])
    op.create_table(
        "export_part",
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", storage._ground.columns.Sealed(4096), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["export.id"], name=op.f("fk_export_part_export_id_export"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_export_part")),
    )


def downgrade() -> None:
    op.drop_table("export_part")
    op.drop_table("export")
