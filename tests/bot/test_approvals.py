"""Silent people are told by what a platform has approved, however slow it is to say what that is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from sqlalchemy import update

import channels
import flows
from bot import approvals, serve
from bot.approvals import EVERY, FIRST_PAUSE, KNOWN, LONGEST_PAUSE, Approvals
from broadcast.wake import Waker
from channels import Pace
from channels.messages import Template, Unknown
from demo.platforms.twilio import FakeTwilio
from storage import Database, Keyring, marks, templates
from storage.broadcasts import Plan, Way
from storage.codes import Code
from storage.outbox.deliveries import NEVER
from storage.tables import broadcast
from tests.storage.rows import NOW, announce, meet, owe, row
from tests.waiting import until

ACCOUNT, TOKEN = "AC" + "0" * 32, "f" * 32
OURS = "whatsapp:+15005550009"
AMINA = "+12025550123"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NEWS = flows.Told({"en": "The hearing is on Friday."}, ("en",)).packed()
TEXT = Template("bulletin", "en", "HX1", "approved", body="News: {{1}} Send STOP.")


@dataclass
class Office:
    """A real worker on a real channel, and a Twilio whose list of templates is slow, or fails, as it is told."""

    parts: serve.Parts
    twilio: FakeTwilio
    now: list[datetime]
    lists: asyncio.Event
    requests: list[int] = field(default_factory=list)
    fails: int = 0

    async def amina_hears(self) -> str:
        return (await self.twilio.chats.of(f"whatsapp:{AMINA}").next()).text

    async def has(self, name: str, **columns: Any) -> None:
        """Until a delivery has these columns."""

        async def is_so() -> bool:
            async with self.parts.database.reading() as session:
                found = await row(session, name)
            return all(getattr(found, column) == value for column, value in columns.items())

        await until(is_so)

    def pass_(self, time: timedelta) -> None:
        self.now[0] += time
        self.parts.hints.waker.wake_here()


@asynccontextmanager
async def office(database_url: str, keys: Keyring, fails: int = 0) -> AsyncIterator[Office]:
    now, lists = [NOW], asyncio.Event()
    twilio = FakeTwilio(ACCOUNT, TOKEN, {OURS: ""}, clock=lambda: now[0])
    twilio.calls_back = False
    twilio.window = DAY
    made: list[Office] = []

    @web.middleware
    async def slow(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.endswith("/ContentAndApprovals") or not made:
            return await handler(request)
        made[0].requests.append(len(made[0].requests))
        await lists.wait()
        if len(made[0].requests) <= made[0].fails:
            return web.Response(status=503)
        return await handler(request)

    site = web.Application(middlewares=[slow])
    site.add_subapp("/twilio", twilio.application())
    async with TestServer(site) as server:
        there = f"{str(server.make_url('')).rstrip('/')}/twilio"
        environment = {
            "PUBLIC_URL": "https://hearback.example",
            "TWILIO_ACCOUNT": ACCOUNT,
            "TWILIO_TOKEN": TOKEN,
            "TWILIO_API": there,
            "TWILIO_CONTENT_API": there,
            "WHATSAPP_FROM": OURS,
        }
        every = channels.from_settings(environment)
        await every["whatsapp"].start()
        await every["whatsapp"].connect(flows.templates())
        every["whatsapp"].pace = Pace(rate=10_000, burst=1_000, gap=timedelta(0))
        closing = asyncio.Event()
        async with serve.parts(serve.Setup(database_url, keys, every, lambda: now[0])) as parts:
            made.append(Office(parts, twilio, now, lists, fails=fails))
            working = asyncio.create_task(parts.worker.run(closing))
            try:
                yield made[0]
            finally:
                lists.set()
                closing.set()
                await working
                await twilio.close()


async def news_to_amina(database: Database, keys: Keyring, **columns: Any) -> str:
    """A bulletin that leaves only as a template, to somebody who has been silent for two days."""
    async with database.writing() as session:
        await announce(session, plan=Plan(outside=(Way.TEMPLATE,)))
        await session.execute(update(broadcast).values(renditions=NEWS, expanded=True))
        amina = await meet(session, keys, AMINA, channel="whatsapp", spoke=NOW - 2 * DAY)
        return await owe(session, amina, **columns)


async def test_who_is_silent_waits_until_it_is_known_what_is_approved(
    database_url: str, database: Database, keys: Keyring
) -> None:
    name = await news_to_amina(database, keys)
    async with office(database_url, keys) as at:
        await at.has(name, state="queued", code="not_asked")
        at.lists.set()
        await until(lambda: stored(database))
        at.pass_(10 * SECOND)
        assert "The hearing is on Friday." in await at.amina_hears()
        await at.has(name, state="sent")


async def stored(database: Database) -> bool:
    async with database.reading() as session:
        return bool(await templates.all_of(session, "whatsapp"))


async def test_what_was_known_before_a_restart_is_used_while_nobody_answers(
    database_url: str, database: Database, keys: Keyring
) -> None:
    async with office(database_url, keys) as at:
        at.lists.set()
        await until(lambda: stored(database))
        known = await at.parts.channels["whatsapp"].templates()
        name = await news_to_amina(database, keys)
        at.pass_(SECOND)
        await at.has(name, state="sent")
    async with database.writing() as session:
        # The account of the next office is another: whoever used this one's ids would be refused.
        assert {text.body for text in await templates.all_of(session, "whatsapp")} == {text.body for text in known}


async def test_a_list_that_fails_is_asked_for_again_soon(
    database_url: str, database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approvals, "FIRST_PAUSE", timedelta(milliseconds=1))
    name = await news_to_amina(database, keys)
    async with office(database_url, keys, fails=3) as at:
        await at.has(name, state="queued", code="not_asked")
        at.lists.set()
        async with asyncio.timeout(10):
            while not await stored(database):
                at.pass_(SECOND)
                await asyncio.sleep(0.005)
        at.pass_(10 * SECOND)
        assert "The hearing is on Friday." in await at.amina_hears()
        await at.has(name, state="sent")


@dataclass
class Slow:
    """A channel that says what it is told to."""

    says: list[list[Template] | None]
    name: str = "whatsapp"
    window: timedelta | None = DAY
    recycled: timedelta | None = None
    used: list[list[Template]] = field(default_factory=list)

    async def templates(self) -> list[Template]:
        listed = self.says.pop(0)
        if listed is None:
            raise Unknown("no_answer")
        return listed

    def use(self, known: list[Template]) -> None:
        self.used.append(known)


def asking(database: Database, channel: Slow) -> Approvals:
    return Approvals(database, {channel.name: channel}, Waker(), asyncio.Event())  # type: ignore[dict-item]


async def test_each_pause_after_a_failure_is_twice_the_one_before(sqlite: Database) -> None:
    known = asking(sqlite, Slow([None] * 12 + [[TEXT]]))
    now, pauses = NOW, []
    for _time in range(13):
        pauses.append(await known.ask(now))
        now += pauses[-1]
    assert pauses[:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[11:] == [LONGEST_PAUSE, EVERY]


async def test_who_is_not_to_be_asked_yet_is_not_asked(sqlite: Database) -> None:
    channel = Slow([[TEXT], [TEXT]])
    known = asking(sqlite, channel)
    await known.ask(NOW)
    assert await known.ask(NOW + SECOND) == EVERY - SECOND
    assert len(channel.says) == 1


async def test_where_anything_may_be_written_at_any_time_nobody_is_asked(sqlite: Database) -> None:
    channel = Slow([], window=None)
    known = asking(sqlite, channel)
    assert await known.ask(NOW) == EVERY
    await known.follow()
    assert channel.used == []


async def test_what_another_worker_was_told_is_used_here(sqlite: Database) -> None:
    await asking(sqlite, Slow([[TEXT]])).ask(NOW)
    other = Slow([])
    await asking(sqlite, other).follow()
    assert other.used == [[TEXT]]


async def test_what_was_stored_before_sentences_were_is_not_taken_for_all_there_is(sqlite: Database) -> None:
    async with sqlite.writing() as session:
        await templates.keep(
            session, "whatsapp", [templates.StoredTemplate("bulletin", "en", "HX1", "approved", "")], NOW
        )
    channel = Slow([])
    await asking(sqlite, channel).follow()
    assert channel.used == []


async def test_who_waits_for_a_text_leaves_when_every_worker_knows_that_it_is_approved(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approvals, "MOST_TO_WAKE", 2)
    async with database.writing() as session:
        await announce(session)
        people = [await meet(session, keys, f"+1202555{number}", channel="whatsapp") for number in range(5)]
        names = [await owe(session, who, code=Code.SHUT, due=NEVER) for who in people]
    pending = Template("bulletin", "en", "HX1", "pending", body=TEXT.body)
    known = asking(database, Slow([[pending], [TEXT]]))
    for now, due in ((NOW, NEVER), (NOW + EVERY, NOW + EVERY + KNOWN)):
        await known.ask(now)
        await known.follow()
        async with database.reading() as session:
            assert {(await row(session, name)).due for name in names} == {due}
            assert await marks.at(session, "approved: whatsapp") is None
