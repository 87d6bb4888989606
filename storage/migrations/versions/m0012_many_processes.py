"""There are several processes: each has a slug and a state, may stand under another, and has a council of its own.

Revises: 7e3b52c8d014
"""

import json
import re
from collections.abc import Mapping
from unicodedata import normalize

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "8b2e6f04d9c1"
down_revision = "7e3b52c8d014"
branch_labels = None
depends_on = None

PROCESS = sa.table("process", sa.column("id", sa.Text), sa.column("slug", sa.Text), sa.column("content", sa.Text))
MEMBER = sa.table("member", sa.column("process_id", sa.Text))
LONGEST = 40
UNNAMED = "main"
PARENT = """
    ALTER TABLE process ADD COLUMN parent_id TEXT
        CONSTRAINT fk_process_parent_id_process REFERENCES process (id)
"""


def upgrade() -> None:
    """Columns are added to the table of processes, for one that others refer to is not made anew on SQLite.

    There an empty default stays behind, without which no column that is never null can be added.
    """
    op.add_column("process", sa.Column("slug", sa.Text(), nullable=False, server_default=""))
    op.add_column("process", sa.Column("state", sa.Text(), nullable=False, server_default="open"))
    op.execute(PARENT)
    op.add_column("process", sa.Column("closed", storage._ground.columns.Moment(timezone=True), nullable=True))
    _name_every_process(op.get_bind())
    op.create_index("ix_process_slug", "process", ["slug"], unique=True)
    if op.get_context().dialect.name != "sqlite":
        op.alter_column("process", "slug", server_default=None)
    op.add_column("member", sa.Column("process_id", sa.Text(), nullable=True))
    _seat_everybody(op.get_bind())
    with op.batch_alter_table("member") as member:
        member.drop_constraint("pk_member", type_="primary")
        member.alter_column("process_id", existing_type=sa.Text(), nullable=False)
        member.create_foreign_key("fk_member_process_id_process", "process", ["process_id"], ["id"])
        member.create_primary_key("pk_member", ["person_id", "process_id"])


def downgrade() -> None:
    with op.batch_alter_table("member") as member:
        member.drop_constraint("pk_member", type_="primary")
        member.drop_constraint("fk_member_process_id_process", type_="foreignkey")
        member.drop_column("process_id")
        member.create_primary_key("pk_member", ["person_id"])
    op.drop_index("ix_process_slug", "process")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint("fk_process_parent_id_process", "process", type_="foreignkey")
    with op.batch_alter_table("process") as process:
        for column in ("closed", "parent_id", "state", "slug"):
            process.drop_column(column)


def _name_every_process(connection: sa.Connection) -> None:
    """By its title. There was one; where there are several after all, the others get a number."""
    taken = set[str]()
    for name, content in connection.execute(sa.select(PROCESS.c.id, PROCESS.c.content).order_by(PROCESS.c.id)).all():
        slug = _slug(json.loads(content).get("title", {}))
        number, short = 1, slug[: LONGEST - 4].rstrip("-")
        while (numbered := slug if number == 1 else f"{short}-{number}") in taken:
            number += 1
        taken.add(numbered)
        connection.execute(sa.update(PROCESS).where(PROCESS.c.id == name).values(slug=numbered))


def _slug(title: Mapping[str, str]) -> str:
    written = title.get("en") or next(iter(title.values()), "")
    letters = normalize("NFKD", written).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].rstrip("-") or UNNAMED


def _seat_everybody(connection: sa.Connection) -> None:
    """On the council of the process that there was."""
    only = sa.select(PROCESS.c.id).order_by(PROCESS.c.id).limit(1).scalar_subquery()
    connection.execute(sa.update(MEMBER).values(process_id=only))
