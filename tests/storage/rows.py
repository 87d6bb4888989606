"""People and what belongs to them, put straight into the tables."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event, insert, select, update

import storage
from storage import Database, Keyring, PersonKey, Session, broadcasts, fresh, processes, tables
from storage import staff as stored_staff
from storage.broadcasts import Broadcast, NewBroadcast, Plan, Subject
from storage.lanes import Lane
from storage.processes import NewProcess
from storage.tables import address, contribution, council, delivery, membership, participation, person, seat
from storage.together import Writes, write

NOW = datetime(2026, 11, 23, 12, 30, 15, 250_000, tzinfo=UTC)
TODAY = NOW.date()
PROCESS = "review"
CONTENT = '{"title": {"en": "Review"}, "organizer": {"en": "Forum"}, "languages": ["en"], "regions": []}'
ANYHOW = Plan()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """An open database with a process in it."""
    database = storage.open(url)
    try:
        async with database.writing() as session:
            await processes.add(session, NewProcess(PROCESS, "main", None, CONTENT, NOW))
        yield database
    finally:
        await database.close()


async def another(session: Session, slug: str = "national") -> str:
    """One more process; gives its id."""
    await processes.add(session, NewProcess(slug, slug, None, CONTENT, NOW))
    return slug


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as the tests know them."""

    id: str
    address: str
    channel: str
    sender: str
    key: PersonKey
    wrapped: bytes
    boxes: list[bytes] = field(default_factory=list)


async def meet(
    session: Session,
    keys: Keyring,
    sender: str = "70001",
    *,
    channel: str = "telegram",
    language: str = "en",
    region: str = "north",
    consented: bool = True,
    reach: str = "active",
    spoke: datetime = NOW,
    talk: str | None = None,
    name: str | None = None,
    process: str = PROCESS,
) -> Somebody:
    key = keys.new(name or fresh())
    who = Somebody(key.person, fresh(), channel, sender, key, keys.wrap(key))
    consent = key.seal("agreed", participation.c.consent, process)
    who.boxes.append(consent)
    writes = Writes()
    writes.insert(
        person,
        id=who.id,
        key=who.wrapped,
        key_epoch=keys.epoch,
        language=language,
        met=NOW.date(),
    )
    writes.insert(
        participation,
        process_id=process,
        person_id=who.id,
        region=region,
        consented=consented,
        consent=consent,
        joined=NOW.date(),
    )
    _reached(writes, keys, who, reach, spoke, talk, consented, process)
    await write(session, writes)
    return who


async def also_at(
    session: Session,
    keys: Keyring,
    who: Somebody,
    sender: str,
    *,
    channel: str,
    reach: str = "active",
    spoke: datetime = NOW,
    consented: bool = True,
) -> Somebody:
    """The same person at one more address."""
    there = Somebody(who.id, fresh(), channel, sender, who.key, who.wrapped, who.boxes)
    writes = Writes()
    _reached(writes, keys, there, reach, spoke, None, consented)
    writes.change(person, ("id",), id=who.id, linked=True)
    await write(session, writes)
    return there


def _reached(
    writes: Writes,
    keys: Keyring,
    who: Somebody,
    reach: str,
    spoke: datetime,
    talk: str | None,
    consented: bool,
    process: str = PROCESS,
) -> None:
    external = who.key.seal(who.sender, address.c.external, who.address)
    sealed = None if talk is None else who.key.seal(talk, address.c.talk, who.address)
    who.boxes.extend([external] if sealed is None else [external, sealed])
    writes.insert(
        address,
        id=who.address,
        person_id=who.id,
        process_id=process,
        channel=who.channel,
        index=keys.index(who.channel, who.sender),
        external=external,
        reach=reach,
        turns=0,
        talk=sealed,
        spoke=spoke,
        consented=consented,
    )


async def sit(
    session: Session, who: Somebody, process: str = PROCESS, since: date = TODAY, *, on: str = "", name: str = ""
) -> None:
    """On a council of the process; `name` is that of the seat."""
    its, name = on or f"council-{process}", name or f"{process} {who.id}"
    if (await session.execute(select(council.c.id).where(council.c.id == its))).one_or_none() is None:
        await session.execute(insert(council).values(id=its, process_id=process, content=COUNCIL, made=NOW))
    place = {"id": name, "process_id": process, "council_id": its, "kind": "invitation", "made": since}
    await session.execute(insert(seat).values(place))
    term = {"id": name, "process_id": process, "seat_id": name, "person_id": who.id, "since": since}
    await session.execute(insert(membership).values(term))


COUNCIL = '{"name":{"en":"Council"}}'


