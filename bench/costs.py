"""What talking costs: messages each way, and by SMS the segments of each reply, in each language."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import channels
import flows
import storage
from bench._tables import Effort, table
from channels.messages import Kind, Message, Outgoing, unpacked
from channels.sms import segments_of
from handlers import processes
from handlers.conversations import Deployment, hear
from handlers.talk.boards import Boards
from handlers.writing import contents
from locales import languages, speaking
from storage import Database
from storage.outbox import claims, deliveries
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import Outcome
from storage.states import State
from tests.every_channel import every_channel
from tests.review import KEYS

only_when_named = True
"""It is the same on every machine, at every time."""

EXAMPLE = Path(__file__).resolve().parents[1] / "docs" / "examples" / "process.toml"
BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BETWEEN = timedelta(minutes=2)
"""From one message of a person to the next."""
RECOMMENDATION = "Interpreters at the clinic"
AFTERWARDS = ("menu", "help", "status", "news", "answer", "vote", "stop", "start", "language", "forget")
"""The words that somebody sends, in this order, who has made a recommendation."""
SECOND = flows.Process(
    slug="hills",
    title={"en": "National review", "fr": "Examen national", "es": "Examen nacional", "ar": "الاستعراض الوطني"},
    organizer={"en": "Hill Migration Forum"},
    languages=languages(),
    regions=(),
)
"""The process that shares the number, beside the one in docs/examples."""
NONSENSE = "zzz"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a person sent, and what came back."""

    sent: str
    replies: tuple[Outgoing, ...]
    chosen: bool = False
    """It was one of the choices that were offered: a tap, or a number."""

    @property
    def segments(self) -> int:
        return sum(map(segments_of, self.replies))


@dataclass(frozen=True, slots=True)
class MeasuredTalk:
    """What one person sent in one language by one channel, from hello to the thanks for a recommendation, and then."""

    channel: str
    language: str
    recommending: tuple[Exchange, ...]
    afterwards: tuple[Exchange, ...]


def measure(_effort: Effort) -> Iterator[str]:
    """Of the process in docs/examples, by what is offered first."""
    talks, choosing = asyncio.run(_talks())
    by_sms = [talk for talk in talks if talk.channel == "sms"]
    yield _replies("Segments of each reply by SMS", [(*talk.recommending, *talk.afterwards) for talk in by_sms])
    yield table("From hello to the thanks for a recommendation", COLUMNS, map(_row, talks))
    yield _replies("Segments of each reply by SMS, where two processes share the number", choosing)


COLUMNS = ("channel, language", "messages in", "of these chosen", "messages out", "segments out")


def _row(talk: MeasuredTalk) -> tuple[str, ...]:
    exchanges = talk.recommending
    segments = str(sum(exchange.segments for exchange in exchanges)) if talk.channel == "sms" else "-"
    chosen, out = sum(exchange.chosen for exchange in exchanges), sum(len(exchange.replies) for exchange in exchanges)
    return f"{talk.channel}, {talk.language}", str(len(exchanges)), str(chosen), str(out), segments


def _replies(title: str, talks: Sequence[Sequence[Exchange]]) -> str:
    """Of the same talk in every language."""
    alike = zip(*talks, strict=True)
    rows = [(exchanges[0].sent, *(str(exchange.segments) for exchange in exchanges)) for exchanges in alike]
    return table(title, ("after", *languages()), rows)


async def _talks() -> tuple[list[MeasuredTalk], list[Sequence[Exchange]]]:
    """Those in one process, on every channel; and by SMS what is said before and beside a second one."""
    async with _open_process() as (deployment, database):
        chats = [Chat(deployment, database, name, language) for name in channels.kinds() for language in languages()]
        talks = [
            MeasuredTalk(chat.channel, chat.language, await _recommend(chat), await _go_on(chat)) for chat in chats
        ]
        async with database.writing() as session:
            await processes.begin(session, SECOND, BEGAN + BETWEEN)
        newcomers = [Chat(deployment, database, "sms", language, "new") for language in languages()]
        return talks, [await _choose(chat) for chat in newcomers]


