"""The responses to what people gave us."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, or_, select, union, update

from storage._ground.database import Session
from storage.broadcasts import RESPONSE
from storage.codes import Code
from storage.states import Helped, ResponseState, State
from storage.tables import broadcast, contribution, feedback, gathered, matter, response, response_matter, standing


@dataclass(frozen=True, slots=True)
class NewResponse:
    """A response to be published. All that is by language is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    state: ResponseState
    reason: str
    published: datetime
    decided_by: str = "{}"
    place: str = "{}"
    link: str = ""
    departs: bool = False
    """From what a round decided."""


@dataclass(frozen=True, slots=True)
class PublishedResponse:
    """A response, and how many contributions it answers."""

    state: ResponseState
    reason: str
    number: int


async def get(session: Session, process_id: str, response_id: str) -> NewResponse | None:
    """As it was published; None when the process has none of this id."""
    columns = [response.c[part.name] for part in fields(NewResponse)]
    found = select(*columns).where(response.c.process_id == process_id, response.c.id == response_id)
    row = (await session.execute(found)).one_or_none()
    return None if row is None else _published(row)


def _published(row: Any) -> NewResponse:
    return NewResponse(**row._asdict() | {"state": ResponseState(row.state)})


async def several(session: Session, process_id: str, responses: Collection[str]) -> Sequence[NewResponse]:
    """Those of the process, the first first."""
    columns = [response.c[part.name] for part in fields(NewResponse)]
    query = select(*columns).where(response.c.process_id == process_id, response.c.id.in_(responses))
    rows = await session.execute(query.order_by(response.c.published, response.c.id))
    return [_published(row) for row in rows]


async def to_matter(session: Session, process_id: str, matter_id: str) -> Sequence[NewResponse]:
    """The responses to a matter of the process, the newest first."""
    columns = [response.c[part.name] for part in fields(NewResponse)]
    theirs = (response.c.process_id == process_id, response_matter.c.matter_id == matter_id)
    query = select(*columns).join(response_matter, response_matter.c.response_id == response.c.id).where(*theirs)
    rows = await session.execute(query.order_by(response.c.published.desc(), response.c.id))
    return [_published(row) for row in rows]


async def to_matter_with_feedback(
    session: Session, process_id: str, matter_id: str
) -> Sequence[tuple[NewResponse, Mapping[Helped, int]]]:
    """The same, each with how many said what of it. One statement. Whoever shows a number rounds it."""
    numbers = [
        select(func.count())
        .where(feedback.c.response_id == response.c.id, feedback.c.helped == helped)
        .scalar_subquery()
        .label(helped)
        for helped in Helped
    ]
    columns = [response.c[part.name] for part in fields(NewResponse)]
    theirs = (response.c.process_id == process_id, response_matter.c.matter_id == matter_id)
    query = select(*columns, *numbers).join(response_matter, response_matter.c.response_id == response.c.id)
    rows = await session.execute(query.where(*theirs).order_by(response.c.published.desc(), response.c.id))
    found = []
    for row in rows:
        *values, yes, partly, no = row
        published = NewResponse(*values)
        counted = {Helped.YES: yes, Helped.PARTLY: partly, Helped.NO: no}
        found.append((replace(published, state=ResponseState(published.state)), counted))
    return found


async def matters_of(session: Session, response_id: str) -> Sequence[str]:
    """The ids of the matters that it answers, in their order."""
    answered = select(response_matter.c.matter_id).where(response_matter.c.response_id == response_id)
    return (await session.execute(answered.order_by(response_matter.c.matter_id))).scalars().all()


async def responses(session: Session, process_id: str, since: datetime, until: datetime) -> list[PublishedResponse]:
    """Those that the process published after the one moment and up to the other, the first first."""
    theirs = (response.c.process_id == process_id, response.c.published > since, response.c.published <= until)
    rows = await session.execute(
        select(response.c.state, response.c.reason, func.count(contribution.c.id).label("number"))
        .outerjoin(contribution, contribution.c.response_id == response.c.id)
        .where(*theirs)
        .group_by(response.c.id, response.c.state, response.c.reason, response.c.published)
        .order_by(response.c.published, response.c.id)
    )
    return [PublishedResponse(ResponseState(row.state), row.reason, row.number) for row in rows]


