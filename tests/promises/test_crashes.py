"""Whenever the process is killed, nothing is lost, nothing comes twice, and what is not known is said to be unknown."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from channels.telegram import Telegram
from storage.tables import broadcast, event, person
from tests.promises.stage import SECRET, Stage
from tests.promises.victim import (
    ACCEPTED,
    BATCH,
    BATCH_KEPT,
    BATCH_MADE,
    CLAIMED,
    IN_HAND,
    TURN_KEPT,
    TURN_TAKEN,
)

PEOPLE = 7


@pytest.mark.parametrize("point", [CLAIMED, ACCEPTED])
async def test_a_killed_sender_loses_nothing_and_repeats_nothing(scene: Stage, point: str) -> None:
    people = await scene.meets(PEOPLE)
    bulletin = await scene.publishes("The hearing is on Friday.")
    async with scene.watched(bulletin, PEOPLE):
        await scene.dies(point)
        in_flight = [name for name, state in (await scene.states()).items() if state == "sending"]
        assert 1 <= len(in_flight) <= IN_HAND
        async with scene.successor():
            states = await scene.settled()
    assert states["unknown"] == len(in_flight)
    assert states["sent"] == PEOPLE - len(in_flight)
    assert {name for name, state in (await scene.states()).items() if state == "unknown"} == set(in_flight)
    heard = [len(scene.heard(who)) for who in people]
    assert set(heard) <= {0, 1}
    assert states["sent"] <= sum(heard) <= PEOPLE
    if point == CLAIMED:
        assert heard.count(0) == len(in_flight)
    else:
        assert sum(heard) > states["sent"], "the one it died of had arrived"


@pytest.mark.parametrize("point", [CLAIMED, ACCEPTED])
async def test_after_a_crash_the_next_replies_leave_in_order(scene: Stage, point: str) -> None:
    [alice] = await scene.meets(1)
    names = await scene.replies(alice, "one", "two", "three")
    await scene.dies(point)
    assert await scene.states() == dict(zip(names, ("sending", "queued", "queued"), strict=True))
    async with scene.successor():
        await scene.settled()
    assert await scene.states() == dict(zip(names, ("unknown", "sent", "sent"), strict=True))
    assert scene.heard(alice) == (["two", "three"] if point == CLAIMED else ["one", "two", "three"])


async def test_who_is_alone_with_the_database_waits_for_no_lease(scene: Stage) -> None:
    [alice] = await scene.meets(1)
    await scene.replies(alice, "one", "two")
    await scene.dies(CLAIMED)
    async with scene.successor(ahead=timedelta(0), alone=True):
        states = await scene.settled()
    assert states == {"unknown": 1, "sent": 1}


async def test_who_is_not_alone_leaves_the_claims_of_the_living_alone(scene: Stage) -> None:
    [alice, bob] = await scene.meets(2)
    names = await scene.replies(alice, "one")
    await scene.dies(CLAIMED)
    other = await scene.replies(bob, "hello")
    async with scene.successor(ahead=timedelta(0)):
        await scene.telegram.chats.of(bob.sender).next()
    assert await scene.states() == {names[0]: "sending", other[0]: "sent"}


@pytest.mark.parametrize(("point", "kept"), [(BATCH_MADE, BATCH), (BATCH_KEPT, 2 * BATCH)])
async def test_a_broadcast_that_was_being_made_is_made_to_its_end(scene: Stage, point: str, kept: int) -> None:
    people = await scene.meets(3 * BATCH + 1)
    bulletin = await scene.publishes("The hearing is on Friday.", filled=False)
    await scene.dies(point)
    assert await scene.counts(bulletin) == {"queued": kept}
    async with scene.successor():
        await _made(scene, bulletin, people=len(people))
        async with scene.watched(bulletin, len(people)):
            states = await scene.settled()
    assert states == {"sent": len(people)}
    assert all(len(scene.heard(who)) == 1 for who in people)


async def _made(scene: Stage, bulletin: str, people: int) -> None:
    sums = []
    while True:
        async with scene.database.reading() as session:
            expanded = (
                await session.execute(select(broadcast.c.expanded).where(broadcast.c.id == bulletin))
            ).scalar_one()
        sums.append(sum((await scene.counts(bulletin)).values()))
        if expanded:
            break
    assert sums == sorted(sums)
    assert sums[-1] == people


@pytest.mark.parametrize("point", [TURN_TAKEN, TURN_KEPT])
async def test_a_message_that_came_while_we_died_has_one_effect(scene: Stage, point: str) -> None:
    await _connect(scene)
    scene.telegram.says("70001", "hello")
    await scene.dies(point, web=True)
    async with scene.database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(event))).scalar_one() == (point == TURN_KEPT)
    async with scene.successor():
        await scene.telegram.settled()
        await scene.settled()
        await scene.telegram.chats.of("70001").next()
    async with scene.database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(event))).scalar_one() == 1
        assert (await session.execute(select(func.count()).select_from(person))).scalar_one() == 1
    heard = [bubble.text for bubble in scene.telegram.chats.of("70001").ours()]
    assert len(heard) == 1


async def test_killed_again_and_again_wherever_it_is(scene: Stage) -> None:
    chance, kills, audience = random.Random(7), 8, 150
    people = await scene.meets(audience)
    bulletin = await scene.publishes("The hearing is on Friday.")
    async with scene.watched(bulletin, audience):
        for _kill in range(kills):
            await scene.is_killed_after(chance.uniform(0.1, 0.3))
        async with scene.successor():
            states = await scene.settled()
    assert states["unknown"] <= kills * IN_HAND
    assert states["sent"] + states["unknown"] == audience
    heard = [len(scene.heard(who)) for who in people]
    assert set(heard) <= {0, 1}
    assert sum(heard) >= states["sent"]


async def _connect(scene: Stage) -> None:
    connected = Telegram(
        scene.environment["TELEGRAM_TOKEN"], SECRET, scene.environment["TELEGRAM_API"], scene.environment["PUBLIC_URL"]
    )
    await connected.start()
    await connected.set_webhook()
    await connected.close()
