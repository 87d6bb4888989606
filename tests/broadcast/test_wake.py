"""A bell that is heard in the other process too, and whose loss costs no more than the poll."""

import asyncio
from contextlib import closing, suppress
from socket import socket
from time import monotonic

from broadcast.hints import hints
from broadcast.wake import Bell
from demo.serving import free_port
from tests.waiting import PATIENCE


async def test_everybody_in_the_house_hears_it() -> None:
    bell = Bell()
    with bell.listening() as one, bell.listening() as other:
        await bell.ring()
        assert one.is_set()
        assert other.is_set()


async def test_who_went_home_hears_nothing() -> None:
    bell = Bell()
    with bell.listening() as heard:
        pass
    await bell.ring()
    assert not heard.is_set()


async def test_it_is_heard_in_the_other_process(redis_url: str) -> None:
    async with hints(redis_url, monotonic) as here, hints(redis_url, monotonic) as there:
        carrying = asyncio.create_task(there.bell.carry())
        try:
            with there.bell.listening() as heard:
                async with asyncio.timeout(PATIENCE):
                    while not heard.is_set():
                        await here.bell.ring()
                        with suppress(TimeoutError):
                            await asyncio.wait_for(heard.wait(), 0.05)
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)


async def test_without_redis_it_still_rings_here_and_does_not_fail() -> None:
    async with hints(f"redis://127.0.0.1:{free_port()}/0", monotonic) as alone:
        carrying = asyncio.create_task(alone.bell.carry())
        with alone.bell.listening() as heard:
            await alone.bell.ring()
            assert heard.is_set()
        await asyncio.sleep(0)
        assert not carrying.done()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)


async def test_nobody_who_rings_waits_for_a_redis_that_never_answers() -> None:
    with closing(socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        async with hints(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", monotonic) as told:
            async with asyncio.timeout(PATIENCE):
                for _ring in range(100):
                    await told.bell.ring()
