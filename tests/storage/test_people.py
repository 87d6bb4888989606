"""Who is forgotten leaves nothing that can be read or found, and who is invited takes one seat."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from storage import Database, Keyring, Session, broadcasts, events, people, rounds, turns
from storage.outbox import claims, deliveries, expansion, reports, unknowns
from storage.outbox.reports import Word
from storage.states import State
from storage.tables import address, delivery, metadata
from storage.turns import Incoming
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, announce, give, meet, queue, sit, until_somebody_waits

WORDS = "The bus never comes"


async def live(session: Session, keys: Keyring) -> Somebody:
    """Somebody with a row in every table that can know of a person."""
    who = await meet(session, keys, "700012345", talk=WORDS, language="es", region="south")
    await also_at(session, keys, who, "+15005550006", channel="sms")
    await give(session, who, WORDS)
    name = await queue(session, who, WORDS)
    await queue(session, who, WORDS, turn=2, state="sending")
    await queue(session, who, WORDS, turn=0, state="sent")
    await reports.take(session, [Word(name, "SM0123456789", "accepted", "", None)], NOW)
    await rounds.open_(session, rounds.NewRound("r", PROCESS, "{}", "approval", NOW, NOW), [who.id])
    index = keys.index("telegram", "700012345")
    await events.park(session, keys, events.NewParked("telegram:1", "telegram", index, WORDS, "KeyError", NOW))
    await sit(session, who, name="a seat")
    return who


def traces(who: Somebody, keys: Keyring) -> list[bytes]:
    """Everything of a person that a file could hold: also what is sealed."""
    indexes = [keys.index("telegram", "700012345").encode(), keys.index("sms", "+15005550006").encode()]
    return [WORDS.encode(), b"700012345", b"+15005550006", who.wrapped, who.id.encode(), b"SM0123456789",
            *who.boxes, *indexes]  # fmt: skip


def on_disk(url: str) -> bytes:
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def log(url: str) -> bytes:
    return Path(f"{url.removeprefix('sqlite+aiosqlite:///')}-wal").read_bytes()


async def test_no_byte_of_who_was_forgotten_stays_in_the_file(sqlite: Database, sqlite_url: str, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        alice = await live(session, keys)
        bob = await meet(session, keys, "70002")
    readable = (WORDS.encode(), b"700012345", b"+15005550006")
    file = on_disk(sqlite_url)
    assert [trace for trace in readable if trace in file] == []
    assert [trace for trace in traces(alice, keys) if trace not in file] == list(readable)
    await sqlite.sweep()
    async with sqlite.writing() as session:
        await people.erase(session, alice.id)
    assert await sqlite.sweep()
    file = on_disk(sqlite_url)
    assert [trace for trace in traces(alice, keys) if trace in file] == []
    assert bob.wrapped in file


async def test_the_log_is_not_swept_while_somebody_reads_it(sqlite: Database, sqlite_url: str, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        await session.exec_driver_sql("PRAGMA busy_timeout = 0")
    async with sqlite.reading() as session:
        await session.exec_driver_sql("SELECT count(*) FROM person")
        async with sqlite.writing() as other:
            alice = await meet(other, keys)
        assert not await sqlite.sweep()
    assert await sqlite.sweep()
    assert log(sqlite_url) == b""
    assert alice.wrapped in on_disk(sqlite_url)


async def test_no_row_knows_of_who_was_forgotten(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await live(session, keys)
        assert await _rows_with(session, traces(alice, keys)) >= {
            "person", "address", "contribution", "delivery", "report", "roll", "membership", "parked"
        }  # fmt: skip
        await people.erase(session, alice.id)
        assert await _rows_with(session, traces(alice, keys)) == set()


async def _rows_with(session: Session, wanted: list[bytes]) -> set[str]:
    """The tables that hold any of these."""
    found = set()
    for table in metadata.sorted_tables:
        for row in await session.execute(select(table)):
            values = [value.encode() if isinstance(value, str) else value for value in row]
            if any(trace in value for value in values if isinstance(value, bytes) for trace in wanted):
                found.add(table.name)
    return found


async def test_a_broadcast_still_sums_to_its_audience_when_somebody_was_forgotten(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        everybody = [await meet(session, keys, f"7{number}") for number in range(3)]
        await expansion.expand(session, await announce(session), NOW, None)
        await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW, 1))
        for who in everybody:
            await people.erase(session, who.id)
        assert await broadcasts.counts(session, "b") == {"cancelled": 2, "unknown": 1}
        await unknowns.abandon(session, NOW, everybody=True)
        assert await broadcasts.counts(session, "b") == {"cancelled": 2, "unknown": 1}
        found = (await session.execute(select(delivery.c.code, delivery.c.ended))).all()
    assert {row.code for row in found} == {"forgotten"}
    assert None not in {row.ended for row in found}


async def test_nothing_leaves_for_who_was_forgotten_and_a_late_word_of_the_worker_is_not_kept(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await queue(session, alice)
        await queue(session, alice, turn=2)
        await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW, 1))
        await people.erase(session, alice.id)
        await deliveries.settle(session, "worker", [deliveries.Outcome(name, State.SENT, "m1")], NOW)
        assert await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW, 9)) == []
        assert set((await session.execute(select(delivery.c.provider_id))).scalars()) == {None}


async def test_what_is_being_written_for_somebody_is_forgotten_with_the_rest(
    postgresql: Database, keys: Keyring
) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys, "700012345")

    async def forget() -> None:
        async with postgresql.writing() as session:
            await people.erase(session, alice.id)

    async with postgresql.writing() as session:
        await turns.find(session, keys, [Incoming("telegram:1", keys.index("telegram", "700012345"), "telegram")], NOW)
        waiting = asyncio.create_task(forget())
        await until_somebody_waits(session)
        await queue(session, alice, WORDS)
        await give(session, alice, WORDS)
    await waiting
    async with postgresql.reading() as session:
        assert await _rows_with(session, traces(alice, keys)) == set()


async def test_a_person_can_be_forgotten_twice(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await live(session, keys)
        for _time in range(2):
            await people.erase(session, alice.id)


async def test_nobody_else_is_forgotten(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await live(session, keys), await meet(session, keys, "70002")
        await give(session, bob)
        waits = await queue(session, bob)
        await people.erase(session, alice.id)
        (claimed,) = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW, 9))
    assert (claimed.id, claimed.to, claimed.body) == (waits, "70002", "hello")


async def test_a_stranger_is_erased_once_nothing_is_to_come(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await meet(session, keys, "70001")
        stranger, waits = await meet(session, keys, "70002"), await meet(session, keys, "70003")
        await also_at(session, keys, stranger, "+15005550006", channel="sms")
        await queue(session, stranger, state="sent")
        await queue(session, waits, state="sending")
        hidden = address.update().where(address.c.person_id.in_([stranger.id, waits.id])).values(index=None)
        await session.execute(hidden)
        assert await people.strangers(session, NOW) == [stranger.id]


async def test_a_parked_message_is_read_by_who_has_the_keys(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await events.park(session, keys, events.NewParked("telegram:1", "telegram", "index", WORDS, "KeyError", NOW))
        assert await events.waiting(session) == [events.Parked("telegram:1", "telegram", "KeyError", NOW)]
        assert await events.read_parked(session, keys, "telegram:1") == WORDS
        assert await events.read_parked(session, keys, "telegram:2") is None
