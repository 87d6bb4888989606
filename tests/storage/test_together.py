"""Many rows of many tables are written at once, and exactly as they were given."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from storage import Conflict, Database, Keyring
from storage.tables import (
    address,
    consultation,
    contribution,
    delivery,
    event,
    membership,
    participation,
    person,
    process,
)
from storage.together import Writes, write
from tests.storage.rows import CONTENT, NOW, PROCESS, meet, queue, sit, statements


async def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    async with database.reading() as session:
        return [dict(row._mapping) for row in await session.execute(select(table).order_by(*table.primary_key))]


async def test_every_kind_of_value_comes_back_as_it_went_in(database: Database, keys: Keyring) -> None:
    somewhere = timezone(timedelta(hours=5, minutes=45))
    writes = Writes()
    people: list[dict[str, Any]] = []
    for number in range(3):
        key = keys.new(f"p{number}")
        people.append(
            {
                "id": key.person,
                "key": bytes([0, 255, 39, 92, number]) + keys.wrap(key),
                "key_epoch": number,
                "language": 'a "quoted", {braced} \\ word; \u0627\u0644\u0644\u063a\u0629',
                "consent": None if number == 2 else key.seal("yes", person.c.consent, key.person),
                "met": date(2026, 2, 28 - number),
                "linked": number == 1,
                "prefers": None if number == 2 else "a",
            }
        )
    for row in people:
        writes.insert(person, **row)
    moment = datetime(2026, 3, 1, 0, 15, 0, 1, tzinfo=somewhere)
    for number, spoke in enumerate((moment, NOW)):
        writes.insert(consultation, id=f"e{number}", process_id=PROCESS, content="{}", opened=spoke)
    async with database.writing() as session:
        await write(session, writes)
    assert await rows(database, person) == people
    opened = {row["id"]: row["opened"] for row in await rows(database, consultation)}
    assert opened == {"e0": datetime(2026, 2, 28, 18, 30, 0, 1, tzinfo=UTC), "e1": NOW}


async def test_a_column_of_nothing_but_null_is_null(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await queue(session, alice)
        writes = Writes()
        writes.change(delivery, ("id",), id=name, lease=None, body=None, segments=None, code=None, not_after=None)
        await write(session, writes)
    (found,) = await rows(database, delivery)
    assert [found[name] for name in ("lease", "body", "segments", "code", "not_after")] == [None] * 5


async def test_several_tables_are_inserted_replaced_and_changed_at_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001")
        bob = await meet(session, keys, "70002")
        await meet(session, keys, "70003", language="es")
        for who in (alice, bob):
            await sit(session, who, since=date(2020, 1, 1))
        writes = Writes()
        writes.insert(event, id="telegram:1", seen=NOW)
        writes.change(address, ("id",), id=alice.address, turns=5)
        writes.change(address, ("id",), id=bob.address, turns=6)
        writes.change(person, ("id",), id=alice.id, language="ar")
        for who in (alice, bob):
            name, term = f"{PROCESS} {who.id}", {"process_id": PROCESS, "person_id": who.id, "since": NOW.date()}
            writes.replace(membership, ("id",), id=name, seat_id=name, **term)
        with statements(database) as seen:
            await write(session, writes)
    assert len(seen) == (1 if database.writer.dialect.name == "postgresql" else 4)
    assert [row["id"] for row in await rows(database, event)] == ["telegram:1"]
    assert {row["id"]: row["turns"] for row in await rows(database, address)}.items() >= {
        (alice.address, 5),
        (bob.address, 6),
    }
    assert sorted(row["language"] for row in await rows(database, person)) == ["ar", "en", "es"]
    assert {row["person_id"]: row["since"] for row in await rows(database, membership)} == {
        alice.id: NOW.date(),
        bob.id: NOW.date(),
    }


async def test_what_others_refer_to_is_written_first(database: Database, keys: Keyring) -> None:
    """A batch in which a known person is answered before somebody new is met."""
    async with database.writing() as session:
        alice = await meet(session, keys)
        key = keys.new("bob")
        writes = Writes()
        for who, where in ((alice.id, alice.address), ("bob", "b")):
            writes.insert(
                delivery, id=f"to {who}", person_id=who, address_id=where, channel="telegram", lane=0, turn=1, part=1,
                body=None, despite_stop=False, state="queued", due=NOW, attempts=0,
            )  # fmt: skip
        writes.insert(
            contribution, id="c", process_id="new", person_id="bob", topic="o1", language="en", given=NOW.date()
        )
        writes.insert(
            address, id="b", person_id="bob", channel="sms", index="b", reach="active", turns=0, spoke=NOW,
            external=key.seal("+15005550006", address.c.external, "b"),
        )  # fmt: skip
        writes.insert(participation, process_id="new", person_id="bob", region="", consented=True, joined=NOW.date())
        writes.insert(person, id="bob", key=keys.wrap(key), key_epoch=2, language="en", met=NOW.date())
        writes.insert(process, id="new", slug="new", edition=1, content="{}", opened=NOW)
        await write(session, writes)
    assert {row["person_id"] for row in await rows(database, delivery)} == {alice.id, "bob"}


async def test_a_change_of_what_is_not_there_changes_nothing(database: Database) -> None:
    writes = Writes()
    writes.change(process, ("id",), id="nothing", content="new")
    writes.change(process, ("id", "edition"), id=PROCESS, edition=9, content="new")
    async with database.writing() as session:
        await write(session, writes)
    assert [row["content"] for row in await rows(database, process)] == [CONTENT]


async def test_a_change_is_found_by_all_of_its_keys(database: Database) -> None:
    writes = Writes()
    writes.change(process, ("id", "edition"), id=PROCESS, edition=1, content="new")
    async with database.writing() as session:
        await write(session, writes)
    assert [row["content"] for row in await rows(database, process)] == ["new"]


async def test_nothing_to_write_asks_the_database_nothing(database: Database) -> None:
    async with database.writing() as session:
        with statements(database) as seen:
            await write(session, Writes())
    assert seen == []


async def test_what_is_there_already_is_a_conflict_and_nothing_is_written(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(event).values(id="telegram:1", seen=NOW))
    writes = Writes()
    writes.insert(event, id="telegram:0", seen=NOW)
    writes.insert(event, id="telegram:1", seen=NOW)
    with pytest.raises(Conflict):
        async with database.writing() as session:
            await write(session, writes)
    assert [row["id"] for row in await rows(database, event)] == ["telegram:1"]


async def test_the_order_in_which_things_happened_makes_no_new_statement(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        with statements(database) as seen:
            writes = Writes()
            writes.insert(event, id="1", seen=NOW)
            writes.change(address, ("id",), id=alice.address, turns=2)
            writes.change(person, ("id",), id=alice.id, language="fr")
            await write(session, writes)
            writes = Writes()
            writes.change(person, ("id",), id=alice.id, language="fr")
            writes.change(address, ("id",), id=alice.address, turns=2)
            writes.insert(event, id="2", seen=NOW)
            await write(session, writes)
    assert len({statement for statement, _values in seen}) == len(seen) / 2


async def test_many_rows_are_written_at_once(database: Database) -> None:
    writes = Writes()
    for number in range(2000):
        writes.insert(event, id=f"{number:04}", seen=NOW)
    async with database.writing() as session:
        with statements(database) as seen:
            await write(session, writes)
    assert len(seen) == 1
    assert len(await rows(database, event)) == 2000
