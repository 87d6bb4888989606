"""Asking the platforms for what we may have missed: what people wrote, what became of ours."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.inbox import Inbox
from broadcast.closing import unless
from broadcast.reconcile import Reconciling
from channels import Channel, others
from channels.messages import NotSent
from handlers import deliveries
from storage import Database, Keyring, marks

OFTEN = timedelta(minutes=1)
EVERY = timedelta(minutes=10)
OVERLAP = timedelta(minutes=5)
"""A platform may list a message some time after it came."""
LONGEST_GAP = timedelta(days=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, and where the answers go. Once `closing` is set no platform is waited for."""

    database: Database
    keys: Keyring
    channels: Mapping[str, Channel]
    inbox: Inbox
    closing: asyncio.Event

    async def ask(self, now: datetime) -> None:
        """Ask whatever it is time to ask. A platform that does not answer is asked again the next time."""
        for channel in self.channels.values():
            try:
                await self._unknown(channel, now)
                await self._missed(channel, now)
            except NotSent as silent:
                log.warning("not answered", channel=channel.name, code=silent.code)

    async def _unknown(self, channel: Channel, now: datetime) -> None:
        if await self._is_time(f"asking what became: {channel.name}", OFTEN, now):
            take = partial(deliveries.report, elsewhere=partial(others, self.channels))
            await Reconciling(self.database, self.keys, channel, take, self.closing).ask(now)

    async def _missed(self, channel: Channel, now: datetime) -> None:
        """What people wrote while nobody could take it. A worker that is killed meanwhile has not moved the mark."""
        if channel.history is None or not await self._is_time(f"asking what came: {channel.name}", EVERY, now):
            return
        async with self.database.reading() as session:
            if await marks.at(session, marks.HELD) is not None:
                return
            last = await marks.at(session, f"heard: {channel.name}")
        missed = await unless(self.closing, channel.history.received(_heard_until(last, now) - OVERLAP))
        if missed is None:
            return
        for message in missed:
            await self.inbox.take([message])
        async with self.database.writing() as session:
            await marks.put(session, f"heard: {channel.name}", now)

    async def _is_time(self, mark: str, pause: timedelta, now: datetime) -> bool:
        """Whether nobody has done this for so long; then it is ours."""
        async with self.database.writing() as session:
            return await marks.turn_comes(session, mark, now - pause, now)


def _heard_until(last: datetime | None, now: datetime) -> datetime:
    """A mark that is still to come was made by a wrong clock: nobody knows what was missed."""
    if last is None:
        return now - EVERY
    return now - LONGEST_GAP if last > now + marks.AHEAD else max(last, now - LONGEST_GAP)
