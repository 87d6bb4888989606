"""One worker of several that send a broadcast at one pace."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta

import uvloop

import storage
from bench import _forum
from bench._hearback_sends import Town
from bench._programs import answer
from bot import logs
from broadcast.deliver import Sender
from broadcast.hints import Hints, hints
from broadcast.pace import Pacer
from channels import Pace
from channels.telegram import Telegram
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from storage import Database, fresh
from tests.review import KEYS

LATENCY = "50"
"""Milliseconds."""
ALONE = 1.5
"""Seconds for which it is paced without sending, to see what pacing costs."""
ROOM = 200


@dataclass(slots=True)
class Worker:
    database: Database
    hints: Hints
    port: str
    rate: float
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    sending: "asyncio.Task[None] | None" = None
    channel: Telegram | None = None

    def pacer(self, name: str = "telegram") -> Pacer:
        return Pacer(name, Pace(self.rate, 1, timedelta(seconds=1)), self.hints.schedules)

    async def begin(self) -> None:
        self.channel = Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, f"http://127.0.0.1:{self.port}/{LATENCY}", "")
        await self.channel.start()
        sender = Sender(self.channel, self.database, KEYS, self.pacer(), self.hints.waker, fresh(), _forum.now)
        self.sending = asyncio.create_task(sender.run(self.closing))

    async def end(self) -> float:
        """Gives the seconds that it took."""
        assert self.sending
        assert self.channel
        began = time.perf_counter()
        self.closing.set()
        await self.sending
        await self.channel.close()
        return time.perf_counter() - began

    async def pace(self) -> float:
        """As the sender does, but nothing is sent; gives the part of a core that it took."""
        pacer = self.pacer("nobody")
        began, used = time.perf_counter(), time.process_time()
        while time.perf_counter() - began < ALONE:
            places = await pacer.take(ROOM)
            await pacer.for_people([fresh() for _place in places.at])
            for place in places.at:
                await asyncio.sleep(max(0.0, place - pacer.now()))
                pacer.is_lost(place, pacer.now())
            await asyncio.sleep((await pacer.take(0)).wait.total_seconds())
        return (time.process_time() - used) / (time.perf_counter() - began)


async def main(url: str, redis_url: str, port: str, rate: str) -> None:
    database = storage.open(url)
    async with hints(redis_url, time.monotonic) as hinted:
        worker = Worker(database, hinted, port, float(rate))
        await answer("ready", {"begin": worker.begin, "end": worker.end, "pace": worker.pace})
    await database.close()


async def people(url: str, number: str) -> None:
    """Who announces to so many people, again and again."""
    database = storage.open(url)
    town = Town(database, await _forum.begin(database), int(number), "")
    await town.settle_in()
    await answer("ready", {"announce": town.announce_alone, "unknown": town.not_known})
    await database.close()


if __name__ == "__main__":
    logs.configure(sys.stderr)
    if sys.argv[1] == "people":
        storage.migrate(sys.argv[2])
        uvloop.run(people(*sys.argv[2:]))
    else:
        uvloop.run(main(*sys.argv[1:]))
