"""Who draws a draw by lot, how far it is, and what it gave."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from storage._ground.database import Session
from storage.draws import StoredDraw, columns, read
from storage.states import DrawState
from storage.tables import draw, ticket

NOBODYS: dict[str, Any] = {"maker": None, "until": None}


async def waits(session: Session, now: datetime) -> bool:
    """Whether there is one to draw, of any process."""
    return (await session.execute(select(draw.c.id).where(_is_free(now)).limit(1))).first() is not None


async def claim(session: Session, maker: str, now: datetime, until: datetime) -> StoredDraw | None:
    """The one that has waited longest, of any process, or one whose maker is gone; None: there is none to draw.

    Of two workers that look at once each gets another one.
    """
    first = select(draw.c.id).where(_is_free(now)).order_by(draw.c.entered, draw.c.id).limit(1)
    draw_id = (await session.execute(first.with_for_update(skip_locked=True))).scalar_one_or_none()
    if draw_id is None:
        return None
    values = {"state": DrawState.DRAWING, "progress": 0, "maker": maker, "until": until, "tries": draw.c.tries + 1}
    taken = update(draw).where(draw.c.id == draw_id).values(values).returning(*columns().selected_columns)
    return read((await session.execute(taken)).one())


async def go_on(session: Session, draw_id: str, maker: str, progress: int, until: datetime) -> bool:
    """Write down how far its maker is. False: it is that worker's no more."""
    return await _change(session, draw_id, maker, {"progress": progress, "until": until})


@dataclass(frozen=True, slots=True)
class Drawn:
    """Whom a draw gave, by their tickets."""

    outcome: str
    """A JSON text that the handlers wrote, without the people."""
    places: Mapping[str, int]
    chances: Mapping[str, int]
    """In millionths."""
    gone: Collection[str]
    """Whom nobody could draw any more."""


async def keep(session: Session, draw_id: str, maker: str, drawn: Drawn, now: datetime) -> bool:
    """False, and nothing is kept: it is that worker's no more."""
    values = {"state": DrawState.DRAWN, "progress": 100, "outcome": drawn.outcome, "drawn": now}
    if not await _change(session, draw_id, maker, values | NOBODYS):
        return False
    theirs = ticket.c.draw_id == draw_id
    for name, place in drawn.places.items():
        its = {"place": place, "chance": drawn.chances[name]}
        await session.execute(update(ticket).where(theirs, ticket.c.id == name).values(its))
    await session.execute(update(ticket).where(theirs, ticket.c.id.in_(drawn.gone)).values(gone=True))
    return True


async def fail(session: Session, draw_id: str, maker: str, outcome: str) -> bool:
    """Nobody can be drawn, and why. False: it is that worker's no more."""
    return await _change(session, draw_id, maker, {"state": DrawState.FAILED, "outcome": outcome} | NOBODYS)


async def let_go(session: Session, draw_id: str, maker: str) -> bool:
    """Its maker failed on it: another time. False: it is that worker's no more."""
    return await _change(session, draw_id, maker, {"state": DrawState.READY, "progress": 0} | NOBODYS)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """It waits, or has not been heard of for too long."""
    left = and_(draw.c.state == DrawState.DRAWING, draw.c.until < now)
    return or_(draw.c.state == DrawState.READY, left)


async def _change(session: Session, draw_id: str, maker: str, values: Mapping[str, Any]) -> bool:
    theirs: ColumnElement[bool] = and_(draw.c.id == draw_id, draw.c.maker == maker)
    return bool((await session.execute(update(draw).where(theirs).values(values))).rowcount)
