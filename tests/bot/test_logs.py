"""Nobody's words or numbers reach the log, whoever writes it."""

import ast
import asyncio
import io
import json
import logging

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import logs
from tests.parsing import parsed
from tests.rooms import sources

NUMBER = "+12025550123"


@pytest.fixture
def stream() -> io.StringIO:
    made = io.StringIO()
    logs.configure(made)
    return made


def test_only_what_is_allowed_is_written(stream: io.StringIO) -> None:
    structlog.get_logger().error("parked", channel="sms", text=NUMBER, sender=NUMBER, exc_info=ValueError(NUMBER))
    written = json.loads(stream.getvalue())
    assert written.keys() == {"event", "level", "timestamp", "channel"}


@pytest.mark.parametrize(
    "name", ["aiohttp.server", "asyncio", "telegram.Bot", "twilio.async_http_client", "sqlalchemy.pool", "of.nobody"]
)
def test_a_library_says_only_what_kind_of_fault_it_was(stream: io.StringIO, name: str) -> None:
    try:
        raise ValueError(NUMBER)
    except ValueError:
        logging.getLogger(name).exception("while handling %s", NUMBER, extra={"sender": NUMBER})
    assert NUMBER not in stream.getvalue()
    assert json.loads(stream.getvalue())["event"] == f"{name}: ValueError"


def test_what_is_no_warning_is_not_written(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.access").info(NUMBER)
    assert stream.getvalue() == ""


async def test_a_handler_that_breaks_tells_nobody_what_it_handled(stream: io.StringIO) -> None:
    async def breaks(_request: web.Request) -> web.Response:
        raise RuntimeError(NUMBER)

    made = web.Application()
    made.add_routes([web.get("/", breaks)])
    async with TestClient(TestServer(made)) as client, client.get("/") as answer:
        assert answer.status == 500
    assert "RuntimeError" in stream.getvalue()
    assert NUMBER not in stream.getvalue()


async def test_a_task_that_nobody_waited_for_tells_nobody_what_it_did(stream: io.StringIO) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": NUMBER, "exception": ValueError(NUMBER)})
    assert "asyncio: ValueError" in stream.getvalue()
    assert NUMBER not in stream.getvalue()


def test_what_the_code_says_is_allowed_to_be_written() -> None:
    keywords = {
        keyword.arg
        for path in sources()
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.")
        for keyword in call.keywords
    }
    assert {"channel", "fault"} <= keywords <= logs.ALLOWED
