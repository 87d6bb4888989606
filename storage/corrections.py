"""What a deployment says in other words than our catalogs: each by its language, a hash of the English and a plural."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.tables import correction


@dataclass(frozen=True, slots=True)
class Correction:
    """One text, or one of its plurals, in one language. `wording` None: the correction was taken back."""

    language: str
    text: str
    """A hash of the English."""
    form: int
    wording: str | None
    before: str
    """What our catalog had when it was corrected."""
    staff_id: str
    edition: int
    """1 of the first, and one more of each that takes its place."""
    at: datetime


async def edition(session: Session) -> int:
    """Of all corrections together: it has risen when any has changed."""
    return int((await session.execute(select(func.coalesce(func.sum(correction.c.edition), 0)))).scalar_one())


async def every(session: Session) -> Sequence[Correction]:
    """In all languages."""
    return [Correction(*row) for row in await session.execute(_all())]


async def of(session: Session, language: str) -> Sequence[Correction]:
    """Those in one language, also what was taken back."""
    return [Correction(*row) for row in await session.execute(_all().where(correction.c.language == language))]


async def keep(session: Session, new: Correction) -> bool:
    """Keep it in place of the edition before it. False when somebody else has changed that meanwhile."""
    if new.edition == 1:
        insert = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(correction)
        added = insert.values(asdict(new)).on_conflict_do_nothing(index_elements=["language", "text", "form"])
        return (await session.execute(added.returning(correction.c.edition))).one_or_none() is not None
    is_meant = (
        correction.c.language == new.language,
        correction.c.text == new.text,
        correction.c.form == new.form,
        correction.c.edition == new.edition - 1,
    )
    return bool((await session.execute(update(correction).where(*is_meant).values(asdict(new)))).rowcount)


def _all() -> Select[Any]:
    return select(*(correction.c[part.name] for part in fields(Correction)))
