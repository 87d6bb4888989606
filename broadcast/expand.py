"""A broadcast becomes deliveries, a batch at a time; so does what was asked of all of them."""

from datetime import datetime

from broadcast.daytime import opens
from storage import Database
from storage.broadcasts import Broadcast
from storage.outbox import expansion

BATCH = 2000
"""People a transaction. Small enough that a reply never waits long where only one can write."""
MANY = 10
"""How many times as many elsewhere."""


async def expand(database: Database, now: datetime) -> bool:
    """Make the next batch of deliveries; False when every broadcast has all of its own.

    Killed at any point and run again it goes on where it was: batch and cursor are one transaction.
    """
    async with database.writing() as session:
        which = await expansion.to_expand(session, now)
        if which is None:
            return False
        await expansion.expand(session, which, which.audience, now, _most(database), mornings(which, now))
    return True


def mornings(which: Broadcast, now: datetime) -> dict[str, datetime]:
    """From when on the people of each region may be written to; "" for everybody else."""
    if which.hours is None:
        return {}
    return {region: opens(which.hours, region, now) for region in ("", *which.hours.zones)}


async def turn(database: Database, now: datetime) -> bool:
    """Pause, resume or cancel the next batch of deliveries; False when no broadcast is on its way to that."""
    async with database.writing() as session:
        which = await expansion.to_turn(session)
        if which is None:
            return False
        await expansion.turn(session, which, now, _most(database))
    return True


def _most(database: Database) -> int:
    return BATCH if database.has_one_writer else MANY * BATCH
