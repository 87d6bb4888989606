"""What is unknown is asked after: found, left alone, or sent once more when it certainly never left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from broadcast.matching import EARLIER, LATER, LATEST, Window, matched
from broadcast.reconcile import ABSENT, KEPT, SOONEST, Reconciled, Reconciling
from channels import Channel, from_settings
from channels.messages import Later, NotSent, Outgoing, Report, Status, Trace
from channels.verdicts import Act, Verdict
from demo.platforms.twilio import FakeTwilio
from handlers import deliveries
from storage import Database, Keyring, Session, people
from storage.broadcasts import Plan
from storage.outbox.unknowns import UnknownDelivery
from tests.storage.rows import NOW, Somebody, announce, meet, owe, put, queue, row
from tests.waiting import PATIENCE

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
ALICE, BOB, OURS = "+15005550006", "+12025550123", "+15005550001"
LONG_AGO = NOW - ABSENT - SECOND


def unknown(name: str, seconds: float = 0, to: str = ALICE) -> UnknownDelivery:
    return UnknownDelivery(name, "somebody", "somewhere", to, NOW + seconds * SECOND)


def trace(name: str, seconds: float = 0, to: str = ALICE, status: Status = Status.SENT) -> Trace:
    return Trace(name, to, NOW + seconds * SECOND, status)


def pairs(
    waiting: Sequence[UnknownDelivery], traces: Sequence[Trace], others: Sequence[UnknownDelivery] = ()
) -> dict[str, str]:
    return {name: found.provider_id for name, found in matched(waiting, others, traces).items()}


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
    assert bool(matched([unknown("d")], [], [found])) is is_it


def test_two_messages_to_one_person_are_told_apart_by_their_order() -> None:
    waiting, traces = [unknown("second", 20), unknown("first")], [trace("m2", 21), trace("m1", 1)]
    assert pairs(waiting, traces) == {"first": "m1", "second": "m2"}


def test_each_message_is_found_once() -> None:
    assert len(pairs([unknown("first"), unknown("second", 20)], [trace("m", 21)])) == 1
    assert pairs([unknown("d")], [trace("m1", 1), trace("m2", 2)]) == {"d": "m1"}


@pytest.mark.parametrize("apart", [-600, -60, -20, 20, 60, 600])
def test_where_there_are_enough_their_order_counts_and_not_the_platforms_clock(apart: float) -> None:
    waiting = [unknown(f"d{place}", 20 * place) for place in range(4)]
    traces = [trace(f"m{place}", 20 * place + apart) for place in range(4)]
    assert pairs(waiting, traces) == {f"d{place}": f"m{place}" for place in range(4)}


def test_where_there_are_too_few_the_nearest_counts() -> None:
    waiting = [unknown(f"d{place}", 100 * place) for place in range(4)]
    assert pairs(waiting, [trace("m1", 130), trace("m2", 310)]) == {"d1": "m1", "d3": "m2"}


def test_where_there_are_too_many_the_nearest_counts() -> None:
    waiting = [unknown("d1"), unknown("d2", 100)]
    traces = [trace(f"m{place}", 100 * place - 90) for place in range(4)]
    assert pairs(waiting, traces) == {"d1": "m1", "d2": "m2"}


def test_what_is_just_being_sent_may_be_it_too() -> None:
    assert pairs([unknown("d")], [trace("m", 300)], [unknown("under way", 299)]) == {}
    assert pairs([unknown("d")], [trace("m1", 2), trace("m2", 300)], [unknown("under way", 299)]) == {"d": "m1"}


def test_everybody_has_their_own() -> None:
    waiting = [unknown("a", to=ALICE), unknown("b", to=BOB)]
    assert pairs(waiting, [trace("to bob", 1, BOB), trace("to alice", 1, ALICE)]) == {"a": "to alice", "b": "to bob"}


@dataclass
class Memory:
    """A platform's list of what it has sent. It remembers what it was asked."""

    traces: list[Trace] = field(default_factory=list)
    away: NotSent | None = None
    windows: list[Window] = field(default_factory=list)
    apart: timedelta = timedelta(0)
    """How far its clock is ahead of ours."""
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """What happens while it is asked."""

    async def sent(self, since: datetime, until: datetime, to: Collection[str]) -> AsyncIterator[Trace]:
        self.windows.append(Window(since, until, frozenset(to)))
        if self.away is not None:
            raise self.away
        if self.meanwhile is not None:
            await self.meanwhile()
        for remembered in self.traces:
            here = replace(remembered, at=remembered.at + self.apart)
            if here.to in to and since <= here.at <= until:
                yield here


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
        self.closing = asyncio.Event()

    async def meets(self, sender: str = ALICE) -> Somebody:
        async with self.database.writing() as session:
            return await meet(session, self.keys, sender, channel="sms")

    async def sent(self, who: Somebody, began: datetime = LONG_AGO, **columns: Any) -> str:
        async with self.database.writing() as session:
            unknown: dict[str, Any] = {"state": "unknown", "code": "no_answer", "began": began, "ended": NOW.date()}
            return await queue(session, who, **unknown | columns)

    def remembers(self, name: str, at: datetime, to: str = ALICE, status: Status = Status.SENT, **more: Any) -> None:
        self.memory.traces.append(Trace(name, to, at, status, **more))

    async def asks(self, now: datetime = NOW, history: bool = True) -> Reconciled:
        line: Any = Line(self.memory if history else None)
        return await self.asks_at(line, now)

    async def asks_at(self, line: Channel, now: datetime = NOW) -> Reconciled:
        return await Reconciling(self.database, self.keys, line, self._hears, self.closing).ask(now)

    async def says(self, name: str, provider_id: str, status: Status) -> None:
        """The platform itself, by a status callback."""
        async with self.database.writing() as session:
            await self._hears(session, [Report("sms", name, provider_id, status)], NOW)

    async def _hears(self, session: Session, reports: Sequence[Report], now: datetime) -> None:
        self.heard += reports
        await partial(deliveries.report, elsewhere=lambda _sender: ("telegram",))(session, reports, now)

    async def puts(self, name: str, **columns: Any) -> None:
        async with self.database.writing() as session:
            await put(session, name, **columns)

    async def row(self, name: str) -> Any:
        async with self.database.reading() as session:
            return await row(session, name)


