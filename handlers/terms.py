"""Terms on a council end: their members are told some weeks before, when it is so, and when the day is another."""

from datetime import date, datetime, timedelta

from handlers import councils, members, processes, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words, to_staff
from storage import Session, seats
from storage import councils as stored_councils
from storage.broadcasts import Audience, Subject
from storage.outbox import deliveries
from storage.seats import Term
from storage.states import ProcessState, TermEnd

ENDS_SOON = N_("Your term on this council ends on {day}: {name}. Until then nothing changes.")
ENDED = N_(
    "Your term on this council has ended: {name}. Thank you for your time there. You can still take part in everything "
    "else."
)
MOVED = N_("Your term on this council now ends on {day}: {name}. What we told you before of its end no longer holds.")
OUTDATED = "outdated"
"""The code of what told of a term another end than it has."""
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


async def move(session: Session, process: OpenProcess, beginning: str, last_day: date, now: datetime) -> int:
    """Another last day for the term on the seat whose name begins like this; who sits there is told.

    Gives in how many days it is. Raises `contents.Unfit`.
    """
    processes.check_open(process)
    seat, today = await members.taken_seat(session, process, beginning), now.date()
    if not today <= last_day <= today + timedelta(days=councils.LONGEST_TERM):
        raise contents.Unfit(to_staff("The last day of a term is today or later, at most ten years from now."))
    who = await seats.holder(session, process.id, seat.id)
    if who is None:
        raise contents.Unfit(to_staff("This seat is free by now."))
    if await seats.last_day(session, process.id, seat.id) == last_day:
        raise contents.Unfit(to_staff("The term ends on that day already."))
    # Who is told of a day that is near need not be told again that it is.
    warned = now if last_day <= today + WARNED_BEFORE else None
    await seats.move_end(session, process.id, seat.id, last_day, warned)
    await deliveries.cancel_about(session, process.id, who, [Subject("seat", seat.id)], OUTDATED, now)
    await _tell(session, Term(process.id, seat.council, seat.id, last_day), MOVED, now)
    return (last_day - today).days


async def _tell(session: Session, term: Term, text: str, now: datetime) -> int:
    process = await processes.get(session, term.process)
    stored = await stored_councils.get(session, term.process, term.council)
    if stored is None or process.state is not ProcessState.OPEN:
        return 0
    name = contents.unpack(stored.content, contents.Council).name
    renditions = telling.in_every_language(process, lambda render: _(text, name=render(name), day=in_words(term.until)))
    announcement = Announcement(Subject("seat", term.seat), renditions, Audience(seat=term.seat))
    return await telling.tell_now(session, process, announcement, now)
