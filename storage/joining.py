"""Two chats become one person's: what is the second's is sealed anew for the first, whose it is from then on.

`JOINS` says for every table that leads to a person what becomes of it; a test walks the tables.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from storage import ballots, opinions
from storage._ground.columns import Sealed
from storage._ground.database import Conflict, Session
from storage.codes import Code
from storage.keys import Box, Keyring, PersonKey
from storage.links import Link
from storage.outbox import deliveries
from storage.outbox.deliveries import NEVER
from storage.states import BroadcastState, CandidateState, RemarkKind
from storage.tables import (
    address,
    broadcast,
    candidate,
    contribution,
    delivery,
    feedback,
    follow,
    link,
    membership,
    opinion,
    participation,
    person,
    proposal,
    recording,
    remark,
    report,
    roll,
    seat,
    sits,
    support,
    ticket_holder,
    waits,
)
from storage.tables import round as round_
from storage.together import Writes, write

MOST = 5000
"""So many things at most are sealed anew in the one transaction in which others wait."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two who turn out to be one person. The first stays."""

    first: PersonKey
    second: PersonKey
    keys: Keyring


@dataclass(frozen=True, slots=True)
class First:
    """The person to whom a code leads, and the chat in which it was given out; both are locked."""

    key: PersonKey
    language: str
    talk: str | None
    """The conversation under way in that chat."""


async def lock(session: Session, keys: Keyring, link: Link, second: str) -> First | None:
    """The person to whom a code leads, with the second locked already; None: they are gone.

    Both are locked in the order of their ids: who would have to wait against it waits for nobody. Raises `Conflict`
    when the first is being heard at this moment: the whole transaction has to be taken again.
    """
    backwards = link.person < second
    query = (
        select(person.c.key, person.c.key_epoch, person.c.language, address.c.talk)
        .join(address, address.c.person_id == person.c.id)
        .where(person.c.id == link.person, address.c.id == link.address)
    )
    row = (
        await session.execute(query.with_for_update(of=[person, address], key_share=True, skip_locked=backwards))
    ).one_or_none()
    if row is None:
        if backwards and (await session.execute(query)).one_or_none() is not None:
            raise Conflict("FOR UPDATE SKIP LOCKED", None, ValueError("the first of two chats is being heard"))
        return None
    key = keys.unwrap(link.person, row.key, row.key_epoch)
    talk = None if row.talk is None else key.open(row.talk, address.c.talk, link.address)
    return First(key, row.language, talk)


async def is_too_much(session: Session, second: str) -> bool:
    """Whether the second gave more than is sealed anew at once."""
    words = select(func.count()).select_from(contribution).where(contribution.c.person_id == second)
    bodies = select(func.count()).select_from(delivery).where(delivery.c.person_id == second)
    bodies = bodies.where(delivery.c.body.is_not(None))
    voices = select(func.count()).select_from(recording).where(recording.c.person_id == second)
    things = words.scalar_subquery() + bodies.scalar_subquery() + voices.scalar_subquery()
    return bool((await session.execute(select(things))).scalar_one() > MOST)


async def join(session: Session, pair: Pair, now: datetime) -> bool:
    """Make everything of the second the first's, and destroy the second's key; whether that freed a seat.

    Both are locked. Of the same thing twice one stays, as `JOINS` says. What is closed stays as it was counted.
    """
    # Whoever counts a round holds it, and then reaches for its people: so do we.
    on_roll = select(roll.c.round_id).where(roll.c.person_id == pair.second.person)
    rolls = select(round_.c.id).where(round_.c.id.in_(on_roll)).order_by(round_.c.id)
    await session.execute(rolls.with_for_update(read=True))
    # A transaction that makes something for the second right now ends first, so that this moves with the rest.
    await session.execute(select(person.c.id).where(person.c.id == pair.second.person).with_for_update())
    seats = await _seats(session, pair)
    for joins in JOINS.values():
        await joins(session, pair, now)
    await session.execute(delete(person).where(person.c.id == pair.second.person))
    return bool(seats)


async def _addresses(session: Session, pair: Pair, _now: datetime) -> None:
    """Each is where it was; the words under way there, too."""
    await _hand_over(session, pair, address, address.c.id)
    theirs = update(address).where(address.c.person_id == pair.second.person)
    await session.execute(theirs.values(person_id=pair.first.person, linked=True))
    await session.execute(update(person).where(person.c.id == pair.first.person).values(linked=True))


