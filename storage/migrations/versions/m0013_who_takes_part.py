"""Who takes part in a process, apart from who they are: their region and their consent there.

The records of consent stay where they are, for they are bound to their place: `participations.reseal` moves them.

Revises: 8b2e6f04d9c1
"""

import sqlalchemy as sa
from alembic import op

import storage._ground.columns

revision = "7e3b90c5a2d4"
down_revision = "8b2e6f04d9c1"
branch_labels = None
depends_on = None

NOT_AGREED = sa.text('NOT consented AND "left" IS NULL')
NOT_AGREED_BEFORE = sa.text("NOT consented")
JOIN = """
    INSERT INTO participation (process_id, person_id, region, consented, joined)
    SELECT process_id, id, region, consented, met FROM person
    WHERE NOT EXISTS (SELECT 1 FROM address WHERE address.person_id = person.id AND address."index" IS NULL)
"""
"""All but who were forgotten: of them there is only where the last sentence goes."""
LEAD = """
    UPDATE address SET process_id = (SELECT process_id FROM person WHERE person.id = address.person_id)
    WHERE address."index" IS NOT NULL
"""
PART = """
    UPDATE person SET
        process_id = (SELECT min(id) FROM process),
        region = coalesce((SELECT min(region) FROM participation WHERE person_id = person.id), ''),
        consented = EXISTS (SELECT 1 FROM participation WHERE person_id = person.id AND consented)
"""


def upgrade() -> None:
    op.create_table(
        "participation",
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("consent", storage._ground.columns.Sealed(64), nullable=True),
        sa.Column("joined", sa.Date(), nullable=False),
        sa.Column("left", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"]),
        sa.PrimaryKeyConstraint("process_id", "person_id"),
    )
    op.execute(JOIN)
    op.create_index("ix_participation_person_id", "participation", ["person_id"])
    op.create_index(
        "ix_participation_not_agreed",
        "participation",
        ["joined"],
        postgresql_where=NOT_AGREED,
        sqlite_where=NOT_AGREED,
    )
    with op.batch_alter_table("address") as address:
        address.add_column(sa.Column("process_id", sa.Text(), nullable=True))
        address.create_foreign_key(op.f("fk_address_process_id_process"), "process", ["process_id"], ["id"])
    op.execute(LEAD)
    op.drop_index("ix_person_not_agreed", "person")
    with op.batch_alter_table("person") as person:
        person.drop_constraint(op.f("fk_person_process_id_process"), type_="foreignkey")
        for name in ("process_id", "region", "consented"):
            person.drop_column(name)


def downgrade() -> None:
    """The consent of people who joined since then is lost: it can only be opened where it stands."""
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("process_id", sa.Text(), nullable=True))
        person.add_column(sa.Column("region", sa.Text(), nullable=False, server_default=""))
        person.add_column(sa.Column("consented", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(PART)
    with op.batch_alter_table("person") as person:
        person.alter_column("process_id", existing_type=sa.Text(), nullable=False)
        person.alter_column("region", existing_type=sa.Text(), server_default=None)
        person.alter_column("consented", existing_type=sa.Boolean(), server_default=None)
        person.create_foreign_key(op.f("fk_person_process_id_process"), "process", ["process_id"], ["id"])
    op.create_index(
        "ix_person_not_agreed",
        "person",
        ["met"],
        postgresql_where=NOT_AGREED_BEFORE,
        sqlite_where=NOT_AGREED_BEFORE,
    )
    with op.batch_alter_table("address") as address:
        address.drop_constraint(op.f("fk_address_process_id_process"), type_="foreignkey")
        address.drop_column("process_id")
    op.drop_table("participation")
