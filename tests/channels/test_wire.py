"""A platform that is silent has not answered, and nobody else is blamed for that."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from broadcast.sending import LONGEST_SEND
from channels import _wire, from_settings
from channels.messages import Outgoing, Unknown
from channels.verdicts import WIRE
from tests.channels.conftest import environment

TO = {"telegram": "70001", "sms": "+15005550006", "whatsapp": "+15005550006"}


def test_a_platform_has_less_time_than_whoever_waits_for_us() -> None:
    assert _wire.LONGEST + timedelta(seconds=1) < LONGEST_SEND


@pytest.fixture(params=["says nothing", "dribbles"])
async def silent(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a platform that takes a request and never gets to the end of its answer."""
    over = asyncio.Event()

    async def answer(incoming: web.Request) -> web.StreamResponse:
        await incoming.read()
        answer = web.StreamResponse()
        if request.param == "dribbles":
            await answer.prepare(incoming)
            while not over.is_set():
                await answer.write(b" ")
                await asyncio.sleep(0.02)
        await over.wait()
        return answer

    site = web.Application()
    site.router.add_route("*", "/{any:.*}", answer)
    async with TestServer(site) as server:
        yield str(server.make_url("")).rstrip("/")
        over.set()


@pytest.mark.parametrize("name", TO)
async def test_who_never_ends_an_answer_has_not_answered(
    silent: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_wire, "LONGEST", timedelta(milliseconds=200))
    channel = from_settings(environment(silent))[name]
    await channel.start()
    try:
        with pytest.raises(Unknown) as caught:
            await channel.send(TO[name], Outgoing("Hello"), "d-1")
    finally:
        await channel.close()
    assert (caught.value.code, caught.value.verdict) == ("no_answer", WIRE["no_answer"])
