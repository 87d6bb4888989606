"""A new wrapping key takes over from an old one while people write, and nobody's words are lost on the way."""

import pytest
from sqlalchemy import select

from storage import Database, Keyring, Unreadable, events, people
from storage.tables import person
from tests.storage.rows import NOW, Somebody, meet, statements

OLD = Keyring({1: bytes(range(32))}, bytes(range(64, 96)))
BOTH = Keyring({1: bytes(range(32)), 2: bytes(range(32, 64))}, bytes(range(64, 96)))
NEW = Keyring({2: bytes(range(32, 64))}, bytes(range(64, 96)))
BODY = '{"text": "The bus never comes."}'


@pytest.fixture
async def everybody(database: Database) -> list[Somebody]:
    async with database.writing() as session:
        return [await meet(session, OLD, str(70_000 + number)) for number in range(5)]


async def kept(database: Database) -> dict[str, tuple[bytes, int]]:
    async with database.reading() as session:
        rows = await session.execute(select(person.c.id, person.c.key, person.c.key_epoch))
        return {row.id: (row.key, row.key_epoch) for row in rows}


async def rewrap(database: Database, after: str = "", most: int = 2) -> people.Rewrapped | None:
    async with database.writing() as session:
        return await people.rewrap(session, BOTH, after, most)


async def rewrap_all(database: Database) -> int:
    after, number = "", 0
    while done := await rewrap(database, after):
        after, number = done.last, number + done.number
    return number


async def test_every_key_is_wrapped_anew_and_is_the_same_key(database: Database, everybody: list[Somebody]) -> None:
    before = await kept(database)
    assert await rewrap_all(database) == len(everybody)
    for somebody in everybody:
        wrapped, epoch = (await kept(database))[somebody.id]
        assert epoch == 2
        assert NEW.unwrap(somebody.id, wrapped, epoch) == somebody.key
        with pytest.raises(Unreadable):
            NEW.unwrap(somebody.id, *before[somebody.id])
    async with database.reading() as session:
        assert await people.in_other_epochs(session, NEW) == 0


async def test_a_batch_is_one_reading_and_one_writing(database: Database, everybody: list[Somebody]) -> None:
    with statements(database) as seen:
        await rewrap(database, most=5)
    assert len(seen) == 2


async def test_killed_between_two_batches_it_goes_on_where_it_was(
    database: Database, everybody: list[Somebody]
) -> None:
    await rewrap(database)
    half = await kept(database)
    assert sorted(epoch for _key, epoch in half.values()) == [1, 1, 1, 2, 2]
    for somebody in everybody:
        assert BOTH.unwrap(somebody.id, *half[somebody.id]) == somebody.key
    assert await rewrap_all(database) == 3
    assert await rewrap_all(database) == 0


async def test_killed_in_a_batch_nothing_of_it_happened(database: Database, everybody: list[Somebody]) -> None:
    before = await kept(database)

    async def killed() -> None:
        async with database.writing() as session:
            await people.rewrap(session, BOTH, "", 5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await killed()
    assert await kept(database) == before


async def test_who_is_forgotten_meanwhile_stays_forgotten(database: Database, everybody: list[Somebody]) -> None:
    gone, *others = everybody
    async with database.writing() as session:
        await people.erase(session, gone.id)
    await rewrap_all(database)
    assert set(await kept(database)) == {person.id for person in others}


async def test_what_no_key_opens_is_counted_and_left_as_it_is(database: Database, everybody: list[Somebody]) -> None:
    other = Keyring({1: bytes(range(100, 132))}, OLD.index_key)
    async with database.writing() as session:
        strange = await meet(session, other, "70099")
    done = await rewrap(database, most=10)
    assert done is not None
    assert (done.number, done.unreadable) == (5, 1)
    assert (await kept(database))[strange.id] == (strange.wrapped, 1)


async def test_a_parked_message_is_sealed_anew_once(database: Database) -> None:
    async with database.writing() as session:
        await events.park(session, OLD, events.NewParked("one", "telegram", "index", BODY, "ValueError", NOW))
        await events.park(session, BOTH, events.NewParked("two", "telegram", "index", BODY, "ValueError", NOW))
        with pytest.raises(Unreadable):
            await events.read_parked(session, NEW, "one")
        assert await events.in_other_epochs(session, BOTH) == 1
        assert [await events.reseal(session, BOTH) for _time in range(2)] == [1, 0]
        assert [await events.read_parked(session, NEW, name) for name in ("one", "two")] == [BODY, BODY]
        assert await events.in_other_epochs(session, NEW) == 0
