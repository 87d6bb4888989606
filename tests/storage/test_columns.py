"""How values stand in columns."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from storage._ground.columns import Moment

SQLITE = sqlite.dialect()
EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    "moment", [datetime(2026, 11, 29, 1, 2, 3, tzinfo=EAST), datetime(2026, 11, 29, 1, 2, 3, 4, UTC), None]
)
def test_a_moment_stands_in_sqlite_as_sqlalchemy_would_write_it(moment: datetime | None) -> None:
    ours = Moment().dialect_impl(SQLITE).bind_processor(SQLITE)
    theirs = DateTime().dialect_impl(SQLITE).bind_processor(SQLITE)
    assert ours
    assert theirs
    assert ours(moment) == theirs(None if moment is None else moment.astimezone(UTC))
