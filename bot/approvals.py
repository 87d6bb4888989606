"""Which texts each platform has approved: used at the start as last known, then asked for again and again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

import channels
from broadcast.closing import unless
from broadcast.wake import Waker
from channels import Channel
from channels.messages import COMMON, NotSent
from storage import Database, marks, templates

EVERY = timedelta(hours=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
"""After a platform that did not answer: each pause is twice the one before."""
MOST_DOUBLINGS = 10
KNOWN = timedelta(seconds=30)
"""By then every worker has seen what one of them was told: `follow` comes every few seconds."""
MOST_TO_WAKE = 2000

log = structlog.get_logger()


@dataclass(slots=True)
class Approvals:
    """What one worker knows of approved texts, and when it asks for them next."""

    database: Database
    channels: Mapping[str, Channel]
    waker: Waker
    closing: asyncio.Event
    """Once it is set no platform is waited for."""
    asks: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    async def follow(self) -> None:
        """Use the texts that this worker, or another, has stored, and wake the deliveries that waited for them."""
        for channel in self._that_approve():
            async with self.database.reading() as session:
                stored = await templates.all_of(session, channel.name)
                since = await marks.at(session, _to_wake(channel))
            # A channel that knows only a part would take the rest for not approved, and give people up for that.
            if stored and all(text.body for text in stored):
                channel.use([_as_template(text) for text in stored])
            if since is not None:
                await self._wake(channel, since)

    async def ask(self, now: datetime) -> timedelta:
        """Ask the platforms that it is time to ask; how long until the next is to be asked."""
        for channel in self._that_approve():
            if self.asks.get(channel.name, now) <= now:
                self.asks[channel.name] = now + await self._ask(channel, now)
        return min(self.asks.values(), default=now + EVERY) - now

    def _that_approve(self) -> list[Channel]:
        """The channels on which a text has to be approved: not those where anything may be written at any time."""
        return [channel for channel in self.channels.values() if channel.window is not None]

    async def _ask(self, channel: Channel, now: datetime) -> timedelta:
        try:
            texts = await unless(self.closing, channel.templates())
        except NotSent as silent:
            failed = self.failures[channel.name] = self.failures.get(channel.name, 0) + 1
            log.warning("not answered", channel=channel.name, code=silent.code)
            return min(FIRST_PAUSE * (1 << min(failed - 1, MOST_DOUBLINGS)), LONGEST_PAUSE)
        if texts is None:
            return EVERY
        self.failures.pop(channel.name, None)
        async with self.database.writing() as session:
            if await templates.keep(session, channel.name, [_as_stored(text) for text in texts], now):
                await marks.put(session, _to_wake(channel), now + KNOWN)
        return EVERY

    async def _wake(self, channel: Channel, due: datetime) -> None:
        """A batch at a time, so that nobody waits for it; a worker that is killed meanwhile goes on later."""
        woken = MOST_TO_WAKE
        while woken == MOST_TO_WAKE:
            async with self.database.writing() as session:
                woken = await templates.wake(session, channel.name, COMMON, due, MOST_TO_WAKE)
                if woken < MOST_TO_WAKE:
                    await marks.remove(session, _to_wake(channel))
        await self.waker.wake()


def _to_wake(channel: Channel) -> str:
    """The mark that is there while deliveries may wait for texts approved by now; its moment: when they leave."""
    return f"approved: {channel.name}"


def _as_template(text: templates.StoredTemplate) -> channels.messages.Template:
    return channels.messages.Template(text.name, text.language, text.provider_id, text.status, text.reason, text.body)


def _as_stored(text: channels.messages.Template) -> templates.StoredTemplate:
    return templates.StoredTemplate(text.name, text.language, text.provider_id, text.status, text.reason, text.body)
