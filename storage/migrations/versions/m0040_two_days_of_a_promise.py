"""The day by which we respond, beside the one by which people are to answer.

Revises: 7d40b1c96e35
"""

from alembic import op

revision = "40c2d97be613"
down_revision = "5a7c19e2b840"
branch_labels = None
depends_on = None

TABLES = ("consultation", "opening", "draft")
"""In whose content a promise stands, as JSON without spaces. Within a text of somebody's every quote is escaped."""
POSITION = {"postgresql": "strpos", "sqlite": "instr"}
BEFORE, AFTER = '"answer_by":"', ',"respond_by":"'
DAY = 10
"""Characters of a day, "2027-05-31"."""


def upgrade() -> None:
    """One day was both: whoever was promised a response was promised it by that one."""
    begins = f"({_place(BEFORE)} + {len(BEFORE)})"
    ends = f"({begins} + {DAY})"
    both = f"substr(content, 1, {ends}) || '{AFTER}' || substr(content, {begins}, {DAY}) || substr(content, {ends})"
    for table in TABLES:
        _write(table, both, f"{_place(BEFORE)} > 0 AND substr(content, {ends}, 1) = '\"'")


def downgrade() -> None:
    begins = _place(AFTER)
    ends = f"({begins} + {len(AFTER) + DAY + 1})"
    for table in TABLES:
        day = f"{begins} > 0 AND substr(content, {ends} - 1, 1) = '\"'"
        _write(table, f"substr(content, 1, {begins} - 1) || substr(content, {ends})", day)
        for nothing in ('""', "null"):
            empty = ',"respond_by":' + nothing
            _write(table, f"replace(content, '{empty}', '')", "1 = 1")


def _place(words: str) -> str:
    return f"{POSITION[op.get_bind().dialect.name]}(content, '{words}')"


def _write(table: str, content: str, where: str) -> None:
    """As it stands: a colon in it names no parameter."""
    op.get_bind().exec_driver_sql(f"UPDATE {table} SET content = {content} WHERE {where}")  # noqa: S608 words of ours
