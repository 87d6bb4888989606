"""Channels that are out of order: nothing is claimed for them but, from time to time, one message that tries."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Session
from storage.tables import circuit


@dataclass(frozen=True, slots=True)
class Circuit:
    """An open one: since when and why, and when it is tried next."""

    channel: str
    code: str
    since: datetime
    until: datetime


async def break_(session: Session, channel: str, code: str, until: datetime, now: datetime) -> None:
    """Send nothing on this channel until then."""
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(circuit)
    given = added.values(channel=channel, code=code, since=now, until=until)
    await session.execute(given.on_conflict_do_update(index_elements=["channel"], set_={"code": code, "until": until}))


async def probe(session: Session, channel: str, until: datetime, now: datetime) -> bool:
    """Try it now, and nobody else until then. False when somebody else tries it already."""
    turn = update(circuit).where(circuit.c.channel == channel, circuit.c.until <= now).values(until=until)
    return bool((await session.execute(turn)).rowcount)


async def mend(session: Session, channel: str) -> bool:
    """It works again. False when it never was out of order."""
    return bool((await session.execute(delete(circuit).where(circuit.c.channel == channel))).rowcount)


async def broken(session: Session) -> Sequence[Circuit]:
    """Every channel that is out of order."""
    rows = await session.execute(select(*(circuit.c[one.name] for one in fields(Circuit))).order_by(circuit.c.channel))
    return [Circuit(*row) for row in rows]
