"""Everything that outlives a program: the database, the platforms, the people; and the books that are kept of them."""

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median_low
from time import monotonic
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import select

import servers
import storage
from broadcast.expand import expand
from channels.messages import Outgoing
from demo.platforms.accounts import TELEGRAM_SECRET
from demo.platforms.both import settings
from demo.platforms.telegram import Webhook
from demo.serving import bound, port_of, url_of
from handlers import bulletins
from handlers.writing import contents
from storage import Database, processes
from storage.lanes import Lane
from storage.tables import delivery
from tests import databases
from tests.chaos.figures import Figures
from tests.programs.life import ALONE, LEAVES, Life, Told, name_of
from tests.programs.machine import Machine, machine
from tests.programs.platforms import Platforms, platforms
from tests.review import KEYS, address
from tests.review import PROCESS as REVIEW
from tests.storage.rows import PROCESS, Somebody, meet, queue
from tests.waiting import until

PATIENCE = 60.0
"""Seconds that only a failure takes."""
SQLITE, POSTGRESQL = "sqlite", "postgresql"
QUICK = (25.0, 5, 0.0)
"""A pace that stands in nobody's way: about as quick as Telegram lets us be, by the machine's clock."""
BOOKS = (
    "SELECT broadcast_id, state, sum(number) FROM standing GROUP BY 1, 2",
    "SELECT broadcast_id, state, count(*) FROM delivery WHERE broadcast_id IS NOT NULL GROUP BY 1, 2",
    "SELECT id, expanded AND state NOT IN ('cancelling', 'cancelled') FROM broadcast",
)
"""What the database counts, what there is, and of which broadcasts every delivery must have been made."""
RESUMES = timedelta(seconds=30)


@dataclass(frozen=True)
class How:
    """How a campaign is run: with which chance, how long, and in which folder its servers are."""

    folder: Path
    seed: int = 1
    long: bool = False

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed)

    def of(self, quick: int, long: int) -> int:
        return long if self.long else quick


