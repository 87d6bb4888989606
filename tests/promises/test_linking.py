"""Whenever the process is killed, two chats are linked wholly, once, or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage import links
from storage.links import Link
from storage.tables import person
from tests.programs.life import ALONE, WEB
from tests.promises.stage import Scene
from tests.promises.talking import inbox_of, says
from tests.review import KEYS

TURN_TAKEN = "in a turn, before its commit"
TURN_KEPT = "after a turn's commit, before its 200"
CODE = "48213977"


@pytest.mark.parametrize("point", [TURN_TAKEN, TURN_KEPT])
async def test_a_yes_that_came_while_we_died_links_once(scene: Scene, point: str) -> None:
    alice, other = await scene.meets(2)
    async with scene.database.writing() as session:
        code = Link(alice.id, alice.address, scene.machine.now() + timedelta(minutes=10))
        await links.offer(session, KEYS.index("link", CODE), code)
    await inbox_of(scene.database, scene.machine.now).take([says(other.sender, CODE, "1")])
    scene.connect()
    scene.platforms.telegram.says(other.sender, "1")
    await scene.dies(point, WEB)
    assert await _people(scene) == (1 if point == TURN_KEPT else 2)
    async with scene.successor(ALONE):
        await scene.platforms.telegram.settled()
        await scene.settles()
    assert await _people(scene) == 1
    assert sum("Both chats are linked now." in text for text in scene.heard(other)) == 1
    assert sum("Another chat has just been linked" in text for text in scene.heard(alice)) == 1


async def _people(scene: Scene) -> int:
    async with scene.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(person))).scalar_one())
