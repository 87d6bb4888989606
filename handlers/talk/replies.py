"""What is answered, on its way into the outbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.messages import Outgoing
from storage import PersonKey, fresh
from storage.outbox.deliveries import REPLY
from storage.tables import delivery
from storage.together import Writes

APART = timedelta(minutes=1)
"""How much later each reply to one person counts as waiting than the one before."""
FURTHEST = timedelta(hours=1)
"""At most: whoever wrote too much is not behind everybody for ever."""
MAKES_SENSE = timedelta(hours=24)
"""How long a reply that could not leave is still one to what was written."""


def waits_since(replied: datetime | None, now: datetime) -> datetime:
    """Since when a reply counts as waiting, after the person's last one that counted as waiting since `replied`.

    Replies leave in this order: it makes nobody wait where there is room, and where there is not, who has had no reply
    for the longest time has theirs first.
    """
    return now if replied is None else min(max(now, replied + APART), now + FURTHEST)


def enqueue(
    writes: Writes,
    key: PersonKey,
    address: str,
    channel: str,
    turn: int,
    parts: Sequence[Outgoing],
    now: datetime,
    since: datetime,
    not_after: datetime,
    despite_stop: bool = False,
    room: int = 0,
) -> None:
    """One delivery for each part of a reply, in order, its words sealed for this person in at least `room` bytes."""
    for number, part in enumerate(parts, start=1):
        name = fresh()
        writes.insert(
            delivery,
            id=name,
            person_id=key.person,
            address_id=address,
            channel=channel,
            lane=REPLY,
            turn=turn,
            part=number,
            body=key.seal(part.packed(), delivery.c.body, name, room),
            despite_stop=despite_stop,
            state="queued",
            due=now,
            since=since,
            not_after=not_after,
            attempts=0,
        )
