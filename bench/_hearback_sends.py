"""The real sender over the real channel: claim, send, settle; deliveries of a broadcast to many people."""

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import uvloop

import storage
from bench import _forum
from bench._programs import PATIENCE, answer
from bot import logs
from broadcast.deliver import Sender
from broadcast.expand import expand
from broadcast.hints import hints
from broadcast.pace import Pacer
from channels import Pace
from channels.messages import Accepted, Outgoing
from channels.telegram import Telegram
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from handlers import telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from storage import Database, fresh
from storage.broadcasts import Subject
from storage.tables import address, participation, person
from storage.together import Writes, write
from tests.review import KEYS, PROCESS

AT_ONCE = Pace(rate=1_000_000, burst=100_000, gap=timedelta(0))
TEXT = {
    "en": "There is news from the review. The forms will be in four languages from May.",
    "fr": "Il y a du nouveau. Les formulaires seront en quatre langues dès le mois de mai.",
}


class Counted(Telegram):
    """Tells when the last of so many has been sent."""

    def __init__(self, api: str, most: int, all_sent: asyncio.Event) -> None:
        super().__init__(TELEGRAM_TOKEN, TELEGRAM_SECRET, api, "")
        self._left = most
        self._all_sent = all_sent

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        accepted = await super().send(to, outgoing, delivery, in_session)
        self._left -= 1
        if not self._left:
            self._all_sent.set()
        return accepted


@dataclass(frozen=True, slots=True)
class Town:
    database: Database
    process: str
    people: int
    port: str

    async def settle_in(self) -> None:
        writes = Writes()
        for number in range(self.people):
            self._meet(writes, str(7_000_000 + number))
        async with self.database.writing() as session:
            await write(session, writes)

    def _meet(self, writes: Writes, chat: str) -> None:
        key, where = KEYS.new(fresh()), fresh()
        writes.insert(
            person,
            id=key.person,
            key=KEYS.wrap(key),
            key_epoch=KEYS.epoch,
            language="en",
            met=_forum.now().date(),
        )
        writes.insert(
            participation,
            process_id=self.process,
            person_id=key.person,
            region="",
            consented=True,
            joined=_forum.now().date(),
        )
        writes.insert(
            address,
            id=where,
            person_id=key.person,
            process_id=self.process,
            channel="telegram",
            index=KEYS.index("telegram", chat),
            external=key.seal(chat, address.c.external, where),
            reach="active",
            consented=True,
            turns=1,
            spoke=_forum.now(),
        )

    async def send(self, latency: int) -> str:
        """Everybody gets a bulletin; gives the seconds and the CPU that sending it took."""
        await self._announce()
        all_sent = asyncio.Event()
        channel = Counted(f"http://127.0.0.1:{self.port}/{latency}", self.people, all_sent)
        await channel.start()
        async with hints("", time.monotonic) as hinted:
            pacer = Pacer("telegram", AT_ONCE, hinted.schedules)
            sender = Sender(channel, self.database, KEYS, pacer, hinted.waker, "bench", _forum.now)
            began, used = time.perf_counter(), time.process_time()
            async with asyncio.timeout(PATIENCE):
                await sender.run(all_sent)
            took = f"{time.perf_counter() - began} {time.process_time() - used}"
        await channel.close()
        return took

    async def announce_alone(self) -> None:
        """Everybody gets a bulletin, and nothing that came before."""
        async with self.database.writing() as session:
            await session.exec_driver_sql("DELETE FROM delivery")
        await self._announce()

    async def _announce(self) -> None:
        async with self.database.writing() as session:
            process = OpenProcess(self.process, "", PROCESS)
            await telling.tell_many(session, process, Announcement(Subject("bench", ""), TEXT), _forum.now())
        while await expand(self.database, _forum.now()):
            pass

    async def not_known(self) -> int:
        """Of how many nobody knows whether they left: nobody sends any more."""
        async with self.database.reading() as session:
            found = await session.exec_driver_sql("SELECT count(*) FROM delivery WHERE state IN ('sending', 'unknown')")
            return int(found.scalar_one())

    async def kept(self) -> int:
        async with self.database.reading() as session:
            found = await session.exec_driver_sql("SELECT count(*) FROM delivery WHERE state = 'sent'")
            return int(found.scalar_one())


async def main(url: str, port: str, people: str) -> None:
    database = storage.open(url)
    town = Town(database, await _forum.begin(database), int(people), port)
    await town.settle_in()
    await answer("ready", {"0": partial(town.send, 0), "50": partial(town.send, 50), "kept": town.kept})
    await database.close()


if __name__ == "__main__":
    logs.configure(sys.stderr)
    storage.migrate(sys.argv[1])
    uvloop.run(main(*sys.argv[1:]))
