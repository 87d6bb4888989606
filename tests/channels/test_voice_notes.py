"""A voice note is fetched from its platform's own hosts, and from nowhere else that somebody may have named."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from channels import Channel, _wire
from channels._public import PublicResolver, is_public
from channels._sound.reading import read
from channels.messages import Gone, Later, Never, NotSent, Stopped, TooFast, Unknown
from channels.recordings import LARGEST, SoundKind
from demo.platforms.voices import VOICE
from tests.channels.conftest import ACCOUNT, BOT_TOKEN, HANG_UP, Platform
from tests.sounds import NONE

FILE = "AwACAgQAAxkBAAIBexample"
AT_TELEGRAM = {"ok": True, "result": {"file_id": FILE, "file_unique_id": "AgAD", "file_path": "voice/file_7.oga"}}
MESSAGE, MEDIUM = "MM" + "0" * 32, "ME" + "1" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE}/Media/{MEDIUM}"
AT_TWILIO = f"https://api.twilio.com{PATH}"
NOT_THERE = "Bad Request: wrong file_id or the file is temporarily unavailable"


@dataclass
class Sounding(Platform):
    """Gives bytes as they are, and sends elsewhere."""

    compresses: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        content: Any = self.answers[0][1] if self.answers else None
        if not isinstance(content, bytes | dict) or (isinstance(content, dict) and "to" not in content):
            return await super().answer(request)
        status, _content = self.answers.pop(0)
        self.requests.append((request.method, request.path, request.headers, dict(request.query), b""))
        if isinstance(content, dict):
            return web.Response(status=status, headers={"Location": content["to"].format(address=self.address)})
        response = web.Response(status=status, body=content, content_type="text/html")
        if self.compresses:
            response.enable_compression(web.ContentCoding.gzip)
        return response


@pytest.fixture
async def platform() -> AsyncIterator[Sounding]:
    made = Sounding()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    async with TestServer(app) as server:
        made.address = str(server.make_url("")).rstrip("/")
        yield made


async def problem(channel: Channel, voice: str) -> NotSent:
    with pytest.raises(NotSent) as caught:
        await channel.fetch(voice)
    assert caught.value.__context__ is None, "what hangs on it may carry the token"
    return caught.value


async def test_telegram_first_says_where_it_lies(channels: dict[str, Channel], platform: Platform) -> None:
    platform.answers = [(200, AT_TELEGRAM), (200, VOICE)]
    recording = await channels["telegram"].fetch(FILE)
    assert (recording.kind, recording.sound) == (SoundKind.OGG, read(VOICE).content)
    assert platform.form(0) == {"file_id": FILE}
    assert [request[1] for request in platform.requests] == [
        f"/bot{BOT_TOKEN}/getFile",
        f"/file/bot{BOT_TOKEN}/voice/file_7.oga",
    ]


@pytest.mark.parametrize(
    "path",
    ["../../getMe", "/etc/passwd", "//evil.example/a.oga", "voice/../../x", "voice/%2e%2e/x", "a?b", "", None, 7],
)
async def test_telegram_leads_nowhere_but_to_the_bots_own_files(
    channels: dict[str, Channel], platform: Platform, path: object
) -> None:
    platform.answers = [(200, {"ok": True, "result": {"file_id": FILE, "file_path": path}})]
    assert isinstance(await problem(channels["telegram"], FILE), Never)
    assert len(platform.requests) == 1


def refused(code: int, description: str) -> tuple[int, Any]:
    return code, {"ok": False, "error_code": code, "description": description}


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ([refused(400, NOT_THERE)], Gone, "400_file"),
        ([refused(400, "Bad Request: invalid file_id")], Gone, "400_file"),
        ([refused(400, "Bad Request: file is too big")], Never, "too_large"),
        ([refused(400, "Bad Request: something new")], Never, "400"),
        ([refused(401, "Unauthorized")], Stopped, "401"),
        ([refused(429, "Too Many Requests: retry after 7")], TooFast, "429"),
        ([(500, "")], Unknown, "500"),
        ([(200, HANG_UP)], Unknown, "no_answer"),
        ([(200, AT_TELEGRAM), (404, "")], Later, "404"),
        ([(200, AT_TELEGRAM), (502, "")], Later, "502"),
        ([(200, AT_TELEGRAM), (429, "")], Later, "429"),
        ([(200, AT_TELEGRAM), (401, "")], Stopped, "401"),
        ([(200, AT_TELEGRAM), (302, {"to": "http://169.254.169.254/"})], Never, "302"),
        ([(200, AT_TELEGRAM), *[(200, HANG_UP)] * 2], Later, "no_answer"),
        ([(200, AT_TELEGRAM), (200, NONE["a page"])], Never, "not_audio"),
        ([(200, AT_TELEGRAM), (200, VOICE + bytes(LARGEST))], Never, "too_large"),
    ],
)
async def test_what_keeps_telegram_from_giving_it_says_what_to_do(
    channels: dict[str, Channel], platform: Platform, answers: list[Any], kind: type[NotSent], code: str
) -> None:
    platform.answers = answers
    found = await problem(channels["telegram"], FILE)
    assert (type(found), found.code) == (kind, code)


async def test_whatsapp_follows_to_where_twilio_keeps_it_and_shows_nobody_our_sign_in(
    channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [(307, {"to": "{address}/store/1"}), (200, VOICE)]
    assert (await channels["whatsapp"].fetch(AT_TWILIO)).sound == read(VOICE).content
    first, second = platform.requests
    assert (first[1], second[1]) == (PATH, "/store/1")
    assert ("Authorization" in first[2], "Authorization" in second[2]) == (True, False)


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/store",
        "https://127.0.0.1/store",
        "https://[::1]/store",
        "https://2130706433/store",
        "http://mms.twiliocdn.com/store",
        "https://mms.twiliocdn.com:8443/store",
        "https://mms.twiliocdn.com@169.254.169.254/store",
        "https://mms.twiliocdn.com.evil.example/store",
        "https://evil.example/mms.twiliocdn.com",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x",
        "https://[mms.twiliocdn.com",
        "file:///etc/passwd",
        "//evil.example/store",
    ],
)
async def test_whatsapp_follows_nowhere_else(channels: dict[str, Channel], platform: Platform, address: str) -> None:
    platform.answers = [(307, {"to": address.replace("{", "{{")})]
    found = await problem(channels["whatsapp"], AT_TWILIO)
    assert (type(found), found.code) == (Never, "elsewhere")
    assert len(platform.requests) == 1


async def test_a_store_of_twilios_that_leads_into_our_own_net_is_not_asked(
    channels: dict[str, Channel], platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers for a name says where it leads."""

    async def lead_here(self: object, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [_found("127.0.0.1", port)]

    monkeypatch.setattr("channels._twilio.wire.DefaultResolver.resolve", lead_here)
    platform.answers = [(307, {"to": "https://mms.twiliocdn.com/store"})]
    found = await problem(channels["whatsapp"], AT_TWILIO)
    assert (type(found), found.code) == (Later, "not_reached")
    assert len(platform.requests) == 1


async def test_whoever_is_sent_on_and_on_gives_up(channels: dict[str, Channel], platform: Platform) -> None:
    platform.answers = [(307, {"to": "{address}/store/1"})] * 9
    assert (await problem(channels["whatsapp"], AT_TWILIO)).code == "307"
    assert len(platform.requests) == 4


@pytest.mark.parametrize(
    "voice",
    [
        "",
        "https://api.twilio.com/",
        f"https://api.twilio.com{PATH}/../../x",
        f"https://api.twilio.com{PATH}?x=1",
        f"http://api.twilio.com{PATH}",
        AT_TWILIO.replace(ACCOUNT, "AC" + "f" * 32),
        AT_TWILIO.replace("/Media/", "/Feedback/"),
        AT_TWILIO.replace("1", "١"),
    ],
)
async def test_an_address_that_is_none_of_our_accounts_media_is_not_asked(
    channels: dict[str, Channel], platform: Platform, voice: str
) -> None:
    assert (await problem(channels["whatsapp"], voice)).code == "elsewhere"
    with pytest.raises(Never):
        await channels["whatsapp"].discard(voice)
    assert not platform.requests


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ((404, ""), Gone, "404"),
        ((401, ""), Stopped, "401"),
        ((403, ""), Stopped, "403"),
        ((429, ""), Later, "429"),
        ((503, ""), Later, "503"),
        ((400, ""), Never, "400"),
        ((200, HANG_UP), Later, "no_answer"),
        ((200, NONE["a film"]), Never, "not_audio"),
        ((200, bytes(LARGEST + 1)), Never, "too_large"),
    ],
)
async def test_what_keeps_twilio_from_giving_it_says_what_to_do(
    channels: dict[str, Channel], platform: Platform, answer: Any, kind: type[NotSent], code: str
) -> None:
    platform.answers = [answer] * 2
    found = await problem(channels["whatsapp"], AT_TWILIO)
    assert (type(found), found.code) == (kind, code)


