"""The provider takes a message and never answers, or drops the connection, one time in twenty."""

from collections.abc import AsyncIterator
from datetime import timedelta

from demo.platforms.wire import Dropped, Fault, Silent
from tests.chaos.figures import Figures
from tests.chaos.world import SQLITE, How, world
from tests.programs.life import ALONE
from tests.programs.platforms import Call

SPEED = 20.0
PART = 0.05
NOT_YET = 86_400.0
"""Seconds, so that what is unknown at first can be counted before a platform is asked for it."""
LATER = timedelta(minutes=3)
MUCH_LATER = timedelta(minutes=16)


async def run(how: How) -> AsyncIterator[Figures]:
    yield await _on(how, "telegram", "answers lost, Telegram")
    yield await _on(how, "sms", "answers lost, SMS, reconciled")


async def _on(how: How, channel: str, name: str) -> Figures:
    people, figures, chance = how.of(200, 4_000), Figures(name), how.chance

    def spoil(_call: Call) -> Fault | None:
        if chance.random() >= PART:
            return None
        figures.faults += 1
        return Silent() if chance.random() < 0.5 else Dropped(taken=True)

    async with world(how, SQLITE, speed=SPEED, sms=channel == "sms", pace=(25.0, 5, 0.0)) as made:
        await made.meets(people, channel)
        # Otherwise its callbacks would tell what its answers did not.
        made.platforms.twilio.calls_back = False
        made.platforms.spoil = spoil
        made.settings = {"broadcast.reconcile.SOONEST": NOT_YET}
        await made.publishes("The hearing is on Friday.")
        async with made.running(ALONE):
            await made.settles()
        made.settings = {}
        before = (await made.states())["unknown"]
        figures.in_flight = before
        for wait in (LATER, MUCH_LATER):
            made.machine.put(wait)
            async with made.running(ALONE):
                await made.settles(unknown=channel == "sms")
        await made.sums_hold(figures)
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        figures.must(before == figures.faults, "each of them is unknown at first, and nothing else")
        after = 0.001 * people if channel == "sms" else figures.faults
        figures.must(figures.unknown <= after, "what can be asked about is known in the end")
        figures.notes.append(f"unknown at first {before} of {people}, {100 * before / people:.1f} %")
    return figures
