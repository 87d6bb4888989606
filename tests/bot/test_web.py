"""Each knock gets the answer that tells the platform what to do."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import bot.web
import storage
from bot import logs
from bot.web import COME_AGAIN, Door, app
from channels.messages import Report, Status
from channels.telegram import Telegram
from storage import Database
from tests.promises.talking import turns
from tests.storage.rows import NOW

SECRET = "town-square-notice-board"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
Client = TestClient[web.Request, web.Application]


def update(text: str = "hello", number: int = 1) -> bytes:
    person = {"id": 70001, "is_bot": False, "first_name": "A"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 70001, "type": "private"}, "from": person, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


@asynccontextmanager
async def door(database: Database) -> AsyncIterator[Client]:
    channel = Telegram("4242:canary-token", SECRET, "http://127.0.0.1:1", "")
    made = app(Door({"telegram": channel}, turns(database), database, lambda: NOW))
    async with TestClient(TestServer(made)) as client:
        yield client


@pytest.fixture
async def client(sqlite: Database) -> AsyncIterator[Client]:
    async with door(sqlite) as opened:
        yield opened


async def status(client: Client, path: str = "/hooks/telegram", **request: Any) -> int:
    async with client.post(path, **({"headers": HEADERS} | request)) as answer:
        return answer.status


async def test_what_is_kept_is_answered_with_200(client: Client) -> None:
    assert await status(client, data=update()) == 200


async def test_a_channel_that_we_do_not_have_is_not_found(client: Client) -> None:
    assert await status(client, "/hooks/sms", data=update()) == 404
    assert await status(client, "/hooks/pigeon", data=update()) == 404


@pytest.mark.parametrize("secret", ["", "wrong", "é"])
async def test_who_does_not_know_the_secret_is_refused(client: Client, secret: str) -> None:
    assert await status(client, data=update(), headers={"X-Telegram-Bot-Api-Secret-Token": secret}) == 403


async def test_too_much_is_refused(client: Client) -> None:
    assert await status(client, data=b" " * 70_000) == 413


async def test_what_is_packed_is_refused(client: Client) -> None:
    assert await status(client, data=b"x", headers=HEADERS | {"Content-Encoding": "gzip"}) == 415


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"[" * 10_000, b'{"update_id": "one"}'])
async def test_what_is_broken_is_refused(client: Client, data: bytes) -> None:
    assert await status(client, data=data) == 400


async def test_who_never_ends_is_cut_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "LONGEST_READ", bot.web.LONGEST_READ / 200)

    async def never_ends() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(0.5)

    assert await status(client, data=never_ends()) == 408


async def test_while_the_database_is_away_the_platform_is_told_to_come_again() -> None:
    nowhere = storage.open("postgresql://nobody@127.0.0.1:1/none")
    async with door(nowhere) as client:
        async with client.post("/hooks/telegram", data=update(), headers=HEADERS) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == str(COME_AGAIN.seconds)
        async with client.get("/health/ready") as answer:
            assert (answer.status, await answer.json()) == (503, {"ready": False, "why": "database"})
        async with client.get("/health/live") as answer:
            assert answer.status == 200
    await nowhere.close()


async def test_ready_once_the_tables_are_there(database: Database) -> None:
    async with door(database) as client, client.get("/health/ready") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "late": 0})


async def test_not_ready_before_the_tables_are_there(blank_database_url: str) -> None:
    blank = storage.open(blank_database_url)
    async with door(blank) as client, client.get("/health/ready") as answer:
        assert (answer.status, await answer.json()) == (503, {"ready": False, "why": "migrate"})
    await blank.close()


@pytest.mark.parametrize(("stopped", "lines"), [(True, 1), (False, 0)])
async def test_a_report_that_our_sender_is_out_of_order_is_critical(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stopped: bool,
    lines: int,
) -> None:
    async def receives(*_given: object) -> list[Report]:
        return [Report("telegram", "d-1", "1", Status.FAILED, "30002", stopped=stopped)]

    monkeypatch.setattr(Telegram, "receive", receives)
    logs.configure(sys.stdout)
    assert await status(client, "/hooks/telegram/status", data=b"") == 200
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    critical = [line for line in said if line["level"] == "critical"]
    assert [(line["event"], line["channel"], line["code"]) for line in critical] == [
        ("sender stopped", "telegram", "30002")
    ] * lines


async def test_a_fault_of_ours_says_nothing_of_what_it_was_about(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def faulty(*_given: object) -> None:
        raise RuntimeError("+12025550123")

    monkeypatch.setattr(Telegram, "receive", faulty)
    async with client.post("/hooks/telegram", data=update(), headers=HEADERS) as answer:
        assert answer.status == 500
        assert await answer.text() == ""
    assert "2025550123" not in "".join(capsys.readouterr())