async def respond(
    session: Session, new: NewResponse, contribution_ids: Sequence[str], matter_ids: Sequence[str] = ()
) -> int:
    """Write a response to these contributions and matters; gives how many contributions it answers."""
    await session.execute(insert(response).values(asdict(new)))
    for matter_id in matter_ids:
        await session.execute(insert(response_matter).values(response_id=new.id, matter_id=matter_id))
    await session.execute(
        update(matter)
        .where(matter.c.process_id == new.process_id, matter.c.id.in_(matter_ids))
        .values(response_id=new.id, owed=False)
    )
    in_them = select(gathered.c.contribution_id).where(gathered.c.matter_id.in_(matter_ids))
    return await _answer(session, new, or_(contribution.c.id.in_(contribution_ids), contribution.c.id.in_(in_them)))


async def answer_too(session: Session, process_id: str, response_id: str, contribution_ids: Sequence[str]) -> None:
    """A response that was published answers these contributions, too."""
    theirs = (contribution.c.process_id == process_id, contribution.c.id.in_(contribution_ids))
    await session.execute(update(contribution).where(*theirs).values(response_id=response_id))


async def _answer(session: Session, new: NewResponse, which: ColumnElement[bool]) -> int:
    theirs = update(contribution).where(contribution.c.process_id == new.process_id, which)
    return (await session.execute(theirs.values(response_id=new.id))).rowcount


async def answered_alike(
    session: Session, state: ResponseState, reason: str, answered: Sequence[str]
) -> datetime | None:
    """When all of these contributions were answered in these very words; None: some were not."""
    alike = (
        select(func.count(), func.max(response.c.published))
        .select_from(contribution)
        .join(response, response.c.id == contribution.c.response_id)
        .where(contribution.c.id.in_(answered), response.c.state == state, response.c.reason == reason)
    )
    number, published = (await session.execute(alike)).one()
    return published if number == len(answered) else None


@dataclass(frozen=True, slots=True)
class AnsweredContribution:
    """The newest of one person's contributions that one response answers, without its words."""

    day: date
    topic: str
    consultation: str | None
    more: int
    """How many others of theirs the same response answers. The answers to one consultation count once."""


async def answered(
    session: Session, responses: Collection[str], people: Collection[str]
) -> Mapping[tuple[str, str], AnsweredContribution]:
    """What each of these responses answers of each of these people, by (response, person)."""
    what = (
        contribution.c.person_id,
        contribution.c.id,
        contribution.c.given,
        contribution.c.topic,
        contribution.c.consultation_id,
    )
    directly = select(contribution.c.response_id, *what).where(contribution.c.response_id.in_(responses))
    through_matters = (
        select(response_matter.c.response_id, *what)
        .join(gathered, gathered.c.matter_id == response_matter.c.matter_id)
        .join(contribution, contribution.c.id == gathered.c.contribution_id)
        .where(response_matter.c.response_id.in_(responses))
    )
    both = union(*(query.where(contribution.c.person_id.in_(people)) for query in (directly, through_matters)))
    rows = await session.execute(both.order_by(contribution.c.given.desc(), contribution.c.id.desc()))
    theirs: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        theirs.setdefault((row.response_id, row.person_id), {}).setdefault(row.consultation_id or row.id, row)
    return {whose: _newest(tuple(contributions.values())) for whose, contributions in theirs.items()}


def _newest(rows: Sequence[Any]) -> AnsweredContribution:
    return AnsweredContribution(rows[0].given, rows[0].topic, rows[0].consultation_id, len(rows) - 1)


@dataclass(frozen=True, slots=True)
class Answered:
    """Of how many people a process has something, and of how many of them a response was published to something."""

    heard: int
    answered: int
    unreached: int
    """How many tellings of a response have not arrived, as far as it is known: waiting, failed, of unknown fate."""


async def answered_people(session: Session, process_id: str) -> Answered:
    """Who was forgotten is not among them, and who has a telling in another chat has not missed it."""
    is_answered = case((contribution.c.response_id.is_not(None), 1), else_=0)
    each = (
        select(func.max(is_answered).label("answered"))
        .where(contribution.c.process_id == process_id, contribution.c.person_id.is_not(None))
        .group_by(contribution.c.person_id)
        .subquery()
    )
    unreached = (
        select(func.coalesce(func.sum(standing.c.number), 0))
        .join(broadcast, broadcast.c.id == standing.c.broadcast_id)
        .where(
            broadcast.c.process_id == process_id,
            broadcast.c.subject.startswith(f"{RESPONSE}:"),
            standing.c.state.not_in([State.SENT, State.DELIVERED]),
            standing.c.code.not_in([Code.LINKED, Code.FORGOTTEN]),
        )
        .scalar_subquery()
    )
    query = select(func.count(), func.coalesce(func.sum(each.c.answered), 0), unreached)
    row = (await session.execute(query.select_from(each))).one()
    return Answered(*map(int, row))
