"""What contributions that say the same are gathered into, what was done with it, and what followed.

Revises: 5e1b7a94c03d
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "b7d40f2ac915"
down_revision = "5e1b7a94c03d"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)
WAITS = sa.text("response_id IS NULL AND dropped IS NULL")


def upgrade() -> None:
    op.add_column("contribution", sa.Column("quotable", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("response", sa.Column("decided_by", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("response", sa.Column("place", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("response", sa.Column("link", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_response_process_id_published", "response", ["process_id", "published"])
    with op.batch_alter_table("sending") as sending:
        sending.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="item"))
        sending.add_column(sa.Column("title", sa.Text(), nullable=True))
        sending.alter_column("item_id", existing_type=sa.Text(), nullable=True)
    _create_matters()
    _create_what_follows()


def _create_matters() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=True),
        sa.Column("told_late", sa.Date(), nullable=True),
        sa.Column("public", MOMENT, nullable=True),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("dropped", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_matter_process_id_process")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_matter_response_id_response")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    op.create_index("ix_matter_waiting", "matter", ["process_id", "due"], postgresql_where=WAITS, sqlite_where=WAITS)
    op.create_index("ix_matter_process_id_opened", "matter", ["process_id", "opened"])
    op.create_table(
        "gathered",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("contribution_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_gathered_matter_id_matter")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_gathered_contribution_id_contribution"),
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("matter_id", "contribution_id", name=op.f("pk_gathered")),
    )
    op.create_index(op.f("ix_gathered_contribution_id"), "gathered", ["contribution_id"])
    op.create_table(
        "follow",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("supports", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_follow_matter_id_matter")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_follow_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("matter_id", "person_id", name=op.f("pk_follow")),
    )
    op.create_index(op.f("ix_follow_person_id"), "follow", ["person_id"])


def _create_what_follows() -> None:
    op.create_table(
        "response_matter",
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_response_matter_response_id_response")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_response_matter_matter_id_matter")),
        sa.PrimaryKeyConstraint("response_id", "matter_id", name=op.f("pk_response_matter")),
    )
    op.create_index(op.f("ix_response_matter_matter_id"), "response_matter", ["matter_id"])
    op.create_table(
        "result",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("published", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_result_process_id_process")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_result_response_id_response")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
    )
    op.create_index(op.f("ix_result_response_id"), "result", ["response_id"])
    op.create_table(
        "feedback",
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("helped", sa.Text(), nullable=False),
        sa.Column("why", storage._ground.columns.Sealed(512), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_feedback_response_id_response")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_feedback_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("response_id", "person_id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_person_id"), "feedback", ["person_id"])
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("contribution_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked", MOMENT, nullable=False),
        sa.Column("answer_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_inquiry_process_id_process")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_inquiry_matter_id_matter")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_inquiry_contribution_id_contribution"),
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["contribution.id"],
            name=op.f("fk_inquiry_answer_id_contribution"),
            ondelete="SET NULL",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    for column in ("matter_id", "contribution_id", "answer_id"):
        op.create_index(op.f(f"ix_inquiry_{column}"), "inquiry", [column])


def downgrade() -> None:
    for table in ("inquiry", "feedback", "result", "response_matter", "follow", "gathered", "matter"):
        op.drop_table(table)
    op.execute("DELETE FROM sending WHERE item_id IS NULL")
    with op.batch_alter_table("sending") as sending:
        sending.alter_column("item_id", existing_type=sa.Text(), nullable=False)
        sending.drop_column("title")
        sending.drop_column("kind")
    op.drop_index("ix_response_process_id_published", "response")
    for column in ("link", "place", "decided_by"):
        op.drop_column("response", column)
    op.drop_column("contribution", "quotable")
