"""So many people who take part, and the least that can be done to make something of each of them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import Text, case, cast, insert, literal, select, text

from bench import _forum
from storage import Database
from storage.keys import SHORTEST, VERSION
from storage.lanes import Lane
from storage.tables import address, broadcast, delivery, participation, person

BOX = VERSION.ljust(SHORTEST, b"\0")


async def settle(database: Database, process: str, people: int) -> None:
    """So many people, each at one address; what is sealed of them is never opened here."""
    first = select(literal(1).label("i")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.i + 1).where(first.c.i < people))
    who = cast(numbers.c.i + 10_000_000, Text)
    someone: dict[str, Any] = {
        "id": who,
        "key": literal(BOX),
        "key_epoch": literal(1),
        "language": case({0: "en", 1: "fr", 2: "es"}, value=numbers.c.i % 4, else_="ar"),
        "met": literal(_forum.now().date()),
    }
    part: dict[str, Any] = {
        "process_id": literal(process),
        "person_id": who,
        "region": literal(""),
        "consented": literal(True),
        "joined": literal(_forum.now().date()),
    }
    somewhere: dict[str, Any] = {
        "id": who + "a",
        "person_id": who,
        "process_id": literal(process),
        "channel": case((numbers.c.i % 2 == 0, "telegram"), else_="sms"),
        "index": who,
        "external": literal(BOX, address.c.external.type),
        "reach": literal("active"),
        "turns": literal(1),
        "spoke": literal(_forum.now(), address.c.spoke.type),
        "consented": literal(True),
    }
    async with database.writing() as session:
        await session.execute(insert(person).from_select(list(someone), select(*someone.values())))
        await session.execute(insert(participation).from_select(list(part), select(*part.values())))
        await session.execute(insert(address).from_select(list(somewhere), select(*somewhere.values())))
    await refresh(database)


async def refresh(database: Database) -> None:
    """What the planner of a database that has been running for a day would know."""
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


async def plain(database: Database) -> AsyncIterator[None]:
    """One INSERT .. SELECT of everybody in one transaction."""
    on_sqlite = database.writer.dialect.name == "sqlite"
    made: dict[str, Any] = {
        "id": text("lower(hex(randomblob(16)))" if on_sqlite else "replace(gen_random_uuid()::text, '-', '')"),
        "person_id": address.c.person_id,
        "address_id": address.c.id,
        "broadcast_id": select(broadcast.c.id).scalar_subquery(),
        "channel": address.c.channel,
        "lane": literal(Lane.BULLETIN),
        "turn": literal(0),
        "part": literal(1),
        "state": literal("queued"),
        "due": literal(_forum.now(), delivery.c.due.type),
        "attempts": literal(0),
    }
    async with database.writing() as session:
        chosen = select(*made.values()).where(address.c.consented)
        await session.execute(insert(delivery).from_select(list(made), chosen))
    yield


def megabytes() -> float:
    """Of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