@asynccontextmanager
async def _open_process() -> AsyncIterator[tuple[Deployment, Database]]:
    with tempfile.TemporaryDirectory(prefix="hearback-costs-") as folder:
        url = f"sqlite:///{folder}/costs.db"
        storage.migrate(url)
        database = storage.open(url)
        process = contents.read(EXAMPLE.read_text(encoding="utf-8"), flows.Process)
        async with database.writing() as session:
            await processes.begin(session, process, BEGAN)
        yield Deployment(KEYS, every_channel(), Boards()), database
        await database.close()


@dataclass(slots=True)
class Chat:
    """Somebody who writes by one channel, in one language."""

    deployment: Deployment
    database: Database
    channel: str
    language: str
    called: str = ""
    sent: int = 0

    @property
    def now(self) -> datetime:
        return BEGAN + self.sent * BETWEEN

    async def says(self, words: str, called: str = "", chosen: bool = False) -> Exchange:
        """`called`: what stands in the table for it."""
        self.sent += 1
        person = f"{self.channel} {self.language} {self.called}"
        message = Message(self.channel, f"{person} {self.sent}", person, Kind.TEXT, words)
        async with self.database.writing() as session:
            await hear(session, self.deployment, [message], self.now)
        return Exchange(called or words, tuple([outgoing async for outgoing in self._replies()]), chosen)

    async def _replies(self) -> AsyncIterator[Outgoing]:
        """What would leave now, one after the other, as if it arrived at once."""
        while claimed := await self._claimed():
            for delivery in claimed:
                yield unpacked(delivery.body or "")

    async def _claimed(self) -> list[Claimed]:
        async with self.database.writing() as session:
            lease = self.now + BETWEEN
            claimed = await claims.claim(
                session, self.deployment.keys, claims.Claim(self.channel, "costs", self.now, lease, 1)
            )
            outcomes = [Outcome(delivery.id, State.SENT, delivery.id) for delivery in claimed]
            await deliveries.settle(session, "costs", outcomes, self.now)
        return claimed


async def _recommend(chat: Chat) -> tuple[Exchange, ...]:
    """Answer whatever is asked, until a recommendation has been passed on."""
    before = await _recommendations(chat.database)
    with speaking(chat.language):
        exchanges = [await chat.says(flows.greeting(), "hello")]
    while await _recommendations(chat.database) == before:
        exchanges.append(await _answer(chat, exchanges[-1].replies[-1]))
    return tuple(exchanges)


async def _recommendations(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.exec_driver_sql("SELECT count(*) FROM contribution")).scalar_one())


async def _answer(chat: Chat, question: Outgoing) -> Exchange:
    """By its number choose the language, what leads to a recommendation, or else what is offered first."""
    offered = [choice.value for choice in question.choices]
    if not offered:
        return await chat.says(RECOMMENDATION, "(words)")
    value = next((value for value in (chat.language, "share") if value in offered), offered[0])
    called = "(language)" if value == chat.language else value
    return await chat.says(str(offered.index(value) + 1), called, chosen=True)


async def _choose(chat: Chat) -> tuple[Exchange, ...]:
    """Say to which of two processes they write, agree, and go to the other."""
    with speaking(chat.language):
        greeting, switch = flows.greeting(), flows.to_send("switch")
    return (
        await chat.says(greeting, "hello"),
        await chat.says("1", "(a process)"),
        await chat.says("1", "yes"),
        await chat.says(switch, "SWITCH"),
    )


async def _go_on(chat: Chat) -> tuple[Exchange, ...]:
    exchanges = [await chat.says(NONSENSE, "(nonsense)")]
    for word in AFTERWARDS:
        with speaking(chat.language):
            exchanges.append(await chat.says(flows.to_send(word), word.upper()))
    return (*exchanges, await chat.says("1", "yes"))
