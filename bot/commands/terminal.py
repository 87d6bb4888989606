"""What every command does at the terminal: take its settings, read a file, write one transaction, say a line."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvloop

import flows
import locales
import storage
from bot import clock, settings
from handlers import corrections, journal, processes
from handlers.contributions import SHORTEST_NAME
from handlers.journal import TERMINAL, Entry
from handlers.processes import OpenProcess
from handlers.shown import visible
from handlers.writing import contents
from storage import Database, Keyring, Session, beginnings, keychecks

T = TypeVar("T")
WRONG, UNREADY = 2, 1
"""How a command ends: what it was told is wrong, or what it needs is not there."""
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
Slug = Annotated[
    str | None, typer.Option("--process", metavar="SLUG", help="Of which process, where there are several.")
]


def load_settings(with_channels: bool = False) -> settings.Settings:
    return settings.load(settings.environment(), with_channels)


def load_keys() -> Keyring:
    """The keys of this deployment. Raises `UnsafeKeys` where the database was used with others."""
    keyring = load_settings().keys
    verify(keyring)
    return keyring


def verify(keyring: Keyring) -> None:
    """Raise `UnsafeKeys` unless these are the keys that the database was used with; the first are written down."""
    writing(lambda session, _now: keychecks.verify(session, keyring))


def load_variables() -> settings.Environment:
    return settings.plain(settings.environment())


def read(file: Path, kind: type[T]) -> T:
    try:
        return contents.read(file.read_text(encoding="utf-8"), kind)
    except UnicodeDecodeError:
        stop(f"{file}: save it as UTF-8.")
    except contents.Unfit as unfit:
        stop(f"{file}: {unfit}")


class _Undone(Exception):
    """What was tried is taken back."""


Finding = Callable[[Session, str | None], Awaitable[OpenProcess]]
"""How the process of a slug is found."""


def rehearsing(slug: str | None, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
    """What the work gives, with everything that it wrote taken back."""
    results: list[T] = []

    async def rehearse(session: Session, now: datetime) -> None:
        locales.correct(await corrections.load(session))
        results.append(await work(session, await processes.named(session, slug), now))
        raise _Undone

    with suppress(_Undone):
        writing(rehearse)
    return results[0]


def acting(
    slug: str | None, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]], entry: Callable[[T], Entry]
) -> T:
    """One transaction of whoever sits here in the process of this slug; None: in the only one.

    `entry` says of what the work gave what the journal says of it.
    """
    return _acting(processes.named, slug, work, entry)


def mending(
    slug: str | None, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]], entry: Callable[[T], Entry]
) -> T:
    """The same in a process that may be over: nothing leaves for it by this."""
    return _acting(processes.shown, slug, work, entry)


def _acting(
    find: Finding,
    slug: str | None,
    work: Callable[[Session, OpenProcess, datetime], Awaitable[T]],
    entry: Callable[[T], Entry],
) -> T:
    async def act(session: Session, now: datetime) -> T:
        # What it tells people is worded as it was corrected here.
        locales.correct(await corrections.load(session))
        process = await find(session, slug)
        result = await work(session, process, now)
        await journal.write(session, TERMINAL, process.id, entry(result), now)
        return result

    return writing(act)


def operating(work: Callable[[Session, datetime], Awaitable[T]], entry: Callable[[T], Entry]) -> T:
    """One transaction of whoever sits here that is about the deployment, and what the journal says of it."""

    async def act(session: Session, now: datetime) -> T:
        result = await work(session, now)
        await journal.write(session, TERMINAL, None, entry(result), now)
        return result

    return writing(act)


def looking(slug: str | None, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
    """A look at a process, which may be over."""

    async def look(session: Session, now: datetime) -> T:
        return await work(session, await processes.shown(session, slug), now)

    return reading(look)


def writing(work: Callable[[Session, datetime], Awaitable[T]]) -> T:
    """One transaction. Who changes something by it writes the journal in it: mostly by one of those above."""

    async def write(database: Database) -> T:
        async with database.writing() as session:
            return await work(session, clock.now())

    return _with_database(write)


def reading(work: Callable[[Session, datetime], Awaitable[T]]) -> T:
    """One look, by which the database lets nothing be changed."""

    async def read_(database: Database) -> T:
        async with database.reading() as session:
            return await work(session, clock.now())

    return _with_database(read_)


def _with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """On a database that is there: only `migrate` and `run` make one."""
    refuse_unmade()

    async def do() -> T:
        database = storage.open(load_variables().database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    return uvloop.run(do())


def refuse_unmade() -> None:
    """SQLite would make an empty file, and nobody would know what it is."""
    file = settings.file_of(load_variables().database_url)
    if file is not None and not file.exists():
        stop(f"There is no database {file} yet. Make it with: hearback migrate", UNREADY)


SAID_EVERY = 10
"""Batches after which it is said how far it is."""
SHORT = 8
LONGEST_TITLE = 60


def short(name: str) -> str:
    """As much of an id as people read and type."""
    return name[:SHORT]


async def meant(session: Session, process: OpenProcess, kind: str, beginning: str) -> str:
    """The id of the process that begins so; four characters are enough. Raises `contents.Unfit`."""
    return the_only(kind, beginning, await beginnings.ids(session, process.id, kind, beginning))


def the_only(kind: str, beginning: str, found: Sequence[str]) -> str:
    """Of the ids that begin so. Raises `contents.Unfit`."""
    if beginning in found:
        return beginning
    if not found or len(beginning) < SHORTEST_NAME:
        raise contents.Unfit(f"There is no {kind} whose id begins with {beginning!r}.")
    if len(found) > 1:
        raise contents.Unfit(f"Several begin with {beginning!r}: write more of the id.")
    return found[0]


def ask(question: str, answered: bool, option: str, otherwise: str) -> None:
    """Stop unless whoever sits here says yes; `answered`: by the option they did. `otherwise`: what a no comes to."""
    if answered:
        return
    if not sys.stdin.isatty():
        stop(f"{question} {otherwise}: there is nobody here to answer. Say yes with {option}.")
    if not typer.confirm(question):
        stop(f"{otherwise}.")


def say(line: Any) -> None:
    typer.echo(str(line))


def progress() -> Callable[[int], None]:
    """Says now and then how many are done, as it is told after each batch."""
    batches = count(1)

    def tell(number: int) -> None:
        if next(batches) % SAID_EVERY == 0:
            say(f"{number} so far ...")

    return tell


def stop(why: str, status: int = WRONG) -> NoReturn:
    typer.echo(visible(why), err=True)
    raise typer.Exit(status)


def first_line(text: flows.Renditions, order: Sequence[str] = ()) -> str:
    """A title to stand beside an id: the beginning of an organizer's text."""
    line = flows.rendition(text, next(iter(order), ""), order or tuple(text)).text.strip().partition("\n")[0]
    return visible(line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…")


def in_its_place(words: str) -> str:
    """Somebody's words, each further line indented, so that none looks like a line of ours."""
    return visible(words).replace("\n", "\n  ")
