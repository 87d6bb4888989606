"""Counting what people say: once, by one worker, also where one is killed or the groups cannot be found."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

import bot.counting
from bot.counting import AGAIN, ALONE, Counting, Failed, found
from council.opinions import Tally
from council.opinions.alone import Task
from handlers import soundings
from handlers.counting import Count
from handlers.soundings import Came, Why
from handlers.writing import contents
from storage import Database, Keyring, opinions, statements
from storage import soundings as stored
from storage.opinions import Held
from storage.soundings import StoredSounding
from storage.statements import NewStatement, StoredStatement
from storage.states import Opinion
from storage.together import Writes, write
from tests.storage.rows import NOW, PROCESS, meet

NAME = "50a"
LETTERS = {"y": Opinion.AGREES, "n": Opinion.DISAGREES, "p": Opinion.PASSES}


@dataclass
class Hall:
    """A sounding of five statements, and workers that count it."""

    database: Database
    keys: Keyring
    now: datetime = NOW
    people: int = 0

    def worker(self, name: str = "first", *, groups: bool = True) -> Counting:
        return Counting(self.database, self.keys, name, lambda: self.now, lambda: groups)

    async def says(self, *minds: str) -> None:
        async with self.database.writing() as session:
            for mind in minds:
                self.people += 1
                who = await meet(session, self.keys, f"9{self.people:05}")
                writes = Writes()
                held = tuple(Held(place + 1, LETTERS[it], 1) for place, it in enumerate(mind) if it != "-")
                opinions.put(writes, who.key, PROCESS, NAME, opinions.Mine(held, len(held)))
                await write(session, writes)

    async def counts(self, worker: Counting | None = None) -> None:
        self.now += AGAIN + timedelta(seconds=1)
        await (worker or self.worker()).go_on()

    async def sounding(self) -> StoredSounding:
        async with self.database.reading() as session:
            its = await stored.get(session, PROCESS, NAME)
        assert its is not None
        return its

    async def statements(self) -> Sequence[StoredStatement]:
        async with self.database.reading() as session:
            return await statements.of_sounding(session, PROCESS, NAME)

    async def outcome(self) -> soundings.Outcome:
        return soundings.outcome(await self.sounding(), await self.statements())


@pytest.fixture
async def hall(database: Database, keys: Keyring) -> Hall:
    hall = Hall(database, keys)
    async with database.writing() as session:
        await meet(session, keys)
        await stored.add(session, NAME, PROCESS, "{}", NOW, None)
        for number in range(5):
            texts = contents.pack({"en": f"Thought {number}."})
            await statements.add(session, NewStatement(f"st{number}", PROCESS, NAME, "en", texts, NOW))
    return hall


async def test_it_is_counted_once_until_something_is_said(hall: Hall) -> None:
    await hall.says("yn---")
    await hall.counts()
    first = await hall.sounding()
    assert [(it.agrees, it.disagrees) for it in await hall.statements()][:2] == [(1, 0), (0, 1)]
    await hall.counts()
    again = await hall.sounding()
    assert (again.picture, again.stamp) == (first.picture, first.stamp)
    assert again.counted != first.counted
    await hall.says("y----")
    await hall.worker().go_on()
    assert (await hall.sounding()).people == 1, "two minutes lie between two counts"
    await hall.counts()
    assert (await hall.sounding()).people == 2


async def test_who_is_counted_by_one_worker_is_left_by_the_other(hall: Hall) -> None:
    await hall.says("y----")
    async with hall.database.writing() as session:
        assert await stored.claim(session, NAME, "killed", hall.now, hall.now + ALONE)
        assert not await stored.claim(session, NAME, "second", hall.now, hall.now + ALONE)
    await hall.worker().go_on()
    assert (await hall.sounding()).people == 0
    await hall.counts()
    assert (await hall.sounding()).people == 1, "the first was killed: it is counted anew"
    async with hall.database.writing() as session:
        assert not await stored.put(session, NAME, "killed", 99, "", "", hall.now)


async def test_two_workers_at_once_count_it_once(hall: Hall) -> None:
    await hall.says(*["ynynp"] * 3)
    hall.now += AGAIN
    await asyncio.gather(hall.worker("first").go_on(), hall.worker("second").go_on())
    assert [it.agrees for it in await hall.statements()] == [3, 0, 3, 0, 0]


async def test_groups_are_found_from_fifty_people_on(hall: Hall) -> None:
    await hall.says(*["yyyyn"] * 25, *["ynnnn"] * 24)
    await hall.counts()
    assert (await hall.outcome()).why is Why.FEW
    assert not (await hall.outcome()).agreed
    await hall.says(*["ynnnn"] * 8)
    await hall.counts()
    came = await hall.outcome()
    assert [group.people for group in came.groups] == [30, 25]
    assert came.why is None
    assert not came.is_firm
    assert [its.id for its in came.agreed] == ["st0"]
    assert [its.id for its in came.disagreed] == ["st4"]
    assert [(its.id, number) for its, number in came.shared] == [("st0", 95)]
    assert (await hall.statements())[1].extremity > 0
    assert (await hall.statements())[0].extremity == 0


@pytest.mark.parametrize("fault", [TimeoutError, Failed])
async def test_without_groups_there_are_tallies(
    hall: Hall, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_task: object) -> None:
        raise fault

    monkeypatch.setattr(bot.counting, "found", fails)
    await hall.says(*["yyyyn"] * 30, *["ynnnn"] * 30)
    await hall.counts()
    assert (await hall.outcome()).people == 60
    assert not (await hall.outcome()).groups


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        await found(Task(60, 5, 1, 8), bytes(300), timedelta(0))


async def test_a_program_that_fails_is_no_picture() -> None:
    with pytest.raises(Failed):
        await found(Task(60, 5, 1, 8), bytes(7), timedelta(minutes=1))


async def test_a_number_changes_only_when_eight_have_moved_it(hall: Hall) -> None:
    await hall.says(*["y----"] * 12)
    await hall.counts()
    assert (await hall.outcome()).people == 10
    await hall.says(*["y----"] * 7)
    await hall.counts()
    assert (await hall.sounding()).people == 19
    assert (await hall.outcome()).people == 10
    await hall.says("y----")
    await hall.counts()
    assert (await hall.outcome()).people == 20


def test_who_said_something_of_two_that_say_the_same_counts_with_what_they_said_of_it() -> None:
    def its(number: int, same_as: str | None = None) -> StoredStatement:
        return StoredStatement(f"st{number}", PROCESS, NAME, "en", "{}", NOW, number, False, same_as, 0, 0, 0, 0)

    count = Count([its(1), its(2, "st1"), its(3, "st1")])
    count.add([Held(1, Opinion.DISAGREES, 1), Held(2, Opinion.AGREES, 9)])
    count.add([Held(2, Opinion.AGREES, 1), Held(3, Opinion.PASSES, 2)])
    count.add([Held(7, Opinion.AGREES, 1)])
    assert count.people == 2
    assert count.tallies == {"st1": Tally(0, 1, 1)}
    assert bytes(count.votes) == bytes([255, 0])


def test_what_is_kept_comes_back() -> None:
    kept = soundings.came("", Count([]), None, can_group=True)
    assert contents.unpack(kept, Came) == Came(can_group=True)
