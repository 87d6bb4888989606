"""The web app: platforms knock here, and whoever asks whether we are well."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from aiohttp import web

from bot.turns import Away, Turns
from broadcast import alarms
from broadcast.watch import Observe, unobserved
from channels import Channel, Refused
from channels.messages import Message, Report, Status
from channels.verdicts import Act
from storage import Database, outbox
from storage.versions import is_current

COME_AGAIN = timedelta(seconds=30)
LATE = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """What the web app needs."""

    channels: Mapping[str, Channel]
    turns: Turns
    database: Database
    clock: Callable[[], datetime]
    observe: Observe = unobserved

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """A platform tells us something: it gets its 200 once that is kept."""
        channel = self.channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound
        began = monotonic()
        try:
            told = await channel.receive(request)
        except Refused as refused:
            self.observe("refused", channel=channel.name, code=str(refused.status))
            log.warning("refused", channel=channel.name, status=refused.status, why=refused.why)
            return web.Response(status=refused.status)
        for one in told:
            if isinstance(one, Report) and one.verdict.act is Act.STOP:
                log.critical("sender stopped", channel=one.channel, code=one.code)
        try:
            await self.turns.take(told)
        except Away:
            self.observe("turns", len(told), channel=channel.name, state="away")
            return web.Response(status=503, headers={"Retry-After": str(COME_AGAIN.seconds)})
        self.observe("turn", monotonic() - began, channel=channel.name)
        for one in told:
            if isinstance(one, Message):
                self.observe("turns", channel=channel.name, state="taken")
                await channel.acknowledge(one)
            else:
                self.observe("reports", channel=channel.name, state=one.status, code=one.code)
                if one.status is Status.FAILED:
                    alarms.call(channel.name, one.code, one.verdict, self.observe)
        return channel.accepted()

    async def live(self, _request: web.Request) -> web.Response:
        """The loop turns."""
        return web.json_response({"live": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """The database answers, its tables are current, and nothing has waited too long."""
        try:
            async with self.database.reading() as session:
                if not await session.run_sync(is_current):
                    return web.json_response({"ready": False, "why": "migrate"}, status=503)
                late = await outbox.late(session, self.clock() - LATE)
        except Exception as fault:
            log.error("not ready", fault=type(fault).__name__)
            return web.json_response({"ready": False, "why": "database"}, status=503)
        return web.json_response({"ready": True, "late": late})


def app(door: Door) -> web.Application:
    """The web app, without what starts and closes its parts."""
    made = web.Application(client_max_size=128 * 1024, middlewares=[plain_errors])
    made.add_routes(
        [
            web.post("/hooks/{channel}", door.hook),
            web.post("/hooks/{channel}/status", door.hook),
            web.get("/health/live", door.live),
            web.get("/health/ready", door.ready),
        ]
    )
    return made


@web.middleware
async def plain_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """A fault of ours is said without what it was about."""
    try:
        return await handler(request)
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception as fault:
        log.error("fault", fault=type(fault).__name__)
        return web.Response(status=500)
