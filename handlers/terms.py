"""Terms on a council end: their members are told some weeks before, and when it is so."""

from datetime import datetime, timedelta

from handlers import members, processes, telling
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words
from storage import Session, seats
from storage import councils as stored_councils
from storage.broadcasts import Audience, Subject
from storage.seats import Term
from storage.states import ProcessState, TermEnd

ENDS_SOON = N_("Your term on this council ends on {day}: {name}. Until then nothing changes.")
ENDED = N_(
    "Your term on this council has ended: {name}. Thank you for your time there. You can still take part in everything "
    "else."
)
WARNED_BEFORE = timedelta(weeks=3)
MOST = 50
"""So many at once: whoever is seated or votes waits for it."""


async def warn(session: Session, now: datetime) -> int:
    """Write once to those whose term ends in some weeks, in any process; gives how many are told."""
    today = now.date()
    return sum(
        [await _warn(session, term, now) for term in await seats.to_warn(session, today, today + WARNED_BEFORE, MOST)]
    )


async def _warn(session: Session, term: Term, now: datetime) -> int:
    if not await seats.warned(session, term.process, term.seat, now):
        return 0
    return await _tell(session, term, ENDS_SOON, now)


async def end_due(session: Session, now: datetime) -> int:
    """Vacate the seats whose term is over, in any process, and tell who sat there; gives how many.

    Two who come at the same moment wait for each other, and the second finds nobody there.
    """
    return sum([await _end(session, term, now) for term in await seats.over(session, now.date(), MOST)])


async def _end(session: Session, term: Term, now: datetime) -> int:
    who = await seats.holder(session, term.process, term.seat)
    if who is None or await seats.last_day(session, term.process, term.seat) != term.until:
        return 0
    # Before it ends: then nobody could say any more whose it was.
    await _tell(session, term, ENDED, now)
    await members.unseat(session, term.process, who, term.council, TermEnd.OVER, now)
    return 1


async def _tell(session: Session, term: Term, text: str, now: datetime) -> int:
    process = await processes.get(session, term.process)
    stored = await stored_councils.get(session, term.process, term.council)
    if stored is None or process.state is not ProcessState.OPEN:
        return 0
    name = contents.unpack(stored.content, contents.Council).name
    renditions = telling.in_every_language(process, lambda render: _(text, name=render(name), day=in_words(term.until)))
    announcement = Announcement(Subject("seat", term.seat), renditions, Audience(seat=term.seat))
    return await telling.tell_now(session, process, announcement, now)
