"""A seat of the council has a name of its own, and a round knows when its voters were reminded.

Revises: 5c1d9be7240a
"""

import secrets

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "c4a1f7d2e905"
down_revision = "5c1d9be7240a"
branch_labels = None
depends_on = None

MEMBER = sa.table("member", sa.column("person_id", sa.Text), sa.column("seat", sa.Text))


def upgrade() -> None:
    op.add_column("round", sa.Column("reminded", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("member", sa.Column("seat", sa.Text(), nullable=True))
    _name_every_seat(op.get_bind())
    with op.batch_alter_table("member") as member:
        member.alter_column("seat", existing_type=sa.Text(), nullable=False)
        member.create_unique_constraint(op.f("uq_member_seat"), ["seat"])


def downgrade() -> None:
    with op.batch_alter_table("member") as member:
        member.drop_constraint(op.f("uq_member_seat"), type_="unique")
        member.drop_column("seat")
    op.drop_column("round", "reminded")


def _name_every_seat(connection: sa.Connection) -> None:
    """Each at random: a name that followed from its person would lead to them. A council has a few seats."""
    for person in connection.scalars(sa.select(MEMBER.c.person_id)).all():
        named = sa.update(MEMBER).where(MEMBER.c.person_id == person).values(seat=secrets.token_hex(16))
        connection.execute(named)
