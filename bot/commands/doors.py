"""What an organizer does with doors: the words, links and QR codes by which people come into a process."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
import uvloop

from bot.commands.terminal import Slug, acting, load_settings, looking, mending, say, stop
from channels import Channel
from channels.messages import Entrance
from handlers import counts, doors
from handlers.doors import ListedDoor, NewDoor
from handlers.journal import Act, Entry
from handlers.processes import OpenProcess
from storage import Session

Sender = Annotated[str, typer.Option(help="The bot or number that people write it to: hearback senders")]
Folder = Annotated[Path | None, typer.Option(file_okay=False, help="Write the QR codes there, as SVG and PNG.")]
KINDS: tuple[Literal["svg", "png"], ...] = ("svg", "png")


def add(
    word: str,
    sender: Sender,
    language: Annotated[str | None, typer.Option(help="In which who comes by it is first spoken to.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it will stand: poster, radio.")] = None,
    process: Slug = None,
) -> None:
    """Let people come into the process by a word that they send, or by a link with it."""
    new = NewDoor(sender, word, language, source)
    acting(
        process,
        lambda session, its, _now: doors.add(session, its, new),
        lambda _nothing: Entry(
            Act.DOOR_ADD, f"{sender}:{word.lower()}", {} if language is None else {"language": language}
        ),
    )
    say(f"{word.lower()} leads in on {sender}. The link and the QR code: hearback doors show {word.lower()}")


def list_doors(process: Slug = None) -> None:
    """The doors of the process, and about how many people came by each; never who."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for door in await doors.of(session, its):
            say(f"{door.sender:16}{door.word:24}{door.language or '-':4}{door.source or '-':16}{_came(door)}")

    looking(process, look)


def _came(door: ListedDoor) -> str:
    return f"fewer than {counts.FEWER_THAN} came" if door.came is None else f"about {door.came} came"


def remove(
    word: str,
    sender: Annotated[str | None, typer.Option(help="Only on this sender.")] = None,
    process: Slug = None,
) -> None:
    """Nobody comes in by this word any more. Who came by it stays."""
    removed = mending(
        process,
        lambda session, its, _now: doors.remove(session, its, word, sender),
        lambda removed: Entry(Act.DOOR_REMOVE, f"{sender or ''}:{word.lower()}", {"number": len(removed)}),
    )
    for door in removed:
        say(f"Removed: {door.word} leads in on {door.sender} no more.")


def show(word: str, folder: Folder = None, process: Slug = None) -> None:
    """The link of a door, what people send, and its QR codes."""
    found = looking(process, lambda session, its, _now: doors.named(session, its, word))
    channels = load_settings(with_channels=True).channels
    for door in found:
        if door.sender not in channels:
            stop(f"The sender {door.sender} is not set up here: hearback senders")
        entrance = uvloop.run(_entrance(channels[door.sender], door.word))
        instruction = f"  send {door.word.upper()} to {entrance.number}" if entrance.number else ""
        say(f"{door.sender:16}{entrance.link}{instruction}")
        if folder is not None:
            _draw(folder, door, entrance)


async def _entrance(channel: Channel, word: str) -> Entrance:
    await channel.start()
    try:
        return await channel.entrance(word)
    finally:
        await channel.close()


def _draw(folder: Path, door: ListedDoor, entrance: Entrance) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        file = folder / f"{door.word}-{door.sender}.{kind}"
        file.write_bytes(doors.picture(entrance.link, kind))
        say(f"  {file}")


GROUPS = {"doors": "How people come in: words, links and QR codes, and how many came by each."}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "doors add": add,
    "doors list": list_doors,
    "doors remove": remove,
    "doors show": show,
}
