"""Voice notes are fetched, and kept here.

Revises: b7d40f2ac915
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "c07a5e2f9d41"
down_revision = "b7d40f2ac915"
branch_labels = None
depends_on = None

KNOWN = """
INSERT INTO recording (id, person_id, channel, state, tries, due, edition)
SELECT contribution.id, contribution.person_id, address.channel, 'to_fetch', 0, '2026-01-01 00:00:00.000000', 0
FROM contribution JOIN address ON address.id = contribution.address_id
WHERE contribution.voice IS NOT NULL AND contribution.person_id IS NOT NULL
"""
"""Those that came before: by whom each can be fetched is known by the chat in which it was given."""
NAMED = "UPDATE contribution SET recording_id = id WHERE id IN (SELECT id FROM recording)"


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("voice", storage._ground.columns.Sealed(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", storage._ground.columns.Moment(timezone=True), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("key", storage._ground.columns.Sealed(), nullable=True),
        sa.Column("sound", sa.LargeBinary(), nullable=True),
        sa.Column("words", storage._ground.columns.Sealed(), nullable=True),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("written_by", sa.Text(), nullable=True),
        sa.Column("written", storage._ground.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_recording_person_id"), "recording", ["person_id"], unique=False)
    is_due = sa.text("due IS NOT NULL")
    op.create_index("ix_recording_due", "recording", ["due"], postgresql_where=is_due, sqlite_where=is_due)
    op.add_column("contribution", sa.Column("recording_id", sa.Text(), nullable=True))
    is_spoken = sa.text("recording_id IS NOT NULL")
    op.create_index(
        "ix_contribution_recording_id",
        "contribution",
        ["recording_id"],
        postgresql_where=is_spoken,
        sqlite_where=is_spoken,
    )
    op.execute(KNOWN)
    op.execute(NAMED)


def downgrade() -> None:
    op.drop_index("ix_contribution_recording_id", "contribution")
    op.drop_column("contribution", "recording_id")
    op.drop_table("recording")
