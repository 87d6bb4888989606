"""What is written at the same time is kept together, and one person's trouble is never another's."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

import storage
from bot import inbox as taking
from bot.inbox import ComeAgain, Inbox
from broadcast.wake import Waker
from channels import Limits
from channels.messages import Kind, Message, Report, Status
from channels.telegram import Telegram
from handlers import deliveries
from handlers.conversations import Deployment, hear
from handlers.talk.boards import Boards
from storage import Conflict, Database, Keyring, Session, events
from storage.tables import delivery, event, parked, person
from tests.promises.talking import inbox_of, says
from tests.review import KEYS
from tests.storage.rows import NOW

Hear = Callable[..., Any]


@dataclass
class Counted:
    """A database that counts its transactions."""

    inner: Database
    transactions: list[None] = field(default_factory=list)

    @asynccontextmanager
    async def writing(self) -> Any:
        self.transactions.append(None)
        async with self.inner.writing() as session:
            yield session


async def _count(database: Database, table: Any) -> int:
    async with database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def test_many_at_once_take_few_transactions(database: Database) -> None:
    counted = Counted(database)
    inbox = inbox_of(counted)  # type: ignore[arg-type]
    await asyncio.gather(*(inbox.take([says(str(number), "hello", str(number))]) for number in range(150)))
    assert await _count(database, person) == 150
    assert len(counted.transactions) <= 4


async def test_who_is_told_that_it_is_kept_finds_it_kept(database: Database) -> None:
    await inbox_of(database).take([says("1", "hello", "1")])
    assert await _count(database, event) == 1


async def test_who_floods_us_is_an_alarm_once_an_hour(sqlite: Database, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, dict[str, str]]] = []

    def observe(name: str, _number: float = 1, /, **labels: str) -> None:
        seen.append((name, labels))

    channel = Telegram("4242:canary-token", "", "http://127.0.0.1:1", "", limits=Limits(replies=100, newcomers=1))
    moment = NOW
    heard = Deployment(KEYS, {"telegram": channel}, Boards())
    inbox = Inbox(sqlite, heard, Waker(), lambda: moment, observe=observe)
    for number in range(4):
        await inbox.take([says(f"{number}", "hello", f"{number}")])
    moment += timedelta(hours=2)
    for number in range(4, 7):
        await inbox.take([says(f"{number}", "hello", f"{number}")])
    labels = {"channel": "telegram", "state": "newcomers"}
    assert [observation for observation in seen if observation[0] == "unanswered"] == [("unanswered", labels)] * 5
    assert capsys.readouterr().out.count("flood: newcomers") == 2


async def test_one_person_s_messages_keep_their_order(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[Message]] = []

    async def listens(session: Session, deployment: Any, messages: Sequence[Message], now: Any) -> Any:
        heard.append(list(messages))
        return await hear(session, deployment, messages, now)

    monkeypatch.setattr(taking, "hear", listens)
    inbox = inbox_of(sqlite)
    both = [says(sender, "hello", f"{sender}-{number}") for number in range(5) for sender in ("1", "2")]
    await asyncio.gather(*(inbox.take([message]) for message in both))
    for sender in ("1", "2"):
        names = [message.event for batch in heard for message in batch if message.external == sender]
        assert names == [f"{sender}-{number}" for number in range(5)]
    assert all(len({message.external for message in batch}) == len(batch) for batch in heard)


@dataclass
class Recorded:
    """Who was in which batch."""

    batches: list[list[str]] = field(default_factory=list)

    async def hear(self, session: Session, deployment: Any, messages: Sequence[Message], now: Any) -> Any:
        self.batches.append([message.external for message in messages])
        return await hear(session, deployment, messages, now)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    made = Recorded()
    monkeypatch.setattr(taking, "hear", made.hear)
    return made


async def test_a_flood_of_one_person_keeps_nobody_else_waiting(sqlite: Database, recorded: Recorded) -> None:
    inbox = inbox_of(sqlite)
    flood = [inbox.take([says("flooder", "hello", f"f{number}")]) for number in range(20)]
    others = [inbox.take([says(f"{number}", "hello", f"{number}")]) for number in range(5)]
    await asyncio.gather(*flood, *others)
    assert sorted(recorded.batches[0]) == sorted(["flooder", *(f"{number}" for number in range(5))])
    assert recorded.batches[1:] == [["flooder"]] * 19


async def test_people_have_their_turns_one_after_the_other_however_much_one_has_waiting(
    sqlite: Database, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_TOGETHER", 2)
    inbox = inbox_of(sqlite)
    people = [("a", 4), ("b", 2), ("c", 1)]
    await asyncio.gather(
        *(inbox.take([says(who, "hello", f"{who}{number}")]) for who, many in people for number in range(many))
    )
    assert recorded.batches == [["a", "b"], ["c", "a"], ["b", "a"], ["a"]]


def test_taking_from_a_long_line_costs_what_is_taken() -> None:
    """However much one person has waiting, only the first of it is looked at."""
    line = taking.FairQueue()
    looked: list[str] = []

    class Waiting:
        def __init__(self, who: str) -> None:
            self.person = who

        @property
        def line(self) -> tuple[str, str]:
            looked.append(self.person)
            return "telegram", self.person

    for _time in range(1000):
        line.add(Waiting("flooder"))  # type: ignore[arg-type]
    line.add(Waiting("alice"))  # type: ignore[arg-type]
    looked.clear()
    assert len(line.next_batch(100)) == 2
    assert looked == []


def _fails_on(text: str, fault: Exception, times: int = 1000) -> Hear:
    left = [fault] * times

    async def listens(session: Session, deployment: Any, messages: Sequence[Message], now: Any) -> Any:
        if left and any(message.text == text for message in messages):
            raise left.pop()
        return await hear(session, deployment, messages, now)

    return listens


async def test_what_our_code_fails_on_is_parked_and_the_others_are_kept(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "hear", _fails_on("poison", ValueError("+12025550123")))
    inbox = inbox_of(database)
    messages = [says(str(number), "poison" if number == 3 else "hello", str(number)) for number in range(6)]
    await asyncio.gather(*(inbox.take([message]) for message in messages))
    assert await _count(database, person) == 5
    async with database.reading() as session:
        [kept] = await events.waiting(session)
        body = await events.read_parked(session, keys, kept.id)
    assert (kept.channel, kept.fault) == ("telegram", "ValueError")
    assert body is not None
    assert "poison" in body


async def test_what_is_parked_is_parked_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "hear", _fails_on("poison", ValueError()))
    inbox = inbox_of(database)
    for _time in range(2):
        await inbox.take([says("1", "poison", "1")])
    async with database.reading() as session:
        assert len(await events.waiting(session)) == 1


async def test_a_report_that_our_code_fails_on_has_to_come_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(*_arguments: object) -> None:
        raise ValueError("+12025550123")

    inbox = inbox_of(database)
    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "report", fails)
        report = inbox.take([Report("sms", "d-1", "SM1", Status.DELIVERED)])
        heard = inbox.take([says("1", "hello", "1")])
        assert [type(answer) for answer in await asyncio.gather(report, heard, return_exceptions=True)] == [
            ComeAgain,
            type(None),
        ]
    log = capsys.readouterr().out
    assert "report failed" in log
    assert "2025550123" not in log
    assert await _count(database, parked) == 0
    await inbox.take([Report("sms", "d-1", "SM1", Status.DELIVERED)])


async def test_a_conflict_is_taken_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    conflict = Conflict("", None, Exception())
    monkeypatch.setattr(taking, "hear", _fails_on("hello", conflict, times=2))
    await inbox_of(database).take([says("1", "hello", "1")])
    assert await _count(database, delivery) == 1


async def test_a_connection_that_breaks_once_costs_nobody_anything(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "hear", _fails_on("hello", ConnectionResetError(), times=1))
    inbox = inbox_of(database)
    await asyncio.gather(*(inbox.take([says(str(number), "hello", str(number))]) for number in range(5)))
    assert await _count(database, person) == 5


async def test_while_the_database_is_away_everybody_is_told_to_come_again() -> None:
    nowhere = storage.open("postgresql://nobody@127.0.0.1:1/none")
    inbox = inbox_of(nowhere)
    takes = (inbox.take([says(str(number), "hello", str(number))]) for number in range(3))
    answers = await asyncio.gather(*takes, return_exceptions=True)
    await nowhere.close()
    assert [type(answer) for answer in answers] == [ComeAgain] * 3


async def test_before_there_is_a_process_everybody_is_told_to_come_again(sqlite_url: str) -> None:
    made = storage.open(sqlite_url)
    try:
        with pytest.raises(ComeAgain):
            await inbox_of(made).take([says("1", "hello", "1")])
    finally:
        await made.close()


async def test_after_the_database_came_back_the_line_goes_on(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "hear", _fails_on("hello", ConnectionResetError(), times=2))
    inbox = inbox_of(sqlite)
    with pytest.raises(ComeAgain):
        await inbox.take([says("1", "hello", "1")])
    await inbox.take([says("1", "hello", "1")])
    assert await _count(sqlite, person) == 1


async def test_closing_lets_what_waits_be_kept(sqlite: Database) -> None:
    inbox = inbox_of(sqlite)
    waiting = asyncio.create_task(inbox.take([says("1", "hello", "1")]))
    await asyncio.sleep(0)
    await inbox.close()
    assert await _count(sqlite, event) == 1
    await waiting


async def test_a_block_changes_who_can_be_written_to(database: Database) -> None:
    inbox = inbox_of(database)
    await inbox.take([says("1", "hello", "1")])
    for number, (kind, reach) in enumerate(((Kind.BLOCKED, "blocked"), (Kind.UNBLOCKED, "active"))):
        await inbox.take([Message("telegram", f"b{number}", "1", kind)])
        async with database.reading() as session:
            assert (await session.exec_driver_sql("SELECT reach FROM address")).scalar_one() == reach
