"""Staff: who they are, what they may do, how they sign in.

Revises: 4c1f7a93d2e8
"""

import sqlalchemy as sa
from alembic import op

from storage._ground.columns import Moment, Sealed

revision = "e27a5c90b146"
down_revision = "4c1f7a93d2e8"
branch_labels = None
depends_on = None

MADE = ("attempt", "sign_in", "staff_invitation", "grant", "recovery_code", "staff")


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False, server_default=""),
        sa.Column("totp", Sealed(64), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("made", Moment(timezone=True), nullable=False),
        sa.Column("ended", Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    _of_staff("recovery_code", sa.Column("used", Moment(timezone=True), nullable=True))
    _of_staff(
        "grant",
        sa.Column("process_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_grant_process_id_process")),
        sa.UniqueConstraint("staff_id", "process_id", "role", name=op.f("uq_grant_staff_id_process_id_role")),
    )
    everywhere = sa.text("process_id IS NULL")
    op.create_index(
        "uq_grant_everywhere",
        "grant",
        ["staff_id", "role"],
        unique=True,
        sqlite_where=everywhere,
        postgresql_where=everywhere,
    )
    _of_staff(
        "staff_invitation",
        sa.Column("until", Moment(timezone=True), nullable=False),
        sa.Column("used", Moment(timezone=True), nullable=True),
    )
    _of_staff(
        "sign_in",
        sa.Column("began", Moment(timezone=True), nullable=False),
        sa.Column("seen", Moment(timezone=True), nullable=False),
        sa.Column("until", Moment(timezone=True), nullable=False),
        sa.Column("confirmed", Moment(timezone=True), nullable=True),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("offered", Sealed(64), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
    )
    op.create_index("ix_sign_in_seen", "sign_in", ["seen"])
    op.create_index("ix_sign_in_until", "sign_in", ["until"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "target", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_index("ix_attempt_target_at", "attempt", ["target", "at"])


def _of_staff(name: str, *more: sa.schema.SchemaItem) -> None:
    """A table whose rows are of one member of staff each."""
    op.create_table(
        name,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{name}_staff_id_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_staff_id", name, ["staff_id"])


def downgrade() -> None:
    for name in MADE:
        op.drop_table(name)
