"""What waits is read by the index that has it in order, whatever the statistics say.

Revises: b7d2f60c91ae
"""

import sqlalchemy as sa
from alembic import op

revision = "2f8e4a6d03c7"
down_revision = "b7d2f60c91ae"
branch_labels = None
depends_on = None

ORDER = ("ix_delivery_order", ["address_id", "turn", "part"], "lane = 0 AND state IN ('queued', 'sending')")
NOTICES = ("ix_delivery_notices", ["address_id", "since"], "lane = 1 AND state IN ('queued', 'sending')")


def upgrade() -> None:
    for name, columns, condition in (ORDER, NOTICES):
        _make_anew(name, columns, f"{condition} AND ended IS NULL")


def downgrade() -> None:
    for name, columns, condition in (ORDER, NOTICES):
        _make_anew(name, columns, condition)


def _make_anew(name: str, columns: list[str], condition: str) -> None:
    op.drop_index(name, table_name="delivery")
    where = sa.text(condition)
    op.create_index(name, "delivery", columns, unique=False, postgresql_where=where, sqlite_where=where)
