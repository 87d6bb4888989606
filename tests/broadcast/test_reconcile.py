"""What is unknown is asked after: found, left alone, or sent once more when it certainly never left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from broadcast.reconcile import ABSENT, EARLIER, KEPT, LATER, LATEST, SOONEST, Asked, ask, matched
from channels.messages import Later, NotSent, Report, Status, Trace
from channels.verdicts import Act, Verdict
from handlers import deliveries
from storage import Database, Keyring, Session
from storage.broadcasts import Plan
from storage.unknowns import Unknown
from tests.storage.rows import NOW, Somebody, announce, meet, owe, queue, row

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
ALICE, BOB = "+15005550006", "+12025550123"
LONG_AGO = NOW - ABSENT - SECOND


def unknown(name: str, seconds: float = 0, to: str = ALICE) -> Unknown:
    return Unknown(name, "somebody", to, NOW + seconds * SECOND)


def trace(name: str, seconds: float = 0, to: str = ALICE, status: Status = Status.SENT) -> Trace:
    return Trace(name, to, NOW + seconds * SECOND, status)


def pairs(waiting: Sequence[Unknown], traces: Sequence[Trace]) -> dict[str, str]:
    return {name: found.provider_id for name, found in matched(waiting, traces).items()}


def test_a_message_to_the_same_person_of_that_moment_is_it() -> None:
    assert pairs([unknown("d")], [trace("m", 1)]) == {"d": "m"}


def test_a_message_to_somebody_else_is_not() -> None:
    assert pairs([unknown("d")], [trace("m", 1, BOB)]) == {}


def test_nothing_is_found_in_nothing() -> None:
    assert pairs([unknown("d")], []) == pairs([], [trace("m")]) == {}


@pytest.mark.parametrize(
    ("at", "is_it"),
    [(-EARLIER, True), (-EARLIER - MICROSECOND, False), (LATER, True), (LATER + MICROSECOND, False)],
    ids=str,
)
def test_the_platforms_clock_may_differ_a_little_from_ours(at: timedelta, is_it: bool) -> None:
    found = Trace("m", ALICE, NOW + at, Status.SENT)
    assert bool(matched([unknown("d")], [found])) is is_it


def test_two_messages_to_one_person_are_told_apart_by_their_order() -> None:
    waiting, traces = [unknown("second", 20), unknown("first")], [trace("m2", 21), trace("m1", 1)]
    assert pairs(waiting, traces) == {"first": "m1", "second": "m2"}


def test_each_message_is_found_once() -> None:
    assert len(pairs([unknown("first"), unknown("second", 20)], [trace("m", 21)])) == 1
    assert pairs([unknown("d")], [trace("m1", 1), trace("m2", 2)]) == {"d": "m1"}


def test_everybody_has_their_own() -> None:
    waiting = [unknown("a", to=ALICE), unknown("b", to=BOB)]
    assert pairs(waiting, [trace("to bob", 1, BOB), trace("to alice", 1, ALICE)]) == {"a": "to alice", "b": "to bob"}


@dataclass
class Memory:
    """A platform's list of what it has sent. It remembers what it was asked."""

    traces: list[Trace] = field(default_factory=list)
    away: NotSent | None = None
    asked: list[datetime] = field(default_factory=list)

    async def sent(self, since: datetime) -> Sequence[Trace]:
        self.asked.append(since)
        if self.away is not None:
            raise self.away
        return self.traces


@dataclass
class Line:
    """A channel as far as it can be asked."""

    history: Memory | None
    name: str = "sms"


class Desk:
    """Unknown deliveries to Alice, and asking after them."""

    def __init__(self, database: Database, keys: Keyring) -> None:
        self.database = database
        self.keys = keys
        self.memory = Memory()
        self.heard: list[Report] = []

    async def meets(self, sender: str = ALICE) -> Somebody:
        async with self.database.writing() as session:
            return await meet(session, self.keys, sender, channel="sms")

    async def sent(self, who: Somebody, began: datetime = LONG_AGO, **columns: Any) -> str:
        async with self.database.writing() as session:
            unknown: dict[str, Any] = {"state": "unknown", "code": "no_answer", "began": began, "ended": NOW.date()}
            return await queue(session, who, **unknown | columns)

    def remembers(self, name: str, at: datetime, to: str = ALICE, status: Status = Status.SENT, **more: Any) -> None:
        self.memory.traces.append(Trace(name, to, at, status, **more))

    async def asks(self, history: bool = True) -> Asked:
        line: Any = Line(self.memory if history else None)
        return await ask(self.database, self.keys, line, self._hears, NOW)

    async def _hears(self, session: Session, said: Sequence[Report], now: datetime) -> None:
        self.heard += said
        await partial(deliveries.report, elsewhere=("telegram",))(session, said, now)

    async def row(self, name: str) -> Any:
        async with self.database.reading() as session:
            return await row(session, name)


