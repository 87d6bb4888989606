"""Bulletins wait where a platform says, in a report, that more comes than it takes; replies go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from broadcast.deliver import Sender
from storage import Database, marks
from storage.lanes import Lane

NOBODY = "everybody"
"""In place of a person's address, where a platform names no person who is to wait."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Slowing:
    """Tells this process's senders: the report came to whichever process the platform reached."""

    database: Database
    senders: Sequence[Sender]
    known: dict[str, datetime] = field(default_factory=dict)

    async def follow(self, now: datetime) -> None:
        for sender in self.senders:
            name = sender.channel.name
            async with self.database.reading() as session:
                until = await marks.at(session, marks.slow(name))
            # Once for each report: two holds within a second would be taken for a hold of everything.
            if until is not None and until > now and self.known.get(name) != until:
                self.known[name] = until
                log.warning("bulletins wait", channel=name, until=until.isoformat())
                await sender.pacer.told_to_wait(NOBODY, until - now, Lane.BULLETIN)
