"""A roll is corrected while its round is open: who sits on the council and is not on it is put on it."""

from collections.abc import Sequence
from datetime import datetime

from handlers import telling
from handlers.processes import OpenProcess
from handlers.rounds import rolls
from handlers.telling import Announcement
from handlers.writing import contents
from locales import to_staff
from storage import Session, rounds
from storage import rolls as stored_rolls
from storage.broadcasts import Audience
from storage.rounds import StoredRound
from storage.states import Roll


async def missing(session: Session, process: OpenProcess, found: StoredRound, now: datetime) -> Sequence[str]:
    """The seats whose members could be put on the roll now: those who took them since, or were missed."""
    round_ = contents.unpack(found.content, contents.Round)
    if round_.roll is not Roll.COUNCIL or found.closed is not None or found.closes <= now:
        return ()
    return await stored_rolls.missing(session, process.id, found.id, round_.council)


async def invitation(
    session: Session, process: OpenProcess, correction: contents.RollCorrection, now: datetime
) -> Announcement:
    """What those who are put on the roll are told. Raises `contents.Unfit` where they could not be put on it now."""
    return _called(process, await _correctable(session, process, correction, now))


async def correct(session: Session, process: OpenProcess, correction: contents.RollCorrection, now: datetime) -> int:
    """Put them on the roll, and invite them alone; gives how many. Raises `contents.Unfit`.

    The round is locked: one that closes at the same instant has counted, and nobody is put on its roll.
    """
    found = await _correctable(session, process, correction, now, lock=True)
    called = _called(process, found)
    number = await stored_rolls.put_on(session, process.id, found.id, correction.seats)
    for seat in correction.seats:
        alone = Announcement(called.subject, called.renditions, Audience(seat=seat))
        await telling.tell_now(session, process, alone, now, found.closes)
    return number


async def _correctable(
    session: Session, process: OpenProcess, correction: contents.RollCorrection, now: datetime, lock: bool = False
) -> StoredRound:
    """The round. Raises `contents.Unfit`."""
    found = await rounds.get(session, correction.round, lock)
    if found is None or found.process != process.id:
        raise contents.Unfit(to_staff("This process has no vote of this id."))
    if not correction.seats:
        raise contents.Unfit(to_staff("Choose at least one seat."))
    if not set(correction.seats) <= set(await missing(session, process, found, now)):
        raise contents.Unfit(
            to_staff("The vote is over, or somebody of these sits there no more, or is on the roll already.")
        )
    return found


def _called(process: OpenProcess, found: StoredRound) -> Announcement:
    return rolls.invitation(process, contents.unpack(found.content, contents.Round), found.id, found.power)
