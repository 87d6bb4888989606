"""Draws by lot, with the tickets of those who can be drawn.

Revises: 7d40b1c96e35
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "5b1f7c20d9a4"
down_revision = "7d40b1c96e35"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("quotas", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("announced", MOMENT, nullable=False),
        sa.Column("announced_by", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("entered", MOMENT, nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("maker", sa.Text(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("drawn", MOMENT, nullable=True),
        sa.Column("confirmed", MOMENT, nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["member_call.id"], name=op.f("fk_draw_call_id_member_call")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_draw_council_id_council")),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_draw_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
    )
    op.create_index("ix_draw_process_id_announced", "draw", ["process_id", "announced"])
    op.create_index("ix_draw_state_until", "draw", ["state", "until"])
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("chance", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_ticket_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_draw_id"), "ticket", ["draw_id"])
    op.create_table(
        "ticket_holder",
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("facts", storage._ground.columns.Sealed(512), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_ticket_holder_candidate_id_candidate"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ticket_holder_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_holder_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_holder")),
    )
    op.create_index(op.f("ix_ticket_holder_candidate_id"), "ticket_holder", ["candidate_id"])
    op.create_index(op.f("ix_ticket_holder_person_id"), "ticket_holder", ["person_id"])


def downgrade() -> None:
    op.drop_table("ticket_holder")
    op.drop_table("ticket")
    op.drop_table("draw")
