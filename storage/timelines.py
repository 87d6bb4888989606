"""What became of what one person gave, or of one matter, from the beginning."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select, union

from storage import matters, responses
from storage._ground.database import Session
from storage.matters import StoredMatter
from storage.responses import NewResponse
from storage.tables import consultation, contribution, gathered, matter, response_matter


@dataclass(frozen=True, slots=True)
class Gave:
    """When somebody gave something, and what it is about, without their words."""

    day: date
    topic: str
    consultation: str | None
    """The content of the consultation that it answers."""


async def gave(session: Session, process_id: str, person_id: str, name: str) -> Gave | None:
    """`name`: of a contribution of this person, or of a consultation that they answered. None: they gave no such."""
    newest = (
        select(contribution.c.given, contribution.c.topic, consultation.c.content)
        .outerjoin(consultation, consultation.c.id == contribution.c.consultation_id)
        .where(_theirs(process_id, person_id, name))
        .order_by(contribution.c.given.desc(), contribution.c.id)
        .limit(1)
    )
    row = (await session.execute(newest)).one_or_none()
    return None if row is None else Gave(*row)


async def gathered_in(session: Session, process_id: str, person_id: str, name: str) -> Sequence[StoredMatter]:
    """The matters that it is gathered in, in the order of their ids."""
    found = (
        select(gathered.c.matter_id)
        .join(contribution, contribution.c.id == gathered.c.contribution_id)
        .where(_theirs(process_id, person_id, name))
    )
    return await matters.several(session, process_id, (await session.execute(found)).scalars().all())


async def responses_to(
    session: Session, process_id: str, person_id: str, name: str, matter_ids: Collection[str]
) -> Sequence[NewResponse]:
    """Those to it and to these matters, the first first."""
    directly = select(contribution.c.response_id).where(
        _theirs(process_id, person_id, name), contribution.c.response_id.is_not(None)
    )
    through = select(response_matter.c.response_id).join(matter, matter.c.id == response_matter.c.matter_id)
    through = through.where(matter.c.process_id == process_id, matter.c.id.in_(matter_ids))
    names = (await session.execute(union(directly, through))).scalars().all()
    return await responses.several(session, process_id, names)


def _theirs(process_id: str, person_id: str, name: str) -> ColumnElement[bool]:
    return and_(
        contribution.c.process_id == process_id,
        contribution.c.person_id == person_id,
        or_(contribution.c.id == name, contribution.c.consultation_id == name),
    )
