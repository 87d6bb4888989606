"""The web app: platforms call here, and programs that look whether we are well."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import structlog
from aiohttp import web

from bot.inbox import ComeAgain, Inbox
from broadcast import alarms
from broadcast.watch import Observe, unobserved
from channels import Channel, Refused
from channels.messages import Message
from storage import Database, is_full, marks, outbox
from storage.versions import is_current

COME_AGAIN = timedelta(seconds=30)
LATE = timedelta(minutes=5)
HOLDS = timedelta(seconds=1)
"""How long one answer about our readiness is given."""
PATIENCE = timedelta(seconds=5)
"""How long we wait for the database before we say that it does not answer."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the web app needs."""

    channels: Mapping[str, Channel]
    inbox: Inbox
    database: Database
    clock: Callable[[], datetime]
    observe: Observe = unobserved
    readiness: "Readiness" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "readiness", Readiness(self.database, self.clock))

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """A platform tells us something: it gets its 200 once that is kept."""
        channel = self.channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound
        began = monotonic()
        try:
            words = await channel.receive(request)
        except Refused as refused:
            self.observe("refused", channel=channel.name, code=str(refused.status))
            log.warning("refused", channel=channel.name, status=refused.status, why=refused.why)
            return web.Response(status=refused.status)
        alarms.heard(words)
        try:
            await self.inbox.take(words)
        except ComeAgain:
            self.observe("turns", len(words), channel=channel.name, state="away")
            return web.Response(status=503, headers={"Retry-After": str(COME_AGAIN.seconds)})
        self.observe("turn", monotonic() - began, channel=channel.name)
        for word in words:
            if isinstance(word, Message):
                self.observe("turns", channel=channel.name, state="taken")
                await channel.acknowledge(word)
            else:
                alarms.kept(word, self.observe)
        return channel.accepted()

    async def live(self, _request: web.Request) -> web.Response:
        """The loop turns."""
        return web.json_response({"live": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """The database keeps what it is given, its tables are current; `late`: what has waited too long."""
        answer = await self.readiness.now()
        return web.json_response(answer, status=200 if answer["ready"] else 503)


@dataclass(slots=True)
class Readiness:
    """Whether this program can do its work: all who ask within a second get one answer."""

    database: Database
    clock: Callable[[], datetime]
    elapsed: Callable[[], float] = monotonic
    last: Mapping[str, object] = field(default_factory=dict)
    until: float = 0
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def now(self) -> Mapping[str, object]:
        async with self.looking:
            if not self.last or self.elapsed() >= self.until:
                self.last = await self._look()
                self.until = self.elapsed() + HOLDS.total_seconds()
            return self.last

    async def _look(self) -> Mapping[str, object]:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await self._what_there_is()
        except Exception as fault:
            log.error("not ready", fault=type(fault).__name__)
            return {"ready": False, "why": "disk" if is_full(fault) else "database"}

    async def _what_there_is(self) -> Mapping[str, object]:
        now = self.clock()
        async with self.database.reading() as session:
            if not await session.run_sync(is_current):
                return {"ready": False, "why": "migrate"}
            late = await outbox.late(session, now - LATE)
        # A full disk is read without complaint: only a write fails.
        async with self.database.writing() as session:
            await marks.put(session, marks.READY, now)
        return {"ready": True, "late": late}


def app(endpoints: Endpoints) -> web.Application:
    """The web app, without what starts and closes its parts."""
    application = web.Application(client_max_size=128 * 1024, middlewares=[plain_errors])
    application.add_routes(
        [
            web.post("/hooks/{channel}", endpoints.hook),
            web.post("/hooks/{channel}/status", endpoints.hook),
            web.get("/health/live", endpoints.live),
            web.get("/health/ready", endpoints.ready),
        ]
    )
    return application


@web.middleware
async def plain_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer a fault of ours without its text."""
    try:
        return await handler(request)
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception as fault:
        log.error("fault", fault=type(fault).__name__)
        return web.Response(status=500)
