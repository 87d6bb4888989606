"""Both platforms on real sockets, and a house that gets their webhooks."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import servers
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.platforms.wire import Public
from demo.town.running import Town
from tests.demo import towns

TOKEN = "7001001:AAdemoToken"
ACCOUNT = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "12345"
PUBLIC = "https://hearback.example"
SMS = "+15005550006"
WHATSAPP = "whatsapp:+15005550006"


@dataclass(frozen=True)
class Post:
    """One request that the house got."""

    path: str
    headers: dict[str, str]
    body: bytes
    form: dict[str, str] = field(default_factory=dict)


class DemoTown:
    """Takes every webhook; answers with the next of `statuses`, or 200."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.statuses: deque[int] = deque()
        self.after = ""
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        form = {}
        if request.content_type == "application/x-www-form-urlencoded":
            form = {name: str(value) for name, value in (await request.post()).items()}
        self.posts.append(Post(request.path_qs, dict(request.headers), body, form))
        status = self.statuses.popleft() if self.statuses else 200
        return web.Response(status=status, headers={"Retry-After": self.after} if self.after else {})


class Hands:
    """A clock that moves when somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, pause: float) -> None:
        self.slept.append(pause)
        self.now += timedelta(seconds=pause)
        await asyncio.sleep(0)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def house() -> AsyncIterator[DemoTown]:
    house = DemoTown()
    application = web.Application()
    application.router.add_post("/{tail:.*}", house.take)
    async with TestServer(application) as server:
        house.url = str(server.make_url("")).rstrip("/")
        yield house


@pytest.fixture
async def telegram(house: DemoTown, hands: Hands) -> AsyncIterator[FakeTelegram]:
    telegram = FakeTelegram(TOKEN, public=Public(PUBLIC, house.url), clock=hands.clock, sleep=hands.sleep)
    yield telegram
    await telegram.close()


@pytest.fixture
async def telegram_url(telegram: FakeTelegram) -> AsyncIterator[str]:
    async with TestServer(telegram.application()) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def twilio(house: DemoTown, hands: Hands) -> AsyncIterator[FakeTwilio]:
    twilio = FakeTwilio(
        ACCOUNT,
        AUTH_TOKEN,
        {SMS: f"{PUBLIC}/channels/sms", WHATSAPP: f"{PUBLIC}/channels/whatsapp"},
        services={"MG" + "0" * 32: [SMS, WHATSAPP]},
        public=Public(PUBLIC, house.url),
        clock=hands.clock,
        sleep=hands.sleep,
    )
    yield twilio
    await twilio.close()


@pytest.fixture
async def twilio_url(twilio: FakeTwilio) -> AsyncIterator[str]:
    async with TestServer(twilio.application()) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture(scope="session")
def built(run_folder: Path) -> Path:
    """The folder of a town whose past has been played, once for all processes of the run."""
    folder, unfinished = run_folder / "town", run_folder / "unfinished-town"
    with servers.exclusive(run_folder, "town"):
        if not folder.exists():
            unfinished.mkdir()
            towns.build(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture
async def opened(built: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with towns.running(towns.copy(built, tmp_path)) as running:
        yield running
