"""A town to test in: built once, copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from demo.platforms.chats import Bubble, Chat
from demo.serving import bound
from demo.stage import DATABASE, town
from demo.town.running import Town
from demo.town.scenery import Resident
from storage import contributions
from storage.contributions import Contribution


def build(folder: Path) -> None:
    """Play the whole past, over the ruins of a town that was not finished."""
    (folder / DATABASE).write_bytes(b"not a database")

    async def play() -> None:
        async with running(folder):
            pass

    with asyncio.Runner() as runner:
        runner.run(play())


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Town]:
    async with town(folder, bound()) as opened:
        yield opened


def copy(built: Path, to: Path) -> Path:
    return Path(shutil.copytree(built, to / "town"))


def neighbour(opened: Town, name: str, slug: str = "") -> Resident:
    """Somebody as they are in one process, or in the first."""
    return next(resident for resident in opened.office(slug).content.people if resident.name == name)


async def received(opened: Town, slug: str = "") -> list[Contribution]:
    """What the organizer reads."""
    keys = opened.parts.keys
    return await opened.office(slug).acts(
        lambda session, process, _now: contributions.newest(session, process.id, keys, 100)
    )


def chat(opened: Town, name: str, slug: str = "") -> Chat:
    """Somebody's chat, from what comes next on."""
    found = chat_with(opened, neighbour(opened, name, slug))
    found.catch_up()
    return found


def chat_with(opened: Town, who: Resident) -> Chat:
    return opened.platforms.of(who.sender).chats.of(person_of(opened, who))


def person_of(opened: Town, who: Resident) -> str:
    """By which the platform knows their chat with us."""
    return opened.platforms.chat_of(who.sender, who.phone.person)


async def says(opened: Town, name: str, words: str, slug: str = "") -> Bubble:
    """They write something; gives what they hear."""
    who = neighbour(opened, name, slug)
    heard = chat(opened, name, slug)
    opened.platforms.of(who.sender).says(person_of(opened, who), words)
    return await heard.next()
