"""A report that too much comes makes every sender's bulletins wait, and nobody's replies."""

import asyncio
from datetime import timedelta

from bot.slowing import Slowing
from channels.messages import Outgoing
from storage import Database, Keyring, marks
from storage.lanes import Lane
from tests.broadcast.test_deliver import Dial, Phone, made
from tests.storage.rows import NOW, meet, queue
from tests.waiting import until

MINUTE = timedelta(minutes=1)


async def test_bulletins_wait_and_replies_leave(sqlite: Database, keys: Keyring) -> None:
    phone, dial = Phone(), Dial()
    sender = made(sqlite, keys, phone, dial)
    async with sqlite.writing() as session:
        await queue(session, await meet(session, keys, "1"), Outgoing("news").packed(), lane=Lane.BULLETIN)
        await queue(session, await meet(session, keys, "2"), Outgoing("reply").packed())
        await marks.put(session, marks.slow("telegram"), NOW + MINUTE)
    await Slowing(sqlite, [sender]).follow(NOW)
    closing = asyncio.Event()
    running = asyncio.create_task(sender.run(closing))

    async def something_has_left() -> bool:
        return bool(phone.sent)

    await until(something_has_left)
    for _time in range(3):
        await sender.step()
    closing.set()
    await running
    assert [text for _to, text in phone.sent] == ["reply"]


class Told:
    """A pacer that remembers what it was told."""

    def __init__(self) -> None:
        self.waits: list[timedelta] = []

    async def told_to_wait(self, _address: str, wait: timedelta, _lane: int) -> None:
        self.waits.append(wait)


async def test_each_word_is_told_once_and_none_that_is_over(sqlite: Database, keys: Keyring) -> None:
    sender = made(sqlite, keys, Phone(), Dial())
    pacer = Told()
    sender.pacer = pacer  # type: ignore[assignment]
    slowing = Slowing(sqlite, [sender])
    for until_, now in ((MINUTE, 0), (MINUTE, 1), (3 * MINUTE, 2), (3 * MINUTE, 200)):
        async with sqlite.writing() as session:
            await marks.put(session, marks.slow("telegram"), NOW + until_)
        await slowing.follow(NOW + timedelta(seconds=now))
    assert pacer.waits == [MINUTE, 3 * MINUTE - timedelta(seconds=2)]
    await Slowing(sqlite, [sender]).follow(NOW + 3 * MINUTE)
    assert len(pacer.waits) == 2
