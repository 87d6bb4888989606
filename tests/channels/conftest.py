"""A platform that answers as it is told, and a door to post captured webhooks through."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from hmac import digest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import hypothesis
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels import Channel, Refused, from_settings
from channels.messages import Message, Report
from tests.channels import paged

# A busy machine is no counterexample.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")

PAYLOADS = Path(__file__).parent / "payloads"
ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-account"
PUBLIC = "https://hearback.example/in"
SECRET = "a-secret-of-24-signs-abc"
BOT_TOKEN = "4242:canary-token"
TEMPLATES = {f"quick{n}": f"HX{n:032x}" for n in (1, 2, 3)} | {f"list{n}": f"HX{n + 16:032x}" for n in range(1, 11)}


@dataclass
class Platform:
    """Remembers each request as (method, path, headers, query, body) and gives the next answer of its list."""

    address: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, Mapping[str, str], dict[str, str], bytes]] = field(default_factory=list)

    async def before(self) -> object:
        """What it does before it looks at a request."""
        return None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        await self.before()
        self.requests.append((request.method, request.path, request.headers, dict(request.query), body))
        status, content = self.answers.pop(0) if self.answers else (200, self.usual(request))
        if content is HANG_UP:
            assert request.transport
            request.transport.close()
            return web.Response()
        headers = {"Retry-After": "7"} if status == 429 else {}
        if isinstance(content, str):
            return web.Response(status=status, text=content, headers=headers)
        return web.json_response(content, status=status, headers=headers)

    def usual(self, request: web.Request) -> object:
        if request.path.endswith("/sendMessage"):
            chat = {"id": 700000001, "type": "private", "first_name": "Example"}
            return {"ok": True, "result": {"message_id": 77, "date": 1760000000, "chat": chat, "text": "said"}}
        if request.path.startswith("/bot"):
            return {"ok": True, "result": True}
        if request.path.endswith("/ContentAndApprovals"):
            return {"contents": [], "meta": {"key": "contents", "next_page_url": None}}
        if request.path.endswith("/Content"):
            return {"sid": f"HX{len(self.requests):032x}"}
        return {"sid": "SM" + "0" * 32, "status": "queued", "num_segments": "1"}

    def form(self, index: int = -1) -> dict[str, str]:
        """What a request said, whether it said it as a form or as JSON."""
        body = self.requests[index][4].decode()
        if not body.startswith("{"):
            return dict(parse_qsl(body, keep_blank_values=True))
        parameters = json.loads(body)
        return {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in parameters.items()
        }


HANG_UP = object()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.answer)
    async with TestServer(app) as server:
        platform.address = str(server.make_url("")).rstrip("/")
        yield platform


def environment(platform_address: str) -> dict[str, str]:
    return {
        "PUBLIC_URL": PUBLIC,
        "TELEGRAM_TOKEN": BOT_TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": platform_address,
        "TWILIO_ACCOUNT": ACCOUNT,
        "TWILIO_TOKEN": TOKEN,
        "TWILIO_API": platform_address,
        "TWILIO_CONTENT_API": platform_address,
        "SMS_FROM": "+447700900999",
        "WHATSAPP_FROM": "whatsapp:+447700900999",
        "WHATSAPP_TEMPLATES": json.dumps(TEMPLATES),
        "PAGER_API": platform_address,
        "PAGER_SECRET": paged.SECRET,
    }


@pytest.fixture
async def channels(platform: Platform) -> AsyncIterator[dict[str, Channel]]:
    """Those of the folder, and one more that only tests have."""
    with paged.paged():
        made = from_settings(environment(platform.address))
        for channel in made.values():
            await channel.start()
        yield made
        for channel in made.values():
            await channel.close()


@dataclass
class Door:
    """Our side of the webhooks. What `receive` gave lies in `got`, the refusals in `refused`."""

    client: TestClient[web.Request, web.Application]
    got: list[Message | Report]
    refused: list[Refused]

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        async with self.client.post(path, data=body, headers=headers) as response:
            return response.status

    async def captured(self, name: str, query: str = "") -> Any:
        """The single thing that a captured payload means, or None."""
        channel = name.split("_")[0]
        self.got.clear()
        if channel == "telegram":
            status = await self.telegram((PAYLOADS / f"{name}.json").read_bytes())
        elif channel == "pager":
            status = await self.pager((paged.DOUBLES / f"{name}.json").read_bytes())
        else:
            status = await self.twilio(channel, (PAYLOADS / f"{name}.form").read_bytes().strip(), query)
        assert status == 200
        assert len(self.got) <= 1
        return self.got[0] if self.got else None

    async def telegram(self, body: bytes, secret: str = SECRET, **headers: str) -> int:
        all_headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json", **headers}
        return await self.post("/hooks/telegram", body, {name: value for name, value in all_headers.items() if value})

    async def pager(self, body: bytes) -> int:
        return await self.post("/hooks/pager", body, {"X-Pager-Secret": paged.SECRET})

    async def twilio(self, channel: str, body: bytes, query: str = "", signature: str | None = None) -> int:
        path = f"/hooks/{channel}{query}"
        header = sign(path, body) if signature is None else signature
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": header}
        return await self.post(path, body, {name: value for name, value in headers.items() if value})


def sign(path: str, body: bytes, token: str = TOKEN, by: str = "sha1") -> str:
    """Twilio's own recipe, written once more, so that the tests do not ask the code whether it is right."""
    fields = sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return b64encode(digest(token.encode(), (PUBLIC + path + "".join(a + b for a, b in fields)).encode(), by)).decode()


@pytest.fixture
async def door(channels: dict[str, Channel]) -> AsyncIterator[Door]:
    got: list[Message | Report] = []
    refused: list[Refused] = []

    async def hear(request: web.Request) -> web.Response:
        channel = channels[request.match_info["channel"]]
        try:
            got.extend(await channel.receive(request))
        except Refused as refusal:
            refused.append(refusal)
            return web.Response(status=refusal.status)
        return channel.accepted()

    app = web.Application()
    app.router.add_post("/hooks/{channel}", hear)
    app.router.add_post("/hooks/{channel}/status", hear)
    async with TestClient(TestServer(app)) as client:
        yield Door(client, got, refused)