async def _participations(session: Session, pair: Pair, _now: datetime) -> None:
    """In a process in which both were, the consent of who agreed counts, the first's before the second's."""
    both = (pair.first.person, pair.second.person)
    rows = (await session.execute(select(participation).where(participation.c.person_id.in_(both)))).all()
    before = await session.execute(select(person.c.consent).where(person.c.id == pair.second.person))
    old = before.scalar_one_or_none()
    ours = {row.process_id: row for row in rows if row.person_id == pair.first.person}
    theirs = [row for row in rows if row.person_id == pair.second.person]
    for row in theirs:
        mine = ours.get(row.process_id)
        place = {"process_id": row.process_id, "person_id": pair.first.person}
        joined = _taking_part(mine, row) | {"consent": _consent(pair, mine, row, old)}
        both_parts = (participation.c.process_id == row.process_id, participation.c.person_id.in_(both))
        await session.execute(delete(participation).where(*both_parts))
        await session.execute(insert(participation).values(joined | place))


def _taking_part(mine: Row[Any] | None, theirs: Row[Any]) -> dict[str, Any]:
    if mine is None:
        return dict(theirs._mapping)
    consented = mine.consented or theirs.consented
    return dict(mine._mapping) | {
        "region": mine.region or theirs.region,
        "source": mine.source or theirs.source,
        "consented": consented,
        "joined": min(mine.joined, theirs.joined),
        "left": None if consented else mine.left or theirs.left,
    }


def _consent(pair: Pair, mine: Row[Any] | None, theirs: Row[Any], old: Box | None) -> Box | None:
    """`old`: the second's, where it stood before there were participations."""
    if mine is not None and (mine.consented or not theirs.consented):
        kept: Box | None = mine.consent
        return kept
    column, process = participation.c.consent, theirs.process_id
    if theirs.consent is not None:
        return pair.second.hand_over(theirs.consent, column, process, pair.first)
    if old is None or not theirs.consented:
        return None
    return pair.first.seal(pair.second.open(old, person.c.consent, pair.second.person), column, process)


async def _contributions(session: Session, pair: Pair, _now: datetime) -> None:
    """Of two answers to one question the later stays; of one day, the first's."""
    mine, theirs = contribution.alias("mine"), contribution.alias("theirs")
    same = and_(
        mine.c.person_id == pair.first.person,
        theirs.c.person_id == pair.second.person,
        mine.c.consultation_id == theirs.c.consultation_id,
        mine.c.question == theirs.c.question,
    )
    twice = select(mine.c.id, theirs.c.id, theirs.c.given > mine.c.given).where(same)
    earlier = [mine if is_later else theirs for mine, theirs, is_later in await session.execute(twice)]
    await session.execute(delete(contribution).where(contribution.c.id.in_(earlier)))
    await _hand_over(session, pair, contribution, contribution.c.id)
    await _move(session, pair, contribution)


async def _follows(session: Session, pair: Pair, _now: datetime) -> None:
    """Of a matter that both follow, the first's stays, and says that it should be so if either does."""
    mine = follow.alias("mine")
    too = exists().where(mine.c.person_id == pair.first.person, mine.c.matter_id == follow.c.matter_id)
    twice = select(follow.c.matter_id, follow.c.supports).where(follow.c.person_id == pair.second.person, too)
    rows = (await session.execute(twice)).all()
    supported = [row.matter_id for row in rows if row.supports]
    of_first = update(follow).where(follow.c.person_id == pair.first.person, follow.c.matter_id.in_(supported))
    await session.execute(of_first.values(supports=True))
    gone = [row.matter_id for row in rows]
    of_second = (follow.c.person_id == pair.second.person, follow.c.matter_id.in_(gone))
    await session.execute(delete(follow).where(*of_second))
    await _move(session, pair, follow)


async def _remarks(session: Session, pair: Pair, _now: datetime) -> None:
    """Of two reasons for one option the first's stays."""
    mine = remark.alias("mine")
    too = exists().where(
        mine.c.person_id == pair.first.person,
        mine.c.round_id == remark.c.round_id,
        mine.c.option == remark.c.option,
        mine.c.kind == remark.c.kind,
        remark.c.kind == RemarkKind.REASON,
    )
    await session.execute(delete(remark).where(remark.c.person_id == pair.second.person, too))
    await _hand_over(session, pair, remark, remark.c.id)
    await _move(session, pair, remark)


async def _supports(session: Session, pair: Pair, _now: datetime) -> None:
    """One support of each amendment, the first's. Of what turns out to be their own it is not counted."""
    mine = support.alias("mine")
    too = exists().where(mine.c.person_id == pair.first.person, mine.c.contribution_id == support.c.contribution_id)
    await session.execute(delete(support).where(support.c.person_id == pair.second.person, too))
    await _move(session, pair, support)


