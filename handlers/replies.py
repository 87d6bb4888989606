"""What is answered, on its way into the outbox."""

from collections.abc import Sequence
from datetime import datetime

from channels.messages import Outgoing
from storage import PersonKey
from storage.deliveries import REPLY
from storage.ids import fresh
from storage.tables import delivery
from storage.together import Writes


def enqueue(
    writes: Writes,
    key: PersonKey,
    address: str,
    channel: str,
    turn: int,
    parts: Sequence[Outgoing],
    now: datetime,
    despite_stop: bool = False,
    not_after: datetime | None = None,
) -> None:
    """One delivery for each part of a reply, in order; its words are sealed for this person."""
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
            body=key.seal(part.packed(), delivery.c.body, name),
            despite_stop=despite_stop,
            state="queued",
            due=now,
            not_after=not_after,
            attempts=0,
        )
