"""FORGET knows every table that leads to a person: all are filled, and looked through when they are forgotten."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from storage import Database, Keyring, Session, people
from storage._ground.columns import Moment, Sealed
from storage.tables import STAYS, address, delivery, metadata, participation, person, process
from tests.storage.rows import NOW, PROCESS, Somebody, meet

MADE_BY_MEETING = (process.name, person.name, participation.name, address.name)
LEADS = ("person_id", "address_id", "delivery_id", "index")
"""What columns are called that lead to a person, with or without a foreign key. An index is a hash of an address."""


def leads(column: Column[Any]) -> bool:
    return column.name in LEADS or any(key.column.table.name == person.name for key in column.foreign_keys)


async def left(session: Session, keys: Keyring, tables: MetaData) -> dict[str, set[str]]:
    """Give somebody a row in every table, forget them, and look where a row still says what no column permits."""
    who = await meet(session, keys, talk="hello")
    theirs = [table for table in tables.sorted_tables if any(leads(column) for column in table.columns)]
    # The database counts deliveries by their broadcast, to which they have no foreign key.
    for table in sorted(tables.sorted_tables, key=lambda table: table.name == delivery.name):
        if table.name not in MADE_BY_MEETING:
            values = {column.name: value(column, who, keys, tables) for column in table.columns}
            await session.execute(insert(table).values(values))
    await people.erase(session, who.id)
    found = {table.name: await _forbidden(session, table) for table in (*theirs, tables.tables[person.name])}
    return {name: columns for name, columns in found.items() if columns}


async def _forbidden(session: Session, table: Table) -> set[str]:
    stays = {name for column in table.columns for name in column.info.get(STAYS, ())}
    rows = (await session.execute(select(table))).mappings()
    return {name for row in rows for name, content in row.items() if content is not None and name not in stays}


def value(column: Column[Any], who: Somebody, keys: Keyring, tables: MetaData) -> Any:
    """Something for every column, so that none is overlooked."""
    leading = {"process": PROCESS, "person": who.id, "address": who.address}
    referred = [key.column for key in column.foreign_keys]
    parent = referred[0].table.name if referred else column.name.removesuffix("_id")
    if parent in tables.tables and (referred or parent != column.name):
        return leading.get(parent, f"{parent}.{referred[0].name if referred else 'id'}")
    if column.name == "index":
        return keys.index(who.channel, who.sender)
    if isinstance(column.type, Sealed):
        return who.key.seal("hello", column, "row")
    if isinstance(column.type, Moment):
        return NOW
    kinds: dict[type, Any] = {int: 1, bool: True, date: NOW.date(), bytes: b"hello"}
    return kinds.get(column.type.python_type, f"{column.table.name}.{column.name}")


async def test_nothing_of_who_was_forgotten_is_left_but_what_a_column_says(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        assert await left(session, keys, metadata) == {}


def test_what_stays_is_a_column_and_never_sealed() -> None:
    stays = [(table, name) for table in metadata.sorted_tables for column in table.columns
            for name in column.info.get(STAYS, ())]  # fmt: skip
    assert stays
    assert [name for table, name in stays if isinstance(table.columns[name].type, Sealed)] == []
    assert [name for table, name in stays if leads(table.columns[name])] == []


async def left_with(database: Database, keys: Keyring, *columns: Column[Any]) -> dict[str, set[str]]:
    """What is left where there is a new table, which nothing but the database knows; it goes when this ends."""
    tables = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(tables)
    diary = Table("diary", tables, Column("id", Text, primary_key=True), *columns, Column("words", Sealed(64)))
    async with database.writing() as session:
        try:
            await session.execute(CreateTable(diary))
            return await left(session, keys, tables)
        finally:
            await session.rollback()


async def test_a_new_table_without_a_foreign_key_is_found(database: Database, keys: Keyring) -> None:
    found = await left_with(database, keys, Column("person_id", Text))
    assert found == {"diary": {"id", "person_id", "words"}}


async def test_a_new_table_whose_words_outlive_their_person_is_found(database: Database, keys: Keyring) -> None:
    key = ForeignKey("person.id", ondelete="SET NULL")
    assert await left_with(database, keys, Column("writer", Text, key, info={STAYS: ("id",)})) == {"diary": {"words"}}


async def test_a_new_table_that_holds_its_person_back_is_found(database: Database, keys: Keyring) -> None:
    with pytest.raises(IntegrityError, match="DELETE FROM person"):
        await left_with(database, keys, Column("writer", Text, ForeignKey("person.id")))


async def test_a_new_table_that_goes_with_its_person_needs_nothing_more(database: Database, keys: Keyring) -> None:
    key = ForeignKey("person.id", ondelete="CASCADE")
    assert await left_with(database, keys, Column("writer", Text, key)) == {}
