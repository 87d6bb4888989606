"""A second member of staff confirms a draw: whom it gave gets the seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from council import lots
from council.lots import Pool
from handlers import candidates, vacancies
from handlers.draws.reading import get, kept, limits
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, draws
from storage.draws import StoredDraw, StoredTicket
from storage.states import CandidateState, DrawState


@dataclass(frozen=True, slots=True)
class Givable:
    """Whom a draw gave who are there still, by the ids of candidates."""

    members: Sequence[str]
    substitutes: Sequence[str]
    requirements: Sequence[Mapping[str, str]] = ()
    """What the seat of each of the members requires."""


async def confirm(
    session: Session, keys: Keyring, process: OpenProcess, draw_id: str, staff_id: str, now: datetime
) -> Givable:
    """A second member of staff has looked at it: whom it gave gets seats. Raises `contents.Unfit`.

    Who has gone since is passed over, and the substitute follows with whom the quotas hold. Nobody gets a seat that
    they do not fit: where nobody does, it stays vacant.
    """
    stored = await get(session, process, draw_id, lock=True)
    if stored.state is not DrawState.DRAWN:
        raise contents.Unfit(to_staff("This draw was confirmed already, or nobody is drawn yet."))
    if staff_id in (stored.announced_by, stored.entered_by):
        raise contents.Unfit(
            to_staff("Whoever announced this draw or entered its value cannot confirm it: a colleague has to.")
        )
    givable = givable_of(stored, await draws.tickets(session, keys, process.id, draw_id))
    await draws.confirm(session, process.id, draw_id, staff_id, now)
    await candidates.seat_drawn(
        session, process, stored.call_id, givable.members, givable.substitutes, now, givable.requirements
    )
    return givable


def givable_of(stored: StoredDraw, tickets: Sequence[StoredTicket]) -> Givable:
    there = {its.id: its for its in tickets if its.facts is not None and its.state is CandidateState.STANDING}
    drawn = sorted((its.place, its.id) for its in tickets if its.place is not None)
    members = [name for place, name in drawn if place <= stored.seats and name in there]
    others = [name for place, name in drawn if place > stored.seats and name in there]
    pool = Pool({name: kept(its).facts for name, its in there.items()})
    required = vacancies.required(stored.requirements, stored.seats)
    while len(members) < stored.seats:
        following = lots.replacement(pool, limits(stored), members, others, required)
        if following is None:
            break
        members.append(following)
        others.remove(following)
    names = {name: str(its.candidate) for name, its in there.items()}
    places = lots.seating(required, [pool.candidates[name] for name in members])
    seated = [(names[members[place]], required[seat]) for seat, place in enumerate(places) if place is not None]
    return Givable(
        [name for name, _requirement in seated],
        [names[name] for name in others],
        [requirement for _name, requirement in seated],
    )
