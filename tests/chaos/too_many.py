"""Telegram says 429 to half of all calls, for up to a minute each."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

from demo.platforms.wire import Fault, TooManyRequests
from tests.chaos.figures import Figures
from tests.chaos.world import SQLITE, How, world
from tests.programs.life import ALONE
from tests.programs.machine import SLACK
from tests.programs.platforms import Call, WatchedPlatforms

SPEED = 10.0
PART = 0.5
IN_FLIGHT_ALREADY = 8 * SLACK
"""A call may be on its way when the refusal of another is, and either may wait for its program to get CPU."""


async def run(how: How) -> AsyncIterator[Figures]:
    people, others, longest = how.of(12, 120), how.of(40, 400), how.of(20, 60)
    figures, chance = Figures(f"429 to half of the calls, up to {longest} s"), how.chance

    def spoil(call: Call) -> Fault | None:
        if call.channel != "telegram" or chance.random() >= PART:
            return None
        figures.faults += 1
        return TooManyRequests(chance.randint(1, longest))

    async with world(how, SQLITE, speed=SPEED, sms=True, pace=(20.0, 5, 0.0)) as made:
        await made.meets(people)
        await made.meets(others, "sms")
        made.platforms.spoil = spoil
        await made.publishes("The hearing is on Friday.")
        async with made.running(ALONE):
            states = await made.settles()
        await made.sums_hold(figures)
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        figures.must(states["sent"] + states["delivered"] == people + others, "all are delivered")
        figures.must(not _too_early(made.platforms), "nothing leaves before its retry_after")
        sms = sorted(call.came for call in made.platforms.calls if call.channel == "sms")
        gap = max(after - before for before, after in pairwise(sms))
        figures.notes.append(f"SMS were done after {(sms[-1] - sms[0]).total_seconds():.0f} s, longest gap {gap}")
    yield figures


def _too_early(platforms: WatchedPlatforms) -> list[Call]:
    """Calls to a person who was to be left alone, or to anybody when all were to wait."""
    early = []
    refused = [call for call in platforms.calls if call.retry_after]
    for refusal in refused:
        assert refusal.answered is not None
        until = refusal.answered + refusal.retry_after
        for call in platforms.calls:
            concerns = call.to == refusal.to or refusal.retry_after > timedelta(seconds=5)
            is_later = call.came > refusal.answered + (IN_FLIGHT_ALREADY if call.to != refusal.to else timedelta(0))
            if call.channel == "telegram" and concerns and is_later and call.came < until:
                early.append(call)
    return early