async def queue(
    session: Session,
    who: Somebody,
    text: str = "hello",
    *,
    lane: int = Lane.REPLY,
    turn: int = 1,
    part: int = 1,
    due: datetime = NOW,
    not_after: datetime | None = None,
    despite_stop: bool = False,
    state: str = "queued",
    since: datetime | None = None,
    **more: Any,
) -> str:
    """A reply, or anything else that has its own words. `more`: other columns."""
    name = fresh()
    body = who.key.seal(text, delivery.c.body, name)
    who.boxes.append(body)
    writes = Writes()
    writes.insert(
        delivery,
        id=name,
        person_id=who.id,
        address_id=who.address,
        channel=who.channel,
        lane=lane,
        turn=turn,
        part=part,
        body=body,
        despite_stop=despite_stop,
        state=state,
        due=due,
        since=since or due,
        not_after=not_after,
        **{"attempts": 0} | more,
    )
    await write(session, writes)
    return name


TOLD = '{"text":{"en":"News"},"order":["en"]}'
"""As the handlers write what a broadcast tells."""


async def announce(session: Session, name: str = "b", plan: Plan = ANYHOW, made: datetime = NOW) -> Broadcast:
    """A broadcast of which no delivery is made yet."""
    return await broadcasts.add(
        session, NewBroadcast(PROCESS, Subject("bulletin", "x"), TOLD, Lane.BULLETIN, plan=plan, id=name), made
    )


async def owe(session: Session, who: Somebody, broadcast: str = "b", **columns: Any) -> str:
    """A delivery of a broadcast to somebody."""
    row: dict[str, Any] = {
        "id": fresh(),
        "person_id": who.id,
        "address_id": who.address,
        "broadcast_id": broadcast,
        "channel": who.channel,
        "lane": Lane.BULLETIN,
        "turn": 0,
        "part": 1,
        "state": "queued",
        "due": NOW,
        "attempts": 0,
    }
    await session.execute(insert(delivery).values(row | columns))
    return str((row | columns)["id"])


async def row(session: Session, name: str) -> Any:
    """A delivery as it stands."""
    return (await session.execute(select(delivery).where(delivery.c.id == name))).one()


async def states(session: Session) -> dict[str, str]:
    """The state of every delivery."""
    return {owed.id: owed.state for owed in await session.execute(select(delivery.c.id, delivery.c.state))}


async def put(session: Session, name: str, **columns: Any) -> None:
    """A delivery as it is to stand."""
    await session.execute(update(delivery).where(delivery.c.id == name).values(columns))


async def reach(session: Session, who: Somebody) -> str:
    return str((await session.execute(select(address.c.reach).where(address.c.id == who.address))).scalar_one())


async def give(
    session: Session,
    who: Somebody,
    words: str = "More buses",
    *,
    topic: str = "o1",
    consultation: str | None = None,
    question: str | None = None,
    moment: datetime = NOW,
    process: str = PROCESS,
    language: str = "en",
    spoken: bool = True,
    answer_by: date = date.max,
) -> str:
    name = fresh()
    sealed = who.key.seal(words, contribution.c.words, name)
    voice = who.key.seal("file-1", contribution.c.voice, name) if spoken else None
    who.boxes.extend(box for box in (sealed, voice) if box is not None)
    writes = Writes()
    writes.insert(
        contribution,
        id=name,
        process_id=process,
        person_id=who.id,
        consultation_id=consultation,
        question=question,
        option=None,
        topic=topic,
        language=language,
        words=sealed,
        voice=voice,
        given=moment.date(),
        answer_by=answer_by,
        response_id=None,
    )
    await write(session, writes)
    return name


@contextmanager
def statements(database: Database, *, reading: bool = False) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its parameters that reaches the database within the block, but no BEGIN or COMMIT.

    Those of transactions that write, or where `reading` of those that only read.
    """
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append((statement, parameters))

    engine = (database.reader if reading else database.writer).sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def plan(session: Session, statement: tuple[str, Any]) -> str:
    """How the database would run a statement that was seen."""
    explain = "EXPLAIN QUERY PLAN " if session.dialect.name == "sqlite" else "EXPLAIN "
    rows = await session.exec_driver_sql(explain + statement[0], statement[1])
    return "\n".join(str(row[-1]) for row in rows)


async def until_somebody_waits(session: Session) -> None:
    """Until another transaction of this PostgreSQL database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _try in range(5000):
        if (await session.exec_driver_sql(waiting)).scalar_one():
            return
        # What one transaction sees of the others' activity is frozen until told otherwise.
        await session.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
    raise AssertionError("nobody waits")


REVIEWER = "reviewer"


async def reviewing(session: Session) -> None:
    """A member of staff who reviews our own texts is there."""
    there = await session.execute(select(tables.staff.c.id).where(tables.staff.c.id == REVIEWER))
    if there.one_or_none() is None:
        new = stored_staff.NewStaff(REVIEWER, REVIEWER, "", "fr", stored_staff.Look.SYSTEM, NOW)
        await stored_staff.add(session, new)
