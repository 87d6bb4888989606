"""Whenever the process is killed, nothing is lost, nothing comes twice, and what is not known is said to be unknown."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from handlers import items, processes, sendings
from handlers.items import ItemDraft
from handlers.sendings import HOLD
from handlers.writing import contents
from storage.states import SendingState
from storage.tables import broadcast, event, person
from tests.programs.life import ALONE, WEB
from tests.promises.stage import IN_HAND, Scene

CLAIMED = "before Telegram is asked"
ACCEPTED = "after Telegram accepted"
BATCH_MADE = "in a broadcast's batch, before its commit"
BATCH_KEPT = "after the commit of a broadcast's batch"
SENDING_TAKEN = "while a sending leaves, before its commit"
SENDING_KEPT = "after the commit of a sending that left"
TURN_TAKEN = "in a turn, before its commit"
TURN_KEPT = "after a turn's commit, before its 200"
PEOPLE = 7
BATCH = 3
SMALL = {"broadcast.expand.BATCH": BATCH, "broadcast.expand.MANY": 1}


@pytest.mark.parametrize("point", [CLAIMED, ACCEPTED])
async def test_a_killed_sender_loses_nothing_and_repeats_nothing(scene: Scene, point: str) -> None:
    people = await scene.meets(PEOPLE)
    bulletin = await scene.publishes("The hearing is on Friday.", filled=True)
    async with scene.watched(bulletin, PEOPLE):
        await scene.dies(point)
        in_flight = [name for name, state in (await scene.each()).items() if state == "sending"]
        assert 1 <= len(in_flight) <= IN_HAND
        async with scene.successor():
            states = await scene.settles()
    assert states["unknown"] == len(in_flight)
    assert states["sent"] == PEOPLE - len(in_flight)
    assert {name for name, state in (await scene.each()).items() if state == "unknown"} == set(in_flight)
    heard = [len(scene.heard(who)) for who in people]
    assert set(heard) <= {0, 1}
    assert states["sent"] <= sum(heard) <= PEOPLE
    if point == CLAIMED:
        assert heard.count(0) == len(in_flight)
    else:
        assert sum(heard) > states["sent"], "the one it died of had arrived"


@pytest.mark.parametrize("point", [CLAIMED, ACCEPTED])
async def test_after_a_crash_the_next_replies_leave_in_order(scene: Scene, point: str) -> None:
    [alice] = await scene.meets(1)
    names = await scene.queues(alice, "one", "two", "three")
    await scene.dies(point)
    assert await scene.each() == dict(zip(names, ("sending", "queued", "queued"), strict=True))
    async with scene.successor():
        await scene.settles()
    assert await scene.each() == dict(zip(names, ("unknown", "sent", "sent"), strict=True))
    assert scene.heard(alice) == (["two", "three"] if point == CLAIMED else ["one", "two", "three"])


async def test_who_is_alone_with_the_database_waits_for_no_lease(scene: Scene) -> None:
    [alice] = await scene.meets(1)
    await scene.queues(alice, "one", "two")
    await scene.dies(CLAIMED)
    async with scene.successor(ALONE, ahead=timedelta(0)):
        states = await scene.settles()
    assert states == {"unknown": 1, "sent": 1}


async def test_who_is_not_alone_leaves_the_claims_of_the_living_alone(scene: Scene) -> None:
    [alice, bob] = await scene.meets(2)
    names = await scene.queues(alice, "one")
    await scene.dies(CLAIMED)
    other = await scene.queues(bob, "hello")
    async with scene.successor(ahead=timedelta(0)):
        await scene.platforms.telegram.chats.of(bob.sender).next()
    assert await scene.each() == {names[0]: "sending", other[0]: "sent"}


@pytest.mark.parametrize(("point", "kept"), [(BATCH_MADE, BATCH), (BATCH_KEPT, 2 * BATCH)])
async def test_a_broadcast_that_was_being_made_is_made_to_its_end(scene: Scene, point: str, kept: int) -> None:
    people = await scene.meets(3 * BATCH + 1)
    bulletin = await scene.publishes("The hearing is on Friday.")
    # Where there is no channel, nothing of it leaves meanwhile.
    await scene.dies(point, nth=2, settings=SMALL, environment={})
    assert await scene.counts(bulletin) == {"queued": kept}
    async with scene.successor():
        await _made(scene, bulletin, people=len(people))
        async with scene.watched(bulletin, len(people)):
            states = await scene.settles()
    assert states == {"sent": len(people)}
    assert all(len(scene.heard(who)) == 1 for who in people)


async def _made(scene: Scene, bulletin: str, people: int) -> None:
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


@pytest.mark.parametrize(("point", "left"), [(SENDING_TAKEN, 0), (SENDING_KEPT, 1)])
async def test_what_was_approved_leaves_once_though_its_worker_is_killed_at_it(
    scene: Scene, point: str, left: int
) -> None:
    people = await scene.meets(2)
    async with scene.database.writing() as session:
        process, then = await processes.named(session), scene.machine.now() - HOLD
        new = ItemDraft("Hearing", "en", "The hearing is on Friday.", contents.Bulletin({}, urgent=True))
        name = await items.draft(session, process, new, "writer", then)
        sending = await sendings.request(session, process, name, "writer", then)
        await sendings.approve(session, process, sending.id, "second", sending.hash, then)
    await scene.dies(point)
    assert len(await scene.rows("SELECT id FROM broadcast")) == left
    async with scene.successor(ALONE):
        for who in people:
            await scene.platforms.telegram.chats.of(who.sender).next()
        await scene.settles()
    assert [len(scene.heard(who)) for who in people] == [1, 1]
    assert [row.state for row in await scene.rows("SELECT state FROM sending")] == [SendingState.LEFT]


@pytest.mark.parametrize("point", [TURN_TAKEN, TURN_KEPT])
async def test_a_message_that_came_while_we_died_has_one_effect(scene: Scene, point: str) -> None:
    scene.connect()
    scene.platforms.telegram.says("70001", "hello")
    await scene.dies(point, WEB)
    async with scene.database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(event))).scalar_one() == (point == TURN_KEPT)
    async with scene.successor(ALONE):
        await scene.platforms.telegram.settled()
        await scene.settles()
        await scene.platforms.telegram.chats.of("70001").next()
    async with scene.database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(event))).scalar_one() == 1
        assert (await session.execute(select(func.count()).select_from(person))).scalar_one() == 1
    heard = [bubble.text for bubble in scene.platforms.telegram.chats.of("70001").ours()]
    assert len(heard) == 1


async def test_killed_again_and_again_wherever_it_is(scene: Scene) -> None:
    chance, kills, audience = random.Random(7), 8, 150
    people = await scene.meets(audience)
    bulletin = await scene.publishes("The hearing is on Friday.", filled=True)
    async with scene.watched(bulletin, audience):
        for _kill in range(kills):
            await scene.is_killed_after(chance.uniform(0.1, 0.3))
        async with scene.successor():
            states = await scene.settles()
    assert states["unknown"] <= kills * IN_HAND
    assert states["sent"] + states["unknown"] == audience
    heard = [len(scene.heard(who)) for who in people]
    assert set(heard) <= {0, 1}
    assert sum(heard) >= states["sent"]