@pytest.fixture
def desk(database: Database, keys: Keyring) -> Desk:
    return Desk(database, keys)


async def test_a_platform_is_not_asked_when_nothing_is_unknown(desk: Desk) -> None:
    await desk.sent(await desk.meets(), state="sent", provider_id="m")
    assert await desk.asks() == Asked()
    assert desk.memory.asked == []


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        (Status.ACCEPTED, "sent"),
        (Status.SENT, "sent"),
        (Status.DELIVERED, "delivered"),
        (Status.READ, "delivered"),
        (Status.FAILED, "failed"),
    ],
)
async def test_what_the_platform_remembers_is_what_it_became(desk: Desk, status: Status, becomes: str) -> None:
    name = await desk.sent(await desk.meets())
    verdict = Verdict(Act.DROP, "")
    desk.remembers("m", LONG_AGO, status=status, code="30006" if status is Status.FAILED else "", verdict=verdict)
    assert await desk.asks() == Asked(found=1)
    found = await desk.row(name)
    assert (found.state, found.provider_id, found.body) == (becomes, "m", None)
    assert desk.memory.asked == [LONG_AGO - EARLIER]
    assert await desk.asks() == Asked()


async def test_what_the_platform_never_had_leaves_once_more(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    desk.remembers("m", LONG_AGO, BOB)
    assert await desk.asks() == Asked(resent=1)
    found = await desk.row(name)
    assert (found.state, found.code, found.due, found.resent) == ("queued", "resent", NOW, True)


async def test_a_message_that_another_delivery_has_is_not_this_one(desk: Desk) -> None:
    alice = await desk.meets()
    await desk.sent(alice, state="sent", provider_id="m")
    name = await desk.sent(alice, turn=2)
    desk.remembers("m", LONG_AGO)
    assert await desk.asks() == Asked(resent=1)
    assert (await desk.row(name)).state == "queued"


async def test_where_two_may_be_the_same_message_the_other_is_not_sent_again(desk: Desk) -> None:
    alice = await desk.meets()
    names = [await desk.sent(alice, LONG_AGO - seconds * SECOND, turn=seconds) for seconds in (20, 1)]
    desk.remembers("m", LONG_AGO)
    assert await desk.asks() == Asked(found=1)
    assert sorted([(await desk.row(name)).state for name in names]) == ["sent", "unknown"]


@pytest.mark.parametrize(
    ("began", "resent"),
    [
        (NOW - SOONEST - SECOND, 0),
        (NOW - ABSENT, 0),
        (NOW - ABSENT - SECOND, 1),
        (NOW - LATEST + SECOND, 1),
        (NOW - LATEST, 0),
        (NOW - KEPT + SECOND, 0),
    ],
    ids=lambda value: str(NOW - value) if isinstance(value, datetime) else "",
)
async def test_it_leaves_again_neither_too_soon_nor_too_late(desk: Desk, began: datetime, resent: int) -> None:
    await desk.sent(await desk.meets(), began)
    assert await desk.asks() == Asked(resent=resent)
    assert len(desk.memory.asked) == 1


@pytest.mark.parametrize("began", [NOW - SOONEST, NOW - KEPT], ids=["too new", "too old"])
async def test_nothing_too_new_or_too_old_is_asked_after(desk: Desk, began: datetime) -> None:
    await desk.sent(await desk.meets(), began)
    assert await desk.asks() == Asked()
    assert desk.memory.asked == []


async def test_a_platform_that_does_not_answer_changes_nothing(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    desk.memory.away = Later("not_reached", SECOND)
    with pytest.raises(Later):
        await desk.asks()
    assert (await desk.row(name)).state == "unknown"


async def test_a_reply_without_its_words_does_not_leave_again(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    async with desk.database.writing() as session:
        await session.exec_driver_sql("UPDATE delivery SET body = NULL")
    assert await desk.asks() == Asked()
    assert (await desk.row(name)).state == "unknown"


async def test_where_nobody_can_be_asked_only_what_may_come_twice_leaves_again(desk: Desk) -> None:
    alice, bob = await desk.meets(), await desk.meets(BOB)
    lost: dict[str, Any] = {"state": "unknown", "began": LONG_AGO, "ended": NOW.date()}
    async with desk.database.writing() as session:
        await announce(session, "once")
        await announce(session, "again", Plan(again=True))
        once, again = await owe(session, alice, "once", **lost), await owe(session, bob, "again", **lost)
    assert await desk.asks(history=False) == Asked(resent=1)
    assert await desk.asks(history=False) == Asked()
    assert [(await desk.row(name)).state for name in (once, again)] == ["unknown", "queued"]