async def _feedback(session: Session, pair: Pair, _now: datetime) -> None:
    """Of what both said about one response, what was said later stays; of one day, the first's."""
    await _hand_over(session, pair, feedback, feedback.c.response_id)
    mine, theirs = feedback.alias("mine"), feedback.alias("theirs")
    same = and_(
        mine.c.person_id == pair.first.person,
        theirs.c.person_id == pair.second.person,
        mine.c.response_id == theirs.c.response_id,
    )
    twice = select(mine.c.response_id, theirs.c.day > mine.c.day).where(same)
    for response_id, is_later in (await session.execute(twice)).all():
        gone = (pair.first if is_later else pair.second).person
        whose = (feedback.c.response_id == response_id, feedback.c.person_id == gone)
        await session.execute(delete(feedback).where(*whose))
    await _move(session, pair, feedback)


async def _proposals(session: Session, pair: Pair, _now: datetime) -> None:
    """All of both."""
    await _hand_over(session, pair, proposal, proposal.c.id)
    await _move(session, pair, proposal)


async def _opinions(session: Session, pair: Pair, _now: datetime) -> None:
    """Of one statement the opinion that was said later counts; of the same minute, the first's."""
    of_second = select(opinion).where(opinion.c.person_id == pair.second.person)
    for row in (await session.execute(of_second)).all():
        theirs = opinions.unpacked(pair.second.open(row.held, opinion.c.held, row.sounding_id))
        mine = await opinions.of_person(session, row.process_id, row.sounding_id, pair.first)
        both = opinions.Mine(opinions.merged(mine.held, theirs), mine.edition + row.edition)
        writes = Writes()
        opinions.put(writes, pair.first, row.process_id, row.sounding_id, both)
        await write(session, writes)
    await session.execute(delete(opinion).where(opinion.c.person_id == pair.second.person))


async def _recordings(session: Session, pair: Pair, _now: datetime) -> None:
    """Of each only its key is sealed anew, and its words: the sound is sealed by that key."""
    await _hand_over(session, pair, recording, recording.c.id)
    await _move(session, pair, recording)


async def _memberships(session: Session, pair: Pair, _now: datetime) -> None:
    """One seat in each council. Where they sat before stays with them."""
    seats = await _seats(session, pair)
    theirs = (membership.c.person_id == pair.second.person, membership.c.seat_id.in_(seats), sits)
    await session.execute(delete(membership).where(*theirs))
    await _move(session, pair, membership)


async def _seats(session: Session, pair: Pair) -> Sequence[str]:
    """The seats of the second in councils in which the first sits, too."""
    mine, its = membership.alias("mine"), seat.alias("its")
    councils = (
        select(its.c.council_id)
        .join(mine, mine.c.seat_id == its.c.id)
        .where(mine.c.person_id == pair.first.person, mine.c.ended.is_(None))
    )
    twice = (
        select(membership.c.seat_id)
        .join(seat, seat.c.id == membership.c.seat_id)
        .where(membership.c.person_id == pair.second.person, sits, seat.c.council_id.in_(councils))
    )
    return (await session.execute(twice)).scalars().all()


async def _candidates(session: Session, pair: Pair, _now: datetime) -> None:
    """Who answered one call in both chats stands once: as the one who is further, else as the first."""
    await _hand_over(session, pair, candidate, candidate.c.id)
    both = (pair.first.person, pair.second.person)
    rows = (await session.execute(select(candidate).where(candidate.c.person_id.in_(both)))).all()
    ours = {row.call_id: row for row in rows if row.person_id == pair.first.person}
    for row in rows:
        mine = ours.get(row.call_id)
        if row.person_id == pair.second.person and mine is not None:
            gone = mine if FURTHER.index(row.state) < FURTHER.index(mine.state) else row
            await session.execute(delete(candidate).where(candidate.c.id == gone.id))
    await _move(session, pair, candidate)


async def _tickets(session: Session, pair: Pair, _now: datetime) -> None:
    """In a draw both had a ticket where both stood: one is left, as in the call. What it says stays as it was fixed."""
    await _hand_over(session, pair, ticket_holder, ticket_holder.c.ticket_id)
    await _move(session, pair, ticket_holder)


FURTHER = [
    CandidateState.SEATED,
    CandidateState.OFFERED,
    CandidateState.SUBSTITUTE,
    CandidateState.STANDING,
    CandidateState.DECLINED,
    CandidateState.LATE,
    CandidateState.NOT_DRAWN,
]
"""The states of candidates: in which of two chats they are further than in the other."""


