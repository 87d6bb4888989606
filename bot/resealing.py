"""What people agreed to before there were participations is sealed anew, for the process in which they had agreed."""

from collections.abc import Callable
from dataclasses import dataclass

from storage import Database, Keyring, participations

BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    number: int
    unreadable: int
    """Records that no key opens: they stay as they are."""


async def are_left(database: Database) -> bool:
    """Whether there are such records still."""
    async with database.reading() as session:
        return await participations.to_reseal(session) > 0


async def reseal(database: Database, keyring: Keyring, progress: Callable[[int], None]) -> Outcome:
    """Seal them anew, a batch at a time; `progress` is told after each batch how many are done.

    Stopped at any moment, it goes on from there when it is called again.
    """
    after, number, unreadable = "", 0, 0
    while True:
        async with database.writing() as session:
            done = await participations.reseal(session, keyring, after, BATCH)
        if done is None:
            return Outcome(number, unreadable)
        after, number, unreadable = done.last, number + done.number, unreadable + done.unreadable
        progress(number)
