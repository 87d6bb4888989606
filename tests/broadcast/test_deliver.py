"""What became of each send is what the platform said, and what leaves next is what should."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import select, update

import flows
from broadcast.circuit import LAST, TOO_MANY, Broke, Took
from broadcast.claiming import LEASE
from broadcast.deliver import MOST_AT_ONCE, Sender
from broadcast.departures import Departure
from broadcast.expand import expand
from broadcast.leaving import LATE, SILENT
from broadcast.news import NIGHT, News
from broadcast.pace import LocalPace, Pacer
from broadcast.sending import FRESH
from broadcast.wake import Waker
from channels import Pace
from channels.messages import Accepted, Gone, Later, Never, NotSent, Outgoing, Shut, Stopped, Unknown
from channels.verdicts import DROPPED, OUT_OF_ORDER, Act, Reach, Verdict
from outcomes.at_once import Where
from storage import Database, Keyring, Session, addresses, broadcasts, circuits
from storage.broadcasts import Hours, NewBroadcast, Plan, Subject
from storage.lanes import Lane
from storage.outbox import claims, deliveries, unknowns
from storage.tables import address, broadcast, delivery
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, announce, meet, owe, queue
from tests.waiting import PATIENCE, until

AT_ONCE = Pace(rate=100_000, burst=1000, gap=timedelta(0))
SECOND = timedelta(seconds=1)
SOON = 7 * SECOND
DAY = timedelta(days=1)
MOST_ATTEMPTS = DROPPED.tries
BLOCKED = Verdict(Act.DROP, "the person blocked us", reach=Reach.BLOCKED, elsewhere=True)
Answer = Callable[[str, Outgoing], Awaitable[Accepted]]


async def accepts(to: str, outgoing: Outgoing) -> Accepted:
    return Accepted(f"p-{secrets.token_hex(4)}", 2)


@dataclass
class Phone:
    """A channel that remembers what it was given and answers as it is told."""

    answer: Answer = accepts
    name: str = "telegram"
    pace: Pace = AT_ONCE
    window: timedelta | None = None
    recycled: timedelta | None = None
    segments: int = 1
    sent: list[tuple[str, str]] = field(default_factory=list)
    in_session: list[bool] = field(default_factory=list)
    messages: list[Outgoing] = field(default_factory=list)

    def places(self, outgoing: Outgoing) -> int:
        return self.segments

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        self.sent.append((to, outgoing.text))
        self.in_session.append(in_session)
        self.messages.append(outgoing)
        return await self.answer(to, outgoing)


NOWHERE = Where()


class Dial:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Office:
    """One sender at work."""

    sender: Sender
    database: Database
    phone: Phone
    dial: Dial
    closing: asyncio.Event

    async def until(self, *states: str) -> None:
        """Until every delivery is in one of these states."""

        async def all_are() -> bool:
            return {row.state for row in await self.rows()} <= set(states)

        await until(all_are)

    async def until_asked(self, times: int = 1) -> None:
        """Until the platform was asked so often, and what it said is written down."""

        async def was_asked() -> bool:
            # In this order: what was read before it was asked would still say that nothing had begun.
            return len(self.phone.sent) >= times and all(row.state != "sending" for row in await self.rows())

        await until(was_asked)

    async def rows(self) -> list[Any]:
        async with self.database.reading() as session:
            found = await session.execute(select(delivery).order_by(delivery.c.lane, delivery.c.turn))
            return list(found)

    async def until_broken(self, *codes: str) -> None:
        """Until these are the codes of the open circuits."""

        async def are() -> bool:
            async with self.database.reading() as session:
                return [circuit.code for circuit in await circuits.broken(session)] == list(codes)

        await until(are)

    async def reach(self) -> str:
        async with self.database.reading() as session:
            return str((await session.execute(select(address.c.reach))).scalar_one())


def made(
    database: Database, keys: Keyring, phone: Phone, dial: Dial, owner: str = "worker", where: Where = NOWHERE
) -> Sender:
    pacer = Pacer(phone.name, phone.pace, LocalPace(asyncio.get_running_loop().time))
    return Sender(phone, database, keys, pacer, Waker(), owner, dial, where)  # type: ignore[arg-type]


@asynccontextmanager
async def office(database: Database, keys: Keyring, phone: Phone, where: Where = NOWHERE) -> AsyncIterator[Office]:
    dial, closing = Dial(), asyncio.Event()
    sender = made(database, keys, phone, dial, where=where)
    running = asyncio.create_task(sender.run(closing))
    try:
        yield Office(sender, database, phone, dial, closing)
    finally:
        closing.set()
        await running


async def one_reply(database: Database, keys: Keyring, *texts: str) -> Somebody:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for turn, text in enumerate(texts or ("hello",), 1):
            await queue(session, alice, Outgoing(text).packed(), turn=turn)
    return alice


def fails(fault: Exception) -> Answer:
    async def answer(_to: str, _outgoing: Outgoing) -> Accepted:
        raise fault

    return answer


async def test_what_the_platform_accepts_is_sent(database: Database, keys: Keyring) -> None:
    await one_reply(database, keys)
    async with office(database, keys, Phone()) as at:
        await at.until("sent")
    [row] = await at.rows()
    assert at.phone.sent == [("70001", "hello")]
    assert row.provider_id.startswith("p-")
    assert (row.segments, row.lease, row.attempts) == (2, None, 0)


@pytest.mark.parametrize(
    ("fault", "state", "code", "due", "attempts"),
    [
        (Later("429", SOON), "queued", "429", SOON, 1),
        (Later("429", timedelta(0)), "queued", "429", timedelta(seconds=2), 1),
        (Later("not_reached", SOON, everyone=True), "queued", "not_reached", SOON, 0),
        (Stopped("401"), "queued", "401", OUT_OF_ORDER, 0),
        (Never("400"), "failed", "400", None, 0),
        (Gone("403", BLOCKED), "failed", "403", None, 0),
        (Unknown("no_answer"), "unknown", "no_answer", None, 0),
        (NotSent("new"), "failed", "new", None, 0),
        (RuntimeError("+12025550123"), "unknown", "fault", None, 0),
    ],
    ids=lambda value: f"{type(value).__name__}" if isinstance(value, Exception) else None,
)
async def test_what_the_platform_says_decides(
    sqlite: Database,
    keys: Keyring,
    fault: Exception,
    state: str,
    code: str,
    due: timedelta | None,
    attempts: int,
) -> None:
    await one_reply(sqlite, keys)
    async with office(sqlite, keys, Phone(fails(fault))) as at:
        await at.until_asked()
    [row] = await at.rows()
    assert (row.state, row.code, row.attempts) == (state, code, attempts)
    assert row.due == NOW + (due or timedelta(0))
    assert len(at.phone.sent) == 1


async def test_a_platform_is_asked_again_counting_from_its_answer(sqlite: Database, keys: Keyring) -> None:
    """Not from when the question was put: it may have thought about it for long."""
    await one_reply(sqlite, keys)
    phone = Phone()
    async with office(sqlite, keys, phone) as at:

        async def slowly(_to: str, _outgoing: Outgoing) -> Accepted:
            at.dial.at = NOW + timedelta(seconds=20)
            raise Later("429", SOON)

        phone.answer = slowly
        await at.until_asked()
    assert (await at.rows())[0].due == NOW + timedelta(seconds=20) + SOON


async def test_who_is_refused_again_and_again_is_given_up(sqlite: Database, keys: Keyring) -> None:
    await one_reply(sqlite, keys)
    async with sqlite.writing() as session:
        await session.execute(update(delivery).values(attempts=MOST_ATTEMPTS - 1))
    async with office(sqlite, keys, Phone(fails(Later("429", SOON)))) as at:
        await at.until("failed")


async def test_a_platform_that_is_away_for_long_loses_nobody_a_message(sqlite: Database, keys: Keyring) -> None:
    await one_reply(sqlite, keys)
    phone = Phone(fails(Later("not_reached", timedelta(0), everyone=True)))
    async with office(sqlite, keys, phone) as at:
        async with asyncio.timeout(PATIENCE):
            while len(phone.sent) < 2 * MOST_ATTEMPTS:
                at.sender.waker.wake_here()
                await asyncio.sleep(0.002)
        phone.answer = accepts
        await at.until("sent")


async def test_who_is_gone_is_not_written_to_again(database: Database, keys: Keyring) -> None:
    alice = await one_reply(database, keys, "one", "two")
    async with database.writing() as session:
        await queue(session, alice, Outgoing("news").packed(), lane=Lane.BULLETIN, due=NOW + timedelta(hours=1))
    async with office(database, keys, Phone(fails(Gone("403", BLOCKED)))) as at:
        await at.until("failed", "cancelled")
    assert [row.state for row in await at.rows()] == ["failed", "cancelled", "cancelled"]
    assert await at.reach() == "blocked"
    assert len(at.phone.sent) == 1


async def test_a_sender_that_is_stopped_sends_nothing_more(sqlite: Database, keys: Keyring) -> None:
    await one_reply(sqlite, keys)
    async with sqlite.writing() as session:
        bob = await meet(session, keys, "2")
        await queue(session, bob, Outgoing("to bob").packed(), due=NOW + SECOND)
    phone = Phone(fails(Stopped("401")))
    async with office(sqlite, keys, phone) as at:
        await at.until_asked()
        await at.until_broken("401")
        at.dial.at = NOW + OUT_OF_ORDER - SECOND
        for _time in range(3):
            await at.sender.step()
    assert [row.state for row in await at.rows()] == ["queued", "queued"]
    assert len(phone.sent) == 1


async def test_after_a_while_one_message_tries_and_what_works_again_sends_all(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        for number in range(5):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())
        await circuits.break_(session, "telegram", "401", NOW + OUT_OF_ORDER, NOW)
    phone = Phone()
    async with office(sqlite, keys, phone) as at:
        await at.sender.step()
        assert phone.sent == []
        at.dial.at = NOW + OUT_OF_ORDER
        at.sender.waker.wake_here()
        await at.until("sent")
        await at.until_broken()


async def test_while_the_platform_is_still_away_one_message_at_a_time_tries(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        for number in range(5):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())
        await circuits.break_(session, "telegram", "401", NOW, NOW)
    phone = Phone(fails(Stopped("401")))
    async with office(sqlite, keys, phone) as at:
        await at.until_asked()
        for _time in range(3):
            await at.sender.step()
    assert len(phone.sent) == 1
    assert {row.state for row in await at.rows()} == {"queued"}


async def test_a_platform_that_fails_again_and_again_is_left_alone(sqlite: Database, keys: Keyring) -> None:
    """What comes after that keeps its place in the outbox instead of becoming unknown too."""
    async with sqlite.writing() as session:
        for number in range(LAST + TOO_MANY):
            due = NOW if number < LAST else NOW + SECOND
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed(), due=due)
    async with office(sqlite, keys, Phone(fails(Unknown("no_answer")))) as at:
        await at.until_asked(LAST)
        await at.until_broken("no_answer")
        at.dial.at = NOW + SECOND
        for _time in range(3):
            await at.sender.step()
    states = [row.state for row in await at.rows()]
    assert (states.count("unknown"), states.count("queued")) == (LAST, TOO_MANY)


async def test_what_is_wrong_with_single_messages_stops_nobody(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        for number in range(2 * LAST):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())
    async with office(sqlite, keys, Phone(fails(Never("400")))) as at:
        await at.until("failed")
        await at.until_broken()


async def test_what_is_learned_while_the_others_are_told_stays_to_be_told(
    sqlite: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another message is refused while it is written down that one was taken."""
    sender = made(sqlite, keys, Phone(), Dial())
    sender.claiming.unheard = True
    sender.unwritten.learned(Took("d"))
    mend = circuits.mend

    async def meanwhile(session: Session, channel: str) -> bool:
        sender.unwritten.learned(Broke("401"))
        return await mend(session, channel)

    monkeypatch.setattr(circuits, "mend", meanwhile)
    await sender.claiming.settle()
    assert sender.unwritten.news == News(Broke("401"))
    sender.claiming.unheard = True
    await sender.claiming.settle()
    async with sqlite.reading() as session:
        assert [circuit.code for circuit in await circuits.broken(session)] == ["401"]