@dataclass
class World:
    """A stage for one campaign."""

    folder: Path
    url: str
    database: Database
    platforms: Platforms
    machine: Machine
    port: int
    environment: dict[str, str]
    speed: float
    pace: tuple[float, int, float] = QUICK
    redis_url: str = ""
    settings: dict[str, float] = field(default_factory=dict)
    people: list[Somebody] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    audiences: dict[str, int] = field(default_factory=dict)
    """How many deliveries each broadcast must have."""
    told: dict[str, str] = field(default_factory=dict)
    """The text of each broadcast and each reply, by their ids."""
    replies: dict[str, Somebody] = field(default_factory=dict)
    newcomers: list[str] = field(default_factory=list)
    """Who only ever says /start, once."""
    senders: Any = field(default_factory=lambda: count(1))

    # Programs.

    def life(self, is_: str, stops: str = "", nth: int = 1) -> Life:
        told = Told(
            is_=is_,
            database_url=self.url,
            environment=self.environment,
            clock=self.machine.told,
            place=self.machine.next_place(),
            log=str(self.folder / "log"),
            port=self.port,
            pace=self.pace,
            redis_url=self.redis_url,
            settings=self.settings,
            stops=stops,
            nth=nth,
        )
        life = Life(told, self.machine)
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
            for _one in range(number):
                sender = address(channel, next(self.senders))
                if channel == "telegram":
                    self.platforms.telegram.chats.of(sender)
                made.append(await meet(session, KEYS, sender, channel=channel, spoke=self.machine.now()))
        self.people += made
        return made

    async def writes(self, who: Somebody, turn: int, lane: int = 0) -> str:
        """A reply, or a notice, with words of its own."""
        text = f"To {who.sender} number {turn} in lane {lane}."
        async with self.database.writing() as session:
            name = await queue(session, who, Outgoing(text).packed(), lane=lane, turn=turn, due=self.machine.now())
        self.told[name] = text
        self.replies[name] = who
        return name

    async def notices(self, who: Somebody, turn: int) -> str:
        return await self.writes(who, turn, Lane.NOTICE)

    async def publishes(self, text: str, audience: int | None = None, filled: bool = False, **more: Any) -> str:
        """A bulletin to everybody that was met so far."""
        async with self.database.writing() as session:
            bulletin = contents.Bulletin({"en": text}, urgent=True, **more)
            name = await bulletins.publish(session, bulletin, self.machine.now())
        self.audiences[name] = len(self.people) if audience is None else audience
        self.told[name] = text
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

    # The books.

    async def rows(self, statement: str) -> Sequence[Any]:
        async with self.database.reading() as session:
            return (await session.exec_driver_sql(statement)).all()

    async def states(self) -> Counter[str]:
        rows = await self.rows("SELECT state, count(*) AS number FROM delivery GROUP BY state")
        return Counter({row.state: row.number for row in rows})

    async def sums_hold(self, figures: Figures, over: Mapping[str, int] | None = None) -> None:
        """What the database counts is what is there, and is the audience of each broadcast that is made."""
        async with self.database.reading() as session:
            books: list[Any] = [(await session.exec_driver_sql(one)).all() for one in BOOKS]
        counted, found, made = books
        aged = over or {}
        told = {(row[0], row[1]): int(row[2]) for row in counted if row[2] and row[0] not in aged}
        real = {(row[0], row[1]): int(row[2]) for row in found if row[0] not in aged}
        figures.must(told == real, "what the database counts is what there is")
        sums: Counter[str] = Counter()
        for row in counted:
            sums[row[0]] += int(row[2])
        for row in made:
            name, expanded = row[0], row[1]
            wanted = self.audiences.get(name) or aged.get(name)
            if expanded and wanted is not None:
                figures.must(sums[name] == wanted, "the deliveries of a broadcast sum to its audience")
            elif wanted is not None:
                figures.must(sums[name] <= wanted, "no broadcast has more deliveries than people")

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

    async def counted(self, figures: Figures, without: str = "") -> None:
        """At the end: what was lost, came twice, or is unknown. `without` that broadcast."""
        got, arrived = self.platforms.got(), self.platforms.messages()
        every = await self.rows("SELECT id, state, provider_id, code, broadcast_id FROM delivery")
        rows = [row for row in every if not without or row.broadcast_id != without]
        figures.deliveries += len(rows)
        figures.unknown += sum(row.state == "unknown" for row in rows)
        ours = set(self.told.values())
        again = Counter({text: number - 1 for (_to, text), number in got.items() if number > 1 and text in ours})
        again += Counter({"a greeting": sum(max(0, self.heard(sender) - 1) for sender in self.newcomers)})
        figures.twice += again.total()
        figures.notes += [f"{number} more x {text}" for text, number in again.most_common(5)]
        known = {row.id for row in rows}
        missing = {
            "said to be sent and is not there": [
                row for row in rows if row.state in ("sent", "delivered") and row.provider_id not in arrived
            ],
            "failed or expired": [row for row in rows if row.state in ("failed", "expired")],
            "vanished": [name for name in self.replies if name not in known],
        }
        for what, which in missing.items():
            figures.lost += len(which)
            if which:
                figures.notes.append(f"{len(which)} {what}: {Counter(getattr(one, 'code', '') for one in which)}")
        await self._turns_counted(figures)

    async def _turns_counted(self, figures: Figures) -> None:
        taken = len(self.platforms.telegram.taken)
        events = (await self.rows("SELECT count(*) FROM event"))[0][0]
        parked = (await self.rows("SELECT count(*) FROM parked"))[0][0]
        figures.lost += max(0, taken - events)
        figures.must(parked == 0, "no message is parked")
        if self.newcomers and not self.platforms.telegram.kept_back:
            met = (await self.rows("SELECT count(*) FROM person"))[0][0] - len(self.people)
            figures.must(met == len(self.newcomers), f"everybody who wrote is met once ({met}/{len(self.newcomers)})")

    def heard(self, sender: str) -> int:
        return len(self.platforms.telegram.chats.of(sender).ours())

    def faults(self) -> Counter[str]:
        """What the programs said of themselves that they should not have to say."""
        said: Counter[str] = Counter()
        for line in self._log():
            if line.startswith("{"):
                one = msgspec.json.decode(line)
                if one.get("level") in ("error", "critical"):
                    said[f"{one['event']}: {one.get('fault') or one.get('code') or ''}"] += 1
            elif line:
                said[line[:80]] += 1
        return said

    def left(self) -> list[timedelta]:
        """When each send began, as its program says: how long it was on its way here says nothing of it."""
        lines = [msgspec.json.decode(line) for line in self._log() if line.startswith("{")]
        return sorted(timedelta(seconds=line["seconds"]) for line in lines if line["event"] == LEAVES)

    def _log(self) -> list[str]:
        log = self.folder / "log"
        return log.read_text().splitlines() if log.exists() else []


@asynccontextmanager
async def world(
    how: How, kind: str, *, speed: float = 1.0, url: str = "", sms: bool = False, whatsapp: bool = False, **more: Any
) -> AsyncIterator[World]:
    """An empty stage: on SQLite, on the run's PostgreSQL, or at `url`."""
    folder = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=how.folder))
    url = url or where(how, kind, folder)
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
                await processes.add(session, PROCESS, contents.pack(REVIEW), clock.now())
            made = World(folder, url, database, fakes, clock, port_of(ours), environment, speed, **more)
            try:
                yield made
            finally:
                await made.end()
    finally:
        await database.close()
        ours.close()


def where(how: How, kind: str, folder: Path) -> str:
    """A new database of that kind, with all tables."""
    if kind == SQLITE:
        return f"sqlite+aiosqlite:///{shutil.copy(databases.sqlite_template(how.folder), folder / 'hearback.db')}"
    postgres = databases.url_of(servers.address(how.folder, servers.POSTGRES))
    return databases.clone(how.folder, postgres, uuid4().hex).url


def resumed(figures: Figures) -> None:
    """The longest pause is only shown: a busy machine may add to it. It does not make all of them long."""
    usual = median_low(figures.pauses) if figures.pauses else timedelta(0)
    figures.must(usual <= RESUMES, "sending usually resumes within 30 s")
