"""People leave a process, and members its councils: of their own will, or because the organizers end a seat."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flows.leave import Departed
from flows.seat import Resigned
from handlers import telling
from handlers.processes import OpenProcess
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, to_staff
from storage import Keyring, Session, candidates, councils, participations, remarks, rounds, seats
from storage.broadcasts import ROUND, Audience, Subject
from storage.codes import Code
from storage.outbox import deliveries
from storage.seats import StoredSeat
from storage.states import Roll, TermEnd

REMOVED = N_(
    "Your seat on the council has ended. Where a vote is open, your vote is taken back. You can still take part."
)
SHORTEST_SEAT = 4
UNSEATED = "unseated"
"""The code of what told of a vote to somebody who has no seat any more."""


async def resign(session: Session, _keys: Keyring, visit: Visit, effect: Resigned) -> None:
    await unseat(session, visit.board.process, visit.person, effect.council or None, TermEnd.RESIGNED, visit.now)


async def depart(session: Session, _keys: Keyring, visit: Visit, _effect: Departed) -> None:
    """They take part in this process no more: what waits of it does not leave, and no talk of it goes on."""
    process = visit.board.process
    await unseat(session, process, visit.person, None, TermEnd.LEFT, visit.now)
    await _withdraw(session, process, visit.person, tuple(Roll), visit.now)
    await candidates.withdraw(session, process, visit.person)
    await participations.leave(session, visit.person, process, visit.now.date())
    await deliveries.cancel_of_process(session, visit.person, process, Code.LEFT, visit.now)
    visit.consented, visit.departed = False, True
    visit.standing = visit.standing.with_talks(())


async def remove(session: Session, process: OpenProcess, beginning: str, now: datetime) -> None:
    """End the seat whose name begins like this, and tell its member, in this transaction. Raises `contents.Unfit`."""
    seat = await taken_seat(session, process, beginning)
    who = await seats.holder(session, process.id, seat.id)
    if who is None:
        raise contents.Unfit(to_staff("This seat is free by now."))
    removed = telling.in_every_language(process, lambda _render: _(REMOVED))
    # Before it ends: then nobody could say any more whose it was.
    announcement = Announcement(Subject("seat", seat.id), removed, Audience(seat=seat.id))
    await telling.tell_now(session, process, announcement, now)
    await unseat(session, process.id, who, seat.council, TermEnd.REMOVED, now)


async def taken_seat(session: Session, process: OpenProcess, beginning: str) -> StoredSeat:
    """The seat that is taken and whose name begins like this. Raises `contents.Unfit`."""
    taken = [seat for seat in await seats.of_process(session, process.id) if seat.since is not None]
    found = [seat for seat in taken if seat.id.startswith(beginning)]
    if len(beginning) < SHORTEST_SEAT or not found:
        raise contents.Unfit(to_staff("No seat that is taken has this name: hearback council members"))
    if len(found) > 1:
        raise contents.Unfit(to_staff("Several seats begin like this: write more of the name."))
    return found[0]


async def unseat(
    session: Session, process_id: str, who: str, council_id: str | None, end: TermEnd, now: datetime
) -> None:
    """They sit no more on this council, or on none of the process.

    Of their vote in what is open of this council nothing is left, not even that they had one. What closed before has
    counted it. Who sits on another council of the process still votes in what is open of that one, or of any of them,
    and everybody where everybody does.
    """
    await seats.leave(session, process_id, who, council_id, end, now.date())
    sits_on = {council.id for council in await councils.of_person(session, process_id, who)}

    def is_theirs_no_more(round_: contents.Round) -> bool:
        return round_.council not in sits_on if round_.council else not sits_on

    await _withdraw(session, process_id, who, (Roll.COUNCIL,), now, is_theirs_no_more)


async def _withdraw(
    session: Session,
    process_id: str,
    who: str,
    rolls: Sequence[Roll],
    now: datetime,
    where: Callable[[contents.Round], bool] = lambda _round: True,
) -> None:
    found = await rounds.open_to(session, process_id, who, now, rolls)
    withdrawn = [its.round for its in found if where(contents.unpack(its.content, contents.Round))]
    await rounds.withdraw(session, process_id, who, withdrawn)
    await remarks.withdraw(session, withdrawn, who)
    about = [Subject(ROUND, name) for name in withdrawn]
    await deliveries.cancel_about(session, process_id, who, about, UNSEATED, now)
