"""A waker that is heard in the other process too, and whose loss costs no more than the poll."""

import asyncio
from contextlib import closing, suppress
from socket import socket
from time import monotonic

from broadcast.hints import hints
from broadcast.wake import Waker
from demo.serving import free_port
from tests.waiting import PATIENCE


async def test_everybody_in_the_house_hears_it() -> None:
    waker = Waker()
    with waker.listening() as first, waker.listening() as other:
        await waker.wake()
        assert first.is_set()
        assert other.is_set()


async def test_who_went_home_hears_nothing() -> None:
    waker = Waker()
    with waker.listening() as heard:
        pass
    await waker.wake()
    assert not heard.is_set()


async def test_it_is_heard_in_the_other_process(redis_url: str) -> None:
    async with hints(redis_url, monotonic) as here, hints(redis_url, monotonic) as there:
        carrying = asyncio.create_task(there.waker.relay())
        try:
            with there.waker.listening() as heard:
                async with asyncio.timeout(PATIENCE):
                    while not heard.is_set():
                        await here.waker.wake()
                        with suppress(TimeoutError):
                            await asyncio.wait_for(heard.wait(), 0.05)
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)


async def test_without_redis_it_still_rings_here_and_does_not_fail() -> None:
    async with hints(f"redis://127.0.0.1:{free_port()}/0", monotonic) as alone:
        carrying = asyncio.create_task(alone.waker.relay())
        with alone.waker.listening() as heard:
            await alone.waker.wake()
            assert heard.is_set()
        await asyncio.sleep(0)
        assert not carrying.done()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)


async def test_nobody_who_rings_waits_for_a_redis_that_never_answers() -> None:
    with closing(socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        async with hints(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", monotonic) as hint:
            async with asyncio.timeout(PATIENCE):
                for _ring in range(100):
                    await hint.waker.wake()
