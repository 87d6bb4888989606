"""A platform that cannot reach us is noticed, though nothing that we do fails."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.metrics import Counts
from bot.watching import EVERY, MANY, Watching
from channels.messages import Backlog, Unknown
from tests.storage.rows import NOW

SECOND = timedelta(seconds=1)


@dataclass
class Post:
    """A channel that says what waits for us there."""

    says: Backlog | None
    name: str = "telegram"

    async def backlog(self) -> Backlog | None:
        if self.says is not None and self.says.waiting < 0:
            raise Unknown("no_answer")
        return self.says


async def seen(backlog: Backlog | None, now: datetime = NOW) -> tuple[float | None, float | None]:
    """(what the metric says waits, how often somebody was called)"""
    counts = Counts(lambda: now)
    await Watching({"telegram": Post(backlog)}, asyncio.Event(), counts.observe).look(now)  # type: ignore[dict-item]
    value = counts.registry.get_sample_value
    called = {"channel": "telegram", "name": "setting", "code": "webhook"}
    return value("hearback_pending", {"channel": "telegram"}), value("hearback_alarms_total", called)


@pytest.mark.parametrize(
    ("backlog", "alarm"),
    [
        (Backlog(0), None),
        (Backlog(MANY), None),
        (Backlog(MANY + 1), 1),
        (Backlog(3, NOW - SECOND), 1),
        (Backlog(3, NOW - EVERY), None),
    ],
)
async def test_many_that_wait_or_a_new_failure_call_somebody(backlog: Backlog, alarm: float | None) -> None:
    assert await seen(backlog) == (backlog.waiting, alarm)


@pytest.mark.parametrize("backlog", [None, Backlog(-1)], ids=["cannot be asked", "does not answer"])
async def test_who_says_nothing_calls_nobody(backlog: Backlog | None) -> None:
    assert await seen(backlog) == (None, None)
