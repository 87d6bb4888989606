"""A delivery that was claimed, with everything that whoever sends it has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from storage import responses
from storage._ground.database import Session
from storage.broadcasts import RESPONSE, Hours, Subject, Way, unpacked_hours, unpacked_ways
from storage.codes import Code
from storage.keys import Keyring, Unreadable
from storage.lanes import Lane
from storage.responses import AnsweredContribution
from storage.senders import beside_others
from storage.states import State
from storage.tables import address, broadcast, delivery, participation, person

UNREADABLE_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to send, once, before its lease ends."""

    id: str
    address: str
    to: str = field(repr=False)
    language: str
    region: str
    """Where the person lives, as the broadcast's process names it; "" where they have not said, and of a reply."""
    lane: Lane
    body: str | None = field(repr=False)
    """What a reply says, as the handlers wrote it; None when it belongs to a broadcast."""
    broadcast: str | None
    subject: Subject | None
    renditions: str | None = field(repr=False)
    hours: Hours | None
    """When the broadcast may leave; None: at any hour."""
    outside: tuple[Way, ...]
    """What the broadcast tries after a silence, in this order."""
    elsewhere: bool
    attempts: int
    not_after: datetime | None
    spoke: datetime
    """When the person last wrote from this address."""
    shut: datetime | None
    """When the platform last refused a text because that was too long ago; None: not since then."""
    began: datetime
    """When it was claimed."""
    probe: bool
    """The channel was out of order: this one shows whether it still is."""
    answers: AnsweredContribution | None = None
    """Of a response: what it answers of this person, as it is now."""
    beside_others: bool = False
    """Of a broadcast: several processes write to people from there, so it says which it is of."""

    def in_session(self, window: timedelta | None) -> bool:
        """Whether a platform that lets us write freely so long after a person's last word does so now."""
        if window is None:
            return True
        return self.spoke > self.began - window and (self.shut is None or self.spoke > self.shut)

    def silent_for(self, recycled: timedelta | None) -> bool:
        """Whether the person has not written for so long; never where that is None."""
        return recycled is not None and self.spoke <= self.began - recycled


async def whole(session: Session, keys: Keyring, ids: Sequence[str], now: datetime, probe: bool) -> list[Claimed]:
    if not ids:
        return []
    rows = (await session.execute(_reading(), {"ids": list(ids)})).all()
    about = await _about(session, rows)
    claimed = []
    for row in rows:
        try:
            claimed.append(_claimed(keys, row, now, probe, about))
        except Unreadable:
            # It is tried again later, in case the key comes back, and is in nobody's way until then.
            await _put_off(session, row.id, now + UNREADABLE_PAUSE)
    return claimed


@dataclass(frozen=True, slots=True)
class _About:
    """What has to be known of the broadcasts that these deliveries are parts of."""

    answers: Mapping[str, AnsweredContribution] = field(default_factory=dict)
    """Of responses, by delivery."""
    regions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Where a person lives, by broadcast and person."""
    beside_others: frozenset[str] = frozenset()
    """The senders by which several processes write to people."""


async def _about(session: Session, rows: Sequence[Any]) -> _About:
    """Replies belong to no broadcast: for them nothing more is looked up."""
    if all(row.broadcast_id is None for row in rows):
        return _About()
    return _About(await _answers(session, rows), await _regions(session, rows), await beside_others(session))


async def _regions(session: Session, rows: Sequence[Any]) -> dict[tuple[str, str], str]:
    of_broadcasts = [row for row in rows if row.broadcast_id is not None]
    query = (
        select(broadcast.c.id, participation.c.person_id, participation.c.region)
        .join(participation, participation.c.process_id == broadcast.c.process_id)
        .where(
            broadcast.c.id.in_({row.broadcast_id for row in of_broadcasts}),
            participation.c.person_id.in_({row.person_id for row in of_broadcasts}),
        )
    )
    return {(name, person_id): region for name, person_id, region in await session.execute(query)}


async def _answers(session: Session, rows: Sequence[Any]) -> dict[str, AnsweredContribution]:
    """What the responses among these answer, by delivery: one more look, and only where there is one among them."""
    subjects = ((row, Subject.read(row.subject)) for row in rows if row.subject is not None)
    whose = {row.id: (subject.id, row.person_id) for row, subject in subjects if subject.kind == RESPONSE}
    if not whose:
        return {}
    names, people = map(set, zip(*whose.values(), strict=True))
    found = await responses.answered(session, names, people)
    return {name: found[reader] for name, reader in whose.items() if reader in found}


@cache
def _reading() -> Select[Any]:
    return (
        select(
            delivery.c.id,
            delivery.c.body,
            delivery.c.lane,
            delivery.c.attempts,
            delivery.c.not_after,
            delivery.c.broadcast_id,
            delivery.c.channel,
            broadcast.c.subject,
            broadcast.c.renditions,
            broadcast.c.hours,
            broadcast.c.outside,
            broadcast.c.elsewhere,
            address.c.id.label("address_id"),
            address.c.external,
            address.c.spoke,
            address.c.shut,
            person.c.id.label("person_id"),
            person.c.language,
            person.c.key,
            person.c.key_epoch,
        )
        .join(address, address.c.id == delivery.c.address_id)
        .join(person, person.c.id == delivery.c.person_id)
        .outerjoin(broadcast, broadcast.c.id == delivery.c.broadcast_id)
        .where(delivery.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(delivery.c.lane, delivery.c.since, delivery.c.due, delivery.c.turn, delivery.c.part)
    )


async def _put_off(session: Session, name: str, due: datetime) -> None:
    put_off = {"state": State.QUEUED, "code": Code.UNREADABLE, "due": due, "owner": None, "lease": None}
    await session.execute(update(delivery).where(delivery.c.id == name).values(put_off))


def _claimed(keys: Keyring, row: Any, now: datetime, probe: bool, about: _About) -> Claimed:
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    return Claimed(
        id=row.id,
        address=row.address_id,
        to=key.open(row.external, address.c.external, row.address_id),
        language=row.language,
        region=about.regions.get((row.broadcast_id, row.person_id), ""),
        lane=Lane(row.lane),
        body=None if row.body is None else key.open(row.body, delivery.c.body, row.id),
        broadcast=row.broadcast_id,
        subject=None if row.subject is None else Subject.read(row.subject),
        renditions=row.renditions,
        hours=unpacked_hours(row.hours or ""),
        outside=() if row.outside is None else unpacked_ways(row.outside),
        elsewhere=bool(row.elsewhere),
        attempts=row.attempts,
        not_after=row.not_after,
        spoke=row.spoke,
        shut=row.shut,
        began=now,
        probe=probe,
        beside_others=row.broadcast_id is not None and row.channel in about.beside_others,
        answers=about.answers.get(row.id),
    )