@pytest.fixture
def desk(database: Database, keys: Keyring) -> Desk:
    return Desk(database, keys)


async def test_a_platform_is_not_asked_when_nothing_is_unknown(desk: Desk) -> None:
    await desk.sent(await desk.meets(), state="sent", provider_id="m")
    assert await desk.asks() == Reconciled()
    assert desk.memory.windows == []


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
    assert await desk.asks() == Reconciled(found=1)
    found = await desk.row(name)
    assert (found.state, found.provider_id, found.body) == (becomes, "m", None)
    assert desk.memory.windows == [Window(LONG_AGO - EARLIER, LONG_AGO + LATER, frozenset({ALICE}))]
    assert await desk.asks() == Reconciled()


async def test_what_the_platform_never_had_leaves_once_more(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    desk.remembers("m", LONG_AGO, BOB)
    assert await desk.asks() == Reconciled(resent=1)
    found = await desk.row(name)
    assert (found.state, found.code, found.due, found.resent) == ("queued", "resent", NOW, True)


async def test_a_message_that_another_delivery_has_is_not_this_one(desk: Desk) -> None:
    alice = await desk.meets()
    await desk.sent(alice, state="sent", provider_id="m")
    name = await desk.sent(alice, turn=2)
    desk.remembers("m", LONG_AGO)
    assert await desk.asks() == Reconciled(resent=1)
    assert (await desk.row(name)).state == "queued"


async def test_a_message_that_an_earlier_attempt_of_another_had_is_not_this_one(desk: Desk) -> None:
    alice = await desk.meets()
    other = await desk.sent(alice, state="sent", provider_id="m")
    await desk.says(other, "m", Status.DELIVERED)
    await desk.puts(other, provider_id="m2")
    await desk.sent(alice, turn=2)
    desk.remembers("m", LONG_AGO)
    assert await desk.asks() == Reconciled(resent=1)


async def test_where_two_may_be_the_same_message_the_other_is_never_sent_again(desk: Desk) -> None:
    alice = await desk.meets()
    names = [await desk.sent(alice, LONG_AGO - seconds * SECOND, turn=seconds) for seconds in (20, 1)]
    desk.remembers("m", LONG_AGO)
    assert await desk.asks() == Reconciled(found=1)
    for minutes in range(12, 60, 12):
        assert await desk.asks(NOW + minutes * MINUTE) == Reconciled()
    assert sorted([(await desk.row(name)).state for name in names]) == ["sent", "unknown"]


async def test_it_is_sent_again_when_the_platform_says_whose_the_message_was(desk: Desk) -> None:
    alice = await desk.meets()
    names = [await desk.sent(alice, LONG_AGO - seconds * SECOND, turn=seconds) for seconds in (20, 1)]
    desk.remembers("m", LONG_AGO)
    await desk.asks()
    await desk.says(names[1], "m", Status.DELIVERED)
    assert await desk.asks(NOW + 12 * MINUTE) == Reconciled(resent=1)
    assert [(await desk.row(name)).state for name in names] == ["queued", "delivered"]


@pytest.mark.parametrize("apart", [minutes * MINUTE for minutes in (-10, -5, -1, 0, 1, 5, 10)], ids=str)
async def test_a_platform_whose_clock_is_not_ours_is_understood(desk: Desk, apart: timedelta) -> None:
    desk.memory.apart = apart
    alice = await desk.meets()
    names = [await desk.sent(alice, LONG_AGO + 10 * turn * SECOND, turn=turn) for turn in range(3)]
    for turn in range(3):
        desk.remembers(f"m{turn}", LONG_AGO + (10 * turn + 1) * SECOND)
    assert await desk.asks() == Reconciled(found=3)
    rows = [await desk.row(name) for name in names]
    assert [(row.state, row.provider_id) for row in rows] == [("sent", f"m{turn}") for turn in range(3)]


@pytest.mark.parametrize("apart", [minutes * MINUTE for minutes in (-10, -1, 0, 1, 10)], ids=str)
@pytest.mark.parametrize("which", range(3))
async def test_whatever_its_clock_nothing_that_it_may_have_is_sent_again(
    desk: Desk, apart: timedelta, which: int
) -> None:
    """It has one of three, and nobody can tell which."""
    desk.memory.apart = apart
    alice = await desk.meets()
    for turn in range(3):
        await desk.sent(alice, NOW - 20 * MINUTE + turn * MINUTE, turn=turn)
    desk.remembers("m", NOW - 20 * MINUTE + which * MINUTE + SECOND)
    results = [await desk.asks(NOW + later * MINUTE) for later in (-10, -5, 0, 12, 24, 36)]
    assert sum(result.found for result in results) == 1
    assert sum(result.resent for result in results) == 0


@pytest.mark.parametrize("minutes", [2, 10, 40, 59])
async def test_a_message_that_left_late_is_it(desk: Desk, minutes: int) -> None:
    """Its worker slept between its claim and its send."""
    name = await desk.sent(await desk.meets(), NOW - LATEST + SECOND)
    desk.remembers("m", NOW - LATEST + minutes * MINUTE)
    assert await desk.asks() == Reconciled(found=1)
    assert (await desk.row(name)).state == "sent"


async def test_a_message_of_a_month_ago_is_nobodys_and_stands_in_nobodys_way(desk: Desk) -> None:
    """The delivery that it was is a number by now."""
    name = await desk.sent(await desk.meets())
    desk.remembers("m", NOW - timedelta(days=31))
    assert await desk.asks() == Reconciled(resent=1)
    assert (await desk.row(name)).state == "queued"


async def test_a_message_to_who_was_forgotten_and_came_back_is_not_taken_for_nothing(desk: Desk) -> None:
    """Nobody knows any more whose it was: what may be it is not sent again."""
    alice = await desk.meets()
    old = await desk.sent(alice, state="sent", provider_id="m")
    async with desk.database.writing() as session:
        await people.erase(session, alice.id)
    again = await desk.meets()
    await desk.sent(again, LONG_AGO + MINUTE)
    desk.remembers("m", LONG_AGO)
    assert (await desk.row(old)).provider_id is None
    assert await desk.asks() == Reconciled(found=1)


async def test_what_is_just_being_sent_is_not_taken_for_what_was_lost(desk: Desk) -> None:
    alice = await desk.meets()
    lost = await desk.sent(alice)
    await desk.sent(alice, NOW - SECOND, turn=2, state="sending", ended=None)
    desk.remembers("m", NOW)
    assert await desk.asks() == Reconciled()
    assert (await desk.row(lost)).state == "unknown"


async def test_what_the_platform_reports_while_it_is_asked_is_not_guessed_at(desk: Desk) -> None:
    alice = await desk.meets()
    reported, lost = await desk.sent(alice), await desk.sent(alice, LONG_AGO + SECOND, turn=2)
    for name in ("m1", "m2"):
        desk.remembers(name, LONG_AGO, status=Status.DELIVERED)
    desk.memory.meanwhile = partial(desk.says, reported, "m2", Status.DELIVERED)
    assert await desk.asks() == Reconciled(found=1)
    assert [(await desk.row(name)).provider_id for name in (reported, lost)] == ["m2", "m1"]


async def test_what_stays_unknown_is_asked_after_less_and_less(desk: Desk) -> None:
    alice = await desk.meets()
    for turn in (1, 2):
        await desk.sent(alice, NOW, turn=turn)
    desk.remembers("m", NOW)
    times = [3, 5, 7, 9, 11, 13, 15, 25, 35, 45, 55, 65, 125, 185, 245, 485, 725, 965, 1205]
    for number, minutes in enumerate(times, start=1):
        await desk.asks(NOW + minutes * MINUTE)
        await desk.asks(NOW + [*times, 24 * 60][number] * MINUTE - SECOND)
        assert len(desk.memory.windows) == number


async def test_only_the_time_around_what_is_unknown_is_asked_for(desk: Desk) -> None:
    alice, bob = await desk.meets(), await desk.meets(BOB)
    long_ago = NOW - timedelta(hours=20)
    await desk.sent(alice, long_ago)
    await desk.sent(bob, LONG_AGO)
    await desk.sent(alice, LONG_AGO + MINUTE, turn=2)
    await desk.asks()
    assert desk.memory.windows == [
        Window(long_ago - EARLIER, long_ago + LATER, frozenset({ALICE})),
        Window(LONG_AGO - EARLIER, LONG_AGO + MINUTE + LATER, frozenset({ALICE, BOB})),
    ]
    assert ALICE not in repr(desk.memory.windows)


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
    assert await desk.asks() == Reconciled(resent=resent)
    assert len(desk.memory.windows) == 1


@pytest.mark.parametrize("began", [NOW - SOONEST, NOW - KEPT], ids=["too new", "too old"])
async def test_nothing_too_new_or_too_old_is_asked_after(desk: Desk, began: datetime) -> None:
    await desk.sent(await desk.meets(), began)
    assert await desk.asks() == Reconciled()
    assert desk.memory.windows == []


async def test_a_platform_that_does_not_answer_changes_nothing(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    desk.memory.away = Later("not_reached", SECOND)
    with pytest.raises(Later):
        await desk.asks()
    assert (await desk.row(name)).state == "unknown"


async def test_who_closes_does_not_wait_for_a_platform_that_is_silent(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    answered = asyncio.Event()

    async def closes() -> None:
        desk.closing.set()
        await answered.wait()

    desk.memory.meanwhile = closes
    async with asyncio.timeout(PATIENCE):
        assert await desk.asks() == Reconciled()
    found = await desk.row(name)
    assert (found.state, found.due) == ("unknown", NOW)


async def test_a_reply_without_its_words_does_not_leave_again(desk: Desk) -> None:
    name = await desk.sent(await desk.meets())
    async with desk.database.writing() as session:
        await session.exec_driver_sql("UPDATE delivery SET body = NULL")
    for minutes in range(3):
        assert await desk.asks(NOW + minutes * MINUTE) == Reconciled()
    assert len(desk.memory.windows) == 1
    assert (await desk.row(name)).state == "unknown"


async def test_where_nobody_can_be_asked_only_what_may_come_twice_leaves_again(desk: Desk) -> None:
    alice, bob = await desk.meets(), await desk.meets(BOB)
    lost: dict[str, Any] = {"state": "unknown", "began": LONG_AGO, "ended": NOW.date()}
    async with desk.database.writing() as session:
        await announce(session, "once")
        await announce(session, "again", Plan(again=True))
        once, again = await owe(session, alice, "once", **lost), await owe(session, bob, "again", **lost)
    assert await desk.asks(history=False) == Reconciled(resent=1)
    assert await desk.asks(history=False) == Reconciled()
    assert [(await desk.row(name)).state for name in (once, again)] == ["unknown", "queued"]


@asynccontextmanager
async def line_to(twilio: FakeTwilio) -> AsyncIterator[Channel]:
    site = web.Application()
    site.add_subapp("/twilio", twilio.application())
    async with TestServer(site) as server:
        address = str(server.make_url("/twilio"))
        sms = from_settings(
            {
                "PUBLIC_URL": "https://hearback.example",
                "SMS_FROM": OURS,
                "TWILIO_ACCOUNT": twilio.account,
                "TWILIO_TOKEN": twilio.token,
                "TWILIO_API": address,
                "TWILIO_CONTENT_API": address,
            }
        )["sms"]
        await sms.start()
        try:
            yield sms
        finally:
            await sms.close()


@pytest.mark.parametrize("apart", [minutes * MINUTE for minutes in (-10, -1, 0, 1, 10)], ids=str)
async def test_twilio_tells_what_it_has_by_a_clock_that_is_not_ours(desk: Desk, apart: timedelta) -> None:
    now = [LONG_AGO]
    twilio = FakeTwilio("AC" + "0" * 32, "f" * 32, {OURS: ""}, clock=lambda: now[0] + apart)
    twilio.calls_back = False
    alice, bob = await desk.meets(), await desk.meets(BOB)
    async with line_to(twilio) as sms:
        arrived = [await desk.sent(alice, LONG_AGO + turn * SECOND, turn=turn) for turn in (0, 30)]
        lost = await desk.sent(bob)
        for name in arrived:
            await sms.send(ALICE, Outgoing("hello"), name)
            now[0] += 30 * SECOND
        await twilio.settled()
        assert await desk.asks_at(sms) == Reconciled(found=2, resent=1)
    assert [(await desk.row(name)).state for name in (*arrived, lost)] == ["delivered", "delivered", "queued"]


@pytest.mark.parametrize("apart", [minutes * MINUTE for minutes in (-10, -1, 0, 1, 10)], ids=str)
async def test_where_twilio_has_fewer_by_such_a_clock_nothing_leaves_again(desk: Desk, apart: timedelta) -> None:
    twilio = FakeTwilio("AC" + "0" * 32, "f" * 32, {OURS: ""}, clock=lambda: LONG_AGO + apart)
    twilio.calls_back = False
    alice = await desk.meets()
    async with line_to(twilio) as sms:
        names = [await desk.sent(alice, LONG_AGO - turn * MINUTE, turn=turn) for turn in (2, 1, 0)]
        await sms.send(ALICE, Outgoing("hello"), names[1])
        await twilio.settled()
        for minutes in (0, 12, 24):
            await desk.asks_at(sms, NOW + minutes * MINUTE)
    assert sorted([(await desk.row(name)).state for name in names]) == ["delivered", "unknown", "unknown"]
