"""A broadcast becomes deliveries, a batch at a time."""

from datetime import datetime

import msgspec

from storage import Database, broadcasts
from storage.broadcasts import Audience

BATCH = 2000
"""People a transaction. Small enough that a reply never waits long for the one writer of SQLite."""


async def expand(database: Database, now: datetime) -> bool:
    """Make the next batch of deliveries; False when every broadcast has all of its own.

    Killed at any point and run again it goes on where it was: batch and cursor are one transaction.
    """
    async with database.writing() as session:
        which = await broadcasts.to_expand(session)
        if which is None:
            return False
        audience = msgspec.json.decode(which.audience, type=Audience)
        await broadcasts.expand(session, which, audience, now, BATCH)
    return True