async def test_what_we_have_is_deleted_at_twilio(channels: dict[str, Channel], platform: Platform) -> None:
    platform.answers = [(204, ""), (404, "")]
    for _time in range(2):
        await channels["whatsapp"].discard(AT_TWILIO)
    assert [request[:2] for request in platform.requests] == [("DELETE", f"{PATH}.json")] * 2
    platform.answers = [(500, "")]
    with pytest.raises(Later):
        await channels["whatsapp"].discard(AT_TWILIO)


async def test_at_telegram_nothing_can_be_deleted(channels: dict[str, Channel], platform: Platform) -> None:
    await channels["telegram"].discard(FILE)
    assert not platform.requests


async def test_what_is_compressed_is_not_taken(channels: dict[str, Channel], platform: Sounding) -> None:
    platform.compresses = True
    platform.answers = [(200, VOICE)]
    found = await problem(channels["whatsapp"], AT_TWILIO)
    assert (type(found), found.code) == (Never, "compressed")


async def test_whoever_sends_it_too_slowly_is_left(
    channels: dict[str, Channel], platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()
    monkeypatch.setattr(platform, "before", never.wait)
    monkeypatch.setattr(_wire, "LONGEST_DOWNLOAD", timedelta(seconds=0.2))
    found = await problem(channels["whatsapp"], AT_TWILIO)
    assert (type(found), found.code) == (Later, "no_answer")
    never.set()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.0.0.8", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 an address to be refused
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.8", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_an_address_of_our_own_net_is_known_in_every_dress(address: str, expected: bool) -> None:
    assert is_public(address) is expected


class Naming(AbstractResolver):
    """Finds what it is told."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [_found(address, port) for address in self.addresses]

    async def close(self) -> None:
        self.closed = True


def _found(address: str, port: int) -> ResolveResult:
    return ResolveResult(hostname="x", host=address, port=port, family=socket.AF_INET, proto=0, flags=0)


async def test_of_a_name_that_leads_both_ways_only_the_public_one_is_taken() -> None:
    naming = Naming("10.0.0.8", "93.184.216.34", "127.0.0.1")
    resolver = PublicResolver(naming)
    assert [found["host"] for found in await resolver.resolve("mms.twiliocdn.com", 443)] == ["93.184.216.34"]
    await resolver.close()
    assert naming.closed
    with pytest.raises(OSError, match="no public address"):
        await PublicResolver(Naming("10.0.0.8")).resolve("mms.twiliocdn.com", 443)
