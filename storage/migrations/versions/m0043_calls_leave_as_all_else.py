"""Calls for members leave as all else does, and a draw keeps what its seats require of who sits there.

Revises: b81e5f03c7d2
"""

import json
import secrets

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "6b1f83d05ca4"
down_revision = "b81e5f03c7d2"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)


def _table(name: str, texts: tuple[str, ...], moments: tuple[str, ...] = ()) -> sa.TableClause:
    texts_and_moments = [sa.column(text, sa.Text) for text in texts] + [sa.column(its, MOMENT) for its in moments]
    return sa.table(name, *texts_and_moments)


CALL = _table(
    "member_call",
    ("id", "process_id", "council_id", "content", "hash", "state", "requested_by", "approved_by"),
    ("requested", "opened"),
)
COUNCIL = _table("council", ("id", "content"))
BROADCAST = _table("broadcast", ("id", "subject"))
SENDING = _table(
    "sending",
    ("id", "process_id", "kind", "title", "content", "hash", "requested_by", "approved_by", "state", "broadcast_id"),
    ("requested", "approved", "leaves"),
)
WAITS, VOID, LEFT = "requested", "void", "left"


def upgrade() -> None:
    """Nobody had agreed to a call that waits, and now it would leave otherwise: it is void, to be asked for anew."""
    op.add_column("draw", sa.Column("requirements", sa.Text(), nullable=True))
    _carry_over(op.get_bind())
    with op.batch_alter_table("member_call") as calls:
        for name in ("hash", "state", "requested_by", "requested", "approved_by"):
            calls.drop_column(name)
        calls.alter_column("opened", existing_type=MOMENT, nullable=False)


def downgrade() -> None:
    """What was never opened is gone; of a call that was opened at the terminal nobody asked before."""
    op.drop_column("draw", "requirements")
    with op.batch_alter_table("member_call") as calls:
        for name in ("hash", "state", "requested_by"):
            calls.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=LEFT if name == "state" else ""))
        calls.add_column(sa.Column("requested", MOMENT, nullable=True))
        calls.add_column(sa.Column("approved_by", sa.Text(), nullable=True))
        calls.alter_column("opened", existing_type=MOMENT, nullable=True)
    _carry_back(op.get_bind())
    with op.batch_alter_table("member_call") as calls:
        calls.alter_column("requested", existing_type=MOMENT, nullable=False)
        for name in ("hash", "state", "requested_by"):
            calls.alter_column(name, existing_type=sa.Text(), server_default=None)


def _carry_over(connection: sa.Connection) -> None:
    names = {row.id: _name(row.content) for row in connection.execute(sa.select(COUNCIL))}
    broadcasts = {row.subject: row.id for row in connection.execute(_of_calls())}
    for row in connection.execute(sa.select(CALL)).all():
        calling = {"council": row.council_id, "call": json.loads(row.content)}
        values = {
            "id": secrets.token_hex(16),
            "process_id": row.process_id,
            "kind": "call",
            "title": names[row.council_id],
            "content": json.dumps(calling, ensure_ascii=False, separators=(",", ":")),
            "hash": row.hash,
            "requested_by": row.requested_by,
            "requested": row.requested,
            "approved_by": row.approved_by,
            "approved": row.opened,
            "leaves": row.opened,
            "state": VOID if row.state == WAITS else row.state,
            "broadcast_id": broadcasts.get(f"call:{row.id}"),
        }
        connection.execute(sa.insert(SENDING).values(values))
    connection.execute(sa.delete(CALL).where(CALL.c.opened.is_(None)))


def _carry_back(connection: sa.Connection) -> None:
    subjects = {row.id: row.subject.partition(":")[2] for row in connection.execute(_of_calls())}
    connection.execute(sa.update(CALL).values(requested=CALL.c.opened))
    ours = sa.select(SENDING).where(SENDING.c.kind == "call", SENDING.c.state == LEFT)
    for row in connection.execute(ours).all():
        names = ("hash", "requested_by", "requested", "approved_by")
        its = sa.update(CALL).where(CALL.c.id == subjects.get(row.broadcast_id, ""))
        connection.execute(its.values({name: row._mapping[name] for name in names}))
    connection.execute(sa.delete(SENDING).where(SENDING.c.kind == "call"))


def _of_calls() -> sa.Select[tuple[str, str]]:
    return sa.select(BROADCAST).where(BROADCAST.c.subject.startswith("call:"))


def _name(content: str) -> str:
    """As staff call it: in the first language in which it has one."""
    names = json.loads(content)["name"]
    return str(next(iter(names.values()), ""))
