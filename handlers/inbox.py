"""What came in, as staff read it: a page of it, the next one to read, and what has some words in it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import flows
from handlers.processes import OpenProcess
from locales.recognising import Recognised, recognised
from storage import Keyring, Session, inbox
from storage.inbox import Order, Pile, Place, Received, Selection

AT_ONCE = 50
"""So many stand on a page."""
READ_ON = frozenset({Pile.UNREAD, Pile.WAITING, Pile.ALL})
"""Piles in which the next one is the next that nobody has read."""
MOST_OPENED = 10_000
"""The words of so many are opened for one search. Whoever wants more goes on from there."""
BATCH = 5_000
"""So many are fetched together."""
TURN = 250
"""And so many opened and looked through before others have their turn."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of what was selected."""

    rows: Sequence[Received]
    next: Place | None
    """Where the next page begins; None: this is the last."""
    looked_through: int | None = None
    """Of a search: so many were opened for this page."""


async def page(
    session: Session, process: OpenProcess, keys: Keyring, selection: Selection, begin: Place | None
) -> Listed:
    """From that place on; None: from the first on. One statement."""
    rows = await inbox.page(session, process.id, keys, selection, begin, AT_ONCE + 1)
    return Listed(rows[:AT_ONCE], rows[AT_ONCE].place if len(rows) > AT_ONCE else None)


async def search(
    session: Session, process: OpenProcess, keys: Keyring, selection: Selection, begin: Place | None, sought: str
) -> Listed:
    """The same of those that have this in their words or translations, however it is spelt.

    No index of anybody's words is kept, so each is opened. Where many are, it ends before all were: `next` says where.
    """
    core = flows.fold(sought)
    found: list[Received] = []
    opened = 0
    while opened < MOST_OPENED:
        rows = await inbox.sealed(session, process.id, selection, begin, BATCH + 1)
        batch, rest = rows[:BATCH], rows[BATCH:]
        looked, more = await _look(keys, batch, core, AT_ONCE - len(found))
        found += more
        opened += looked
        rest = [*batch[looked:], *rest]
        begin = Place(rest[0].answer_by, rest[0].given, rest[0].id) if rest else None
        if begin is None or len(found) == AT_ONCE:
            break
    return Listed(found, begin, opened)


async def _look(keys: Keyring, rows: Sequence[Any], core: str, wanted: int) -> tuple[int, list[Received]]:
    """How many were opened, and which have it, of these at most so many. In a thread: others are answered meanwhile."""
    found: list[Received] = []
    for start in range(0, len(rows), TURN):
        looked, more = await asyncio.to_thread(_find, keys, rows[start : start + TURN], core, wanted - len(found))
        found += more
        if len(found) == wanted:
            return start + looked, found
    return len(rows), found


def _find(keys: Keyring, rows: Sequence[Any], core: str, wanted: int) -> tuple[int, list[Received]]:
    found: list[Received] = []
    for place, row in enumerate(rows, start=1):
        received = inbox.opened(keys, row)
        if _has(received, core):
            found.append(received)
            if len(found) == wanted:
                return place, found
    return len(rows), found


def _has(received: Received, core: str) -> bool:
    texts = (received.words, *(translation.words for translation in received.translations.values()))
    return any(core in flows.fold(text) for text in texts)


async def following(session: Session, process: OpenProcess, selection: Selection, after: Place | None) -> Place | None:
    """Where whoever has done with one goes on: at the next that nobody has read, or the next of a special pile."""
    ahead = replace(selection, pile=Pile.UNREAD) if selection.pile in READ_ON else selection
    return await inbox.following(session, process.id, ahead, after)


def comes_before(selection: Selection, first: Place, second: Place) -> bool:
    """In the order of the selection."""
    if selection.order is Order.PROMISE:
        return first < second
    return (first.day, first.id) > (second.day, second.id)


def in_another_language(received: Received) -> Recognised | None:
    """In which language its words surely are, where that is not the one in which its person is written to.

    Not of what is masked: too little may be left.
    """
    found = None if received.is_masked else recognised(received.words, received.language)
    return None if found is None or found.language == received.language else found
