"""Everything that outlives a program: the database, the platforms, the people, what was written to them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select

import storage
from broadcast.expand import expand
from channels.messages import Outgoing
from demo.platforms.accounts import TELEGRAM_SECRET
from demo.platforms.both import settings
from demo.platforms.telegram import Webhook
from demo.serving import bound, port_of, url_of
from handlers import bulletins, processes
from handlers.writing import contents
from storage import Database
from storage import processes as stored
from storage.lanes import Lane
from storage.processes import NewProcess
from storage.tables import delivery
from tests.programs.life import ALONE, Life, Told, name_of
from tests.programs.machine import Machine, machine
from tests.programs.platforms import WatchedPlatforms, platforms
from tests.review import KEYS, address
from tests.review import PROCESS as REVIEW
from tests.storage.rows import PROCESS, Somebody, meet, queue
from tests.waiting import PATIENCE, until

S = TypeVar("S", bound="Stage")
QUICK = (25.0, 5, 0.0)
"""A pace that stands in nobody's way: about as quick as Telegram lets us be, by the machine's clock."""


@dataclass
class Stage:
    """Where programs live and die. In `folder` are their log and their clock."""

    folder: Path
    url: str
    database: Database
    platforms: WatchedPlatforms
    machine: Machine
    port: int
    environment: dict[str, str]
    pace: tuple[float, int, float] = QUICK
    redis_url: str = ""
    settings: dict[str, float] = field(default_factory=dict)
    people: list[Somebody] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    audiences: dict[str, int] = field(default_factory=dict)
    """How many deliveries each broadcast must have."""
    texts: dict[str, str] = field(default_factory=dict)
    """The text of each broadcast and each reply, by their ids."""
    replies: dict[str, Somebody] = field(default_factory=dict)
    newcomers: list[str] = field(default_factory=list)
    """Who only ever says /start, once."""
    senders: Any = field(default_factory=lambda: count(1))

    # Programs.

    def life(self, is_: str, stops: str = "", **other: Any) -> Life:
        """A program that begins. `other`: what it is told instead of what all are told."""
        instructions = Told(
            is_=is_,
            database_url=self.url,
            environment=self.environment,
            clock=self.machine.clock,
            place=self.machine.next_place(),
            log=str(self.folder / "log"),
            port=self.port,
            pace=self.pace,
            redis_url=self.redis_url,
            settings=self.settings,
            stops=stops,
        )
        life = Life(msgspec.structs.replace(instructions, **other), self.machine)
        self.lives.append(life)
        return life

    @asynccontextmanager
    async def running(self, *kinds: str) -> AsyncIterator[list[Life]]:
        """These programs, until the block ends; they end as an operator ends them."""
        begun = [self.life(is_) for is_ in kinds or (ALONE,)]
        yield begun
        for life in begun:
            await life.ends()

    async def end(self) -> None:
        for life in self.lives:
            if life.lives:
                await life.kill()

    async def answers(self) -> None:
        """Wait until the web app does."""

        async def is_there() -> bool:
            return await self.platforms.twilio.again(f"{self.environment['PUBLIC_URL']}/health/live", {}) != 0

        await until(is_there)

    # People and what is written to them.

    async def meets(self, number: int, channel: str = "telegram") -> list[Somebody]:
        """So many people who have agreed."""
        made = []
        async with self.database.writing() as session:
            for _time in range(number):
                sender = address(channel, next(self.senders))
                if channel == "telegram":
                    self.platforms.telegram.chats.of(sender)
                made.append(await meet(session, KEYS, sender, channel=channel, spoke=self.machine.now()))
        self.people += made
        return made

    async def writes(self, who: Somebody, turn: int, lane: int = 0, text: str = "") -> str:
        """A reply, or a notice, with these words or words of its own."""
        text = text or f"To {who.sender} number {turn} in lane {lane}."
        async with self.database.writing() as session:
            name = await queue(session, who, Outgoing(text).packed(), lane=lane, turn=turn, due=self.machine.now())
        self.texts[name] = text
        self.replies[name] = who
        return name

    async def notices(self, who: Somebody, turn: int) -> str:
        return await self.writes(who, turn, Lane.NOTICE)

    async def publishes(self, text: str, audience: int | None = None, filled: bool = False, **more: Any) -> str:
        """A bulletin to everybody that was met so far."""
        async with self.database.writing() as session:
            bulletin = contents.Bulletin({"en": text}, urgent=True, **more)
            name = await bulletins.publish(session, await processes.named(session), bulletin, self.machine.now())
        self.audiences[name] = len(self.people) if audience is None else audience
        self.texts[name] = text
        while filled and await expand(self.database, self.machine.now()):
            pass
        return name

    def newcomer(self) -> str:
        sender = str(8_000_000 + next(self.senders))
        self.newcomers.append(sender)
        self.platforms.telegram.says(sender, "/start")
        return sender

    def connect(self) -> None:
        """Telegram is told where we listen."""
        self.platforms.telegram.webhook = Webhook(f"{self.environment['PUBLIC_URL']}/hooks/telegram", TELEGRAM_SECRET)

    # What there is.

    async def rows(self, statement: str) -> Sequence[Any]:
        async with self.database.reading() as session:
            return (await session.exec_driver_sql(statement)).all()

    async def states(self) -> Counter[str]:
        rows = await self.rows("SELECT state, count(*) AS number FROM delivery GROUP BY state")
        return Counter({row.state: row.number for row in rows})

    async def in_flight(self, life: Life | None = None) -> set[str]:
        """What is being sent, by one program or by all."""
        sending = select(delivery.c.id).where(delivery.c.state == "sending")
        if life is not None:
            sending = sending.where(delivery.c.owner.contains(f":{life.pid}:"))
        async with self.database.reading() as session:
            return set((await session.execute(sending)).scalars())

    async def kill(self, life: Life) -> int:
        """Gives how much it had in flight.

        That is counted while it is stopped, before anybody can have found out; and once more when it is dead and its
        connections have ended, because a commit that was on its way may still have been made.
        """
        await life.is_made_to_stop()
        names = await self.in_flight(life)
        await life.kill()
        await until(partial(self._has_no_connection, life))
        return len(names | await self.in_flight(life))

    async def _has_no_connection(self, life: Life) -> bool:
        if self.database.has_one_writer:
            return True
        named = f"SELECT 1 FROM pg_stat_activity WHERE application_name = '{name_of(life.pid)}'"  # noqa: S608
        return not await self.rows(named)

    async def settles(self, *, unknown: bool = False, within: float = PATIENCE) -> Counter[str]:
        """Once nothing waits or is under way any more (with `unknown`: nor is unknown), what there is of each state.

        `within` so many seconds something has to have moved: how much there is to send is the campaign's own matter.
        """
        before: Any = None
        end = monotonic() + within
        while True:
            # In this order: what is made between the two is seen by the second.
            to_make = await self.rows("SELECT id, state, walked, reached FROM broadcast WHERE NOT expanded")
            states = await self.states()
            rest = states["queued"] + states["sending"] + (states["unknown"] if unknown else 0)
            if not rest and not to_make:
                return states
            if (states, to_make) != before:
                before, end = (states, to_make), monotonic() + within
            if monotonic() > end:
                alive = sum(life.lives for life in self.lives)
                stands = f"{dict(states)}, and {len(to_make)} broadcasts to make"
                raise TimeoutError(f"{stands}, for {within:g} s; {alive} programs live; they said {self.faults()}")
            await asyncio.sleep(0.02)

    def faults(self) -> Counter[str]:
        """What the programs said of themselves that they should not have to say."""
        faults: Counter[str] = Counter()
        for line in self.log():
            if line.startswith("{"):
                entry = msgspec.json.decode(line)
                if entry.get("level") in ("error", "critical"):
                    faults[f"{entry['event']}: {entry.get('fault') or entry.get('code') or ''}"] += 1
            elif line:
                faults[line[:80]] += 1
        return faults

    def log(self) -> list[str]:
        log = self.folder / "log"
        return log.read_text().splitlines() if log.exists() else []


@asynccontextmanager
async def stage(
    kind: type[S],
    folder: Path,
    url: str,
    *,
    speed: float = 1.0,
    sms: bool = False,
    whatsapp: bool = False,
    **more: Any,
) -> AsyncIterator[S]:
    """An empty one of this kind: a database with an open process, platforms, nobody who lives."""
    clock = machine(folder, speed)
    # It stays bound, so that while no program listens there nobody else is given this port, least of all a platform
    # that tries to connect to it.
    ours = bound()
    public = url_of(ours)
    database = storage.open(url)
    try:
        async with clock.kept(), platforms(public, clock) as fakes:
            environment = settings(public, fakes.address, sms=sms, whatsapp=whatsapp)
            async with database.writing() as session:
                await stored.add(session, NewProcess(PROCESS, "main", None, contents.pack(REVIEW), clock.now()))
            made = kind(folder, url, database, fakes, clock, port_of(ours), environment, **more)
            try:
                yield made
            finally:
                await made.end()
    finally:
        await database.close()
        ours.close()
