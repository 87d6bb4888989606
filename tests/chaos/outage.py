"""The provider is out of order for half an hour, all answers 5xx or none; then it is back."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import select

from demo.platforms.wire import Broken, Fault
from storage.tables import circuit
from tests.chaos.figures import Figures
from tests.chaos.world import SQLITE, How, World, world
from tests.programs.life import ALONE
from tests.programs.platforms import Call
from tests.waiting import until

SPEED = 60.0
STATUSES = (500, 502, 503, 504)
FIRST = 220
"""What may be under way before it is noticed, and the answers that it is noticed by."""
ENOUGH = 20
"""Of so many answers it is noticed: on a busy machine they take longer, and it is out of order until then."""
MOST_A_MINUTE = 20


async def run(how: How) -> AsyncIterator[Figures]:
    minutes, people, chance = how.of(5, 30), how.of(200, 1_000), how.chance
    figures = Figures(f"{minutes} minutes of 5xx")
    began: list[timedelta] = []
    refused: list[timedelta] = []

    async with world(how, SQLITE, speed=SPEED, pace=(25.0, 5, 0.0)) as made:

        def spoil(call: Call) -> Fault | None:
            began.append(call.came)
            if call.came > began[0] + timedelta(minutes=minutes) and len(refused) >= ENOUGH:
                return None
            refused.append(call.came)
            figures.faults += 1
            return Broken(chance.choice(STATUSES))

        await made.meets(people)
        made.platforms.spoil = spoil
        await made.publishes("The hearing is on Friday.")
        async with made.running(ALONE):
            opened = await _circuit_opens(made)
            longest = await _longest_back_off(made)
            states = await made.settles()
            closed = not await made.rows("SELECT channel FROM circuit")
        await made.sums_hold(figures)
        await made.counted(figures)
        noticed, back = refused[ENOUGH - 1], max(refused[-1], began[0] + timedelta(minutes=minutes))
        figures.nothing_lost_or_twice()
        figures.must(opened, "the circuit opens")
        figures.must(closed, "the circuit closes")
        figures.must(states["sent"] + states["unknown"] == people, "whatever was not unknown is sent")
        figures.must(figures.unknown <= FIRST + 2 * minutes, "few are unknown: one probe each half minute")
        each = Counter(int((call - noticed).total_seconds() // 60) for call in began if noticed <= call < back)
        most = max((number for minute, number in each.items() if minute), default=0)
        figures.must(most <= MOST_A_MINUTE, "the provider is left alone after the first minute")
        first = min((call for call in began if call > back), default=back)
        figures.paused((first - back).total_seconds())
        figures.must(timedelta(0) < longest <= timedelta(minutes=5), "the back-off is capped")
        figures.notes.append(f"calls until it is noticed {ENOUGH + each[0]}, at most {most} in each minute after that")
    yield figures


async def _circuit_opens(made: World) -> bool:
    async def is_open() -> bool:
        return bool(await made.rows("SELECT channel FROM circuit"))

    try:
        await until(is_open)
    except TimeoutError:
        return False
    return True


async def _longest_back_off(made: World) -> timedelta:
    """The longest for which nothing was to be sent, looked at until the circuit closes.

    By what is planned: a busy machine adds to how long it takes until something is sent again.
    """
    ahead = [timedelta(0)]

    async def is_closed() -> bool:
        async with made.database.reading() as session:
            planned = list((await session.execute(select(circuit.c.until))).scalars())
        ahead.extend(moment - made.machine.now() for moment in planned)
        return not planned

    await until(is_closed)
    return max(ahead)
