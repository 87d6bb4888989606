"""People leave a process, and members its council: of their own will, or because the organizers end a seat."""

from datetime import datetime

from flows.leave import Departed
from flows.seat import Resigned
from handlers import telling
from handlers.processes import OpenProcess
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, to_staff
from storage import Keyring, Session, participations, people, rounds
from storage.broadcasts import ROUND, Audience, Subject
from storage.codes import Code
from storage.outbox import deliveries

REMOVED = N_(
    "Your seat on the council has ended. Where a vote is open, your vote is taken back. You can still take part."
)
SHORTEST_SEAT = 4
UNSEATED = "unseated"
"""The code of what told of a vote to somebody who has no seat any more."""


async def resign(session: Session, _keys: Keyring, visit: Visit, _effect: Resigned) -> None:
    await _leave(session, visit.board.process, visit.person, visit.now)


async def depart(session: Session, _keys: Keyring, visit: Visit, _effect: Departed) -> None:
    """They take part in this process no more: what waits of it does not leave, and no talk of it goes on."""
    process = visit.board.process
    await _leave(session, process, visit.person, visit.now)
    await participations.leave(session, visit.person, process, visit.now.date())
    await deliveries.cancel_of_process(session, visit.person, process, Code.LEFT, visit.now)
    visit.consented, visit.departed = False, True
    visit.standing = visit.standing.with_talks(())


async def remove(session: Session, process: OpenProcess, beginning: str, now: datetime) -> None:
    """End the seat whose name begins like this, and tell its member, in this transaction. Raises `contents.Unfit`."""
    seat = await _named(session, process, beginning)
    who = await people.holder(session, process.id, seat)
    if who is None:
        raise contents.Unfit(to_staff("This seat is free by now."))
    removed = telling.in_every_language(process, lambda _render: _(REMOVED))
    # Before it ends: then nobody could say any more whose it was.
    await telling.tell_now(session, process, Announcement(Subject("seat", seat), removed, Audience(seat=seat)), now)
    await _leave(session, process.id, who, now)


async def _named(session: Session, process: OpenProcess, beginning: str) -> str:
    found = [seat.name for seat in await people.seats(session, process.id) if seat.name.startswith(beginning)]
    if len(beginning) < SHORTEST_SEAT or not found:
        raise contents.Unfit(to_staff("No seat that is taken has this name: hearback council members"))
    if len(found) > 1:
        raise contents.Unfit(to_staff("Several seats begin like this: write more of the name."))
    return found[0]


async def _leave(session: Session, process_id: str, who: str, now: datetime) -> None:
    """Of their vote nothing is left, not even that they had one. What closed before has counted it."""
    withdrawn = await rounds.withdraw(session, process_id, who, now)
    about = [Subject(ROUND, name) for name in withdrawn]
    await deliveries.cancel_about(session, process_id, who, about, UNSEATED, now)
    await people.unseat(session, process_id, who)