async def _rolls(session: Session, pair: Pair, _now: datetime) -> None:
    await ballots.join(session, pair.keys, pair.first.person, pair.second.person)


async def _deliveries(session: Session, pair: Pair, now: datetime) -> None:
    """Of a broadcast to both, one that has left stays; of two that wait, the first's. The other belongs to nobody."""
    theirs = delivery.alias("theirs")
    is_sent = and_(theirs.c.person_id == pair.second.person, ~waits(theirs))
    sent = select(theirs.c.broadcast_id).where(is_sent, theirs.c.broadcast_id.is_not(None))
    await _let_go(session, and_(delivery.c.person_id == pair.first.person, waits(delivery)), sent, now)
    ours = select(theirs.c.broadcast_id).where(theirs.c.person_id == pair.first.person)
    ours = ours.where(theirs.c.broadcast_id.is_not(None))
    await _let_go(session, delivery.c.person_id == pair.second.person, ours, now)
    await _hand_over(session, pair, delivery, delivery.c.id)
    await _move(session, pair, delivery)
    await _go_on(session, pair, now)


async def _let_go(session: Session, whose: ColumnElement[bool], broadcasts: Any, now: datetime) -> None:
    """As FORGET does, of these broadcasts."""
    condition = and_(whose, delivery.c.broadcast_id.in_(broadcasts))
    ids = list((await session.execute(select(delivery.c.id).where(condition))).scalars())
    await session.execute(delete(report).where(report.c.delivery_id.in_(ids)))
    emptied = deliveries.emptied(Code.LINKED, literal(now.date()))
    await session.execute(update(delivery).where(delivery.c.id.in_(ids)).values(emptied))


async def _go_on(session: Session, pair: Pair, now: datetime) -> None:
    """What a pause has put off for the second while a resumption has passed the first is due now."""
    goes_on = select(broadcast.c.id).where(broadcast.c.state.in_([BroadcastState.RUNNING, BroadcastState.RESUMING]))
    await session.execute(
        update(delivery)
        .where(
            delivery.c.person_id == pair.first.person,
            waits(delivery),
            delivery.c.due == NEVER,
            func.coalesce(delivery.c.code, "") != Code.SHUT,
            delivery.c.broadcast_id.in_(goes_on),
        )
        .values(due=now)
    )


async def _links(session: Session, pair: Pair, _now: datetime) -> None:
    """The second's codes are worth nothing any more."""
    await session.execute(delete(link).where(link.c.person_id == pair.second.person))


Joins = Callable[[Session, Pair, datetime], Awaitable[None]]

JOINS: Mapping[str, Joins] = {
    address.name: _addresses,
    participation.name: _participations,
    contribution.name: _contributions,
    follow.name: _follows,
    remark.name: _remarks,
    support.name: _supports,
    feedback.name: _feedback,
    proposal.name: _proposals,
    opinion.name: _opinions,
    recording.name: _recordings,
    membership.name: _memberships,
    candidate.name: _candidates,
    ticket_holder.name: _tickets,
    roll.name: _rolls,
    delivery.name: _deliveries,
    link.name: _links,
}
"""By table: how what is the second's becomes the first's."""


async def _move(session: Session, pair: Pair, table: Table) -> None:
    theirs = update(table).where(table.c.person_id == pair.second.person)
    await session.execute(theirs.values(person_id=pair.first.person))


async def _hand_over(session: Session, pair: Pair, table: Table, name: ColumnElement[str]) -> None:
    """Seal anew, for the first, what of the second's rows is sealed; `name` is what their boxes are bound to."""
    sealed = [column for column in table.columns if isinstance(column.type, Sealed)]
    theirs = table.c.person_id == pair.second.person
    something = or_(*(column.is_not(None) for column in sealed))
    rows = await session.execute(select(name.label("name"), *sealed).where(theirs, something))
    writes, keys = Writes(), tuple(column.name for column in table.primary_key)
    for row in rows.mappings():
        boxes = {column.name: _handed_over(pair, row[column.name], column, row["name"]) for column in sealed}
        place = {str(name.key): row["name"]} | ({"person_id": pair.second.person} if "person_id" in keys else {})
        writes.change(table, keys, **place, **boxes)
    await write(session, writes)


def _handed_over(pair: Pair, box: Box | None, column: Column[Box], name: str) -> Box | None:
    return None if box is None else pair.second.hand_over(box, column, name, pair.first)
