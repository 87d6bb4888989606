"""Whenever a worker is killed that fetches a voice note, the next one fetches it, or has nothing left to fetch."""

from datetime import timedelta

import pytest

from bot.fetching import LEASE
from channels._sound.reading import read
from demo.platforms.voices import VOICE
from storage import recordings
from tests.promises.stage import Scene
from tests.review import KEYS
from tests.storage.recordings import heard, speak
from tests.waiting import until

FILE = "AwACAgIAAxk7voice"
BEFORE, AFTER = "while a voice note is kept, before its commit", "after the commit of a voice note"
SOUND = read(VOICE).content


@pytest.mark.parametrize(("point", "kept", "downloads"), [(BEFORE, None, 2), (AFTER, SOUND, 1)])
async def test_a_voice_note_outlives_whoever_fetches_it(
    scene: Scene, point: str, kept: bytes | None, downloads: int
) -> None:
    [alice] = await scene.meets(1)
    async with scene.database.writing() as session:
        name = await speak(session, alice, FILE, due=scene.machine.now())
    await scene.dies(point)
    assert await heard(scene.database, KEYS, name) == kept

    async def is_done() -> bool:
        async with scene.database.reading() as session:
            return await recordings.next_due(session, ["telegram"]) is None

    async with scene.successor(ahead=LEASE + timedelta(seconds=1)):
        await until(is_done)
    assert await heard(scene.database, KEYS, name) == SOUND
    assert scene.platforms.telegram.downloads == [FILE] * downloads
