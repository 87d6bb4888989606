"""In which language a broadcast is on its way to whom: counted by the database, as what becomes of it is.

Revises: c4282e6d1705
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.versions import m0002_the_delivery_engine as before

revision = "81c51dca51e8"
down_revision = "c4282e6d1705"
branch_labels = None
depends_on = None

COUNTED_POSTGRESQL = (
    """
    CREATE FUNCTION delivery_made() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO standing (broadcast_id, channel, language, state, code, slot, number)
        SELECT broadcast_id, channel, coalesce(language, ''), state, coalesce(code, ''), pg_backend_pid(), count(*)
        FROM made WHERE broadcast_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (broadcast_id, channel, language, state, code, slot)
        DO UPDATE SET number = standing.number + excluded.number;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION delivery_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO standing (broadcast_id, channel, language, state, code, slot, number)
        SELECT broadcast_id, channel, language, state, code, pg_backend_pid(), sum(step) FROM (
            SELECT broadcast_id, channel, coalesce(language, '') AS language, state, coalesce(code, '') AS code,
                   1 AS step
            FROM now_is WHERE broadcast_id IS NOT NULL
            UNION ALL
            SELECT broadcast_id, channel, coalesce(language, ''), state, coalesce(code, ''), -1
            FROM once_was WHERE broadcast_id IS NOT NULL
        ) AS steps
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(step) <> 0
        ON CONFLICT (broadcast_id, channel, language, state, code, slot)
        DO UPDATE SET number = standing.number + excluded.number;
        RETURN NULL;
    END $$
    """,
    *before.COUNTED_POSTGRESQL[2:],
)

ONE_MORE = """
    INSERT INTO standing (broadcast_id, channel, language, state, code, slot, number)
    VALUES (new.broadcast_id, new.channel, coalesce(new.language, ''), new.state, coalesce(new.code, ''), 0, 1)
    ON CONFLICT (broadcast_id, channel, language, state, code, slot) DO UPDATE SET number = number + 1;
"""
ONE_FEWER = """
    UPDATE standing SET number = number - 1
    WHERE broadcast_id = old.broadcast_id AND channel = old.channel AND language = coalesce(old.language, '')
      AND state = old.state AND code = coalesce(old.code, '') AND slot = 0;
"""
COUNTED_SQLITE = (
    f"""
    CREATE TRIGGER delivery_made AFTER INSERT ON delivery WHEN new.broadcast_id IS NOT NULL BEGIN {ONE_MORE} END
    """,
    f"""
    CREATE TRIGGER delivery_changed AFTER UPDATE OF channel, state, code ON delivery
    WHEN new.broadcast_id IS NOT NULL
     AND (new.channel, new.state, coalesce(new.code, '')) <> (old.channel, old.state, coalesce(old.code, ''))
    BEGIN {ONE_FEWER} {ONE_MORE} END
    """,
)


def upgrade() -> None:
    _execute(before.UNCOUNTED_POSTGRESQL, before.UNCOUNTED_SQLITE)
    op.add_column("delivery", sa.Column("language", sa.Text(), nullable=True))
    op.create_index(
        "ix_delivery_resent",
        "delivery",
        ["broadcast_id"],
        postgresql_where=sa.text("resent"),
        sqlite_where=sa.text("resent = 1"),
    )
    op.execute("CREATE TABLE standing_before AS SELECT * FROM standing")
    op.drop_table("standing")
    _create("language")
    op.execute(
        "INSERT INTO standing (broadcast_id, channel, language, state, code, slot, number) "
        "SELECT broadcast_id, channel, '', state, code, slot, number FROM standing_before"
    )
    op.drop_table("standing_before")
    _execute(COUNTED_POSTGRESQL, COUNTED_SQLITE)


def downgrade() -> None:
    _execute(before.UNCOUNTED_POSTGRESQL, before.UNCOUNTED_SQLITE)
    op.execute("CREATE TABLE standing_before AS SELECT * FROM standing")
    op.drop_table("standing")
    _create()
    op.execute(
        "INSERT INTO standing (broadcast_id, channel, state, code, slot, number) "
        "SELECT broadcast_id, channel, state, code, slot, sum(number) FROM standing_before GROUP BY 1, 2, 3, 4, 5"
    )
    op.drop_table("standing_before")
    op.drop_index("ix_delivery_resent", "delivery")
    with op.batch_alter_table("delivery") as table:
        table.drop_column("language")
    _execute(before.COUNTED_POSTGRESQL, before.COUNTED_SQLITE)


def _create(*more: str) -> None:
    names = ("broadcast_id", "channel", *more, "state", "code")
    op.create_table(
        "standing",
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_standing_broadcast_id_broadcast")),
        sa.PrimaryKeyConstraint(*names, "slot", name=op.f("pk_standing")),
    )


def _execute(on_postgresql: tuple[str, ...], on_sqlite: tuple[str, ...]) -> None:
    for statement in on_postgresql if op.get_bind().dialect.name == "postgresql" else on_sqlite:
        op.execute(statement)
