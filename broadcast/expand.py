"""A broadcast becomes deliveries, and these are paused, resumed or cancelled, a batch of people at a time."""

from datetime import datetime

import structlog

from broadcast.daytime import opens
from storage import Database
from storage.broadcasts import Broadcast
from storage.outbox import expansion

BATCH = 2000
"""People a transaction. Small enough that a reply never waits long where only one can write."""
MANY = 10
"""How many times `BATCH` where several can write."""

log = structlog.get_logger()


async def expand(database: Database, now: datetime) -> bool:
    """Make the next batch of deliveries; False when no broadcast lacks any.

    Killed at any point and run again it goes on where it was: batch and cursor are one transaction.
    """
    async with database.writing() as session:
        broadcast = await expansion.to_expand(session, now)
        if broadcast is None:
            return False
        starts = mornings(broadcast, now)
        number = await expansion.expand(session, broadcast, now, _most(database), starts)
    log.info("deliveries made", broadcast=broadcast.id, number=number)
    return True


def mornings(broadcast: Broadcast, now: datetime) -> dict[str, datetime]:
    """From when on the people of each region may be written to; "" for everybody else."""
    if broadcast.hours is None:
        return {}
    return {region: opens(broadcast.hours, region, now) for region in ("", *broadcast.hours.zones)}


async def turn(database: Database, now: datetime) -> bool:
    """Pause, resume or cancel the next batch of deliveries; False when no broadcast is on its way to that."""
    async with database.writing() as session:
        broadcast = await expansion.to_turn(session)
        if broadcast is None:
            return False
        await expansion.turn(session, broadcast, now, _most(database))
    return True


def _most(database: Database) -> int:
    return BATCH if database.has_one_writer else MANY * BATCH
