"""A seat of a council that nobody needs any more is abolished."""

from datetime import datetime

from handlers import councils, processes, vacancies
from handlers.members import SHORTEST_SEAT
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, invitations, seats
from storage.seats import StoredSeat
from storage.states import SeatKind


async def abolish(session: Session, process: OpenProcess, beginning: str, now: datetime) -> None:
    """Nobody sits on the vacant seat whose name begins like this any more; codes for it are void.

    Raises `contents.Unfit`: also where somebody sits there, it is kept for who was drawn, or a draw fills it.
    """
    processes.check_open(process)
    seat = await _named(session, process, beginning)
    council = await councils.get(session, process, seat.council, lock=True)
    if not await seats.is_vacant(session, process.id, seat.id):
        raise contents.Unfit(to_staff("Somebody sits there. End the seat first."))
    if seat.kind is SeatKind.DRAWN:
        await _check_unneeded(session, process, council.id, seat.id)
    await invitations.revoke_of_seat(session, process.id, seat.id)
    await seats.abolish(session, process.id, seat.id, now.date())


async def _named(session: Session, process: OpenProcess, beginning: str) -> StoredSeat:
    found = [seat for seat in await seats.of_process(session, process.id) if seat.id.startswith(beginning)]
    if len(beginning) < SHORTEST_SEAT or not found:
        raise contents.Unfit(to_staff("No seat has this name: hearback council members"))
    if len(found) > 1:
        raise contents.Unfit(to_staff("Several seats begin like this: write more of the name."))
    return found[0]


async def _check_unneeded(session: Session, process: OpenProcess, council_id: str, seat_id: str) -> None:
    vacant = await vacancies.vacant(session, process.id, council_id)
    its = next((vacancy for vacancy in vacant if vacancy.seat == seat_id), None)
    if its is None:
        raise contents.Unfit(to_staff("This seat is kept for somebody who was drawn. Wait for their answer."))
    free = await vacancies.free(session, process.id, council_id)
    if not any(vacancy.requires == its.requires for vacancy in free):
        raise contents.Unfit(to_staff("A draw that is under way fills this seat. Finish it first."))
