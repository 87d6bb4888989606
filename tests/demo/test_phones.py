"""The page with three phones shows every message at once and passes on what is typed and tapped."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, StreamReader, web
from aiohttp.test_utils import TestServer

from demo import phones
from demo.phones import Owner
from demo.platforms.both import Platforms
from demo.platforms.chats import Bubble, Button, Side
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from tests.waiting import PATIENCE

AMINA = Owner("telegram", "70010001", "Amina", "ar")
MOUSSA = Owner("whatsapp", "+12025550123", "Moussa", "fr")
SAMUEL = Owner("sms", "+447700900123", "Samuel", "en")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
async def site(telegram: FakeTelegram, twilio: FakeTwilio) -> AsyncIterator[ClientSession]:
    async def close(_: web.Application) -> None:
        telegram.chats.close()
        twilio.chats.close()

    application = web.Application()
    application.add_routes(phones.routes(Platforms(telegram, twilio), [AMINA, MOUSSA, SAMUEL]))
    application.on_shutdown.append(close)
    async with TestServer(application) as server, ClientSession(server.make_url("")) as session:
        yield session


async def events(stream: StreamReader) -> AsyncIterator[tuple[str, str]]:
    async with asyncio.timeout(PATIENCE):
        while name := (await stream.readline()).decode().removeprefix("event: ").strip():
            yield name, (await stream.readline()).decode().removeprefix("data: ").strip()
            await stream.readline()


async def bubbles(stream: StreamReader) -> AsyncIterator[dict[str, Any]]:
    async for name, data in events(stream):
        if name == "bubble":
            yield json.loads(data)


def ours(words: str, *buttons: Button, opens: str = "") -> Bubble:
    return Bubble("71", Side.US, NOW, words, buttons=buttons, opens=opens)


async def test_the_page_shows_each_phone_and_allows_nothing_from_elsewhere(site: ClientSession) -> None:
    async with site.get("/phones") as response:
        html = await response.text()
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "Amina · العربية" in html
    assert "Moussa · Français" in html
    assert "+447700900123" in html
    assert "style=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("name", ["phones.js", "phones.css", "icon.svg"])
async def test_what_the_page_needs_is_there(site: ClientSession, name: str) -> None:
    async with site.get(f"/phones/static/{name}") as response:
        assert response.status == 200


async def test_a_new_message_is_told_at_once(site: ClientSession, telegram: FakeTelegram) -> None:
    telegram.chats.of(AMINA.person).add(ours("قبل"))
    async with site.get("/phones/events") as response:
        assert response.content_type == "text/event-stream"
        coming = bubbles(response.content)
        assert "قبل" in (await anext(coming))["html"]
        telegram.says(AMINA.person, "بعد <b>")
        told = await anext(coming)
        assert (told["platform"], told["person"]) == ("telegram", "70010001")
        assert "بعد &lt;b&gt;" in told["html"]


async def test_the_stream_ends_when_the_platforms_close(site: ClientSession, telegram: FakeTelegram) -> None:
    async with site.get("/phones/events") as response:
        coming = events(response.content)
        assert (await anext(coming))[0] == "run"
        telegram.chats.close()
        assert [name async for name, _ in coming] == []


async def test_an_sms_says_what_it_costs(site: ClientSession, twilio: FakeTwilio) -> None:
    bubble = Bubble("71", Side.US, NOW, "Hello", encoding="GSM-7", segments=2)
    twilio.chats.of(SAMUEL.person).add(bubble)
    async with site.get("/phones") as response:
        assert "GSM-7 · 2 segments" in await response.text()


async def test_what_is_typed_is_said(site: ClientSession, twilio: FakeTwilio) -> None:
    async with site.post("/phones/whatsapp/+12025550123/say", json={"text": "bonjour"}) as response:
        assert response.status == 204
    assert [bubble.text for bubble in twilio.chats.of(MOUSSA.person).bubbles] == ["bonjour"]


async def test_a_voice_note_is_sent(site: ClientSession, telegram: FakeTelegram) -> None:
    async with site.post("/phones/telegram/70010001/voice", json={}) as response:
        assert response.status == 204
    assert [bubble.look for bubble in telegram.chats.of(AMINA.person).bubbles] == ["voice"]


async def test_a_tap_marks_the_button(site: ClientSession, telegram: FakeTelegram) -> None:
    telegram.chats.of(AMINA.person).add(ours("?", Button("نعم", "yes"), Button("لا", "no")))
    async with site.post("/phones/telegram/70010001/tap", json={"message": "71", "index": 1}) as response:
        assert response.status == 204
    assert telegram.chats.of(AMINA.person).bubbles[0].chosen == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("telegram/70010009/say", {"text": "hello"}, 404),
        ("pigeon/70010001/say", {"text": "hello"}, 404),
        ("telegram/70010001/sing", {}, 404),
        ("telegram/70010001/say", {"text": " "}, 400),
        ("telegram/70010001/say", {"text": "x" * 20_001}, 400),
        ("telegram/70010001/say", {}, 400),
        ("telegram/70010001/say", ["hello"], 400),
        ("telegram/70010001/tap", {"message": "71", "index": 0}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(
    site: ClientSession, telegram: FakeTelegram, path: str, body: object, status: int
) -> None:
    async with site.post(f"/phones/{path}", json=body) as response:
        assert response.status == status
    assert telegram.chats.of(AMINA.person).bubbles == []


async def test_a_form_of_a_foreign_page_is_refused(site: ClientSession, telegram: FakeTelegram) -> None:
    async with site.post("/phones/telegram/70010001/say", data={"text": "hello"}) as response:
        assert response.status == 415
    assert telegram.chats.of(AMINA.person).bubbles == []
