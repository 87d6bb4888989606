"""Channels that are out of order: nothing is claimed for them but, from time to time, one message that tries."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Select, Update, bindparam, case, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.columns import Moment
from storage._ground.database import Session
from storage.tables import circuit, report, sender

PROOFS = ("sent", "delivered", "read")
"""What a platform says of a message that has really left."""


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """An open one: since when and why, and when it is tried next."""

    channel: str
    code: str
    since: datetime
    until: datetime


async def break_(session: Session, channel: str, code: str, until: datetime, now: datetime) -> None:
    """Send nothing on this channel until then."""
    insert = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(circuit)
    added = insert.values(channel=channel, code=code, since=now, until=until)
    again = {"code": code, "until": until, "probe": None}
    await session.execute(added.on_conflict_do_update(index_elements=["channel"], set_=again))


async def probe(session: Session, channel: str, until: datetime, now: datetime) -> bool:
    """Try it now, and nobody else until then. False when somebody else tries it already."""
    turn = update(circuit).where(circuit.c.channel == channel, circuit.c.until <= now).values(until=until)
    return bool((await session.execute(turn)).rowcount)


async def accepted(session: Session, channel: str, delivery: str, until: datetime, now: datetime) -> bool:
    """The platform took the message that tried, and will say later whether it left. Whether the channel works again.

    It does when an earlier one was taken and no failure was reported since: that has left, or `until` has passed.
    """
    tried = (await session.execute(select(circuit.c.probe).where(circuit.c.channel == channel))).one_or_none()
    if tried is not None and tried.probe == delivery:
        return False
    if tried is None or tried.probe is not None:
        return await mend(session, channel)
    waits = update(circuit).where(circuit.c.channel == channel).values(probe=delivery, until=until)
    await session.execute(waits)
    # The report may have been quicker than we.
    proofs = exists().where(report.c.delivery_id == delivery, report.c.status.in_(PROOFS))
    await session.execute(update(circuit).where(circuit.c.channel == channel, proofs).values(until=now))
    return False


async def prove(session: Session, deliveries: Sequence[str], now: datetime) -> None:
    """These have left, or were refused for their person's sake: where one of them tried, the next may try at once."""
    await session.execute(proved(deliveries), {"now": now})


def proved(deliveries: Sequence[str] | Select[tuple[str]]) -> Update:
    """What `prove` writes. It writes each row, changed or not: a transaction that writes down at this moment that the
    platform took the message is waited for, or waits and then finds the report."""
    now = bindparam("now", type_=Moment())
    until = case((circuit.c.probe.in_(deliveries), now), else_=circuit.c.until)
    return update(circuit).where(circuit.c.until > now).values(until=until)


async def mend(session: Session, channel: str) -> bool:
    """It works again. False when it never was out of order."""
    return bool((await session.execute(delete(circuit).where(circuit.c.channel == channel))).rowcount)


async def broken_for(session: Session, process_id: str) -> Sequence[OpenCircuit]:
    """Every channel that is out of order and carries what this process tells."""
    of_another = select(sender.c.name).where(sender.c.process_id != process_id)
    columns = (circuit.c[part.name] for part in fields(OpenCircuit))
    rows = await session.execute(
        select(*columns).where(circuit.c.channel.not_in(of_another)).order_by(circuit.c.channel)
    )
    return [OpenCircuit(*row) for row in rows]


async def broken(session: Session) -> Sequence[OpenCircuit]:
    """Every channel that is out of order."""
    rows = await session.execute(
        select(*(circuit.c[part.name] for part in fields(OpenCircuit))).order_by(circuit.c.channel)
    )
    return [OpenCircuit(*row) for row in rows]
