"""Whoever moderates marks many at once, masks what is personal and translates, and overwrites nobody."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers import moderation
from handlers.moderation import OTHER, Copy, Gone, Mark, Moderator, Newer, Refused, version
from handlers.processes import OpenProcess
from handlers.writing.masking import NotMasked
from storage import Database, Keyring, Session, inbox, people
from storage.inbox import Received
from storage.tables import contribution
from tests.handlers.house import PROCESS as CONTENT
from tests.storage.rows import NOW, PROCESS, another, give, meet

HERE = OpenProcess(PROCESS, "main", CONTENT)
AMINA, BILAL = Moderator("amina", None), Moderator("bilal", ("fr",))
WORDS = "Karim took my papers"
MASKED = "[[Karim]] took my papers"


async def received(session: Session, keys: Keyring, name: str) -> Received:
    found = await inbox.get(session, PROCESS, keys, name, None)
    assert found is not None
    return found


async def mask(session: Session, keys: Keyring, name: str, text: str, of: str = WORDS, who: Moderator = AMINA) -> None:
    await moderation.mask(session, HERE, keys, name, Copy(text, version(of)), who, NOW)


async def translate(session: Session, keys: Keyring, name: str, text: str, language: str = "fr", of: str = "") -> None:
    await moderation.translate(session, HERE, keys, name, language, Copy(text, version(of)), AMINA, NOW)


@pytest.mark.parametrize("what", Mark)
async def test_who_marks_something_has_read_it(database: Database, keys: Keyring, what: Mark) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        names = [await give(session, alice, spoken=False) for _number in range(3)]
        marked = await moderation.mark(session, HERE, names, what, AMINA, NOW)
        its = [await received(session, keys, name) for name in names]
    changes = what in (Mark.READ, Mark.TO_TRANSLATE, Mark.HIDE)
    assert (marked.number, marked.missing, len(marked.places)) == (3 if changes else 0, 0, 3)
    assert {each.read_by for each in its} == {None if what is Mark.UNREAD else "amina"}


async def test_what_is_gone_or_in_a_foreign_language_is_left_alone_and_said(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        french, english = await give(session, alice, language="fr"), await give(session, alice, language="en")
        gone = await give(session, bob, language="fr")
        await people.erase(session, bob.id)
        marked = await moderation.mark(session, HERE, [french, english, gone], Mark.HIDE, BILAL, NOW)
        hidden = [(await received(session, keys, name)).hidden for name in (french, english)]
    assert (marked.number, marked.missing) == (1, 2)
    assert hidden == [NOW, None]


async def test_two_who_mark_the_same_change_it_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await give(session, await meet(session, keys), language="fr")
        first = await moderation.mark(session, HERE, [name], Mark.READ, AMINA, NOW)
        second = await moderation.mark(session, HERE, [name], Mark.READ, BILAL, NOW)
        reader = (await received(session, keys, name)).read_by
    assert (first.number, second.number, second.missing, reader) == (1, 0, 0, "amina")


async def test_who_masks_beside_another_overwrites_nothing(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await give(session, await meet(session, keys), WORDS, language="fr", spoken=False)
        await mask(session, keys, name, MASKED)
        with pytest.raises(Newer):
            await mask(session, keys, name, "Karim took my ***", who=BILAL)
        await mask(session, keys, name, "▇▇▇ took my ***", "▇▇▇ took my papers", BILAL)
        its = await received(session, keys, name)
        original = await moderation.original(session, HERE, keys, name, AMINA)
        await moderation.unmask(session, HERE, keys, name, AMINA)
        after = await received(session, keys, name)
    assert (its.words, its.read_by, original, after.words) == ("▇▇▇ took my ▇▇▇", "amina", WORDS, WORDS)


async def test_nobody_puts_words_into_anybodys_mouth(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await give(session, await meet(session, keys), WORDS, spoken=False)
        for copy in (WORDS, "*** gave my papers back", ""):
            with pytest.raises(NotMasked):
                await mask(session, keys, name, copy)
        assert (await received(session, keys, name)).words == WORDS


async def test_words_with_signs_that_no_form_keeps_can_be_masked(database: Database, keys: Keyring) -> None:
    words = "Karim\r\ntook\x07 my \u202epapers"
    async with database.writing() as session:
        name = await give(session, await meet(session, keys), words, spoken=False)
        await mask(session, keys, name, "***\ntook my \u202epapers", words)
        assert (await received(session, keys, name)).words == "▇▇▇\ntook my \u202epapers"


async def test_a_translation_is_kept_by_language_changed_and_taken_away(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await give(session, await meet(session, keys), WORDS, spoken=False)
        await moderation.mark(session, HERE, [name], Mark.TO_TRANSLATE, AMINA, NOW)
        await translate(session, keys, name, "On a pris mes papiers")
        await translate(session, keys, name, "أخذ أوراقي", "ar")
        with pytest.raises(Newer):
            await translate(session, keys, name, "Autre chose")
        await translate(session, keys, name, "Autre chose", of="On a pris mes papiers")
        its = await received(session, keys, name)
        await translate(session, keys, name, "", of="Autre chose")
        after = await received(session, keys, name)
    assert {language: words.words for language, words in its.translations.items()} == {
        "ar": "أخذ أوراقي",
        "fr": "Autre chose",
    }
    assert (its.to_translate, its.read_by, list(after.translations)) == (None, "amina", ["ar"])


@pytest.mark.parametrize(("language", "text"), [("en", "x"), ("de", "x"), ("", "x"), ("fr", ""), ("fr", "x" * 10_001)])
async def test_a_translation_that_is_none_is_refused(
    database: Database, keys: Keyring, language: str, text: str
) -> None:
    async with database.writing() as session:
        name = await give(session, await meet(session, keys), WORDS, spoken=False)
        with pytest.raises(Refused):
            await translate(session, keys, name, text, language)
        assert not (await received(session, keys, name)).translations


async def test_nothing_is_opened_that_is_gone_foreign_or_of_another_process(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await give(session, alice, WORDS, spoken=False)
        elsewhere = replace(HERE, id=await another(session))
        for process, who in ((HERE, BILAL), (elsewhere, AMINA)):
            with pytest.raises(Gone):
                await moderation.original(session, process, keys, name, who)
            with pytest.raises(Gone):
                await moderation.unmask(session, process, keys, name, who)
        await people.erase(session, alice.id)
        with pytest.raises(Gone):
            await mask(session, keys, name, MASKED)
        with pytest.raises(Gone):
            await translate(session, keys, name, "x")


async def test_what_is_written_down_of_a_language_is_one_of_ours_or_that_it_is_none(
    database: Database, keys: Keyring
) -> None:
    texts = ("لا يوجد مترجم في العيادة.", "ትርጉም የለን ኣብ ሆስፒታል", "ok", "Il n’y a pas d’interprète à la clinique.")
    async with database.writing() as session:
        alice = await meet(session, keys)
        names = [await give(session, alice, words, language="fr") for words in texts]
        assert await moderation.recognise(session, keys) == len(texts)
        assert await moderation.recognise(session, keys) == 0
        rows = await session.execute(select(contribution.c.id, contribution.c.written_in))
        kept = {row.id: row.written_in for row in rows}
    assert [kept[name] for name in names] == ["ar", OTHER, "", "fr"]
