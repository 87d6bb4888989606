"""Soundings: what many are asked to agree or disagree with, how long each is open, and who counts it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from storage._ground.database import Session
from storage.states import ProcessState
from storage.tables import is_asked_now, process, sounding

RARELY = timedelta(hours=1)
"""A sounding that has closed changes when somebody is forgotten who said something there."""
NOBODYS: dict[str, Any] = {"maker": None, "until": None}


@dataclass(frozen=True, slots=True)
class StoredSounding:
    """A sounding as it stands. The content and the picture are JSON texts that the handlers wrote."""

    id: str
    process_id: str
    content: str
    opened: datetime
    closes: datetime | None
    """None: somebody closes it."""
    closed: datetime | None
    """None: nobody has closed it."""
    people: int
    """How many had said something when it was counted last."""
    picture: str = field(repr=False)
    """"": there is none."""
    counted: datetime | None
    stamp: str
    """How much had been said when it was counted last; "": it was not."""
    tries: int

    def is_open(self, now: datetime) -> bool:
        return self.closed is None and (self.closes is None or self.closes > now)


async def add(
    session: Session, sounding_id: str, process_id: str, content: str, now: datetime, closes: datetime | None
) -> None:
    new = {"id": sounding_id, "process_id": process_id, "content": content, "opened": now, "closes": closes}
    await session.execute(insert(sounding).values(new))


async def get(session: Session, process_id: str, sounding_id: str) -> StoredSounding | None:
    """The one of the process that has this id."""
    row = (await session.execute(_of(process_id).where(sounding.c.id == sounding_id))).one_or_none()
    return None if row is None else StoredSounding(*row)


async def newest(session: Session, process_id: str, most: int) -> Sequence[StoredSounding]:
    rows = await session.execute(_of(process_id).order_by(sounding.c.opened.desc(), sounding.c.id).limit(most))
    return [StoredSounding(*row) for row in rows]


async def close(session: Session, process_id: str, sounding_id: str, now: datetime) -> bool:
    """False when the process has none that is open of this id."""
    still = (sounding.c.process_id == process_id, sounding.c.id == sounding_id, sounding.c.closed.is_(None))
    return bool((await session.execute(update(sounding).where(*still).values(closed=now))).rowcount)


async def close_all(session: Session, process_id: str, now: datetime) -> None:
    """Nobody says what they think in the process any more."""
    theirs = update(sounding).where(sounding.c.process_id == process_id, sounding.c.closed.is_(None))
    await session.execute(theirs.values(closed=now))


async def to_count(session: Session, counted_before: datetime, now: datetime) -> Sequence[StoredSounding]:
    """Those of any process that were not counted since then and that nobody counts now, what waited longest first.

    One that has closed is counted once more after that, and looked at now and then: somebody may have been forgotten.
    """
    counted, ends = sounding.c.counted, func.coalesce(sounding.c.closed, sounding.c.closes)
    may_change = or_(is_asked_now(sounding, now), counted < ends, counted < counted_before - RARELY)
    waits = and_(_is_free(now), or_(counted.is_(None), and_(counted < counted_before, may_change)))
    kept = select(*_columns()).join(process, process.c.id == sounding.c.process_id)
    kept = kept.where(waits, process.c.state != ProcessState.ARCHIVED)
    rows = await session.execute(kept.order_by(func.coalesce(sounding.c.counted, sounding.c.opened), sounding.c.id))
    return [StoredSounding(*row) for row in rows]


async def claim(session: Session, sounding_id: str, maker: str, now: datetime, until: datetime) -> bool:
    """From now on this worker counts it, alone. Of two that want to at once one may."""
    values = {"maker": maker, "until": until, "tries": sounding.c.tries + 1}
    free = update(sounding).where(sounding.c.id == sounding_id, _is_free(now))
    return bool((await session.execute(free.values(values))).rowcount)


async def go_on(session: Session, sounding_id: str, maker: str, until: datetime) -> bool:
    """Its counter still counts. False: it is another worker's by now."""
    return await _change(session, sounding_id, maker, {"until": until})


async def put(
    session: Session, sounding_id: str, maker: str, people: int, picture: str, stamp: str, now: datetime
) -> bool:
    """It is counted. False, and nothing is kept, as in `go_on`."""
    values = {"people": people, "picture": picture, "stamp": stamp, "counted": now, "tries": 0} | NOBODYS
    return await _change(session, sounding_id, maker, values)


async def pass_over(session: Session, sounding_id: str, now: datetime) -> None:
    """Nothing was said there since it was counted: it is as counted now."""
    await session.execute(update(sounding).where(sounding.c.id == sounding_id, _is_free(now)).values(counted=now))


async def let_go(session: Session, sounding_id: str, maker: str, now: datetime) -> None:
    """Its counter failed on it: another time, after a while."""
    await _change(session, sounding_id, maker, {"counted": now} | NOBODYS)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Nobody counts it, or whoever did has not been heard of for too long."""
    return or_(sounding.c.maker.is_(None), sounding.c.until < now)


async def _change(session: Session, sounding_id: str, maker: str, values: dict[str, Any]) -> bool:
    theirs = update(sounding).where(sounding.c.id == sounding_id, sounding.c.maker == maker)
    return bool((await session.execute(theirs.values(values))).rowcount)


def _columns() -> list[ColumnElement[Any]]:
    return [sounding.c[part.name] for part in fields(StoredSounding)]


def _of(process_id: str) -> Any:
    return select(*_columns()).where(sounding.c.process_id == process_id)
