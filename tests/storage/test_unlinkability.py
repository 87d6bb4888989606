"""Whoever has the database and the key file after a vote has closed finds nobody's vote."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, select

from storage import Database, Keyring, PersonKey, Session, fresh, rounds, unlinking
from storage._ground.columns import Sealed
from storage.keys import RoundKey, Unreadable
from storage.tables import metadata, person, round_key
from storage.together import Writes, write
from tests.storage.rows import NOW, PROCESS, Somebody, meet, queue
from tests.storage.votes import vote

OPTIONS = ("clinic", "fees", "school")
HOUR = timedelta(hours=1)
ELECTIONS = 200
BAND = 2.576
"""So many standard deviations hold 99 of 100 where there is nothing."""


@dataclass
class Burglar:
    """Takes copies of all tables, and opens whatever the keys that are there open."""

    keys: Keyring
    boxes: dict[bytes, str] = field(default_factory=dict, repr=False)
    """Everything sealed that was ever there and could be opened: what it says."""

    async def looks(self, session: Session) -> None:
        people = {
            row.id: self.keys.unwrap(row.id, row.key, row.key_epoch) for row in await session.execute(select(person))
        }
        kept = (await session.execute(select(round_key))).all()
        votes = [RoundKey.opened(self.keys, row.key, round_key.c.key, row.round_id) for row in kept]
        self.boxes |= {bytes(row.key): "" for row in kept}
        for table in metadata.sorted_tables:
            for row in (await session.execute(select(table))).mappings():
                for column in table.columns:
                    if isinstance(column.type, Sealed) and row[column.name] is not None:
                        self._tries(column, row, [*people.values(), *votes])

    def _tries(self, column: Column[Any], row: Mapping[Any, Any], keys: Iterable[PersonKey | RoundKey]) -> None:
        places = {value for value in row.values() if isinstance(value, str)}
        for key in keys:
            for place in places:
                with suppress(Unreadable):
                    self.boxes[bytes(row[column.name])] = key.open(row[column.name], column, place)
                    return

    def telling(self, words: Sequence[str]) -> dict[bytes, str]:
        """The boxes in which any of these stands, and the keys of rounds."""
        return {box: text for box, text in self.boxes.items() if not text or any(word in text for word in words)}


async def _council(session: Session, keys: Keyring, number: int, name: str = "r") -> list[Somebody]:
    """Who may vote in a round that is open."""
    members = [await meet(session, keys, f"7{place:05}", name=f"{place:02}{fresh()[:6]}") for place in range(number)]
    await _open(session, members, name)
    return members


async def _open(session: Session, members: Sequence[Somebody], name: str) -> None:
    new = rounds.NewRound(name, PROCESS, '{"title": {"en": "x"}}', "approval", NOW, NOW + HOUR)
    await rounds.open_(session, new, [who.id for who in members])


async def _reads_back(session: Session, who: Somebody, round_id: str, ballot: str, state: str) -> str:
    """The reply that tells somebody what they chose."""
    name = await queue(session, who, f"You approve {ballot}", state=state)
    writes = Writes()
    unlinking.will_read_back(writes, name, round_id)
    await write(session, writes)
    return name


async def _voted(database: Database, keys: Keyring, burglar: Burglar, members: Sequence[Somebody]) -> None:
    """Everybody votes twice, is told what they chose, and is watched by somebody who copies the database each time."""
    chance = Random(7)
    for turn in range(2):
        for place, who in enumerate(chance.sample(list(members), len(members))):
            ballot = json.dumps(sorted(chance.sample(OPTIONS, chance.randint(0, 3))))
            async with database.writing() as session:
                await vote(session, keys, who, "r", ballot, NOW + timedelta(minutes=turn))
                await _reads_back(session, who, "r", ballot, ("sent", "queued", "unknown")[place % 3])
            async with database.reading() as session:
                await burglar.looks(session)


async def test_after_the_close_nothing_that_is_left_opens_to_a_vote(database: Database, keys: Keyring) -> None:
    burglar = Burglar(keys)
    async with database.writing() as session:
        members = await _council(session, keys, 9)
    await _voted(database, keys, burglar, members)
    assert len(burglar.telling(OPTIONS)) > 2 * len(members)
    async with database.writing() as session:
        await rounds.close(session, "r", "{}", NOW)
    after = Burglar(keys)
    async with database.reading() as session:
        await after.looks(session)
        assert after.telling(OPTIONS) == {}
        before = burglar.telling(OPTIONS)
        for table in metadata.sorted_tables:
            for row in await session.execute(select(table)):
                assert not [value for value in row if isinstance(value, bytes) and bytes(value) in before]


async def test_after_the_close_no_byte_of_a_vote_stays_in_the_file(
    sqlite: Database, sqlite_url: str, keys: Keyring
) -> None:
    """Neither of what was sealed nor of the key that would open it."""
    burglar = Burglar(keys)
    async with sqlite.writing() as session:
        members = await _council(session, keys, 9)
    await _voted(sqlite, keys, burglar, members)
    telling = burglar.telling(OPTIONS)
    assert any(box in _on_disk(sqlite_url) for box in telling)
    async with sqlite.writing() as session:
        await rounds.close(session, "r", "{}", NOW)
    assert await sqlite.scrub(unlinking.SCRUBBED)
    file = _on_disk(sqlite_url)
    # A box that spans two pages is looked for by its halves.
    halves = [half for box in telling for half in (box[13:45], box[-32:])]
    assert [half for half in halves if half in file] == []


def _on_disk(url: str) -> bytes:
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


async def test_after_the_close_postgresql_has_written_the_tables_anew(postgresql: Database, keys: Keyring) -> None:
    """The files in which the rows stood are gone: what was in them is in no table's file."""
    burglar = Burglar(keys)
    async with postgresql.writing() as session:
        members = await _council(session, keys, 9)
    await _voted(postgresql, keys, burglar, members)
    before = await _files(postgresql)
    async with postgresql.writing() as session:
        await rounds.close(session, "r", "{}", NOW)
    assert await postgresql.scrub(unlinking.SCRUBBED)
    after = await _files(postgresql)
    assert [name for name in unlinking.SCRUBBED if before[name] == after[name]] == []
    async with postgresql.writing() as session:
        await session.exec_driver_sql("LOCK TABLE roll")
        assert not await postgresql.scrub(unlinking.SCRUBBED)


