"""What each person and we have written to each other on one platform, as their phone shows it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec


class Side(StrEnum):
    """Whose words a bubble holds."""

    US = "us"
    THEM = "them"


class Look(StrEnum):
    """How a bubble is drawn."""

    TEXT = "text"
    VOICE = "voice"
    STICKER = "sticker"
    NOTICE = "notice"
    """Not a message: what the platform itself says in the chat ("You blocked this bot")."""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice that can be tapped. `value` is what the platform gives back."""

    label: str = field(repr=False)
    value: str = field(repr=False)
    description: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on a phone. It never changes: a newer `edition` with the same id takes its place."""

    id: str
    side: Side
    at: datetime
    text: str = field(default="", repr=False)
    look: Look = Look.TEXT
    buttons: tuple[Button, ...] = ()
    opens: str = field(default="", repr=False)
    """The label of the button that opens the choices as a list (WhatsApp); empty: they are all in sight."""
    chosen: int | None = None
    """Which of the buttons was tapped last."""
    status: str = ""
    """The last that the platform told the sender: queued, sent, delivered, read, failed."""
    encoding: str = ""
    segments: int = 0
    edited: bool = False
    edition: int = 0


@dataclass(frozen=True, slots=True)
class ChatChange:
    """A bubble that is new in a person's chat, or has a new edition."""

    person: str = field(repr=False)
    bubble: Bubble


Feed = asyncio.Queue[ChatChange | None]
"""Changes as they happen; None when the platform closes."""
Tell = Callable[[ChatChange | None], None]


class Chat:
    """One person's chat with us."""

    def __init__(self, chats: "Chats", person: str) -> None:
        self.person = person
        self.bubbles: list[Bubble] = []
        self._chats = chats
        self._heard = 0
        self._news = asyncio.Event()

    def ours(self) -> list[Bubble]:
        """What the person got from us, oldest first."""
        return [bubble for bubble in self.bubbles if bubble.side is Side.US and bubble.look is not Look.NOTICE]

    def find(self, message: str) -> Bubble | None:
        return next((bubble for bubble in self.bubbles if bubble.id == message), None)

    async def next(self, within: float = 60.0) -> Bubble:
        """The next message of ours that this was not asked for yet; waits `within` so many seconds for it.

        Raises TimeoutError."""
        async with asyncio.timeout(within):
            while len(self.ours()) <= self._heard:
                self._news.clear()
                await self._news.wait()
        self._heard += 1
        return self.ours()[self._heard - 1]

    def catch_up(self) -> None:
        """Let `next` wait for what comes from now on."""
        self._heard = len(self.ours())

    def add(self, bubble: Bubble) -> None:
        self.bubbles.append(bubble)
        self._tell(bubble)

    def change(self, message: str, **changes: object) -> Bubble:
        """Put a newer edition in a bubble's place. Raises LookupError when there is no such bubble."""
        old = self.find(message)
        if old is None:
            raise LookupError("there is no such message")
        new = replace(old, edition=old.edition + 1, **changes)  # type: ignore[arg-type]
        self.bubbles[self.bubbles.index(old)] = new
        self._tell(new)
        return new

    def restore(self, bubble: Bubble) -> None:
        """Put back what was there before a restart; nobody is told."""
        old = self.find(bubble.id)
        if old is None:
            self.bubbles.append(bubble)
        else:
            self.bubbles[self.bubbles.index(old)] = bubble
        self.catch_up()

    def _tell(self, bubble: Bubble) -> None:
        self._chats.publish(ChatChange(self.person, bubble))
        self._news.set()


class Chats:
    """Every chat of one platform, by the person's address there.

    With `keep` they are written to that file as they grow, and are there again after a restart.
    """

    def __init__(self, keep: Path | None = None) -> None:
        self._keep = keep
        self._chats: dict[str, Chat] = {}
        self._watchers: list[Tell] = []
        for change in _kept(keep):
            self.of(change.person).restore(change.bubble)

    def of(self, person: str) -> Chat:
        """The person's chat, opened if there was none."""
        return self._chats.setdefault(person, Chat(self, person))

    def __contains__(self, person: str) -> bool:
        return person in self._chats

    def __iter__(self) -> Iterator[Chat]:
        return iter(tuple(self._chats.values()))

    @contextmanager
    def watched_by(self, tell: Tell) -> Iterator[None]:
        """Every change from now on is also told to `tell`; None when the platform closes."""
        self._watchers.append(tell)
        try:
            yield
        finally:
            self._watchers.remove(tell)

    def publish(self, change: ChatChange) -> None:
        if self._keep is not None:
            with self._keep.open("ab") as file:
                file.write(msgspec.json.encode(change) + b"\n")
        for tell in self._watchers:
            tell(change)

    def close(self) -> None:
        for tell in self._watchers:
            tell(None)


def _kept(file: Path | None) -> list[ChatChange]:
    """What was written before. The last line may have been cut short by a crash."""
    if file is None or not file.exists():
        return []
    lines = file.read_bytes().splitlines(keepends=True)
    return [msgspec.json.decode(line, type=ChatChange) for line in lines if line.endswith(b"\n")]
