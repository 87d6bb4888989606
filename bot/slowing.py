"""Bulletins wait where a platform says, in a report, that more comes than it takes; replies go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from broadcast.deliver import Sender
from storage import Database, marks
from storage.lanes import Lane

NOBODY = "everybody"
"""Whose turn it is to wait, where a platform names no person."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Slowing:
    """A report is heard by whichever process the platform reaches; every sender has to know of it."""

    database: Database
    senders: Sequence[Sender]
    known: dict[str, datetime] = field(default_factory=dict)

    async def follow(self, now: datetime) -> None:
        for sender in self.senders:
            name = sender.channel.name
            async with self.database.reading() as session:
                until = await marks.at(session, marks.slow(name))
            # Once for each word of a platform's: two that come within a second are taken for a word on everything.
            if until is not None and until > now and self.known.get(name) != until:
                self.known[name] = until
                log.warning("bulletins wait", channel=name, until=until.isoformat())
                await sender.pacer.told_to_wait(NOBODY, until - now, Lane.BULLETIN)
