"""Notices to one person that no broadcast holds, on their way into the outbox."""

from datetime import datetime

from msgspec import Struct

from storage._ground.ids import fresh
from storage.keys import PersonKey
from storage.lanes import Lane
from storage.states import State
from storage.tables import delivery
from storage.together import Writes


class Notice(Struct, frozen=True, kw_only=True):
    """One message that nobody wrote for."""

    address: str
    channel: str
    body: str
    """What it says, as the worker unpacks it."""
    due: datetime
    not_after: datetime

    def __repr__(self) -> str:
        return f"Notice({self.address})"


def queue(writes: Writes, key: PersonKey, notice: Notice) -> None:
    """Queue it, sealed for this person, who is locked."""
    name = fresh()
    writes.insert(
        delivery,
        id=name,
        person_id=key.person,
        address_id=notice.address,
        channel=notice.channel,
        lane=Lane.NOTICE,
        turn=0,
        part=1,
        body=key.seal(notice.body, delivery.c.body, name),
        state=State.QUEUED,
        due=notice.due,
        since=notice.due,
        not_after=notice.not_after,
        attempts=0,
    )
