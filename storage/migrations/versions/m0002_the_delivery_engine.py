"""The delivery engine: schedules, windows, circuits, templates, and counts that the database keeps itself."""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "94e1eeb66e38"
down_revision = "02e6651a8c71"
branch_labels = None
depends_on = None


WHAT_THERE_WAS = (
    "UPDATE address SET consented = (SELECT consented FROM person WHERE person.id = address.person_id)",
    "UPDATE delivery SET ended = CURRENT_DATE WHERE state NOT IN ('queued', 'sending')",
    """
    INSERT INTO standing (broadcast_id, channel, state, code, slot, number)
    SELECT broadcast_id, channel, state, coalesce(code, ''), 0, count(*)
    FROM delivery WHERE broadcast_id IS NOT NULL GROUP BY 1, 2, 3, 4
    """,
)

COUNTED_POSTGRESQL = (
    """
    CREATE FUNCTION delivery_made() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO standing (broadcast_id, channel, state, code, slot, number)
        SELECT broadcast_id, channel, state, coalesce(code, ''), pg_backend_pid(), count(*)
        FROM made WHERE broadcast_id IS NOT NULL GROUP BY 1, 2, 3, 4
        ON CONFLICT (broadcast_id, channel, state, code, slot)
        DO UPDATE SET number = standing.number + excluded.number;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION delivery_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO standing (broadcast_id, channel, state, code, slot, number)
        SELECT broadcast_id, channel, state, code, pg_backend_pid(), sum(step) FROM (
            SELECT broadcast_id, channel, state, coalesce(code, '') AS code, 1 AS step
            FROM now_is WHERE broadcast_id IS NOT NULL
            UNION ALL
            SELECT broadcast_id, channel, state, coalesce(code, ''), -1
            FROM once_was WHERE broadcast_id IS NOT NULL
        ) AS steps
        GROUP BY 1, 2, 3, 4 HAVING sum(step) <> 0
        ON CONFLICT (broadcast_id, channel, state, code, slot)
        DO UPDATE SET number = standing.number + excluded.number;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER delivery_made AFTER INSERT ON delivery
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION delivery_made()
    """,
    """
    CREATE TRIGGER delivery_changed AFTER UPDATE ON delivery
    REFERENCING OLD TABLE AS once_was NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION delivery_changed()
    """,
)
UNCOUNTED_POSTGRESQL = (
    "DROP TRIGGER delivery_made ON delivery",
    "DROP TRIGGER delivery_changed ON delivery",
    "DROP FUNCTION delivery_made",
    "DROP FUNCTION delivery_changed",
)

ONE_MORE = """
    INSERT INTO standing (broadcast_id, channel, state, code, slot, number)
    VALUES (new.broadcast_id, new.channel, new.state, coalesce(new.code, ''), 0, 1)
    ON CONFLICT (broadcast_id, channel, state, code, slot) DO UPDATE SET number = number + 1;
"""
ONE_FEWER = """
    UPDATE standing SET number = number - 1
    WHERE broadcast_id = old.broadcast_id AND channel = old.channel AND state = old.state
      AND code = coalesce(old.code, '') AND slot = 0;
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
UNCOUNTED_SQLITE = ("DROP TRIGGER delivery_made", "DROP TRIGGER delivery_changed")


def upgrade() -> None:
    op.create_table(
        "circuit",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.Column("until", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_circuit")),
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.create_table(
        "template",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checked", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", "language", name=op.f("pk_template")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("due", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.Column("made", storage._ground.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_schedule_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_due"), "schedule", ["due"], unique=False)
    op.create_table(
        "standing",
        sa.Column("broadcast_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_standing_broadcast_id_broadcast")),
        sa.PrimaryKeyConstraint("broadcast_id", "channel", "state", "code", "slot", name=op.f("pk_standing")),
    )
    op.add_column("address", sa.Column("consented", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("address", sa.Column("until", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("address", sa.Column("strikes", sa.Integer(), server_default="0", nullable=False))
    op.add_column("address", sa.Column("struck", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("address", sa.Column("shut", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("broadcast", sa.Column("not_before", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("broadcast", sa.Column("hours", sa.Text(), server_default="", nullable=False))
    op.add_column("broadcast", sa.Column("outside", sa.Text(), server_default="template,wait", nullable=False))
    op.add_column("broadcast", sa.Column("elsewhere", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("broadcast", sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("broadcast", sa.Column("state", sa.Text(), server_default="running", nullable=False))
    op.add_column("delivery", sa.Column("began", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("ended", sa.Date(), nullable=True))
    op.add_column("delivery", sa.Column("resent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("broadcast", sa.Column("walked", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_address_until",
        "address",
        ["until"],
        unique=False,
        postgresql_where=sa.text("until IS NOT NULL"),
        sqlite_where=sa.text("until IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_ended",
        "delivery",
        ["ended"],
        unique=False,
        postgresql_where=sa.text("ended IS NOT NULL"),
        sqlite_where=sa.text("ended IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_shut",
        "delivery",
        ["address_id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND code = 'shut'"),
        sqlite_where=sa.text("state = 'queued' AND code = 'shut'"),
    )
    op.create_index(
        "ix_delivery_unknown",
        "delivery",
        ["channel", "began"],
        unique=False,
        postgresql_where=sa.text("state = 'unknown'"),
        sqlite_where=sa.text("state = 'unknown'"),
    )
    op.create_index(op.f("ix_report_at"), "report", ["at"], unique=False)
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in (*WHAT_THERE_WAS, *(COUNTED_POSTGRESQL if on_postgresql else COUNTED_SQLITE)):
        op.execute(statement)


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in UNCOUNTED_POSTGRESQL if on_postgresql else UNCOUNTED_SQLITE:
        op.execute(statement)
    op.drop_index(op.f("ix_report_at"), table_name="report")
    op.drop_index(
        "ix_delivery_unknown",
        table_name="delivery",
        postgresql_where=sa.text("state = 'unknown'"),
        sqlite_where=sa.text("state = 'unknown'"),
    )
    op.drop_index(
        "ix_delivery_shut",
        table_name="delivery",
        postgresql_where=sa.text("state = 'queued' AND code = 'shut'"),
        sqlite_where=sa.text("state = 'queued' AND code = 'shut'"),
    )
    op.drop_index(
        "ix_delivery_ended",
        table_name="delivery",
        postgresql_where=sa.text("ended IS NOT NULL"),
        sqlite_where=sa.text("ended IS NOT NULL"),
    )
    op.drop_index(
        "ix_address_until",
        table_name="address",
        postgresql_where=sa.text("until IS NOT NULL"),
        sqlite_where=sa.text("until IS NOT NULL"),
    )
    op.drop_column("broadcast", "walked")
    op.drop_column("delivery", "resent")
    op.drop_column("delivery", "ended")
    op.drop_column("delivery", "began")
    op.drop_column("broadcast", "state")
    op.drop_column("broadcast", "again")
    op.drop_column("broadcast", "elsewhere")
    op.drop_column("broadcast", "outside")
    op.drop_column("broadcast", "hours")
    op.drop_column("broadcast", "not_before")
    op.drop_column("address", "shut")
    op.drop_column("address", "struck")
    op.drop_column("address", "strikes")
    op.drop_column("address", "until")
    op.drop_column("address", "consented")
    op.drop_table("standing")
    op.drop_index(op.f("ix_schedule_due"), table_name="schedule")
    op.drop_table("schedule")
    op.drop_table("template")
    op.drop_table("mark")
    op.drop_table("circuit")
