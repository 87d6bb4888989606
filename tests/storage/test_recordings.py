"""Voice notes come once whoever fetches them, open for nobody else, and go with their person and their contribution."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage import (
    Database,
    Keyring,
    PersonKey,
    Unreadable,
    consultations,
    contributions,
    joining,
    parting,
    people,
    recordings,
)
from storage.joining import Pair
from storage.keys import LARGE_STEP, Box, OwnKey
from storage.recordings import WrittenDown
from storage.states import RecordingState
from storage.tables import contribution, person, recording
from tests.storage.recordings import LEASE, SOUND, claim, heard, kept, rows, speak, spoken
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, another, give, meet, plan, reviewing, statements
from tests.storage.rows import REVIEWER as MODERATOR

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def alice(database: Database, keys: Keyring) -> Somebody:
    async with database.writing() as session:
        await reviewing(session)
        return await meet(session, keys, "70001")


async def test_a_voice_note_is_claimed_once_until_its_lease_is_over(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        await speak(session, alice, "file-1")
    [claimed] = await claim(database, keys)
    assert (claimed.voice, claimed.channel, claimed.state, claimed.tries) == (
        "file-1",
        "telegram",
        RecordingState.TO_FETCH,
        1,
    )
    assert "file-1" not in repr(claimed)
    assert await claim(database, keys, NOW + LEASE - MINUTE) == []
    assert await claim(database, keys, NOW + LEASE) == [replace(claimed, tries=2)]


async def test_only_the_sender_that_it_came_to_fetches_it(database: Database, keys: Keyring, alice: Somebody) -> None:
    async with database.writing() as session:
        await speak(session, alice)
    async with database.writing() as session:
        assert await recordings.claim(session, keys, ["telegram-emea"], NOW, NOW + LEASE, 9) == []
        assert await recordings.next_due(session, ["telegram-emea"]) is None
        assert await recordings.next_due(session, ["telegram"]) == NOW


async def test_two_workers_at_once_claim_different_ones(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        who = await meet(session, keys)
        for number in range(6):
            await speak(session, who, f"file-{number}")
    async with postgresql.writing() as first:
        mine = await recordings.claim(first, keys, ["telegram"], NOW, NOW + LEASE, 3)
        async with asyncio.timeout(20):
            theirs = await claim(postgresql, keys, most=6)
    assert (len(mine), len(theirs)) == (3, 3)
    assert not {note.id for note in mine} & {note.id for note in theirs}


async def test_what_came_is_sealed_and_opens_in_its_own_process(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    name = await spoken(database, keys, alice)
    assert await heard(database, keys, name) == SOUND
    async with database.writing() as session:
        assert await heard(database, keys, name, await another(session)) is None
        row = (await session.execute(select(recording))).one()
    assert SOUND[:20] not in bytes(row.sound)
    assert (row.kind, row.seconds, row.voice, row.due) == ("audio/ogg", 7, None, None)
    assert len(row.sound) % LARGE_STEP == 29


@pytest.mark.parametrize("column", ["key", "sound"])
async def test_what_somebody_tampered_with_opens_for_nobody(
    database: Database, keys: Keyring, alice: Somebody, column: str
) -> None:
    name = await spoken(database, keys, alice)
    async with database.writing() as session:
        box = bytearray((await session.execute(select(recording.c[column]))).scalar_one())
        box[-1] ^= 1
        await session.execute(update(recording).values({column: Box(bytes(box))}))
    with pytest.raises(Unreadable):
        await heard(database, keys, name)


def test_a_sound_opens_only_where_it_was_sealed_for() -> None:
    key = OwnKey.new()
    box = key.seal(SOUND, recording.c.sound, "row")
    assert key.open(box, recording.c.sound, "row") == SOUND
    for other, column, row in ((OwnKey.new(), recording.c.sound, "row"), (key, recording.c.sound, "another"),
                               (key, recording.c.kind, "row")):  # fmt: skip
        with pytest.raises(Unreadable):
            other.open(box, column, row)
    assert "secret" not in repr(key)


@pytest.mark.parametrize("content", [b"", b"\0" * 10, b"\x80", b"x" * LARGE_STEP])
def test_a_sound_comes_back_whatever_it_ends_with(content: bytes) -> None:
    key = OwnKey.new()
    assert key.open(key.seal(content, recording.c.sound, "row"), recording.c.sound, "row") == content


def test_a_key_of_its_own_that_is_none_opens_nothing() -> None:
    alice = PersonKey("alice", bytes(32))
    with pytest.raises(Unreadable):
        OwnKey.opened(alice, alice.seal("no key", recording.c.key, "row"), recording.c.key, "row")


async def test_what_comes_back_too_late_changes_nothing(database: Database, keys: Keyring, alice: Somebody) -> None:
    """A worker that slept longer than its lease, and another that has done it since."""
    async with database.writing() as session:
        name = await speak(session, alice)
    [slow] = await claim(database, keys)
    [quick] = await claim(database, keys, NOW + LEASE)
    assert await kept(database, keys, quick, b"the true one")
    assert not await kept(database, keys, slow, b"the late one")
    async with database.writing() as session:
        await recordings.end(session, slow, RecordingState.GONE, "404")
        await recordings.put_off(session, slow, NOW, "404")
        assert await rows(session) == [(alice.id, "kept", 1)]
    assert await heard(database, keys, name) == b"the true one"


async def test_who_is_forgotten_while_it_comes_leaves_nothing(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        name = await speak(session, alice)
    [claimed] = await claim(database, keys)
    async with database.writing() as session:
        await people.erase(session, alice.id)
    assert not await kept(database, keys, claimed)
    async with database.reading() as session:
        assert await rows(session) == []
        assert (await session.execute(select(contribution.c.recording_id))).scalars().all() == [None]
    assert await heard(database, keys, name) is None


async def test_forget_destroys_what_is_here(database: Database, keys: Keyring, alice: Somebody) -> None:
    await spoken(database, keys, alice)
    async with database.writing() as session:
        await people.erase(session, alice.id)
        assert await rows(session) == []


async def test_what_is_taken_back_is_destroyed(database: Database, keys: Keyring, alice: Somebody) -> None:
    name, other = await spoken(database, keys, alice), await spoken(database, keys, alice, voice="file-2")
    async with database.writing() as session:
        await contributions.take_back(session, "somebody else", name)
        assert len(await rows(session)) == 2
        await contributions.take_back(session, alice.id, name)
        assert len(await rows(session)) == 1
    assert await heard(database, keys, other) == SOUND


async def test_words_that_follow_do_not_make_it_be_fetched_again(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    """At the platform it is no more by then."""
    name = await spoken(database, keys, alice)
    async with database.writing() as session:
        await speak(session, alice, name=name, words="And the trains.")
        assert await rows(session) == [(alice.id, "kept", 1)]
    assert await heard(database, keys, name) == SOUND
    assert await claim(database, keys, NOW + timedelta(days=1)) == []


async def test_what_another_took_the_place_of_is_thrown_away(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    name = await spoken(database, keys, alice)
    async with database.writing() as session:
        await speak(session, alice, "", name=name, words="In writing, rather.")
        assert await recordings.prune(session) == 1
        assert await recordings.prune(session) == 0
    assert await heard(database, keys, name) is None


async def test_a_voice_is_erased_a_while_after_it_was_written_down_and_its_words_stay(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    heard_one, unheard = await spoken(database, keys, alice), await spoken(database, keys, alice, voice="file-2")
    later = NOW + timedelta(days=2)
    async with database.writing() as session:
        for edition, at in ((1, NOW), (2, later)):
            written = WrittenDown("Trains.", edition, MODERATOR, at)
            assert await recordings.write_down(session, keys, PROCESS, heard_one, written)
    async with database.writing() as session:
        assert await recordings.erase_written_down(session, NOW) == 0
        assert await recordings.erase_written_down(session, later) == 0, "it was corrected since"
        assert await recordings.erase_written_down(session, later + timedelta(seconds=1)) == 1
        assert await recordings.erase_written_down(session, later + timedelta(days=99)) == 0
    assert await heard(database, keys, heard_one) is None
    assert await heard(database, keys, unheard) == SOUND, "nobody has written it down"
    async with database.reading() as session:
        found = (await recordings.of(session, keys, PROCESS, [heard_one]))[heard_one]
        boxes = (await session.execute(select(recording.c.sound).where(recording.c.key.is_(None)))).scalars().all()
    assert (found.state, found.words, found.seconds) == (RecordingState.ERASED, "Trains.", 7)
    assert boxes == [None]
    async with database.writing() as session:
        await speak(session, alice, name=heard_one, words="And buses.")
    assert await claim(database, keys, NOW + timedelta(days=99)) == [], "the same note given again is not fetched anew"


async def test_what_the_platform_is_still_to_delete_is_not_erased_before(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        name = await speak(session, alice)
    [claimed] = await claim(database, keys)
    await kept(database, keys, claimed)
    async with database.writing() as session:
        written = WrittenDown("Trains.", 1, MODERATOR, NOW)
        assert await recordings.write_down(session, keys, PROCESS, name, written)
        assert await recordings.erase_written_down(session, NOW + timedelta(days=8)) == 0
        await recordings.forgotten_there(session, claimed)
        assert await recordings.erase_written_down(session, NOW + timedelta(days=8)) == 1


async def test_an_answer_given_again_has_the_note_that_came_last(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        await consultations.add(session, "c", PROCESS, '{"title": "Work"}', NOW)
        await speak(session, alice, "file-1", consultation="c")
        await speak(session, alice, "file-2", consultation="c")
        [name] = (await session.execute(select(contribution.c.id))).scalars()
        assert await recordings.prune(session) == 1
    [claimed] = await claim(database, keys)
    assert claimed.voice == "file-2"
    await kept(database, keys, claimed, b"the second")
    assert await heard(database, keys, name) == b"the second"


async def test_who_is_joined_keeps_their_voice_without_its_being_sealed_anew(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        phone = await meet(session, keys, "+12025550101", channel="whatsapp")
    name = await spoken(database, keys, phone)
    async with database.writing() as session:
        waiting = await speak(session, phone, "file-2")
        before = (await session.execute(select(recording.c.sound).where(recording.c.sound.is_not(None)))).scalar_one()
        await joining.join(session, Pair(alice.key, phone.key, keys), NOW)
        after = (await session.execute(select(recording.c.sound).where(recording.c.sound.is_not(None)))).scalar_one()
    assert bytes(before) == bytes(after)
    assert await heard(database, keys, name) == SOUND
    [claimed] = await claim(database, keys)
    assert (claimed.voice, await kept(database, keys, claimed)) == ("file-2", True)
    assert await heard(database, keys, waiting) == SOUND


async def test_who_is_joined_while_it_comes_can_hear_it_after(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        phone = await meet(session, keys, "+12025550101", channel="whatsapp")
        name = await speak(session, phone)
    [claimed] = await claim(database, keys)
    async with database.writing() as session:
        await joining.join(session, Pair(alice.key, phone.key, keys), NOW)
    assert await kept(database, keys, claimed)
    assert await heard(database, keys, name) == SOUND


async def test_a_chat_that_leaves_the_others_leaves_its_voice_with_them(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        phone = await also_at(session, keys, alice, "+12025550101", channel="whatsapp")
    name = await spoken(database, keys, phone)
    async with database.writing() as session:
        await parting.part(session, keys, alice.key, phone.address, NOW)
        assert await rows(session) == [(alice.id, "kept", 1)]
    assert await heard(database, keys, name) == SOUND


async def test_what_no_key_of_ours_opens_waits_and_holds_nobody_up(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    async with database.writing() as session:
        bob = await meet(session, keys, "70002")
        await speak(session, alice, "file-1")
        await speak(session, bob, "file-2")
        await session.execute(update(person).where(person.c.id == alice.id).values(key=bytes(40)))
    assert [claimed.voice for claimed in await claim(database, keys)] == ["file-2"]
    assert [claimed.voice for claimed in await claim(database, keys, NOW + LEASE)] == ["file-2"]


async def test_one_of_before_is_fetched_by_what_its_contribution_says(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    """As the migration makes them."""
    async with database.writing() as session:
        name = await give(session, alice)
        old = {"id": name, "person_id": alice.id, "channel": "telegram", "state": "to_fetch", "tries": 0, "due": NOW}
        await session.execute(recording.insert().values(old))
        await session.execute(update(contribution).values(recording_id=name))
    [claimed] = await claim(database, keys)
    assert (claimed.voice, await kept(database, keys, claimed)) == ("file-1", True)
    async with database.writing() as session:
        await recordings.forgotten_there(session, claimed)
        assert (await session.execute(select(contribution.c.voice))).scalar_one() is None
    assert await heard(database, keys, name) == SOUND


async def write(database: Database, keys: Keyring, name: str, words: str, edition: int, process: str = PROCESS) -> bool:
    async with database.writing() as session:
        written = WrittenDown(words, edition, MODERATOR, NOW)
        return await recordings.write_down(session, keys, process, name, written)


async def test_what_was_written_down_is_words_for_whoever_reads(
    database: Database, keys: Keyring, alice: Somebody
) -> None:
    name = await spoken(database, keys, alice, words="About the clinic.")
    assert await write(database, keys, name, "It closes too early.", 1)
    async with database.reading() as session:
        [read] = await contributions.newest(session, PROCESS, keys, 9)
        shown = (await recordings.of(session, keys, PROCESS, [name]))[name]
        raw = (await session.execute(select(recording.c.words))).scalar_one()
    assert (read.words, read.spoken, read.written_down) == ("About the clinic.\n\nIt closes too early.", True, True)
    assert (shown.words, shown.edition, shown.written_by, shown.written) == ("It closes too early.", 1, MODERATOR, NOW)
    assert b"closes" not in bytes(raw)
    assert "closes" not in repr(shown) + repr(read)


async def test_of_two_who_write_it_down_the_slower_is_told(database: Database, keys: Keyring, alice: Somebody) -> None:
    name = await spoken(database, keys, alice)
    assert await write(database, keys, name, "first", 1)
    assert not await write(database, keys, name, "slower", 1)
    assert not await write(database, keys, name, "of another process", 2, "another")
    assert not await write(database, keys, "nobody's", "of nothing", 1)
    assert await write(database, keys, name, "better", 2)
    async with database.reading() as session:
        assert (await recordings.of(session, keys, PROCESS, [name]))[name].words == "better"


async def test_how_many_wait_is_told_by_the_sender(database: Database, keys: Keyring, alice: Somebody) -> None:
    await spoken(database, keys, alice)
    async with database.writing() as session:
        for number in range(3):
            await speak(session, alice, f"more-{number}")
        assert dict(await recordings.waiting(session)) == {"telegram": 3}


async def test_to_look_for_what_is_due_reads_no_other(database: Database, keys: Keyring) -> None:
    with statements(database) as seen:
        async with database.writing() as session:
            await recordings.next_due(session, ["telegram"])
    if not database.has_one_writer:
        return
    async with database.reading() as session:
        assert "ix_recording_due" in await plan(session, seen[-1])
