"""Each knock gets the answer that tells the platform what to do."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import bot.web
import storage
from bot import logs
from bot.metrics import Counts
from bot.web import COME_AGAIN, Endpoints, Readiness, app
from broadcast.watch import Observe, unobserved
from channels.messages import Report, Status
from channels.telegram import Telegram
from channels.verdicts import Act, Alarm, Verdict
from storage import Database, Session, marks
from tests.promises.talking import inbox_of
from tests.storage.rows import NOW, statements

SECRET = "town-square-notice-board"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
Client = TestClient[web.Request, web.Application]


def update(text: str = "hello", number: int = 1) -> bytes:
    person = {"id": 70001, "is_bot": False, "first_name": "A"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 70001, "type": "private"}, "from": person, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


@asynccontextmanager
async def door(database: Database, observe: Observe = unobserved) -> AsyncIterator[Client]:
    channel = Telegram("4242:canary-token", SECRET, "http://127.0.0.1:1", "")
    made = app(Endpoints({"telegram": channel}, inbox_of(database), database, lambda: NOW, observe))
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


@pytest.mark.parametrize("way", ["gzip", "identity", ""])
async def test_what_is_packed_is_refused(client: Client, way: str) -> None:
    assert await status(client, data=b"x", headers=HEADERS | {"Content-Encoding": way}) == 415


BROKEN = {
    "nothing": b"",
    "half of it": b"{",
    "no UTF-8": b"\xff\xfe",
    "half a letter": update("@").replace(b"@", b"\xe2\x82"),
    "a list": b"[]",
    "deep": b"[" * 60_000,
    "deep inside": b'{"update_id": 1, "extra": ' + b"[" * 60_000,
    "deep and closed": b'{"update_id": 1, "message": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "a word for a number": b'{"update_id": "one"}',
    "no number": b'{"update_id": NaN}',
    "more than any number": b'{"update_id": Infinity}',
    "a number without end": b'{"update_id": ' + b"9" * 60_000 + b"}",
    "a fraction": b'{"update_id": 1e400}',
    "half a letter in a name": rb'{"update_id": 1, "\ud800": 1}',
    "half a letter in a name inside": update().replace(b'"date"', rb'"\udfff"'),
    "half a letter in a name and in a text": update("@").replace(b"@", rb"\ud83d").replace(b'"date"', rb'"\udc00"'),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
async def test_what_is_broken_is_refused(client: Client, data: bytes) -> None:
    assert await status(client, data=data) == 400


HUGE = b"9" * 4_000
STRANGE = {
    "half an emoji": update("@").replace(b"@", rb"\ud83d"),
    "nothing but halves": update("@").replace(b"@", rb"\udfff\ud800"),
    "NUL": update("a\0b"),
    "all combining": update("e" + "\u0301" * 10_000),
    "turned around": update("\u202e\u2066 abc \u05d0\u0645 \u200f"),
    "a huge update": update().replace(b'"update_id": 1', b'"update_id": ' + HUGE),
    "a huge person": update().replace(b"70001", HUGE),
    "no number beside": update().replace(b'"date": 1', b'"date": NaN'),
    "deep beside": update().replace(b'"date": 1', b'"date": ' + b"[" * 25_000 + b"]" * 25_000),
}


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
async def test_what_is_strange_is_kept_or_refused(client: Client, data: bytes) -> None:
    assert await status(client, data=data) in (200, 400)
    assert await status(client, data=update(number=2)) == 200


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


async def fills(session: Session, *_mark: object) -> None:
    """Write until the disk is full: it is at once."""
    if session.dialect.name == "sqlite":
        await session.exec_driver_sql("PRAGMA max_page_count = 1")
        await session.exec_driver_sql("CREATE TABLE large AS SELECT zeroblob(1000000)")
    else:
        await session.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$")


async def test_not_ready_while_the_disk_is_full(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "put", fills)
    async with door(database) as client, client.get("/health/ready") as answer:
        assert (answer.status, await answer.json()) == (503, {"ready": False, "why": "disk"})


async def test_whoever_asks_together_whether_we_are_ready_asks_the_database_once(database: Database) -> None:
    seconds = 0.0
    readiness = Readiness(database, lambda: NOW, lambda: seconds)
    with statements(database) as seen:
        answers = await asyncio.gather(*(readiness.now() for _client in range(150)))
        assert answers == [{"ready": True, "late": 0}] * 150
        assert len([statement for statement, _ in seen if "mark" in statement]) == 1
        seconds = 0.9
        await readiness.now()
        assert len([statement for statement, _ in seen if "mark" in statement]) == 1
        seconds = 1.1
        await readiness.now()
        assert len([statement for statement, _ in seen if "mark" in statement]) == 2


async def test_a_database_that_does_not_answer_is_not_waited_for(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_mark: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(marks, "put", hangs)
    monkeypatch.setattr(bot.web, "PATIENCE", timedelta(0))
    assert await Readiness(sqlite, lambda: NOW).now() == {"ready": False, "why": "database"}


@pytest.mark.parametrize(("act", "lines"), [(Act.STOP, 1), (Act.DROP, 0)])
async def test_a_report_that_our_sender_is_out_of_order_is_critical(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    act: Act,
    lines: int,
) -> None:
    async def receives(*_arguments: object) -> list[Report]:
        return [Report("telegram", "d-1", "1", Status.FAILED, "30002", Verdict(act, "account suspended"))]

    monkeypatch.setattr(Telegram, "receive", receives)
    logs.configure(sys.stdout)
    assert await status(client, "/hooks/telegram/status", data=b"") == 200
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    critical = [line for line in logged if line["level"] == "critical"]
    assert [(line["event"], line["channel"], line["code"]) for line in critical] == [
        ("sender stopped", "telegram", "30002")
    ] * lines


@pytest.mark.parametrize(
    ("alarm", "name", "lines"), [(Alarm.PAGE, "page", 1), (Alarm.FAULT, "fault", 0), (Alarm.COUNT, "", 0)]
)
async def test_a_failure_by_report_is_counted_with_its_code_and_calls_whom_it_concerns(
    sqlite: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    alarm: Alarm,
    name: str,
    lines: int,
) -> None:
    async def receives(*_arguments: object) -> list[Report]:
        refused = Verdict(Act.DROP, "taken for spam", alarm=alarm)
        return [Report("telegram", "d-1", "1", Status.FAILED, "63026", refused)]

    monkeypatch.setattr(Telegram, "receive", receives)
    logs.configure(sys.stdout)
    counts = Counts(lambda: NOW)
    async with door(sqlite, counts.observe) as client:
        assert await status(client, "/hooks/telegram/status", data=b"") == 200
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    critical = [(line["event"], line["code"]) for line in logged if line["level"] == "critical"]
    assert critical == [("somebody has to act", "63026")] * lines
    counted = counts.registry.get_sample_value
    failed = {"channel": "telegram", "state": "failed", "code": "63026"}
    assert counted("hearback_reports_total", failed) == 1
    called = {"channel": "telegram", "name": name, "code": "63026"}
    assert counted("hearback_alarms_total", called) == (1 if name else None)


async def test_a_fault_of_ours_says_nothing_of_what_it_was_about(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def faulty(*_arguments: object) -> None:
        raise RuntimeError("+12025550123")

    monkeypatch.setattr(Telegram, "receive", faulty)
    async with client.post("/hooks/telegram", data=update(), headers=HEADERS) as answer:
        assert answer.status == 500
        assert await answer.text() == ""
    assert "2025550123" not in "".join(capsys.readouterr())
