"""Taking from the outbox what may leave now, so that one worker sends it, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from storage import circuits
from storage._ground.database import Session
from storage.keys import Keyring
from storage.lanes import Lane
from storage.outbox.claimed import Claimed, whole
from storage.outbox.deliveries import LONGEST_SILENCE
from storage.outbox.taking import taking
from storage.states import State
from storage.tables import delivery, is_under_way

__all__ = ["Claimed"]

MOST_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker asks for: up to `most` deliveries of a channel, none of a lane below `lowest`."""

    channel: str
    owner: str
    """The name by which the worker's claims are known."""
    now: datetime
    lease: datetime
    """Until when what it claims is its own."""
    most: int
    lowest: Lane = Lane.BULLETIN


async def claim(session: Session, keys: Keyring, wanted: Claim) -> list[Claimed]:
    """Take deliveries that may leave now: they are `sending`, their owner's, and shown so once this commits.

    Replies come before notices, notices before bulletins. A person's replies come one after the other, and first those
    of the people who have had none for the longest time (`since`); a person's notices come in the order in which they
    were made. A delivery that has waited too long, or whose person cannot be written to any more, is taken too and ends
    here. Nothing is taken of a broadcast that was paused or cancelled, and nothing while the channel's circuit is open.
    """
    values = _values(wanted)
    taken: list[str] = []
    probe = False
    for _look in range(MOST_LOOKS):
        more = {"most": wanted.most - len(taken)}
        rows = (await session.execute(taking(session.dialect.name), values | more)).all()
        sending = [row.id for row in rows if row.state == State.SENDING]
        taken += sending
        probe = any(row.probe for row in rows)
        if len(sending) == len(rows):
            break
    if probe and taken and not await circuits.probe(session, wanted.channel, wanted.lease, wanted.now):
        await _put_back(session, taken)
        return []
    return await whole(session, keys, taken, wanted.now, probe)


def _values(wanted: Claim) -> dict[str, object]:
    return {
        "by": wanted.channel,
        "now": wanted.now,
        "today": wanted.now.date(),
        "silent": wanted.now - LONGEST_SILENCE,
        "claimant": wanted.owner,
        "until": wanted.lease,
        "lowest": wanted.lowest,
    }


async def let_go(session: Session, channel: str, owner: str, known: Sequence[str]) -> int:
    """Queue again what this owner has claimed, but for the deliveries that it knows of; gives how many.

    It has not heard of the others because it never heard that their claim was committed.
    """
    unheard = [is_under_way(delivery), delivery.c.owner == owner, delivery.c.channel == channel]
    queued = {"state": State.QUEUED, "owner": None, "lease": None}
    returned = await session.execute(update(delivery).where(*unheard, delivery.c.id.not_in(known)).values(queued))
    return returned.rowcount


async def _put_back(session: Session, ids: Sequence[str]) -> None:
    queued = {"state": State.QUEUED, "owner": None, "lease": None}
    await session.execute(update(delivery).where(delivery.c.id.in_(ids)).values(queued))
