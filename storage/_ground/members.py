"""Members of an enum as a statement has them, where no column beside them says of what type they are."""

from enum import IntEnum, StrEnum

from sqlalchemy import BindParameter, ColumnClause, Integer, Text, literal, literal_column


def bound(member: StrEnum) -> BindParameter[str]:
    """Sent beside the statement: in the branches of a CASE, in a list of columns."""
    return literal(member.value)


def written(member: StrEnum) -> ColumnClause[str]:
    """A part of the statement: neither database uses a partial index for a value that is sent beside it."""
    return literal_column(f"'{member.value}'", Text())


def numbered(member: IntEnum) -> ColumnClause[int]:
    """As `written`, of a member that is a number."""
    return literal_column(str(member.value), Integer())
