"""Replies to people, on their way into the outbox."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from storage._ground.ids import fresh
from storage.keys import PersonKey
from storage.lanes import Lane
from storage.states import State
from storage.tables import delivery
from storage.together import Writes


class Reply(Struct, frozen=True, kw_only=True):
    """The answer to a turn."""

    address: str
    channel: str
    turn: int
    parts: Sequence[str]
    """What each message says, in their order, as the worker unpacks it."""
    due: datetime
    since: datetime
    """Since when it counts as waiting."""
    not_after: datetime
    despite_stop: bool = False
    room: int = 0
    """The bytes that each takes in the database at least, where its length would tell what it says."""

    def __repr__(self) -> str:
        return f"Reply({self.address}, {self.turn})"


def queue(writes: Writes, key: PersonKey, reply: Reply) -> list[str]:
    """Queue a reply: a delivery for each part of it, sealed for this person; gives their ids."""
    names = []
    for number, part in enumerate(reply.parts, start=1):
        name = fresh()
        names.append(name)
        writes.insert(
            delivery,
            id=name,
            person_id=key.person,
            address_id=reply.address,
            channel=reply.channel,
            lane=Lane.REPLY,
            turn=reply.turn,
            part=number,
            body=key.seal(part, delivery.c.body, name, reply.room),
            despite_stop=reply.despite_stop,
            state=State.QUEUED,
            due=reply.due,
            since=reply.since,
            not_after=reply.not_after,
            attempts=0,
        )
    return names
