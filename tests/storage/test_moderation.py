"""What staff make of contributions is kept with the words, sealed where it is words, and gone with them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from storage import Database, Keyring, Session, contributions, inbox, joining, moderation, people
from storage.contributions import NewContribution
from storage.inbox import Kind, Pile, Selection, Translation
from storage.joining import Pair
from storage.moderation import Held
from storage.tables import MARKS, consultation, contribution, recording
from storage.together import Writes, write
from tests.storage.recordings import speak
from tests.storage.rows import NOW, PROCESS, TODAY, Somebody, another, give, meet

AMINA, BILAL = "amina", "bilal"


async def held(session: Session, keys: Keyring, name: str) -> Held:
    found = await moderation.hold(session, PROCESS, keys, name, None)
    assert found is not None
    return found


async def everything(session: Session, keys: Keyring, name: str) -> None:
    """Whatever staff can make of it."""
    await moderation.read(session, PROCESS, [name], AMINA, NOW)
    await moderation.hide(session, PROCESS, [name], AMINA, NOW)
    await moderation.mask(session, PROCESS, await held(session, keys, name), "▇▇▇ buses")
    await moderation.translate(
        session, PROCESS, await held(session, keys, name), {"fr": Translation("bus", AMINA, NOW)}
    )
    await moderation.want_translation(session, PROCESS, [name], NOW)
    await moderation.recognise(session, {name: "en"})


async def marks_of(session: Session, name: str = "") -> dict[str, object]:
    """Of the contribution of this id, or the only one."""
    found = select(contribution).where(contribution.c.id == name) if name else select(contribution)
    row = (await session.execute(found)).one()
    return {name: row._mapping[name] for name in MARKS if row._mapping[name] is not None}


async def test_each_mark_counts_what_it_changed_and_can_be_undone(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        names = [await give(session, alice, spoken=False) for _number in range(3)]
        assert await moderation.read(session, PROCESS, names[:2], AMINA, NOW) == 2
        assert await moderation.read(session, PROCESS, names, BILAL, NOW) == 1
        assert await moderation.unread(session, PROCESS, names[:1]) == 1
        assert await moderation.hide(session, PROCESS, names[1:], BILAL, NOW) == 2
        assert await moderation.show(session, PROCESS, names) == 2
        assert await moderation.want_translation(session, PROCESS, names[:1], NOW) == 1
        assert await moderation.want_translation(session, PROCESS, names[:1], NOW) == 0
        assert await moderation.want_no_translation(session, PROCESS, names) == 1
        readers = {name: (await marks_of(session, name)).get("read_by") for name in names}
    assert readers == {names[0]: None, names[1]: AMINA, names[2]: BILAL}


async def test_what_is_hidden_is_only_in_its_own_pile_and_waits_for_no_response(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await give(session, alice, spoken=False)
        await moderation.hide(session, PROCESS, [name], AMINA, NOW)
        found = [pile for pile in Pile if await inbox.page(session, PROCESS, keys, Selection(pile=pile), None, 9)]
        waiting = await contributions.waiting(session, PROCESS)
    assert found == [Pile.HIDDEN]
    assert (waiting.numbers, waiting.unread) == ({}, 0)


async def test_nothing_of_another_process_is_touched(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name, elsewhere = await give(session, alice, spoken=False), await another(session)
        assert await moderation.take(session, elsewhere, [name], None) == []
        assert await moderation.read(session, elsewhere, [name], AMINA, NOW) == 0
        assert await moderation.hold(session, elsewhere, keys, name, None) is None
        assert await moderation.public_words(session, elsewhere, keys, [name]) == {}
        assert await marks_of(session) == {}


async def test_what_is_masked_or_translated_is_sealed_with_the_persons_key(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await give(session, alice, "Karim hit me", spoken=False)
        await moderation.mask(session, PROCESS, await held(session, keys, name), "▇▇▇ hit me")
        words = {"fr": Translation("▇▇▇ m’a frappé", AMINA, NOW)}
        await moderation.translate(session, PROCESS, await held(session, keys, name), words)
        row = (await session.execute(select(contribution))).one()
        found = await inbox.get(session, PROCESS, keys, name, None)
        (listed,) = await contributions.newest(session, PROCESS, keys, 9)
        again = await held(session, keys, name)
    assert found is not None
    assert (found.words, found.is_masked, found.translations) == ("▇▇▇ hit me", True, words)
    assert listed.words == "▇▇▇ hit me"
    assert (again.words, again.masked, again.translations) == ("Karim hit me", "▇▇▇ hit me", words)
    assert alice.key.open(row.masked, contribution.c.masked, name) == "▇▇▇ hit me"
    assert b"frapp" not in row.translations
    for secret in ("Karim", "hit", "frapp"):
        assert secret not in repr(found) + repr(again)


async def test_everybody_may_read_what_was_agreed_to_and_checked_and_nothing_else(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        kinds = ("fine", "unread", "hidden", "foreign", "masked", "private")
        names = {kind: await give(session, alice, kind, spoken=False) for kind in kinds}
        await session.execute(update(contribution).values(quotable=True))
        await session.execute(update(contribution).where(contribution.c.id == names["private"]).values(quotable=False))
        await moderation.read(session, PROCESS, [names[kind] for kind in kinds if kind != "unread"], AMINA, NOW)
        await moderation.hide(session, PROCESS, [names["hidden"]], AMINA, NOW)
        await moderation.want_translation(session, PROCESS, [names["foreign"]], NOW)
        await moderation.mask(session, PROCESS, await held(session, keys, names["masked"]), "▇▇▇")
        public = await moderation.public_words(session, PROCESS, keys, list(names.values()))
        assert public == {names["fine"]: "fine", names["masked"]: "▇▇▇"}
        await people.erase(session, alice.id)
        assert await moderation.public_words(session, PROCESS, keys, list(names.values())) == {}


async def test_forget_leaves_nothing_of_what_staff_made_of_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await give(session, alice, spoken=False)
        await everything(session, keys, name)
        assert len(await marks_of(session)) == len(MARKS)
        await people.erase(session, alice.id)
        assert await marks_of(session) == {}
        assert await moderation.take(session, PROCESS, [name], None) == []


def answer(words: str, **more: str) -> NewContribution:
    return NewContribution(process=PROCESS, language="en", day=TODAY, text=words, address="a", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("asked_in", ["c", ""])
async def test_words_that_take_the_place_of_others_have_nothing_of_their_marks(
    database: Database, keys: Keyring, asked_in: str
) -> None:
    more = {"consultation": "c", "question": "q"} if asked_in else {}
    async with database.writing() as session:
        alice = await meet(session, keys)
        await session.execute(insert(consultation).values(id="c", process_id=PROCESS, content="{}", opened=NOW))
        await _given(session, alice, answer("first", **more), "first")
        [name] = (await session.execute(select(contribution.c.id))).scalars()
        await everything(session, keys, name)
        await _given(session, alice, answer("second", **more), "second" if asked_in else "first")
        assert await marks_of(session) == {}
        [its] = await inbox.page(session, PROCESS, keys, Selection(), None, 9)
    assert its.words == "second"


async def _given(session: Session, who: Somebody, new: NewContribution, name: str) -> None:
    writes = Writes()
    contributions.add(writes, who.key, new, name)
    await write(session, writes)


async def test_two_who_turn_out_to_be_one_keep_what_staff_made_of_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await meet(session, keys, "70001"), await meet(session, keys, "+12025550101", channel="sms")
        name = await give(session, phone, "Karim hit me", spoken=False)
        await everything(session, keys, name)
        await joining.join(session, Pair(alice.key, phone.key, keys), NOW)
        its = await held(session, keys, name)
    assert (its.words, its.masked) == ("Karim hit me", "▇▇▇ buses")
    assert its.translations == {"fr": Translation("bus", AMINA, NOW)}


async def test_who_comes_second_waits_for_nobody(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        names = [await give(session, alice, spoken=False) for _number in range(2)]
    async with postgresql.writing() as first:
        assert len(await moderation.take(first, PROCESS, names[:1], None)) == 1
        async with postgresql.writing() as second:
            taken = await moderation.take(second, PROCESS, names, None)
            assert [place.id for place in taken] == names[1:]
            await moderation.read(second, PROCESS, names[1:], BILAL, NOW)
        await moderation.read(first, PROCESS, names[:1], AMINA, NOW)
    async with postgresql.reading() as session:
        readers = {row.id: row.read_by for row in await session.execute(select(contribution))}
    assert readers == {names[0]: AMINA, names[1]: BILAL}


async def test_what_was_recognised_is_looked_at_once_and_an_unreadable_box_stops_nobody(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        good, bad = await give(session, alice, "Plus de bus", language="fr"), await give(session, bob)
        await session.execute(update(contribution).where(contribution.c.id == bad).values(words=alice.boxes[0]))
        found = {its.id: its.words for its in await moderation.unrecognised(session, keys, 9)}
        assert found == {good: "Plus de bus", bad: ""}
        await moderation.recognise(session, {good: "fr", bad: ""})
        assert await moderation.unrecognised(session, keys, 9) == []
        assert (await marks_of(session, good))["written_in"] == "fr"


async def test_two_workers_recognise_different_ones(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        for _number in range(4):
            await give(session, alice)
    async with postgresql.writing() as first, postgresql.writing() as second:
        mine = {its.id for its in await moderation.unrecognised(first, keys, 2)}
        theirs = {its.id for its in await asyncio.wait_for(moderation.unrecognised(second, keys, 9), 9)}
    assert (len(mine), len(theirs), mine & theirs) == (2, 2, set())


async def test_a_promise_is_kept_with_what_was_given(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        promised = TODAY + timedelta(days=20)
        new = NewContribution(process=PROCESS, language="en", day=TODAY, text="x", address="a", answer_by=promised)
        await _given(session, alice, new, "a")
        await _given(session, alice, answer("y"), "b")
        found = {its.id: its.answer_by for its in await inbox.page(session, PROCESS, keys, Selection(), None, 9)}
    assert found == {"a": promised, "b": None}


async def test_what_was_written_down_of_a_voice_note_is_read_and_masked_as_words_are(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await speak(session, alice)
        silent = await inbox.get(session, PROCESS, keys, name, None)
        [note] = (await session.execute(select(recording.c.id))).scalars()
        words = alice.key.seal("Karim hit me", recording.c.words, note)
        await session.execute(update(recording).values(words=words))
        heard = await inbox.get(session, PROCESS, keys, name, None)
        await moderation.mask(session, PROCESS, await held(session, keys, name), "▇▇▇ hit me")
        masked = await held(session, keys, name)
        await session.execute(update(contribution).values(quotable=True, read=NOW))
        public = await moderation.public_words(session, PROCESS, keys, [name])
        [voice] = await inbox.page(session, PROCESS, keys, Selection(pile=Pile.ALL, kind=Kind.VOICE), None, 9)
    assert silent is not None
    assert heard is not None
    assert (silent.words, silent.kind, silent.has_recording) == ("", Kind.VOICE, True)
    assert (heard.words, masked.words, voice.words) == ("Karim hit me", "Karim hit me", "▇▇▇ hit me")
    assert public == {name: "▇▇▇ hit me"}
