"""A process has any number of councils, with seats for a term, calls for members, and who stands for a seat.

Revises: c3e8f51a7d26
"""

import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "7d40b1c96e35"
down_revision = "5b8d20f6a94c"
branch_labels = None
depends_on = None

MOMENT = storage._ground.columns.Moment(timezone=True)
NAME = {"en": "Council", "fr": "Conseil", "es": "Consejo", "ar": "المجلس"}
"""What the council that there was is called from now on."""

MEMBER = sa.table("member", *(sa.column(name, sa.Text) for name in ("person_id", "process_id", "seat")))
MEMBER.append_column(sa.column("since", sa.Date))
INVITATION = sa.table("invitation", *(sa.column(name, sa.Text) for name in ("process_id", "council_id", "seat_id")))
COUNCIL = sa.table("council", *(sa.column(name, sa.Text) for name in ("id", "process_id", "content")))
COUNCIL.append_column(sa.column("made", MOMENT))
SEAT = sa.table("seat", *(sa.column(name, sa.Text) for name in ("id", "process_id", "council_id", "kind")))
SEAT.append_column(sa.column("made", sa.Date))
MEMBERSHIP = sa.table(
    "membership", *(sa.column(name, sa.Text) for name in ("id", "process_id", "seat_id", "person_id"))
)
MEMBERSHIP.append_column(sa.column("since", sa.Date))
MEMBERSHIP.append_column(sa.column("ended", sa.Date))


def upgrade() -> None:
    _make_councils()
    _make_calls()
    op.add_column("invitation", sa.Column("council_id", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("seat_id", sa.Text(), nullable=True))
    _seat_everybody(op.get_bind())
    with op.batch_alter_table("invitation") as invitation:
        invitation.alter_column("council_id", existing_type=sa.Text(), nullable=False)
        invitation.create_foreign_key("fk_invitation_council_id_council", "council", ["council_id"], ["id"])
        invitation.create_foreign_key("fk_invitation_seat_id_seat", "seat", ["seat_id"], ["id"])
    op.drop_table("member")


def downgrade() -> None:
    op.create_table(
        "member",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_member_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_member_process_id_process")),
        sa.PrimaryKeyConstraint("person_id", "process_id", name=op.f("pk_member")),
        sa.UniqueConstraint("seat", name=op.f("uq_member_seat")),
    )
    _seat_on_the_only_council(op.get_bind())
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_constraint("fk_invitation_council_id_council", type_="foreignkey")
        invitation.drop_constraint("fk_invitation_seat_id_seat", type_="foreignkey")
        invitation.drop_column("council_id")
        invitation.drop_column("seat_id")
    for table in ("candidate", "member_call", "membership", "seat", "council"):
        op.drop_table(table)


def _make_councils() -> None:
    op.create_table(
        "council",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("dissolved", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_council_process_id_process")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
    )
    op.create_index("ix_council_process_id", "council", ["process_id"])
    op.create_table(
        "seat",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("requires", sa.Text(), nullable=True),
        sa.Column("made", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_seat_process_id_process")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_seat_council_id_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    op.create_index("ix_seat_council_id", "seat", ["council_id"])
    op.create_table(
        "membership",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("seat_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("warned", MOMENT, nullable=True),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("end", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_membership_process_id_process")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_membership_seat_id_seat")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_seat_id", "membership", ["seat_id"])
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    sits = sa.text("ended IS NULL")
    op.create_index(
        "ix_membership_taken", "membership", ["seat_id"], unique=True, sqlite_where=sits, postgresql_where=sits
    )


def _make_calls() -> None:
    op.create_table(
        "member_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("opened", MOMENT, nullable=True),
        sa.Column("closes", MOMENT, nullable=False),
        sa.Column("closed", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_member_call_process_id_process")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_member_call_council_id_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_call")),
    )
    op.create_index("ix_member_call_process_id", "member_call", ["process_id"])
    op.create_index("ix_member_call_council_id", "member_call", ["council_id"])
    op.create_table(
        "candidate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("facts", storage._ground.columns.Sealed(512), nullable=False),
        sa.Column("stood", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seat_id", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("answer_by", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_candidate_process_id_process")),
        sa.ForeignKeyConstraint(["call_id"], ["member_call.id"], name=op.f("fk_candidate_call_id_member_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_candidate_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_candidate_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
    )
    op.create_index("ix_candidate_call_id", "candidate", ["call_id"])
    op.create_index("ix_candidate_person_id", "candidate", ["person_id"])


def _seat_everybody(connection: sa.Connection) -> None:
    """On the one council of their process, each on the seat that they had, for as long as they like."""
    members = connection.execute(sa.select(MEMBER)).all()
    invited = connection.execute(sa.select(INVITATION.c.process_id)).scalars()
    content = json.dumps({"name": NAME, "about": {}, "term": None, "rest": 0}, ensure_ascii=False)
    councils = {process: secrets.token_hex(16) for process in sorted({row.process_id for row in members} | {*invited})}
    for process, council in councils.items():
        values = {"id": council, "process_id": process, "content": content, "made": datetime.now(UTC)}
        connection.execute(sa.insert(COUNCIL).values(values))
        theirs = sa.update(INVITATION).where(INVITATION.c.process_id == process)
        connection.execute(theirs.values(council_id=council))
    for row in members:
        its = {"process_id": row.process_id, "council_id": councils[row.process_id], "kind": "invitation"}
        connection.execute(sa.insert(SEAT).values(its | {"id": row.seat, "made": row.since}))
        term = {"id": secrets.token_hex(16), "process_id": row.process_id, "seat_id": row.seat, "since": row.since}
        connection.execute(sa.insert(MEMBERSHIP).values(term | {"person_id": row.person_id}))


def _seat_on_the_only_council(connection: sa.Connection) -> None:
    """Who sits on several has one seat again."""
    sitting = sa.select(MEMBERSHIP).where(MEMBERSHIP.c.ended.is_(None)).order_by(MEMBERSHIP.c.since, MEMBERSHIP.c.id)
    seated = set[tuple[str, str]]()
    for row in connection.execute(sitting).all():
        if (row.person_id, row.process_id) not in seated:
            seated.add((row.person_id, row.process_id))
            values = {"person_id": row.person_id, "process_id": row.process_id, "since": row.since}
            connection.execute(sa.insert(MEMBER).values(values | {"seat": row.seat_id}))
