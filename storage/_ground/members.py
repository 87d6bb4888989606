"""Members of an enum as a statement has them, where no column beside them says of what type they are."""

from enum import StrEnum

from sqlalchemy import BindParameter, ColumnClause, Text, literal, literal_column


def bound(member: StrEnum) -> BindParameter[str]:
    """Sent beside the statement: in the branches of a CASE, in a list of columns."""
    return literal(member.value)


def written(member: StrEnum) -> ColumnClause[str]:
    """A part of the statement: neither database uses a partial index for a value that is sent beside it."""
    return literal_column(f"'{member.value}'", Text())
