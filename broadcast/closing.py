"""Waiting for a platform's word, but no longer than this program runs."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Word = TypeVar("Word")


async def unless(closing: asyncio.Event, asked: Coroutine[Any, Any, Word]) -> Word | None:
    """What was asked for; None when `closing` is set before, and then it is asked for no longer."""
    answer, closed = asyncio.ensure_future(asked), asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait({answer, closed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_answered = answer.done()
        for task in (answer, closed):
            task.cancel()
        await asyncio.gather(answer, closed, return_exceptions=True)
    return answer.result() if is_answered else None
