"""Fair lines: who has had no reply for the longest time has theirs first, and no delivery waits for ever."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "7c1d0f3a9b52"
down_revision = "6d1f0b83c2a7"
branch_labels = None
depends_on = None

WHAT_THERE_WAS = (
    "UPDATE delivery SET since = coalesce(began, due) WHERE lane = 0 AND state IN ('queued', 'sending')",
    """
    UPDATE delivery SET since = (SELECT made FROM broadcast WHERE broadcast.id = delivery.broadcast_id)
    WHERE lane = 1 AND state IN ('queued', 'sending')
    """,
)


def upgrade() -> None:
    op.add_column("address", sa.Column("replied", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("since", storage._ground.columns.Moment(timezone=True), nullable=True))
    for statement in WHAT_THERE_WAS:
        op.execute(statement)
    op.execute(_silent_for_a_month())
    op.drop_index("ix_delivery_waiting", table_name="delivery")
    _index("ix_delivery_waiting", "delivery", ["channel", "lane", "due"], "state = 'queued' AND lane <> 0")
    _index("ix_delivery_replies", "delivery", ["channel", "since", "due"], "state = 'queued' AND lane = 0")
    _index("ix_delivery_notices", "delivery", ["address_id", "since"], "lane = 1 AND state IN ('queued', 'sending')")
    op.create_index("ix_broadcast_state", "broadcast", ["state"])


def _silent_for_a_month() -> sa.Update:
    """What waits until its person writes had no end."""
    moment = storage._ground.columns.Moment(timezone=True)
    delivery = sa.table("delivery", sa.column("state"), sa.column("code"), sa.column("due", moment))
    ends = datetime.now(UTC) + timedelta(days=30)
    waits = (delivery.c.state == "queued", delivery.c.code == "shut", delivery.c.due > ends + timedelta(days=36500))
    return delivery.update().where(*waits).values(due=ends)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def downgrade() -> None:
    op.drop_index("ix_broadcast_state", table_name="broadcast")
    op.drop_index("ix_delivery_notices", table_name="delivery")
    op.drop_index("ix_delivery_replies", table_name="delivery")
    op.drop_index("ix_delivery_waiting", table_name="delivery")
    _index("ix_delivery_waiting", "delivery", ["channel", "lane", "due"], "state = 'queued'")
    op.drop_column("delivery", "since")
    op.drop_column("address", "replied")
