"""Hearing without platforms: messages go straight into `hear`, what leaves is read from the outbox."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import flows
from broadcast.expand import expand
from broadcast.leaving import outgoing_of
from channels.messages import Kind, Message, Outgoing
from handlers import processes
from handlers.conversations import Deployment, hear
from handlers.processes import OpenProcess
from handlers.talk.boards import Boards
from storage import Database, Keyring, Session
from storage.outbox import claims, deliveries
from storage.outbox.deliveries import Outcome
from storage.states import State
from tests.every_channel import every_channel

NOW = datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC)
CHANNELS = ("telegram", "sms", "whatsapp")
PROCESS = flows.Process(
    title={"en": "Regional review", "fr": "Examen régional"},
    organizer={"en": "Harbour Migration Forum"},
    languages=("en", "fr", "es", "ar"),
    regions=(flows.Region("north", {"en": "The north"}), flows.Region("south", {"en": "The south"})),
)
T = TypeVar("T")
_events = itertools.count(1)


@dataclass
class House:
    """An open process, and everything that has left it by name of who got it."""

    database: Database
    keys: Keyring
    process: str
    now: datetime = NOW
    deployment: Deployment = field(init=False)
    left: dict[str, list[Outgoing]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.deployment = Deployment(self.keys, every_channel(), Boards())

    async def takes(self, *messages: Message) -> None:
        """All of them in one transaction."""
        async with self.database.writing() as session:
            await hear(session, self.deployment, messages, self.now)

    async def does(self, work: Callable[[Session, datetime], Awaitable[T]]) -> T:
        """What an organizer does; every delivery it promises is made."""
        async with self.database.writing() as session:
            done = await work(session, self.now)
        while await expand(self.database, self.now):
            pass
        return done

    async def acts(self, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
        """What an organizer does in the process."""

        async def act(session: Session, now: datetime) -> T:
            return await work(session, await processes.named(session), now)

        return await self.does(act)

    async def sends(self) -> None:
        """Everything that may leave leaves, and arrives."""
        for channel in CHANNELS:
            while await self._sends(channel):
                pass

    async def _sends(self, channel: str) -> int:
        async with self.database.writing() as session:
            lease = self.now + timedelta(minutes=1)
            claimed = await claims.claim(session, self.keys, claims.Claim(channel, "us", self.now, lease, 100))
            outcomes = [Outcome(delivery.id, State.SENT, f"p-{delivery.id}") for delivery in claimed]
            await deliveries.settle(session, "us", outcomes, self.now)
        for delivery in claimed:
            self.left.setdefault(delivery.to, []).append(outgoing_of(delivery))
        return len(claimed)

    async def column(self, query: str) -> list[Any]:
        async with self.database.reading() as session:
            return list((await session.exec_driver_sql(query)).scalars())

    def meets(self, sender: str = "70001", channel: str = "telegram") -> "Writer":
        return Writer(self, sender, channel)


@dataclass(frozen=True)
class Writer:
    """Someone who writes."""

    house: House
    sender: str
    channel: str

    def message(self, text: str = "", kind: Kind = Kind.TEXT, **more: Any) -> Message:
        return Message(self.channel, f"{next(_events)}", self.sender, kind, text, **more)

    async def says(self, *texts: str) -> str:
        """Say these one after the other; what is heard after the last."""
        heard = ""
        for text in texts:
            heard = await self.does(self.message(text))
        return heard

    async def does(self, message: Message) -> str:
        await self.house.takes(message)
        return await self.hears()

    async def hears(self) -> str:
        """All that has come since."""
        await self.house.sends()
        return "\n".join(shown(outgoing) for outgoing in self.house.left.pop(self.sender, ()))

    async def joins(self, language: str = "English", region: str = "1") -> "Writer":
        """Agrees, and says where they live."""
        other = [language] if language != "English" else []
        await self.says("hello", *other, "1", "menu", "/region", region)
        return self

    async def gives(self, words: str = "Interpreters at the clinic.") -> str:
        """A recommendation; gives its id."""
        before = set(await self.house.column("SELECT id FROM contribution"))
        await self.says("/share", words)
        (name,) = set(await self.house.column("SELECT id FROM contribution")) - before
        return str(name)


def shown(outgoing: Outgoing) -> str:
    return "\n".join([outgoing.text, *(choice.label for choice in outgoing.choices)])
