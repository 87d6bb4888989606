"""Into which process a message goes: the one that its chat is in, or where the door leads by which its writer came."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from channels import Channel
from channels.messages import Kind, Message
from handlers.talk.boards import Board, Boards, NoProcess, OpenProcesses, open_processes
from handlers.talk.visits import Entry
from storage import Session, doors, processes, turns
from storage.doors import Leading, Place

WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What can stand on a door: as much as a link to a bot takes (core.telegram.org/bots/features)."""
_MARKED = re.compile(rf"/start(?:@\w+)?\s+({WORD.pattern})")
"""What Telegram says when somebody opens a link to us that was marked."""


async def leading(
    session: Session, boards: Boards, messages: Sequence[Message], found: Sequence[turns.Found], now: datetime
) -> Mapping[Place, Leading]:
    """Where those of these messages lead that are the word of a door. Most are none, and then nothing is looked up."""
    places = set[Place]()
    for message, what in zip(messages, found, strict=True):
        place = _place(message)
        if place is None:
            continue
        if what.process is None or place in (await boards.at(session, what.process, what.edition, now)).doors:
            places.add(place)
    return await doors.find(session, places) if places else {}


async def entry(
    session: Session,
    boards: Boards,
    channel: Channel,
    message: Message,
    what: turns.Found,
    leading: Mapping[Place, Leading],
    now: datetime,
) -> Entry:
    """Raises `NoProcess`."""
    place = _place(message) if leading else None
    door = None if place is None else leading.get(place)
    known = what.known
    # Who may be somebody else leads nobody's chat anywhere.
    if door is None or (known is not None and known.silent_for(channel.recycled, now)):
        return Entry(await _place_of(session, boards, what, now), known)
    here = await _place_of(session, boards, what, now)
    if isinstance(here, Board) and here.process != door.process and here.owns(message.channel):
        return Entry(here, known, leads_elsewhere=True)
    enters = what.process != door.process
    if known is not None and enters:
        known = await turns.elsewhere(session, known, door.process, now)
    if not door.is_open and not (known is not None and known.joined):
        return Entry(here, what.known)
    board = await boards.at(session, door.process, door.edition, now)
    return Entry(board, known, place, door.language, _source(door), enters)


def _source(door: Leading) -> str:
    """Where it stands, for who comes in by it: where a process is over, nobody does."""
    return door.source or "" if door.is_open else ""


async def _place_of(session: Session, boards: Boards, what: turns.Found, now: datetime) -> Board | OpenProcesses:
    """Where a chat is; in the last of those that are over where none is open. Raises `NoProcess`."""
    if what.process is not None:
        return await boards.at(session, what.process, what.edition, now)
    found = await open_processes(session)
    if found.options:
        return found
    known = await processes.every(session)
    if not known:
        raise NoProcess
    return await boards.at(session, known[-1].id, None, now)


def _place(message: Message) -> Place | None:
    """The door whose word this message may be: behind /start, or alone."""
    if message.kind is not Kind.TEXT:
        return None
    text = message.text.strip()
    if marked := _MARKED.fullmatch(text):
        text = marked[1]
    return Place(message.channel, text.lower()) if WORD.fullmatch(text) else None
