"""A voice note comes once, however often whoever fetches it dies; its platform deletes it when we have it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.fetching import LEASE, LONGEST_PAUSE, MOST, MOST_TRIES, SURE, Fetching, ending, pause
from bot.housekeeping import Housekeeping
from bot.metrics import Counts
from broadcast.wake import Waker
from channels.messages import Gone, Later, Never, NotSent, Stopped, Unknown
from channels.recordings import Recording, SoundKind
from storage import Database, Keyring, Session, marks, people
from storage.states import RecordingState
from storage.tables import person, recording
from tests.storage.recordings import SOUND, heard, rows, speak
from tests.storage.rows import NOW, Somebody, meet
from tests.waiting import PATIENCE

MINUTE = timedelta(minutes=1)
NOTE = Recording(SoundKind.OGG, SOUND, timedelta(seconds=7.4))


@dataclass
class Platform:
    """A channel that gives voice notes, or does what it is told to instead."""

    troubles: deque[NotSent | Callable[[], Awaitable[None]]] = field(default_factory=deque)
    not_deleted: deque[NotSent] = field(default_factory=deque)
    fetched: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    async def fetch(self, voice: str) -> Recording:
        self.fetched.append(voice)
        trouble = self.troubles.popleft() if self.troubles else None
        if isinstance(trouble, NotSent):
            raise trouble
        if trouble is not None:
            await trouble()
        return NOTE

    async def discard(self, voice: str) -> None:
        if self.not_deleted:
            raise self.not_deleted.popleft()
        self.deleted.append(voice)


@dataclass
class Scene:
    """A worker that fetches, and a clock that stands still until it is moved."""

    database: Database
    keys: Keyring
    platform: Platform = field(default_factory=Platform)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    now: datetime = NOW
    counts: Counts = field(default_factory=lambda: Counts(lambda: NOW))

    def worker(self) -> Fetching:
        channels = {"telegram": self.platform}
        return Fetching(
            self.database, self.keys, channels, lambda: self.now, self.closing, self.counts.observe  # type: ignore[arg-type]
        )  # fmt: skip

    async def fetches(self, later: timedelta = timedelta(0)) -> timedelta | None:
        self.now += later
        return await self.worker().fetch()

    async def gives(self, who: Somebody, *voices: str) -> str:
        async with self.database.writing() as session:
            return [await speak(session, who, voice) for voice in voices][-1]

    async def states(self) -> list[tuple[str, int]]:
        async with self.database.reading() as session:
            return [(state, tries) for _whose, state, tries in await rows(session)]

    def counted(self, state: str, code: str = "") -> float | None:
        labels = {"channel": "telegram", "state": state, "code": code}
        return self.counts.registry.get_sample_value("hearback_recordings_total", labels)


@pytest.fixture
def scene(database: Database, keys: Keyring) -> Scene:
    return Scene(database, keys)


@pytest.fixture
async def alice(database: Database, keys: Keyring) -> Somebody:
    async with database.writing() as session:
        return await meet(session, keys, "70001")


async def test_what_was_fetched_is_here_and_then_deleted_there(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")
    assert await scene.fetches() is None
    assert await heard(scene.database, scene.keys, name) == SOUND
    assert (scene.platform.fetched, scene.platform.deleted) == (["file-1"], ["file-1"])
    assert await scene.fetches(timedelta(days=9)) is None
    assert scene.platform.fetched == ["file-1"]
    async with scene.database.reading() as session:
        row = (await session.execute(select(recording))).one()
    assert (row.voice, row.seconds, row.due) == (None, 7, None)
    assert scene.counted("kept") == 1


async def test_it_is_deleted_there_only_when_it_is_durably_here(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")
    seen: list[bytes | None] = []

    async def discard(voice: str) -> None:
        seen.append(await heard(scene.database, scene.keys, name))

    scene.platform.discard = discard  # type: ignore[method-assign]
    await scene.fetches()
    assert seen == [SOUND]


async def test_who_is_killed_while_it_comes_is_followed_by_who_fetches_it_again(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")
    came = asyncio.Event()

    async def hang() -> None:
        came.set()
        await asyncio.Event().wait()

    scene.platform.troubles.append(hang)
    killed = asyncio.create_task(scene.fetches())
    async with asyncio.timeout(PATIENCE):
        await came.wait()
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    await scene.fetches(LEASE - MINUTE)
    assert await scene.states() == [("to_fetch", 1)]
    await scene.fetches(MINUTE)
    assert await heard(scene.database, scene.keys, name) == SOUND
    assert scene.platform.deleted == ["file-1"]


async def test_who_is_killed_before_it_is_deleted_there_is_followed_by_who_deletes_it(
    scene: Scene, alice: Somebody
) -> None:
    name = await scene.gives(alice, "file-1")

    async def die(_voice: str) -> None:
        raise asyncio.CancelledError

    true = scene.platform.discard
    scene.platform.discard = die  # type: ignore[method-assign, assignment]
    with suppress(asyncio.CancelledError):
        await scene.fetches()
    assert await heard(scene.database, scene.keys, name) == SOUND
    scene.platform.discard = true  # type: ignore[method-assign]
    await scene.fetches(LEASE)
    assert (scene.platform.fetched, scene.platform.deleted) == (["file-1"], ["file-1"])


async def test_what_does_not_come_is_asked_for_less_and_less_often(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")
    scene.platform.troubles.extend([Later("503", MINUTE), Unknown("no_answer"), Stopped("401")])
    await scene.fetches()
    await scene.fetches(MINUTE - timedelta(seconds=1))
    assert len(scene.platform.fetched) == 1
    await scene.fetches(timedelta(seconds=1))
    await scene.fetches(MINUTE)
    assert (len(scene.platform.fetched), await scene.states()) == (3, [("to_fetch", 3)])
    await scene.fetches(2 * MINUTE)
    assert await heard(scene.database, scene.keys, name) == SOUND
    assert [scene.counted("later", code) for code in ("503", "no_answer", "401")] == [1, 1, 1]


@pytest.mark.parametrize("code", ["too_large", "too_long", "not_audio", "elsewhere"])
async def test_what_we_do_not_take_is_refused_at_once_and_left_there(scene: Scene, alice: Somebody, code: str) -> None:
    await scene.gives(alice, "file-1")
    scene.platform.troubles.append(Never(code))
    await scene.fetches()
    await scene.fetches(timedelta(days=99))
    assert await scene.states() == [("refused", 1)]
    assert (len(scene.platform.fetched), scene.platform.deleted) == (1, [])
    assert scene.counted("refused", code) == 1


async def test_what_a_platform_has_no_more_is_asked_for_until_that_is_sure(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1")
    scene.platform.troubles.extend([Gone("404")] * 99)
    for _try in range(9):
        await scene.fetches(timedelta(hours=1))
    assert (len(scene.platform.fetched), await scene.states()) == (SURE, [("gone", SURE)])


async def test_what_has_only_just_been_sent_may_not_be_there_yet(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")
    scene.platform.troubles.append(Gone("404"))
    await scene.fetches()
    await scene.fetches(MINUTE)
    assert await heard(scene.database, scene.keys, name) == SOUND


async def test_what_kills_whoever_takes_it_in_hand_is_left_in_the_end(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1")
    async with scene.database.writing() as session:
        await session.execute(update(recording).values(tries=MOST_TRIES))
    await scene.fetches()
    assert (await scene.states(), scene.platform.fetched) == ([("refused", MOST_TRIES + 1)], [])
    assert scene.counted("refused", "fault") == 1


async def test_who_is_forgotten_while_it_comes_leaves_nothing(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1")

    async def forget() -> None:
        async with scene.database.writing() as session:
            await people.erase(session, alice.id)

    scene.platform.troubles.append(forget)
    await scene.fetches()
    assert (await scene.states(), scene.platform.deleted) == ([], [])
    assert scene.counted("unwanted") == 1


async def test_two_workers_at_once_fetch_each_note_once(scene: Scene, alice: Somebody) -> None:
    voices = [f"file-{number}" for number in range(MOST * 2)]
    await scene.gives(alice, *voices)
    await asyncio.gather(*(scene.fetches() for _worker in range(3)))
    await scene.fetches()
    assert sorted(scene.platform.fetched) == sorted(voices)
    assert await scene.states() == [("kept", 1)] * len(voices)


async def test_where_many_wait_the_next_are_fetched_at_once(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, *(f"file-{number}" for number in range(MOST + 1)))
    await scene.worker().look()
    gauge = scene.counts.registry.get_sample_value
    assert gauge("hearback_unfetched", {"channel": "telegram"}) == MOST + 1
    soon = await scene.fetches()
    assert soon is not None
    assert soon < timedelta(seconds=1)
    assert await scene.fetches() is None
    await scene.worker().look()
    assert gauge("hearback_unfetched", {"channel": "telegram"}) == 0


async def test_who_is_told_to_end_waits_for_no_platform(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")

    async def close() -> None:
        scene.closing.set()
        await asyncio.Event().wait()

    scene.platform.troubles.append(close)
    async with asyncio.timeout(PATIENCE):
        await scene.fetches()
    scene.closing.clear()
    await scene.fetches()
    assert await heard(scene.database, scene.keys, name) == SOUND


async def test_a_fault_with_one_holds_up_no_other(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1", "file-2")

    async def fail() -> None:
        raise ZeroDivisionError

    scene.platform.troubles.append(fail)
    await scene.fetches()
    assert sorted(await scene.states()) == [("kept", 1), ("to_fetch", 1)]
    assert scene.counts.registry.get_sample_value("hearback_faults_total", {"name": "voice"}) == 1
    await scene.fetches(LEASE)
    assert await scene.states() == [("kept", 1)] * 2


async def test_a_key_that_is_spoilt_while_it_comes_keeps_it_at_the_platform(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1")

    async def spoil() -> None:
        async with scene.database.writing() as session:
            await session.execute(update(person).values(key=bytes(40)))

    scene.platform.troubles.append(spoil)
    await scene.fetches()
    assert (await scene.states(), scene.platform.deleted) == ([("to_fetch", 1)], [])


async def test_of_what_may_be_an_old_copy_nothing_is_fetched_or_deleted(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1")
    async with scene.database.writing() as session:
        await marks.put(session, marks.HELD, NOW)
    await scene.fetches()
    assert scene.platform.fetched == []
    async with scene.database.writing() as session:
        await marks.remove(session, marks.HELD)
    await scene.fetches()
    assert scene.platform.fetched == ["file-1"]


async def test_what_cannot_be_deleted_there_is_asked_again_and_left_in_the_end(scene: Scene, alice: Somebody) -> None:
    name = await scene.gives(alice, "file-1")
    scene.platform.not_deleted.extend([Later("503", MINUTE), Never("400")])
    await scene.fetches()
    assert await heard(scene.database, scene.keys, name) == SOUND
    await scene.fetches(MINUTE)
    await scene.fetches(timedelta(days=9))
    assert (scene.platform.not_deleted, scene.platform.deleted) == (deque(), [])
    assert (scene.counted("later", "503"), scene.counted("left", "400")) == (1, 1)


async def test_what_no_contribution_names_is_thrown_away_with_the_house(scene: Scene, alice: Somebody) -> None:
    async with scene.database.writing() as session:
        name = await speak(session, alice, "file-1")
        await speak(session, alice, "", name=name, words="In writing, rather.")
    house = Housekeeping(scene.database, scene.keys, {}, Waker())
    await house.age(NOW)
    assert await scene.states() == []


@pytest.mark.parametrize(
    ("problem", "tries", "state"),
    [
        (Never("too_large"), 1, RecordingState.REFUSED),
        (Gone("404"), SURE - 1, None),
        (Gone("404"), SURE, RecordingState.GONE),
        (Later("503", MINUTE), MOST_TRIES - 1, None),
        (Later("503", MINUTE), MOST_TRIES, RecordingState.GONE),
        (Stopped("401"), 50, None),
        (Unknown("no_answer"), 50, None),
    ],
)
def test_what_a_problem_makes_of_it(problem: NotSent, tries: int, state: RecordingState | None) -> None:
    assert ending(problem, tries) is state


def test_a_platform_that_is_away_for_weeks_loses_us_nothing() -> None:
    tries = [pause(Unknown("no_answer"), tries) for tries in range(1, MOST_TRIES)]
    assert tries == sorted(tries)
    assert tries[-1] == LONGEST_PAUSE
    assert sum(tries, timedelta(0)) > timedelta(weeks=3)
    assert pause(Later("429", timedelta(hours=9)), 1) == timedelta(hours=9)


async def test_no_transaction_is_open_while_a_platform_is_asked(scene: Scene, alice: Somebody) -> None:
    await scene.gives(alice, "file-1")

    async def write() -> None:
        async with asyncio.timeout(5), scene.database.writing() as session:
            await somebody(session)

    async def somebody(session: Session) -> None:
        await meet(session, scene.keys, "70009")

    scene.platform.troubles.append(write)
    await scene.fetches()
    assert await scene.states() == [("kept", 1)]
