"""One person in several chats: the codes that link them, where they want to be written to, where each thing was given.

Revises: c93a6f1e27b8
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "4c1f7a93d2e8"
down_revision = "c93a6f1e27b8"
branch_labels = None
depends_on = None

ADDED = (
    ("address", "linked"), ("person", "linked"), ("person", "prefers"), ("contribution", "address_id"),
    ("ballot", "cast"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("index", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("until", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("index"),
    )
    op.create_index("ix_link_person_id", "link", ["person_id"])
    op.create_index("ix_link_address_id", "link", ["address_id"])
    op.add_column("address", sa.Column("linked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("linked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("prefers", sa.Text(), nullable=True))
    op.add_column("contribution", sa.Column("address_id", sa.Text(), nullable=True))
    op.add_column("ballot", sa.Column("cast", storage._ground.columns.Sealed(64), nullable=True))


def downgrade() -> None:
    for name, column in ADDED:
        with op.batch_alter_table(name) as table:
            table.drop_column(column)
    op.drop_table("link")
