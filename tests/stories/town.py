"""A whole Hearback in one process, its fake platforms, and the people who write to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import flows
from bot import serve
from demo.hearback import hearback, working
from demo.platforms.both import Platforms, platforms
from demo.platforms.chats import Bubble, Chat
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.platforms.voices import VOICE
from demo.serving import bound, port_of, serving, url_of
from handlers import processes
from handlers.processes import OpenProcess
from storage import Keyring, Session, contributions
from storage.contributions import Contribution
from tests.review import PROCESS, address

T = TypeVar("T")


@dataclass
class Person:
    """Someone with a phone. What they hear is read in order; nothing that came may be left unheard at the end."""

    platform: FakeTelegram | FakeTwilio
    address: str

    @property
    def chat(self) -> Chat:
        return self.platform.chats.of(self.address)

    def says(self, words: str) -> None:
        self.platform.says(self.address, words)

    def sends_voice(self, sound: bytes | None = VOICE) -> None:
        """`sound` None: the platform loses it."""
        self.platform.sends_voice(self.address, sound)

    def taps(self, label: str) -> None:
        """The button with this label, under the newest message that has one."""
        for bubble in reversed(self.chat.ours()):
            for index, button in enumerate(bubble.buttons):
                if label in button.label:
                    self.platform.taps(self.address, bubble.id, index)
                    return
        raise AssertionError(f"nothing to tap is called {label!r}")

    async def hears(self, *words: str) -> str:
        """The next message holds all of these words, in its text or on its buttons."""
        bubble = await self.chat.next()
        shown = shown_in(bubble)
        for word in words:
            assert word in shown, f"{word!r} is not in {shown!r}"
        return shown

    async def hears_choices(self, *words: str) -> str:
        """The next messages up to one that has choices, on buttons or numbered, hold all of these words together."""
        shown: list[Bubble] = []
        while not (shown and _offers(shown[-1])):
            shown.append(await self.chat.next())
        together = "\n".join(map(shown_in, shown))
        for word in words:
            assert word in together, f"{word!r} is not in {together!r}"
        return together

    async def hears_nothing(self, town: "StoryTown") -> None:
        """Everything that was under way has arrived, and nothing of it here."""
        await town.quiet()
        new = self.chat.ours()[self.chat._heard :]
        assert not new, [shown_in(bubble) for bubble in new]

    async def joins(self, language: str = "English") -> None:
        """Agrees, says where they live, and stands before the menu."""
        for words in ("hello", *([language] if language != "English" else [])):
            self.says(words)
            await self.hears_choices()
        self.says("1")
        await self.hears()
        self.says("menu")
        await self.hears_choices()
        self.says("region")
        await self.hears_choices()
        self.says("1")
        await self.hears()
        self.says("menu")
        await self.hears_choices()


def _offers(bubble: Bubble) -> bool:
    return bool(bubble.buttons) or "\n1" in bubble.text or "\n\u0661" in bubble.text


def shown_in(bubble: Bubble) -> str:
    return "\n".join([bubble.text, *(button.label for button in bubble.buttons)])


@dataclass
class StoryTown:
    """Everything that runs."""

    parts: serve.Parts
    platforms: Platforms
    port: int
    clock: Callable[[], datetime]
    people: int = field(default=0)

    @property
    def telegram(self) -> FakeTelegram:
        return self.platforms.telegram

    @property
    def twilio(self) -> FakeTwilio:
        return self.platforms.twilio

    def on_telegram(self) -> Person:
        return self.on("telegram")

    def on_whatsapp(self) -> Person:
        return self.on("whatsapp")

    def on_sms(self) -> Person:
        return self.on("sms")

    def on(self, channel: str) -> Person:
        """Somebody who writes to this sender of ours."""
        self.people += 1
        return self.also_on(channel, self.people)

    def also_on(self, channel: str, number: int) -> Person:
        """The same phone, writing to this sender of ours."""
        person = address(channel.partition("-")[0], number)
        return Person(self.platforms.of(channel), self.platforms.chat_of(channel, person))

    async def organizer(self, work: Callable[[Session, datetime], Awaitable[T]]) -> T:
        """What an organizer does, in one transaction; then the worker does its part."""
        async with self.parts.database.writing() as session:
            done = await work(session, self.clock())
        await self.parts.worker.expand()
        await self.parts.hints.waker.wake()
        return done

    async def acts(self, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]], slug: str | None = None) -> T:
        """What the organizer of a process does in it."""

        async def act(session: Session, now: datetime) -> T:
            return await work(session, await processes.named(session, slug), now)

        return await self.organizer(act)

    async def received(self, slug: str | None = None, most: int = 10) -> list[Contribution]:
        """What the organizer of a process reads."""
        async with self.parts.database.reading() as session:
            process = await processes.named(session, slug)
            return await contributions.newest(session, process.id, self.parts.keys, most)

    async def quiet(self) -> None:
        """Wait until nothing is under way: no webhook, no turn, no delivery that could leave now."""
        while True:
            await self.platforms.settled()
            if not await self._waiting():
                return
            await asyncio.sleep(0.01)

    async def _waiting(self) -> int:
        async with self.parts.database.reading() as session:
            found = await session.exec_driver_sql("SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending')")
            return int(found.scalar_one())


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def town(
    database_url: str,
    keys: Keyring,
    process: flows.Process | None = PROCESS,
    clock: Callable[[], datetime] = now,
    suffixes: Sequence[str] = (),
) -> AsyncIterator[StoryTown]:
    """A town that runs until the block ends; with further senders whose names end so."""
    ours = bound()
    around = platforms(url_of(ours), suffixes=suffixes)
    async with hearback(around, ours, database_url, keys, clock, suffixes=suffixes) as parts:
        if process is not None:
            async with parts.database.writing() as session:
                await processes.begin(session, process, clock())
        async with serving(parts.site(), ours), working(parts):
            try:
                yield StoryTown(parts, around, port_of(ours), clock)
            finally:
                await around.close()
