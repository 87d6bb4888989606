"""Asking a platform whether what people write reaches us: no platform says so by itself."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from broadcast.closing import unless
from broadcast.watch import Observe, unobserved
from channels import Channel
from channels.messages import NotSent

EVERY = timedelta(minutes=5)
MANY = 100
"""Updates that wait at the platform."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Watching:
    """Every worker watches, so that each has the number in its metrics."""

    channels: Mapping[str, Channel]
    closing: asyncio.Event
    """Once it is set no platform is waited for."""
    observe: Observe = unobserved

    async def look(self, now: datetime) -> None:
        for channel in self.channels.values():
            try:
                backlog = await unless(self.closing, channel.backlog())
            except NotSent as silent:
                log.warning("not answered", channel=channel.name, code=silent.code)
                continue
            if backlog is None:
                continue
            self.observe("pending", backlog.waiting, channel=channel.name)
            # A failure stays told for ever; it concerns us while it is new.
            fails = backlog.failed is not None and now - backlog.failed < EVERY
            if fails or backlog.waiting > MANY:
                log.warning("webhook behind", channel=channel.name, waiting=backlog.waiting, fails=fails)
                self.observe("alarms", channel=channel.name, name="setting", code="webhook")
