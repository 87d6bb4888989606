"""The journal of what staff did: read, looked through for forgery, and its head, to be kept elsewhere."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

import typer

from bot.commands.terminal import UNREADY, progress, reading, say, short, stop
from handlers import journal, processes
from handlers.journal import TERMINAL, Fact, ShownEntry, Wrong
from handlers.shown import visible
from storage import Session
from storage import journal as stored

HEAD = re.compile(r"(\d{1,10}):([0-9a-f]{64})")
Heads = Annotated[
    list[str] | None,
    typer.Option("--head", metavar="NUMBER:HASH", help="A head that was kept elsewhere; as many as you have."),
]
OfProcess = Annotated[str | None, typer.Option("--process", metavar="SLUG", help="Only what was done in this process.")]


def head() -> None:
    """The number and hash of the newest entry: keep it where nobody who can change the database gets at it."""
    say(reading(lambda session, _now: stored.head(session)))


def verify(head: Heads = None) -> None:
    """Look whether an entry was changed, deleted, moved or put in, and which is the first that is wrong.

    That the end was cut off, or that all was written anew, is found only by a head that was kept elsewhere.
    """
    kept = dict(map(_kept, head or ()))
    found = reading(lambda session, _now: journal.verify(session, kept, progress()))
    if isinstance(found, Wrong):
        stop(f"Entry {found.number} is the first that is wrong. It {found.flaw}.", UNREADY)
    say(f"{found.number} entries, none of them wrong. The head is {found}")
    if not kept:
        say("Whether the end was cut off shows only a head that was kept elsewhere: --head NUMBER:HASH")


def _kept(written: str) -> tuple[int, str]:
    matches = HEAD.fullmatch(written)
    if matches is None:
        stop("A head is written NUMBER:HASH, as hearback journal head prints it.")
    return int(matches[1]), matches[2]


def list_entries(most: int = 20, process: OfProcess = None) -> None:
    """The newest entries: when, who, in which process, what, to what; never a word of anybody's."""

    async def look(session: Session, _now: datetime) -> None:
        slugs = {known.id: known.slug for known in await processes.every(session)}
        only = None if process is None else (await processes.shown(session, process)).id
        for entry in await journal.page(session, only, most):
            say(_line(entry, slugs))

    reading(look)


def _line(entry: ShownEntry, slugs: Mapping[str, str]) -> str:
    at = "(unreadable)" if entry.at is None else f"{entry.at:%Y-%m-%d %H:%M}"
    who = "terminal" if entry.staff_id == TERMINAL else short(entry.staff_id)
    where = slugs.get(entry.process_id or "", "-")
    facts = "(unreadable)" if entry.facts is None else "  ".join(map(_fact, entry.facts.items()))
    parts = (f"{entry.number:>7}", f"{at:16}", f"{who:8}", where, entry.act, entry.object, facts)
    return visible("  ".join(part for part in parts if part)).replace("\n", " ")


def _fact(fact: tuple[str, Fact]) -> str:
    name, value = fact
    return f"{name} {', '.join(value) if isinstance(value, tuple) else value}"


GROUPS = {"journal": "What staff did, and whether somebody laid hands on the record of it."}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "journal list": list_entries,
    "journal verify": verify,
    "journal head": head,
}
