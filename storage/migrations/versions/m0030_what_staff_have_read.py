"""What staff have made of each contribution, and by which day a response to it was promised.

Revises: c71f0e5a92d4
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "b36d0e5f7a21"
down_revision = "c71f0e5a92d4"
branch_labels = None
depends_on = None

NEVER = "9999-12-31"
PROMISED = {
    "postgresql": "(consultation.content::json -> 'promise' ->> 'answer_by')::date",
    "sqlite": "json_extract(consultation.content, '$.promise.answer_by')",
}
IS_THERE = "(person_id IS NOT NULL OR option IS NOT NULL)"
WAITED = sa.text(f"response_id IS NULL AND {IS_THERE}")
WAITS = sa.text(f"response_id IS NULL AND hidden IS NULL AND {IS_THERE}")
IN_WORDS = "(words IS NOT NULL OR voice IS NOT NULL OR recording_id IS NOT NULL)"
INDEXES = {
    "ix_contribution_unread": (
        ["process_id", "answer_by", "given", "id", "language"],
        f"{IN_WORDS} AND read IS NULL AND hidden IS NULL AND response_id IS NULL",
    ),
    "ix_contribution_promised": (
        ["process_id", "answer_by", "given", "id", "language", "topic", "written_in", "response_id"],
        f"{IN_WORDS} AND hidden IS NULL",
    ),
    "ix_contribution_newest": (["process_id", "given", "id"], f"{IN_WORDS} AND hidden IS NULL"),
    "ix_contribution_hidden": (["process_id"], f"{IN_WORDS} AND hidden IS NOT NULL"),
    "ix_contribution_to_translate": (
        ["process_id"],
        f"{IN_WORDS} AND to_translate IS NOT NULL AND hidden IS NULL",
    ),
    "ix_contribution_unrecognised": (["id"], "words IS NOT NULL AND written_in IS NULL"),
}


def upgrade() -> None:
    op.add_column("contribution", sa.Column("answer_by", sa.Date(), server_default=NEVER, nullable=False))
    op.add_column("contribution", sa.Column("read", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("contribution", sa.Column("read_by", sa.Text(), nullable=True))
    op.add_column(
        "contribution", sa.Column("to_translate", storage._ground.columns.Moment(timezone=True), nullable=True)
    )
    op.add_column("contribution", sa.Column("translations", storage._ground.columns.Sealed(), nullable=True))
    op.add_column("contribution", sa.Column("masked", storage._ground.columns.Sealed(), nullable=True))
    op.add_column("contribution", sa.Column("hidden", storage._ground.columns.Moment(timezone=True), nullable=True))
    op.add_column("contribution", sa.Column("hidden_by", sa.Text(), nullable=True))
    op.add_column("contribution", sa.Column("written_in", sa.Text(), nullable=True))
    promised = PROMISED[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE contribution SET answer_by = {promised} FROM consultation "  # noqa: S608 words of ours
        f"WHERE consultation.id = contribution.consultation_id AND {promised} IS NOT NULL"
    )
    _waiting_again(WAITS)
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "contribution", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "contribution")
    _waiting_again(WAITED)
    with op.batch_alter_table("contribution") as table:
        for column in ("written_in", "hidden_by", "hidden", "masked", "translations", "to_translate", "read_by"):
            table.drop_column(column)
        table.drop_column("read")
        table.drop_column("answer_by")


def _waiting_again(where: sa.TextClause) -> None:
    op.drop_index("ix_contribution_waiting", "contribution")
    op.create_index(
        "ix_contribution_waiting",
        "contribution",
        ["process_id", "consultation_id"],
        postgresql_where=where,
        sqlite_where=where,
    )
