"""Every webhook comes ten times, shuffled, over several connections at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from random import Random

from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, SQLITE, How, World, world
from tests.programs.life import ALONE, WEB, WORKER

TIMES = 10
CONNECTIONS = 8


async def run(how: How) -> AsyncIterator[Figures]:
    yield await _repeated(how, SQLITE, "webhooks x 10, SQLite", (ALONE,))
    yield await _repeated(how, POSTGRESQL, "webhooks x 10, 2 webs", (WORKER, WEB))


async def _repeated(how: How, kind: str, name: str, kinds: tuple[str, ...]) -> Figures:
    each, figures, chance = how.of(12, 200), Figures(name), how.chance
    async with world(how, kind, sms=True, whatsapp=True, pace=(500.0, 50, 0.0)) as made:
        await made.meets(each, "sms")
        made.connect()
        platforms = made.platforms
        platforms.telegram.kept_back, platforms.twilio.kept_back = [], []
        for number in range(each):
            platforms.telegram.says(str(9_000_000 + number), "/start")
            platforms.twilio.says(f"whatsapp:+1202556{1000 + number:04}", "hello")
            platforms.twilio.says(f"+1202557{1000 + number:04}", "hello")
        async with made.running(*kinds):
            await made.answers()
            await platforms.telegram.settled()
            await platforms.twilio.settled()
            hooks = len(platforms.telegram.kept_back) + len(platforms.twilio.kept_back)
            statuses = await _post(made, chance, figures)
            await made.publishes("The hearing is on Friday.", audience=each)
            await made.settles()
            await platforms.twilio.settled()
            # What was said of each message was kept back too: now it comes in any order.
            reports = len(platforms.twilio.kept_back) - 2 * each
            statuses += await _post(made, chance, figures)
            final = await made.settles()
        figures.must(set(statuses) == {200}, f"each is taken: {dict(statuses)}")
        figures.must(final["delivered"] == 3 * each, f"each report counts once: {dict(final)}")
        counts = {table: (await made.rows(f"SELECT count(*) FROM {table}"))[0][0] for table in ("event", "person")}  # noqa: S608
        figures.must(counts["event"] == 3 * each, "each message is known once")
        figures.must(counts["person"] == 4 * each, "each person is met once")
        heard = Counter(len(chat.ours()) for fake in (platforms.telegram, platforms.twilio) for chat in fake.chats)
        figures.must(set(heard) == {1}, f"each is answered once: {dict(heard)}")
        await made.sums_hold(figures)
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        figures.notes.append(f"{hooks} messages and {reports} reports, each {TIMES} times")
    return figures


async def _post(made: World, chance: Random, figures: Figures) -> Counter[int]:
    telegram, twilio = made.platforms.telegram, made.platforms.twilio
    assert telegram.kept_back is not None
    assert twilio.kept_back is not None
    posts: list[Callable[[], Awaitable[int]]] = [partial(telegram.post, update) for update in telegram.kept_back]
    posts += [partial(twilio.again, url, form) for url, form in twilio.kept_back]
    posts *= TIMES
    chance.shuffle(posts)
    figures.faults += len(posts)
    at_once = asyncio.Semaphore(CONNECTIONS)
    statuses: Counter[int] = Counter()

    async def post(request: Callable[[], Awaitable[int]]) -> None:
        async with at_once:
            statuses[await request()] += 1

    await asyncio.gather(*(post(request) for request in posts))
    return statuses
