"""Waiting for a platform's word, but no longer than this program runs."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unless(closing: asyncio.Event, question: Coroutine[Any, Any, T]) -> T | None:
    """The platform's answer; None when `closing` is set before it comes, and then nobody waits for it any more."""
    answer, closed = asyncio.ensure_future(question), asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait({answer, closed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_answered = answer.done()
        for task in (answer, closed):
            task.cancel()
        await asyncio.gather(answer, closed, return_exceptions=True)
    return answer.result() if is_answered else None
