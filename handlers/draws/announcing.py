"""A draw is announced before anybody can know whom it gives, and its public value is entered once it is known."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from council import lots
from council.lots import Announced, NotDrawable, Pool, Quotas, Ticket
from handlers import councils, processes, vacancies
from handlers.draws.labels import labels_of
from handlers.draws.reading import Kept, get, packed
from handlers.draws.reasons import why
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, draws, fresh
from storage.draws import CallsPool, NewDraw, NewTicket, Standing, StoredDraw
from storage.states import DrawState

LONGEST_SOURCE, SHORTEST_SOURCE = 500, 15
LONGEST_VALUE = 500
MOST_SEATS = 500
AHEAD = timedelta(hours=1)
"""So long at least nobody can know the value of a draw that is announced now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A draw that somebody wants to announce."""

    council: str
    call: str
    seats: int
    quotas: Quotas
    source: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Pooled:
    """Who can be drawn now, and what is known of them together."""

    standing: Sequence[Standing] = field(repr=False)
    pool: Pool = field(repr=False)

    def count(self, category: str, value: str) -> int:
        return sum(facts.get(category, lots.NOT_SAID) == value for facts in self.pool.candidates.values())


async def pooled(
    session: Session,
    keys: Keyring,
    process: OpenProcess,
    council_id: str,
    call_id: str,
    now: datetime,
    lock: bool = False,
) -> Pooled:
    """Who stands in a call and can be drawn: who sat on the council sits out as its rules say.

    Raises `contents.Unfit`.
    """
    council = await councils.get(session, process, council_id)
    rest = council.content.rest_in_days
    rests_after = now.date() - timedelta(days=rest) if rest else None
    standing = await draws.standing(session, keys, process.id, CallsPool(council_id, call_id, rests_after), lock)
    facts = {its.candidate: msgspec.json.decode(its.facts, type=dict[str, str]) for its in standing}
    return Pooled(standing, Pool(facts))


async def vacant(
    session: Session, keys: Keyring, process: OpenProcess, council_id: str, quotas: Quotas, seats: int
) -> lots.Vacant:
    """Of a council with so many drawn seats and quotas for all of them: what is left beside those who stay."""
    stay = await draws.staying(session, keys, process.id, council_id)
    return lots.remaining(quotas, [msgspec.json.decode(its.facts, type=dict[str, str]) for its in stay], seats)


async def announce(
    session: Session, keys: Keyring, process: OpenProcess, plan: Plan, staff_id: str, now: datetime
) -> NewDraw:
    """Fix who can be drawn, how many, under which quotas and by which value. Raises `contents.Unfit`."""
    processes.check_open(process)
    _check(plan, now)
    if await draws.under_way(session, process.id, plan.call):
        raise contents.Unfit(to_staff("A draw for this call is under way already. Finish it first."))
    # Two who announce at once, or offer a seat, wait for each other here.
    await councils.get(session, process, plan.council, lock=True)
    free = await vacancies.free(session, process.id, plan.council)
    if plan.seats > len(free):
        raise contents.Unfit(to_staff("Fewer seats of this council are vacant: make more first, or draw fewer."))
    requirements = [vacancy.requires for vacancy in free[: plan.seats] if vacancy.requires]
    categories = {*plan.quotas, *(category for requirement in requirements for category in requirement)}
    found = await pooled(session, keys, process, plan.council, plan.call, now, lock=True)
    facts = {
        its.candidate: {
            category: found.pool.candidates[its.candidate].get(category, lots.NOT_SAID) for category in categories
        }
        for its in found.standing
    }
    try:
        lots.check(Pool(facts), plan.quotas, plan.seats)
        lots.check_seats(Pool(facts), requirements)
    except NotDrawable as wrong:
        labels = labels_of(await draws.call(session, process.id, plan.call), to_staff("not said"))
        raise contents.Unfit(" ".join(why(lots.cannot(wrong), labels))) from None
    made = [(its, Ticket(fresh(), secrets.token_hex(16), facts[its.candidate])) for its in found.standing]
    draw_id = fresh()
    announced = Announced(draw_id, plan.source, plan.due.isoformat(), plan.seats, plan.quotas, requirements)
    leaves = {ticket.name: lots.leaf(ticket) for _its, ticket in made}
    new = NewDraw(
        draw_id,
        process.id,
        plan.council,
        plan.call,
        plan.seats,
        msgspec.json.encode(packed(plan.quotas)).decode(),
        plan.source,
        plan.due,
        lots.commitment(announced, leaves),
        now,
        staff_id,
        msgspec.json.encode(requirements).decode() if requirements else None,
    )
    tickets = [NewTicket(ticket.name, leaves[ticket.name], _held(its, ticket)) for its, ticket in made]
    await draws.add(session, keys, new, tickets)
    return new


def _held(standing: Standing, ticket: Ticket) -> Standing:
    kept = Kept(ticket.salt, dict(ticket.facts))
    return Standing(standing.candidate, standing.person, msgspec.json.encode(kept).decode())


def _check(plan: Plan, now: datetime) -> None:
    """Raises `contents.Unfit`."""
    if not 0 < plan.seats <= MOST_SEATS:
        raise contents.Unfit(to_staff("Say how many seats are drawn: from 1 to {most}.", most=MOST_SEATS))
    if len(plan.source) < SHORTEST_SOURCE:
        raise contents.Unfit(
            to_staff("Say which public value decides, so that all find the same: which lottery or page, of which day.")
        )
    if len(plan.source) > LONGEST_SOURCE:
        raise contents.Unfit(
            to_staff("Say in at most {most} characters which public value decides.", most=LONGEST_SOURCE)
        )
    if plan.due < now + AHEAD:
        raise contents.Unfit(
            to_staff(
                "Nobody may know the value yet when you announce it: choose a time that is an hour or more from now."
            )
        )


async def enter(
    session: Session, process: OpenProcess, draw_id: str, value: str, staff_id: str, now: datetime
) -> StoredDraw:
    """The public value is known: a worker draws. Raises `contents.Unfit`."""
    stored = await get(session, process, draw_id, lock=True)
    if stored.state is not DrawState.ANNOUNCED:
        raise contents.Unfit(to_staff("The value of this draw was entered already. It cannot be changed."))
    if now < stored.due:
        raise contents.Unfit(to_staff("Nobody can know this value yet. Wait until the time that you announced."))
    if not value.strip() or len(value) > LONGEST_VALUE:
        raise contents.Unfit(
            to_staff("Enter the value as it was published, in at most {most} characters.", most=LONGEST_VALUE)
        )
    await draws.enter(session, process.id, draw_id, value, staff_id, now)
    return stored