async def _files(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        query = "SELECT relname, pg_relation_filepath(oid) AS path FROM pg_class WHERE relkind = 'r'"
        return {row.relname: row.path for row in await session.exec_driver_sql(query)}


async def test_no_column_joins_who_voted_with_what_was_cast(database: Database, keys: Keyring) -> None:
    """No value of a row of the roll stands in any row that was ever a ballot's, nor in what is published."""
    async with database.writing() as session:
        members = await _council(session, keys, 9)
        for who in members:
            await vote(session, keys, who, "r", '["fees"]')
        cast = {value for table in ("ballot", "round_key") for value in await _values(session, table)}
        await rounds.close(session, "r", "{}", NOW, '{"codes": []}')
        listed = await _values(session, "roll")
        assert listed & cast == {"r"}
        assert await _values(session, "ballot") == set()
        assert {who.id for who in members} == {value for value in listed if isinstance(value, str)} - {"r"}


async def _values(session: Session, name: str) -> set[Any]:
    rows = await session.execute(select(metadata.tables[name]))
    return {bytes(value) if isinstance(value, bytes) else value for row in rows for value in row} - {None, True, False}


@pytest.mark.long
async def test_the_rows_of_the_roll_do_not_stand_in_the_order_of_the_votes(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over many small elections the two orders have no more to do with each other than chance."""
    chance = Random(2026)
    monkeypatch.setattr(unlinking, "SystemRandom", lambda: chance)
    at, number = ("rowid" if database.writer.dialect.name == "sqlite" else "ctid"), 6
    correlations, before = [], []
    async with database.writing() as session:
        members = [await meet(session, keys, f"7{place:05}") for place in range(number)]
        for election in range(ELECTIONS):
            name, order = f"r{election:03}", chance.sample(members, number)
            await _open(session, members, name)
            for who in order:
                await vote(session, keys, who, name, "[]")
            before.append(_correlation(order, await _physical(session, at, name)))
            await rounds.close(session, name, "{}", NOW)
            correlations.append(_correlation(order, await _physical(session, at, name)))
    within = BAND / ((number - 1) * ELECTIONS) ** 0.5
    assert abs(statistics.mean(correlations)) < within
    # While it is open PostgreSQL does show it: this would notice.
    if at == "ctid":
        assert statistics.mean(before) > 5 * within


async def _physical(session: Session, at: str, name: str) -> list[str]:
    query = f"SELECT person_id FROM roll WHERE round_id = '{name}' ORDER BY {at}"  # noqa: S608
    return list((await session.exec_driver_sql(query)).scalars())


def _correlation(order: Sequence[Somebody], physical: Sequence[str]) -> float:
    """Spearman's, of two orders of the same people."""
    ranks = [physical.index(who.id) for who in order]
    number = len(ranks)
    apart = sum((rank - place) ** 2 for place, rank in enumerate(ranks))
    return 1 - 6 * apart / (number * (number**2 - 1))


def test_every_sealed_column_is_looked_at() -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    sealed = {str(column) for column in columns if isinstance(column.type, Sealed)}
    other = {str(column) for column in columns if isinstance(column.type, LargeBinary)} - sealed
    assert {"ballot.content", "roll.link", "round_key.key", "delivery.body"} <= sealed
    assert other <= {"person.key", "recording.sound"}
