"""A fake Telegram in this process, victims that write to it, and who comes after them."""

import asyncio
import multiprocessing
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from aiohttp import web

import storage
from bot import serve
from bot.web import app
from broadcast.deliver import LEASE
from broadcast.expand import expand
from channels.messages import Outgoing
from demo.platforms.telegram import Telegram
from handlers import bulletins
from handlers.writing import contents
from storage import Database, broadcasts, processes
from tests.promises.victim import Told, made, main, now
from tests.review import KEYS
from tests.review import PROCESS as REVIEW
from tests.storage.rows import PROCESS, Somebody, meet, queue
from tests.waiting import PATIENCE

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "stage-door-left-open"

VICTIMS = multiprocessing.get_context("forkserver")
"""Each victim is a process of its own, forked from one that has imported everything and done nothing yet."""
VICTIMS.set_forkserver_preload(["tests.promises.victim"])


@dataclass
class Stage:
    """Everything that outlives a victim."""

    database_url: str
    database: Database
    telegram: Telegram
    environment: dict[str, str]
    port: int

    async def meets(self, number: int) -> list[Somebody]:
        """So many people who have agreed and whose chats are open."""
        senders = [str(70_000 + one) for one in range(number)]
        for sender in senders:
            self.telegram.chats.of(sender)
        async with self.database.writing() as session:
            return [await meet(session, KEYS, sender) for sender in senders]

    async def replies(self, who: Somebody, *texts: str) -> list[str]:
        async with self.database.writing() as session:
            return [
                await queue(session, who, Outgoing(text).packed(), turn=turn, due=now())
                for turn, text in enumerate(texts, 1)
            ]

    async def publishes(self, text: str, filled: bool = True) -> str:
        """A bulletin to everybody; `filled`: with all its deliveries."""
        async with self.database.writing() as session:
            name = await bulletins.publish(session, contents.Bulletin({"en": text}), now())
        while filled and await expand(self.database, now()):
            pass
        return name

    async def dies(self, point: str, web: bool = False) -> None:
        """A victim lives until it dies there."""
        told = Told(self.database_url, self.environment, point, self.port if web else 0)
        victim = VICTIMS.Process(target=main, args=(msgspec.json.encode(told),))
        victim.start()
        await asyncio.to_thread(victim.join, PATIENCE)
        died = victim.exitcode
        victim.kill()
        await asyncio.to_thread(victim.join)
        victim.close()
        assert died == -signal.SIGKILL

    async def is_killed_after(self, seconds: float) -> None:
        """A victim that knows no point to die at is killed wherever it is by then."""
        told = Told(self.database_url, self.environment, "")
        victim = VICTIMS.Process(target=main, args=(msgspec.json.encode(told),))
        victim.start()
        await asyncio.sleep(seconds)
        victim.kill()
        await asyncio.to_thread(victim.join)
        victim.close()

    @asynccontextmanager
    async def successor(
        self, ahead: timedelta = LEASE + timedelta(seconds=1), alone: bool = False
    ) -> AsyncIterator[serve.Parts]:
        """Who comes after, in this process: `ahead`, so that the leases of the dead are over."""
        closing = asyncio.Event()
        every = made(self.environment, "")
        async with serve.parts(self.database_url, "", KEYS, every, lambda: now() + ahead, alone) as parts:
            listening = asyncio.create_task(serve.listen(app(parts.door), "127.0.0.1", self.port, closing))
            working = asyncio.create_task(parts.worker.run(closing))
            try:
                yield parts
            finally:
                closing.set()
                await asyncio.gather(listening, working)

    async def states(self) -> dict[str, str]:
        async with self.database.reading() as session:
            rows = await session.exec_driver_sql("SELECT id, state FROM delivery")
            return {row.id: row.state for row in rows}

    async def counts(self, broadcast: str) -> Mapping[str, int]:
        async with self.database.reading() as session:
            return await broadcasts.counts(session, broadcast)

    async def settled(self) -> Counter[str]:
        """Once nothing is queued or under way any more: how many deliveries there are of each state."""
        async with asyncio.timeout(PATIENCE):
            while True:
                states = Counter((await self.states()).values())
                if not states["queued"] and not states["sending"]:
                    return states
                await asyncio.sleep(0.01)

    def heard(self, who: Somebody) -> list[str]:
        return [bubble.text for bubble in self.telegram.chats.of(who.sender).ours()]

    @asynccontextmanager
    async def watched(self, broadcast: str, audience: int) -> AsyncIterator[None]:
        """At every look within the block the deliveries of a broadcast sum to its audience."""
        looks = [sum((await self.counts(broadcast)).values())]
        looking = asyncio.create_task(self._look(broadcast, looks))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        assert set(looks) == {audience}

    async def _look(self, broadcast: str, looks: list[int]) -> None:
        while True:
            looks.append(sum((await self.counts(broadcast)).values()))
            await asyncio.sleep(0.005)


@asynccontextmanager
async def stage(database_url: str) -> AsyncIterator[Stage]:
    ours, theirs = _bound(), _bound()
    port = int(ours.getsockname()[1])
    telegram = Telegram(TOKEN, sleep=_briefly)
    runner = web.AppRunner(telegram.application(), access_log=None)
    await runner.setup()
    await web.SockSite(runner, theirs).start()
    ours.close()
    database = storage.open(database_url)
    async with database.writing() as session:
        await processes.add(session, PROCESS, contents.pack(REVIEW), now())
    environment = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": f"http://127.0.0.1:{theirs.getsockname()[1]}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    try:
        yield Stage(database_url, database, telegram, environment, port)
    finally:
        await telegram.close()
        await runner.cleanup()
        await database.close()


async def _briefly(_seconds: float) -> None:
    await asyncio.sleep(0.02)


def _bound() -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    return made
