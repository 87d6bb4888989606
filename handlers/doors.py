"""Doors: the words by which people come into a process on a sender, from a poster, a link or the radio."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import segno

import channels
import flows
from handlers import counts, people, processes, senders
from handlers.processes import OpenProcess
from handlers.talk.entering import WORD
from handlers.writing import contents, naming
from locales import to_staff
from storage import Session
from storage import doors as stored
from storage import processes as stored_processes

SOURCE = re.compile(r"[\w. -]{1,40}")
SCALE = 12
"""Dots of a picture for each square of a code: large enough to be printed in a hand's width."""


@dataclass(frozen=True, slots=True)
class NewDoor:
    """A word to be put up: on which sender it is written to us."""

    sender: str
    word: str
    language: str | None = None
    """In which who comes by it is first spoken to; None: as we guess."""
    source: str | None = None
    """Where the word will stand, "poster"."""


@dataclass(frozen=True, slots=True)
class ListedDoor:
    """A door, and about how many came by it."""

    sender: str
    word: str
    language: str | None
    source: str | None
    came: int | None
    """None: too few to be told."""


async def add(session: Session, process: OpenProcess, new: NewDoor) -> None:
    """Let people come in by a word. Raises `contents.Unfit`."""
    word = _checked(new.word)
    if new.language is not None and new.language not in process.content.languages:
        raise contents.Unfit(
            to_staff(
                "The process {slug} has no language {code}, only {languages}.",
                slug=process.slug,
                code=repr(new.language),
                languages=naming.languages(process.content.languages),
            )
        )
    if new.source is not None and not SOURCE.fullmatch(new.source):
        raise contents.Unfit(to_staff("A source has 1 to 40 letters, digits, blanks, dots, _ or -."))
    await stored_processes.touch_all(session)
    await processes.touch(session, process)
    await _check_sender(session, process, new.sender)
    if not await stored.add(session, stored.Door(new.sender, word, process.id, new.language, new.source)):
        raise contents.Unfit(
            to_staff(
                "The word {word} is taken on {sender}. Choose another one, or remove it first.",
                word=word,
                sender=new.sender,
            )
        )


async def of(session: Session, process: OpenProcess) -> Sequence[ListedDoor]:
    """Those of a process, by sender and word."""
    return [
        ListedDoor(door.sender, door.word, door.language, door.source, counts.rounded(door.came))
        for door in await stored.of(session, process.id)
    ]


async def named(session: Session, process: OpenProcess, word: str) -> Sequence[ListedDoor]:
    """Those with this word, on whichever sender. Raises `contents.Unfit` when there is none."""
    found = [door for door in await of(session, process) if door.word == word.lower()]
    if not found:
        raise contents.Unfit(
            to_staff("The process {slug} has no door {word}: hearback doors list", slug=process.slug, word=repr(word))
        )
    return found


async def remove(session: Session, process: OpenProcess, word: str, sender: str | None = None) -> Sequence[ListedDoor]:
    """Nobody comes in by the word any more, on this sender or on all; gives what was removed. Raises `Unfit`."""
    await stored_processes.touch_all(session)
    doors = [door for door in await named(session, process, word) if sender in (None, door.sender)]
    if not doors:
        raise contents.Unfit(
            to_staff(
                "The process {slug} has no door {word} on {sender}: hearback doors list",
                slug=process.slug,
                word=repr(word),
                sender=sender,
            )
        )
    for door in doors:
        await stored.remove(session, process.id, door.sender, door.word)
    return doors


def picture(link: str, kind: Literal["svg", "png"]) -> bytes:
    """A QR code that leads there, with the white around it that a camera needs. A quarter of it may be dirty."""
    made = BytesIO()
    segno.make_qr(link, error="q").save(made, kind=kind, scale=SCALE)
    return made.getvalue()


def _checked(word: str) -> str:
    """The word as it is kept."""
    if not WORD.fullmatch(word):
        raise contents.Unfit(
            to_staff("{word} cannot be a door: it has 1 to 64 letters a to z, digits, _ or -.", word=repr(word))
        )
    if people.INVITATION.fullmatch(word):
        raise contents.Unfit(
            to_staff("{word} looks like an invitation to the council. Make it shorter or longer.", word=repr(word))
        )
    if not flows.is_free(word, channels.reserved_words()):
        raise contents.Unfit(
            to_staff(
                "{word} means something else when people send it, or nearly so. Choose another word.", word=repr(word)
            )
        )
    return word.lower()


async def _check_sender(session: Session, process: OpenProcess, name: str) -> None:
    known = {sender.name: sender for sender in await senders.listed(session)}
    if name not in known:
        raise contents.Unfit(_no_sender(repr(name), naming.listed(known)))
    if known[name].process is not None and name not in process.content.senders:
        raise contents.Unfit(
            to_staff(
                "The sender {name} belongs to another process: no door on it leads to {slug}.",
                name=name,
                slug=process.slug,
            )
        )


def _no_sender(name: str, known: str) -> str:
    if not known:
        return to_staff("There is no sender {name} here, only none: start hearback once with its settings.", name=name)
    return to_staff("There is no sender {name} here, only {known}.", name=name, known=known)
