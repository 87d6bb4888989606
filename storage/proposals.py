"""Statements that people propose, until somebody of the staff decides on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from storage._ground.database import Session
from storage.keys import Keyring, PersonKey
from storage.states import ProposalState
from storage.tables import person, proposal
from storage.together import Writes


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What somebody proposes."""

    id: str
    process_id: str
    sounding_id: str
    address_id: str
    """In which chat."""
    language: str
    words: str = field(repr=False)
    proposed: date


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """What waits for a decision of the staff."""

    id: str
    sounding_id: str
    language: str
    words: str = field(repr=False)
    proposed: date


def add(writes: Writes, key: PersonKey, new: NewProposal) -> None:
    """Proposed twice under one name, it is there once."""
    writes.insert_once(
        proposal,
        ("id",),
        id=new.id,
        process_id=new.process_id,
        sounding_id=new.sounding_id,
        person_id=key.person,
        address_id=new.address_id,
        language=new.language,
        words=key.seal(new.words, proposal.c.words, new.id),
        proposed=new.proposed,
        state=ProposalState.WAITING,
        reason="{}",
    )


@dataclass(frozen=True, slots=True)
class OwnProposals:
    """What one person has proposed in a sounding."""

    statements: frozenset[str]
    """The statements that have come of it: nobody is asked what they think of their own."""
    waiting: tuple[str, ...] = field(repr=False)
    """The words of those that nobody has decided on."""


async def of_person(session: Session, process_id: str, sounding_id: str, key: PersonKey) -> OwnProposals:
    theirs = (
        proposal.c.process_id == process_id,
        proposal.c.sounding_id == sounding_id,
        proposal.c.person_id == key.person,
    )
    query = select(proposal.c.id, proposal.c.state, proposal.c.words, proposal.c.statement_id).where(*theirs)
    rows = (await session.execute(query)).all()
    return OwnProposals(
        frozenset(row.statement_id for row in rows if row.statement_id is not None),
        tuple(key.open(row.words, proposal.c.words, row.id) for row in rows if row.state == ProposalState.WAITING),
    )


async def waiting(
    session: Session, keys: Keyring, process_id: str, languages: Collection[str] | None, most: int
) -> Sequence[WaitingProposal]:
    """What waits in the process and was written in these languages, None: in any, the oldest first."""
    query = _that_wait(process_id).order_by(proposal.c.proposed, proposal.c.id).limit(most)
    if languages is not None:
        query = query.where(proposal.c.language.in_(languages))
    return [_waiting(keys, row) for row in await session.execute(query)]


async def find(session: Session, keys: Keyring, process_id: str, proposal_id: str) -> WaitingProposal | None:
    """The one that waits under this name; None: somebody has decided, or its person was forgotten."""
    row = (await session.execute(_that_wait(process_id).where(proposal.c.id == proposal_id))).one_or_none()
    return None if row is None else _waiting(keys, row)


async def lock(session: Session, keys: Keyring, process_id: str, proposal_id: str) -> WaitingProposal | None:
    """The same, locked: whoever else decides on it waits. Whoever calls has the process locked first."""
    query = _that_wait(process_id).where(proposal.c.id == proposal_id).with_for_update(of=[proposal])
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _waiting(keys, row)


def _that_wait(process_id: str) -> Select[Any]:
    columns = (proposal.c.id, proposal.c.sounding_id, proposal.c.language, proposal.c.words, proposal.c.proposed)
    return (
        select(*columns, proposal.c.person_id, person.c.key, person.c.key_epoch)
        .join(person, person.c.id == proposal.c.person_id)
        .where(proposal.c.process_id == process_id, proposal.c.state == ProposalState.WAITING)
    )


async def number_waiting(session: Session, process_id: str, languages: Collection[str] | None = None) -> int:
    """How many wait for a decision."""
    query = select(func.count()).where(proposal.c.process_id == process_id, proposal.c.state == ProposalState.WAITING)
    if languages is not None:
        query = query.where(proposal.c.language.in_(languages))
    return (await session.execute(query)).scalar_one()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody of the staff decided."""

    state: ProposalState
    statement_id: str | None
    """The statement that it has become, or that says the same."""
    reason: str = field(repr=False)
    """Why not: a JSON text by language that the handlers wrote; "{}": it is accepted."""
    decided_by: str


async def decide(session: Session, process_id: str, proposal_id: str, verdict: Verdict, now: datetime) -> None:
    its = (proposal.c.process_id == process_id, proposal.c.id == proposal_id)
    values = {
        "state": verdict.state,
        "statement_id": verdict.statement_id,
        "reason": verdict.reason,
        "decided_by": verdict.decided_by,
        "decided": now,
    }
    await session.execute(update(proposal).where(*its).values(values))


def _waiting(keys: Keyring, row: Any) -> WaitingProposal:
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    words = key.open(row.words, proposal.c.words, row.id)
    return WaitingProposal(row.id, row.sounding_id, row.language, words, row.proposed)