@pytest.mark.parametrize(
    ("ago", "shut", "in_session"),
    [
        (DAY - SECOND, None, True),
        (DAY, None, False),
        (DAY + SECOND, None, False),
        (SECOND, 2 * SECOND, True),
        (SECOND, SECOND, False),
        (2 * SECOND, SECOND, False),
    ],
    ids=str,
)
async def test_a_person_may_be_written_to_freely_for_a_day_after_their_last_word(
    sqlite: Database, keys: Keyring, ago: timedelta, shut: timedelta | None, in_session: bool
) -> None:
    """And not if the platform has called them silent since, whatever we believe."""
    async with sqlite.writing() as session:
        alice = await meet(session, keys, spoke=NOW - ago)
        if shut is not None:
            await session.execute(update(address).values(shut=NOW - shut))
        await queue(session, alice, Outgoing("hello").packed())
    async with office(sqlite, keys, Phone(window=DAY)) as at:
        await at.until("sent")
    assert at.phone.in_session == [in_session]


async def test_where_a_platform_takes_everything_silence_does_not_matter(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        await queue(session, await meet(session, keys, spoke=NOW - 99 * DAY), Outgoing("hello").packed())
    async with office(sqlite, keys, Phone(window=None)) as at:
        await at.until("sent")
    assert at.phone.in_session == [True]


async def test_what_a_silent_person_is_not_told_waits_until_they_write(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session)
        alice = await meet(session, keys, spoke=NOW - DAY)
        await session.execute(update(broadcast).values(renditions=NEWS))
        await owe(session, alice)
    phone = Phone(fails(Shut("shut")), window=DAY)
    async with office(database, keys, phone) as at:
        await at.until_asked()
        [row] = await at.rows()
        assert (row.state, row.code, row.due) == ("queued", "shut", NOW + deliveries.LONGEST_SILENCE)
        phone.answer = accepts
        async with database.writing() as session:
            await session.execute(update(address).values(spoke=NOW, shut=None))
            await addresses.reopen(session, [alice.address], NOW)
        at.sender.waker.wake_here()
        await at.until("sent")
    assert phone.in_session == [False, True]


async def test_who_is_lost_here_is_written_to_elsewhere(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session, plan=Plan(elsewhere=True))
        await session.execute(update(broadcast).values(renditions=NEWS))
        alice = await meet(session, keys)
        there = await also_at(session, keys, alice, "+15005550006", channel="sms", spoke=NOW - DAY)
        await owe(session, alice)
    async with office(database, keys, Phone(fails(Gone("403", BLOCKED))), Where(("sms",))) as at:
        await at.until_asked()
        [row] = await at.rows()
    assert (row.state, row.channel, row.address_id) == ("queued", "sms", there.address)


async def test_what_waits_for_somebody_goes_elsewhere_though_a_reply_showed_that_they_are_lost(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await announce(session, plan=Plan(elsewhere=True))
        alice = await meet(session, keys)
        there = await also_at(session, keys, alice, "+15005550006", channel="sms", spoke=NOW - DAY)
        await queue(session, alice, Outgoing("hello").packed())
        bulletin = await owe(session, alice, due=NOW + DAY)
    async with office(database, keys, Phone(fails(Gone("403", BLOCKED))), Where(("sms",))) as at:
        await at.until_asked()
        became = {row.id: (row.state, row.channel, row.address_id) for row in await at.rows()}
    assert became.pop(bulletin) == ("queued", "sms", there.address)
    assert list(became.values()) == [("failed", "telegram", alice.address)]


async def test_a_template_is_chosen_by_what_it_is_for(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        await announce(session)
        await session.execute(update(broadcast).values(renditions=NEWS))
        await owe(session, await meet(session, keys, "1"))
        await queue(session, await meet(session, keys, "2"), Outgoing("reply").packed())
    async with office(sqlite, keys, Phone()) as at:
        await at.until("sent")
    assert [message.purpose for message in at.phone.messages] == ["", "bulletin"]


NEWS = flows.Told({"en": "The hearing is on Friday."}, ("en",)).packed()


async def test_at_night_everybody_of_a_region_waits_until_their_morning(database: Database, keys: Keyring) -> None:
    """Found out by one of them: the others are not even claimed. Half past twelve in UTC is half past nine at night."""
    hours = Hours(zone="UTC", zones={"east": "Asia/Tokyo"})
    async with database.writing() as session:
        await announce(session, plan=Plan(hours=hours))
        await session.execute(update(broadcast).values(renditions=NEWS))
        for number in range(6):
            await owe(session, await meet(session, keys, f"e{number}", region="east"), due=NOW - SECOND)
        await owe(session, await meet(session, keys, "n", region="north"))
        await queue(session, await meet(session, keys, "r", region="east"), Outgoing("reply").packed())
    phone = Phone(pace=Pace(rate=10, burst=1, gap=timedelta(0)))
    async with office(database, keys, phone) as at:
        await at.until_asked(2)
    assert sorted(to for to, _text in phone.sent) == ["n", "r"]
    asleep = [row for row in await at.rows() if row.state == "queued"]
    morning = NOW.replace(hour=0, minute=0, second=0, microsecond=0) + DAY  # nine o'clock there
    assert {(row.code, row.due) for row in asleep} == {(NIGHT, morning)}
    assert sorted(row.began is None for row in asleep) == [False, *[True] * 5]


async def test_in_the_morning_they_are_written_to(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        await announce(session, plan=Plan(hours=Hours(zone="Asia/Tokyo")))
        await session.execute(update(broadcast).values(renditions=NEWS))
        await owe(session, await meet(session, keys))
    async with office(sqlite, keys, Phone()) as at:

        async def sleeps() -> bool:
            return bool((await at.rows())[0].code == NIGHT)

        await until(sleeps)
        assert at.phone.sent == []
        at.dial.at = (await at.rows())[0].due
        at.sender.waker.wake_here()
        await at.until("sent")


async def test_a_429_for_one_person_delays_nobody_else(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        for sender in ("1", "2", "3"):
            await queue(session, await meet(session, keys, sender), Outgoing("hello").packed())

    async def but_one(to: str, outgoing: Outgoing) -> Accepted:
        if to == "2":
            raise Later("429", SOON)
        return await accepts(to, outgoing)

    async with office(sqlite, keys, Phone(but_one)) as at:
        await at.until_asked(3)
        assert sorted(row.state for row in await at.rows()) == ["queued", "sent", "sent"]


async def test_replies_overtake_bulletins(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number in range(5):
            who = await meet(session, keys, f"8{number}")
            await queue(session, who, Outgoing("news").packed(), lane=Lane.BULLETIN, due=NOW - timedelta(hours=1))
        await queue(session, await meet(session, keys, "2"), Outgoing("notice").packed(), lane=Lane.NOTICE)
        await queue(session, await meet(session, keys, "1"), Outgoing("reply").packed())
    async with office(database, keys, Phone(pace=Pace(rate=500, burst=1, gap=timedelta(0)))) as at:
        await at.until("sent")
    assert [text for _, text in at.phone.sent] == ["reply", "notice"] + ["news"] * 5


async def test_a_person_is_written_to_in_order_and_with_a_gap(sqlite: Database, keys: Keyring) -> None:
    texts = [str(number) for number in range(5)]
    await one_reply(sqlite, keys, *texts)
    async with office(sqlite, keys, Phone(pace=Pace(100_000, 1000, timedelta(seconds=0.05)))) as at:
        async with asyncio.timeout(PATIENCE):
            while len(at.phone.sent) < len(texts):
                at.dial.at += timedelta(seconds=0.01)
                at.sender.waker.wake_here()
                await asyncio.sleep(0.01)
    assert [text for _, text in at.phone.sent] == texts


async def test_everybody_reads_a_broadcast_in_their_language(database: Database, keys: Keyring) -> None:
    renditions = flows.Told({"en": "The hearing is on Friday.", "fr": "L'audience est vendredi."}, ("en",)).packed()
    async with database.writing() as session:
        for sender, language in (("1", "en"), ("2", "fr"), ("3", "es")):
            await meet(session, keys, sender, language=language)
        await broadcasts.add(
            session, NewBroadcast(PROCESS, Subject("bulletin", "x"), renditions, Lane.BULLETIN, id="b"), NOW
        )
    while await expand(database, NOW):
        pass
    async with office(database, keys, Phone()) as at:
        await at.until("sent")
    heard = dict(at.phone.sent)
    assert heard["1"] == "The hearing is on Friday."
    assert heard["2"] == "L'audience est vendredi."
    assert heard["3"] != heard["1"]
    assert heard["3"].endswith(heard["1"])
    assert "inglés" in heard["3"]


async def test_what_cannot_be_read_is_in_nobodys_way(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        alice = await meet(session, keys, "1")
        await queue(session, alice, "not packed")
        bob = await meet(session, keys, "2")
        sealed = await queue(session, bob, Outgoing("moved").packed())
        await session.execute(
            update(delivery).where(delivery.c.id == sealed).values(body=alice.boxes[-1], due=NOW - timedelta(hours=1))
        )
        await queue(session, await meet(session, keys, "3"), Outgoing("hello").packed())
    async with office(sqlite, keys, Phone()) as at:
        await at.until_asked()
    assert at.phone.sent == [("3", "hello")]
    codes = {row.address_id: (row.state, row.code) for row in await at.rows()}
    assert codes[alice.address] == ("failed", "unreadable")
    assert codes[bob.address] == ("queued", "unreadable")


async def test_what_is_under_way_when_we_close_is_ended_and_written_down(database: Database, keys: Keyring) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(to: str, outgoing: Outgoing) -> Accepted:
        begun.set()
        await go_on.wait()
        return await accepts(to, outgoing)

    await one_reply(database, keys, "one", "two")
    async with office(database, keys, Phone(slowly)) as at:
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
        at.closing.set()
        await asyncio.sleep(0)
        go_on.set()
    assert [row.state for row in await at.rows()] == ["sent", "queued"]


async def test_what_becomes_of_a_send_while_others_are_settled_is_not_lost(sqlite: Database, keys: Keyring) -> None:
    """Each send ends while the settling of another is under way."""
    async with sqlite.writing() as session:
        for number in range(60):
            await queue(session, await meet(session, keys, str(number)), Outgoing("hello").packed())

    async def a_while(to: str, outgoing: Outgoing) -> Accepted:
        await asyncio.sleep(int(to) * 0.003)
        return await accepts(to, outgoing)

    async with office(sqlite, keys, Phone(a_while)) as at:
        await at.until("sent")


async def test_who_slept_on_a_claim_does_not_send_it(sqlite: Database, keys: Keyring) -> None:
    await one_reply(sqlite, keys)
    dial, phone = Dial(), Phone()
    sender = made(sqlite, keys, phone, dial)
    async with sqlite.writing() as session:
        [claimed] = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW + LEASE, 1))
    dial.at = NOW + FRESH
    await sender.sending.send(Departure(claimed, Outgoing("hello"), 1))
    await sender.claiming.settle()
    async with sqlite.reading() as session:
        row = (await session.execute(select(delivery))).one()
    assert (row.state, row.code) == ("queued", "late")
    assert phone.sent == []


async def test_what_was_claimed_in_time_does_not_leave_after_its_time(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, Outgoing("Come today.").packed(), not_after=NOW + timedelta(seconds=1))
        [claimed] = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW + LEASE, 1))
    dial, phone = Dial(), Phone()
    sender = made(sqlite, keys, phone, dial)
    dial.at = NOW + timedelta(seconds=1)
    await sender.sending.send(Departure(claimed, Outgoing("hello"), 1))
    await sender.claiming.settle()
    async with sqlite.reading() as session:
        row = (await session.execute(select(delivery))).one()
    assert (row.state, row.code, row.body) == ("expired", "not_after", None)
    assert phone.sent == []


async def test_a_worker_whose_lease_lapsed_still_says_what_it_knows(database: Database, keys: Keyring) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def paused(to: str, outgoing: Outgoing) -> Accepted:
        begun.set()
        await go_on.wait()
        return await accepts(to, outgoing)

    await one_reply(database, keys)
    async with office(database, keys, Phone(paused)) as at:
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
        async with database.writing() as session:
            assert await unknowns.abandon(session, NOW + LEASE + timedelta(seconds=1)) == 1
        go_on.set()
    assert [row.state for row in await at.rows()] == ["sent"]
    assert len(at.phone.sent) == 1


async def test_nothing_leaves_after_its_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, Outgoing("late").packed(), not_after=NOW)
        await queue(session, alice, Outgoing("in time").packed(), not_after=NOW + timedelta(seconds=1), turn=2)
    async with office(database, keys, Phone()) as at:
        await at.until("sent", "expired")
    assert at.phone.sent == [("70001", "in time")]


async def test_a_database_that_is_away_is_waited_for(
    sqlite: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_reply(sqlite, keys)
    claim, tries = claims.claim, list[None]()

    async def away_twice(*arguments: Any) -> Any:
        tries.append(None)
        if len(tries) <= 2:
            raise ConnectionResetError
        return await claim(*arguments)

    monkeypatch.setattr("broadcast.claiming.claims.claim", away_twice)
    monkeypatch.setattr("broadcast.deliver.AWAY_PAUSE", timedelta(milliseconds=5))
    async with office(sqlite, keys, Phone()) as at:
        await at.until("sent")
    assert at.phone.sent == [("70001", "hello")]


# When there is too much to do


async def test_a_worker_that_is_too_slow_for_its_pace_sends_on_and_loses_nothing(
    sqlite: Database, keys: Keyring
) -> None:
    """Each send takes ten times the machine that its pace leaves for it."""
    async with sqlite.writing() as session:
        for number in range(60):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())

    async def busily(to: str, outgoing: Outgoing) -> Accepted:
        works_until = perf_counter() + 0.01
        while perf_counter() < works_until:
            pass
        return await accepts(to, outgoing)

    phone = Phone(busily, pace=Pace(rate=1000, burst=1, gap=timedelta(0)))
    async with office(sqlite, keys, phone) as at:
        await at.until("sent")
    assert len(phone.sent) == 60
    assert {row.attempts for row in await at.rows()} == {0}


async def test_what_waits_for_its_place_when_we_close_waits_for_the_next_worker(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        for number in range(30):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())
    phone = Phone(pace=Pace(rate=1000, burst=1, gap=timedelta(0)))
    async with office(database, keys, phone) as at:

        async def closes(to: str, outgoing: Outgoing) -> Accepted:
            at.closing.set()
            return await accepts(to, outgoing)

        phone.answer = closes
        async with asyncio.timeout(PATIENCE):
            await at.closing.wait()
    rows = await at.rows()
    assert {row.state for row in rows} == {"sent", "queued"}
    assert len(phone.sent) == sum(row.state == "sent" for row in rows)
    assert {row.code for row in rows} <= {None, LATE}


async def test_after_everybody_was_held_all_that_was_claimed_leaves(sqlite: Database, keys: Keyring) -> None:
    """However much had been claimed when the platform asked us to wait."""
    async with sqlite.writing() as session:
        for number in range(MOST_AT_ONCE + 50):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())
    dial, phone = Dial(), Phone(pace=Pace(rate=100_000, burst=1, gap=timedelta(0)))
    sender = made(sqlite, keys, phone, dial)
    claimed = 0
    while not claimed:
        await sender.step()
        claimed = len(sender.sending.departures)
    await sender.pacer.pause(timedelta(seconds=0.05))
    sender.sending.depart()
    closing = asyncio.Event()
    running = asyncio.create_task(sender.run(closing))

    async def all_left() -> bool:
        dial.at += timedelta(seconds=0.01)
        sender.waker.wake_here()
        return len(phone.sent) == MOST_AT_ONCE + 50

    await until(all_left)
    closing.set()
    await running


async def test_what_was_claimed_and_could_not_be_looked_at_waits_again(
    sqlite: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_reply(sqlite, keys)
    for_people, tries = Pacer.for_people, list[None]()

    async def away_once(pacer: Pacer, addresses: Any) -> Any:
        tries.append(None)
        if len(tries) == 1:
            raise ConnectionResetError
        return await for_people(pacer, addresses)

    monkeypatch.setattr(Pacer, "for_people", away_once)
    monkeypatch.setattr("broadcast.deliver.AWAY_PAUSE", timedelta(milliseconds=5))
    async with office(sqlite, keys, Phone()) as at:
        await at.until("sent")
    assert at.phone.sent == [("70001", "hello")]


async def test_segments_are_charged_before_they_leave(sqlite: Database, keys: Keyring) -> None:
    """The next message waits for as many places as this one takes, even while this one is still under way."""
    async with sqlite.writing() as session:
        for number in range(3):
            await queue(session, await meet(session, keys, f"{number}"), Outgoing("hello").packed())
    instants: list[float] = []

    async def notes(to: str, outgoing: Outgoing) -> Accepted:
        instants.append(asyncio.get_running_loop().time())
        return await accepts(to, outgoing)

    rate, segments = 50, 5
    began = asyncio.get_running_loop().time()
    async with office(sqlite, keys, Phone(notes, pace=Pace(rate, 1, timedelta(0)), segments=segments)) as at:
        await at.until("sent")
    for before, instant in enumerate(instants):
        assert instant - began >= before * segments / rate


async def test_what_was_claimed_by_a_commit_that_we_did_not_hear_of_waits_again(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line to the database broke between its commit and our hearing of it."""
    await one_reply(database, keys)
    monkeypatch.setattr("broadcast.deliver.AWAY_PAUSE", timedelta(milliseconds=5))
    phone = Phone()
    async with office(Deaf(database), keys, phone) as at:  # type: ignore[arg-type]
        await at.until("sent")
    assert phone.sent == [("70001", "hello")]


@dataclass
class Deaf:
    """A database whose first commit of a claim is not heard of."""

    inner: Database
    was_deaf: bool = False

    @property
    def has_one_writer(self) -> bool:
        return self.inner.has_one_writer

    def reading(self) -> Any:
        return self.inner.reading()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Any]:
        async with self.inner.writing() as session:
            yield session
            claimed = (await session.execute(select(delivery.c.id).where(delivery.c.state == "sending"))).all()
        if claimed and not self.was_deaf:
            self.was_deaf = True
            raise ConnectionResetError


@pytest.mark.parametrize(
    ("lane", "silence", "state"),
    [
        (Lane.NOTICE, 365 * DAY, "cancelled"),
        (Lane.NOTICE, 364 * DAY, "sent"),
        (Lane.BULLETIN, 365 * DAY, "sent"),
        (Lane.REPLY, 365 * DAY, "sent"),
    ],
)
async def test_what_is_for_one_person_does_not_leave_to_a_number_that_may_be_somebody_elses(
    database: Database, keys: Keyring, lane: int, silence: timedelta, state: str
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, spoke=NOW - silence)
        await queue(session, alice, Outgoing("It was taken up.").packed(), lane=lane)
    async with office(database, keys, Phone(recycled=365 * DAY)) as at:
        await at.until("sent", "cancelled")
    [row] = await at.rows()
    assert (row.state, row.code, row.body) == (state, SILENT if state == "cancelled" else None, None)
    assert len(at.phone.sent) == (state == "sent")


async def test_where_addresses_are_not_given_to_others_a_silence_holds_nothing_back(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, spoke=NOW - 9999 * DAY)
        await queue(session, alice, Outgoing("It was taken up.").packed(), lane=Lane.NOTICE)
    async with office(database, keys, Phone()) as at:
        await at.until("sent")
    assert len(at.phone.sent) == 1


async def test_what_goes_wrong_after_the_platform_took_it_makes_it_unknown(
    sqlite: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_reply(sqlite, keys)
    phone = Phone()

    async def breaks(_pacer: Pacer, _places: int) -> None:
        if phone.sent:
            raise RuntimeError

    monkeypatch.setattr(Pacer, "charge", breaks)
    async with office(sqlite, keys, phone) as at:
        await at.until("unknown")
    assert len(phone.sent) == 1
