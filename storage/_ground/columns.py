"""Kinds of columns: what is sealed, and moments that are the same on every database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, TypeDecorator

from storage.keys import SHORTEST, VERSION, Box


class Sealed(TypeDecorator[Box]):
    """Takes a `Box` and nothing else: a text that was not encrypted is refused before it reaches the database.

    What is sealed for it is padded to a multiple of `step` bytes: where few texts are possible, all have one length.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, step: int = 1) -> None:
        super().__init__()
        self.step = step

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return sealed(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Box | None:
        return None if value is None else Box(bytes(value))


def sealed(value: Any) -> bytes | None:
    """The same, if it is a `Box` or nothing. Raises `TypeError`."""
    if value is None:
        return None
    if not isinstance(value, bytes) or value[:1] != VERSION or len(value) < SHORTEST:
        raise TypeError("only what is sealed may be stored here")
    return value


class Moment(TypeDecorator[datetime]):
    """An aware datetime, in UTC; SQLite keeps no zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """On SQLite each is written out here: SQLAlchemy takes several times as long for it."""
        return _written_out if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _written_out(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")
