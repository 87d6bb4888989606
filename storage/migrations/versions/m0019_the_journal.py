"""There is a journal of what staff do. The database lets nobody change it, only go on with it.

Revises: e27a5c90b146
"""

import sqlalchemy as sa
from alembic import op

revision = "e60b2f94c7d1"
down_revision = "e27a5c90b146"
branch_labels = None
depends_on = None

STAYS = "an entry of the journal is never changed or deleted"
POSTGRESQL = (
    f"""
    CREATE FUNCTION journal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE FUNCTION journal_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF new.number <> (SELECT coalesce(max(number), 0) + 1 FROM journal) THEN
            RAISE EXCEPTION 'an entry of the journal follows the last one' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN new;
    END $$
    """,
    """
    CREATE TRIGGER journal_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_stays()
    """,
    "CREATE TRIGGER journal_follows BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_follows()",
)
SQLITE = (
    f"CREATE TRIGGER journal_unchanged BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
    f"CREATE TRIGGER journal_undeleted BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
    # INSERT OR REPLACE deletes without any trigger of DELETE: this one refuses it.
    """
    CREATE TRIGGER journal_follows BEFORE INSERT ON journal
    WHEN new.number <> (SELECT coalesce(max(number), 0) + 1 FROM journal)
    BEGIN SELECT RAISE(ABORT, 'an entry of the journal follows the last one'); END
    """,
)
"""Whoever puts another table in its place on SQLite makes them anew: they go with the old one."""


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_process_id_number", "journal", ["process_id", "number"])
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("journal")
    if op.get_context().dialect.name != "sqlite":
        op.execute("DROP FUNCTION journal_stays")
        op.execute("DROP FUNCTION journal_follows")
