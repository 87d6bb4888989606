"""Candidates for a council: they put themselves forward, withdraw, are drawn, take a seat or leave it to others."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import flows
from council import lots
from flows.candidate import Forwarded, SeatDeclined, SeatTaken, Withdrawn
from handlers import councils, member_calls, processes, telling, vacancies
from handlers.processes import OpenProcess
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words, to_staff
from storage import Keyring, Session, candidates, seats
from storage import member_calls as stored_calls
from storage.broadcasts import Audience, Stood, Subject
from storage.candidates import PoolCandidate, Stands
from storage.seats import NewTerm
from storage.states import CandidateState, ProcessState

DRAWN = N_(
    "You were drawn by lot for a seat on this council: {name}. Send {word} to say whether you take it. We keep it for "
    "you until {day}; then somebody else follows."
)
FOLLOWS = N_(
    "A seat is free on this council, and you are the next: {name}. Send {word} to say whether you take it. We keep it "
    "for you until {day}; then somebody else follows."
)
SUBSTITUTE = N_(
    "The draw is done for this council: {name}. You follow when a seat becomes free: we will write to you then. To "
    "withdraw, send {word}."
)
NOT_DRAWN = N_("The draw is done for this council: {name}. You were not drawn. Thank you for putting yourself forward.")
LATE = N_("You did not say in time whether you take the seat, so somebody else follows. Council: {name}.")
TOO_LATE = N_("It is too late for this: the call has closed, or the draw is done.")
NOT_KEPT = N_("This seat is not kept for you any more.")
ANSWER_WITHIN = timedelta(days=7)
"""How long a seat is kept for who was drawn."""
MOST = 50


async def put_forward(session: Session, _keys: Keyring, visit: Visit, effect: Forwarded) -> None:
    facts = {fact.fact: fact.value for fact in effect.facts}
    if not await candidates.stand(session, visit.key, visit.board.process, effect.call, facts, visit.now):
        visit.break_off(_(TOO_LATE))


async def withdraw(session: Session, _keys: Keyring, visit: Visit, effect: Withdrawn) -> None:
    """Nothing is left of it. A seat that they sit on already stays theirs."""
    await candidates.withdraw(session, visit.board.process, visit.person, effect.call)


async def take_offer(session: Session, _keys: Keyring, visit: Visit, effect: SeatTaken) -> None:
    """The seat that was kept for them is theirs."""
    process, today = visit.board.process, visit.now.date()
    call = await stored_calls.get(session, process, effect.call, lock=True)
    stands = await candidates.of_person(session, process, effect.call, visit.person)
    seat = None if stands is None else _kept(stands, visit.now)
    council = None if call is None else await councils.to_sit_on(session, process, call.council_id, visit.person)
    if stands is None or council is None or seat is None or not await seats.is_vacant(session, process, seat):
        visit.break_off(_(NOT_KEPT))
        return
    await seats.take(session, NewTerm(process, seat, visit.person, today, council.ends(today)))
    await candidates.move(session, process, stands.id, CandidateState.SEATED, seat_id=seat)
    visit.texts += councils.until(council.ends(today))


async def decline(session: Session, _keys: Keyring, visit: Visit, effect: SeatDeclined) -> None:
    """Somebody else follows."""
    stands = await candidates.of_person(session, visit.board.process, effect.call, visit.person)
    if stands is not None and stands.state is CandidateState.OFFERED:
        await candidates.move(session, visit.board.process, stands.id, CandidateState.DECLINED)


def _kept(stands: Stands, now: datetime) -> str | None:
    in_time = stands.answer_by is not None and stands.answer_by > now
    return stands.seat if stands.state is CandidateState.OFFERED and in_time else None


async def pool(
    session: Session, keys: Keyring, process: OpenProcess, council_id: str, now: datetime
) -> Sequence[PoolCandidate]:
    """Who can be drawn for this council: who sat there sits out as its rules say. Raises `contents.Unfit`."""
    council = await councils.get(session, process, council_id)
    rests_after = now.date() - timedelta(days=council.content.rest_in_days)
    return await candidates.pool(
        session, keys, process.id, council_id, rests_after if council.content.rest_in_days else None
    )


async def counted(
    session: Session, keys: Keyring, process: OpenProcess, call_id: str
) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    """How many answered a call, and of how many each fact has each value: to be rounded wherever it is shown."""
    return await candidates.facts_counted(session, keys, process.id, call_id)


async def seat_drawn(
    session: Session,
    process: OpenProcess,
    call_id: str,
    drawn: Sequence[str],
    substitutes: Sequence[str],
    now: datetime,
    requirements: Sequence[Mapping[str, str]] = (),
) -> None:
    """Offer a vacant seat to each who was drawn, keep the substitutes in this order, and tell every candidate.

    `requirements`: what the seat of each who was drawn requires, in their order; the others' seats require nothing.
    The call closes. Who withdrew since the draw is passed over. Raises `contents.Unfit` when more were drawn than such
    seats are vacant, or somebody of them does not stand any more.
    """
    processes.check_open(process)
    await processes.touch(session, process)
    call = await stored_calls.get(session, process.id, call_id, lock=True)
    if call is None:
        raise contents.Unfit(to_staff("This process has no call of this id."))
    council = await councils.get(session, process, call.council_id, lock=True)
    standing = {stands.id: stands for stands in await candidates.of_call(session, process.id, call_id)}
    chosen = [standing[name] for name in dict.fromkeys((*drawn, *substitutes)) if name in standing]
    if any(stands.state is not CandidateState.STANDING for stands in chosen):
        raise contents.Unfit(to_staff("Somebody of these has been drawn already."))
    seated = zip(drawn, lots.padded(requirements, len(drawn)), strict=True)
    await _offer_all(session, process, council.id, {name: its for name, its in seated if name in standing}, now)
    others = [stands for stands in chosen if stands.id not in set(drawn)]
    for place, stands in enumerate(others, start=1):
        await candidates.move(session, process.id, stands.id, CandidateState.SUBSTITUTE, place=place)
    for stands in standing.values():
        if stands.state is CandidateState.STANDING and stands not in chosen:
            await candidates.move(session, process.id, stands.id, CandidateState.NOT_DRAWN)
    await stored_calls.close(session, process.id, call_id, now)
    for state, text in (
        (CandidateState.OFFERED, DRAWN),
        (CandidateState.SUBSTITUTE, SUBSTITUTE),
        (CandidateState.NOT_DRAWN, NOT_DRAWN),
    ):
        await _tell(session, process, council, Stood(call_id, state), text, now)


async def follow_due(session: Session, keys: Keyring, now: datetime) -> int:
    """Take back what nobody answered in time, and let substitutes follow, in any process; gives how many are told."""
    number = 0
    for due in await candidates.late(session, now, MOST):
        process = await processes.get(session, due.process)
        call = await member_calls.get(session, process, due.call)
        await candidates.move(session, due.process, due.candidate, CandidateState.LATE)
        if process.state is ProcessState.OPEN:
            council = await councils.get(session, process, call.council_id)
            about = Stood(due.call, CandidateState.LATE, due.candidate)
            number += await _tell(session, process, council, about, LATE, now)
    for vacancy in await candidates.to_follow(session):
        if number >= MOST:
            break
        process = await processes.get(session, vacancy.process)
        number += await _follow(session, keys, process, vacancy.council, vacancy.call, now)
    return number


async def _follow(
    session: Session, keys: Keyring, process: OpenProcess, council_id: str, call_id: str, now: datetime
) -> int:
    """The next substitutes of a call are offered what is vacant and fits them. Two who come at once take turns."""
    council = await councils.get(session, process, council_id, lock=True)
    sitting = set(await councils.members_of(session, process, council_id))
    stands = [
        stands
        for stands in await candidates.of_call(session, process.id, call_id)
        if stands.state is CandidateState.SUBSTITUTE and stands.person not in sitting
    ]
    number = 0
    in_order = sorted(stands, key=lambda stands: stands.place or 0)
    free = await vacancies.free(session, process.id, council_id)
    facts: Mapping[str, Mapping[str, str]] = {}
    if any(vacancy.requires for vacancy in free):
        facts = await candidates.facts_of(session, keys, process.id, call_id)
    places = lots.seating([vacancy.requires for vacancy in free], [facts.get(its.id, {}) for its in in_order])
    for vacancy, place in zip(free, places, strict=True):
        if place is not None:
            following = in_order[place].id
            await _offer(session, process, following, vacancy.seat, now)
            about = Stood(call_id, CandidateState.OFFERED, following)
            number += await _tell(session, process, council, about, FOLLOWS, now)
    return number


async def _offer_all(
    session: Session, process: OpenProcess, council_id: str, drawn: Mapping[str, Mapping[str, str]], now: datetime
) -> None:
    """To each who was drawn a vacant seat that requires what theirs does. Raises `contents.Unfit` without one."""
    vacant = list(await vacancies.vacant(session, process.id, council_id))
    for name, requirement in drawn.items():
        seat = next((its for its in vacant if its.requires == requirement), None)
        if seat is None:
            raise contents.Unfit(to_staff("More were drawn than seats are vacant."))
        vacant.remove(seat)
        await _offer(session, process, name, seat.seat, now)


async def _offer(session: Session, process: OpenProcess, candidate_id: str, seat: str, now: datetime) -> None:
    await candidates.move(
        session, process.id, candidate_id, CandidateState.OFFERED, seat_id=seat, answer_by=now + ANSWER_WITHIN
    )


async def _tell(
    session: Session,
    process: OpenProcess,
    council: councils.OpenCouncil,
    stood: Stood,
    text: str,
    now: datetime,
) -> int:
    renditions = telling.in_every_language(
        process,
        lambda render: _(
            text,
            name=render(council.content.name),
            word=flows.to_send("candidate"),
            day=in_words((now + ANSWER_WITHIN).date()),
        ),
    )
    subject = Subject("candidate", stood.candidate or stood.call)
    announcement = Announcement(subject, renditions, Audience(candidates=stood))
    return await telling.tell_now(session, process, announcement, now)
