"""Raising an alarm when too large a part of a day's messages is refused for one reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from broadcast.watch import Observe, unobserved
from channels import Channel
from storage import Database, marks, outbox
from storage.outbox import Reasons

EVERY = timedelta(hours=1)
DAY = timedelta(days=1)
FEWEST = 5
"""Fewer of a reason are chance."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TooMany:
    """A reason that is given too often: `part` of what was sent."""

    channel: str
    code: str
    part: float


@dataclass(frozen=True, slots=True)
class Ratios:
    """What is counted, and whom the reasons are of."""

    database: Database
    channels: Mapping[str, Channel]
    observe: Observe = unobserved

    async def look(self, now: datetime) -> None:
        """Once an hour, by whichever worker comes first: it is read from all that was sent since yesterday."""
        async with self.database.writing() as session:
            if not await marks.turn_comes(session, "reasons counted", now - EVERY, now):
                return
        async with self.database.reading() as session:
            reasons = await outbox.reasons(session, (now - DAY).date())
        for reason in too_many(reasons, self.channels):
            log.critical(
                "too many refused", channel=reason.channel, code=reason.code, percent=round(reason.part * 100, 1)
            )
            self.observe("alarms", channel=reason.channel, name="ratio", code=reason.code)


def too_many(reasons: Sequence[Reasons], channels: Mapping[str, Channel]) -> Iterator[TooMany]:
    for on in reasons:
        verdicts = channels[on.channel].verdicts if on.channel in channels else {}
        for code, number in sorted(on.failed.items()):
            most = verdicts[code].most if code in verdicts else None
            if most is not None and number >= FEWEST and number > most * on.sent:
                yield TooMany(on.channel, code, number / on.sent)
