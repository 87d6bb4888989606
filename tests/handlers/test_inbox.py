"""Words are found however they are spelt, without an index, a bounded number at a time."""

import asyncio

import pytest

from handlers import inbox
from handlers.processes import OpenProcess
from storage import Database, Keyring, moderation
from storage.inbox import Kind, Order, Pile, Place, Selection, Translation
from tests.handlers.house import PROCESS as CONTENT
from tests.storage.rows import NOW, PROCESS, TODAY, give, meet

HERE = OpenProcess(PROCESS, "main", CONTENT)
ALL = Selection(pile=Pile.ALL)


@pytest.mark.parametrize(
    ("words", "sought"),
    [
        ("Plus d’écoles près du camp", "ECOLES"),
        ("Plus d’ecoles", "écoles"),
        ("نحتاج إلى مَدْرَسَة قريبة", "مدرسه"),
        ("نحتاج إلى مدرسة", "مُدَرِّسة"),
        ("سكن أفضل للعمال", "افضل"),
        ("Más autobuses", "mas  AUTOBUSES"),
        ("Straße ohne Licht", "strasse"),
        ("It is 5 km to the bus", "5 km"),
    ],
)
async def test_it_is_found_however_it_is_spelt(database: Database, keys: Keyring, words: str, sought: str) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await give(session, alice, words, spoken=False)
        await give(session, alice, "Something else", spoken=False)
        found = await inbox.search(session, HERE, keys, ALL, None, sought)
    assert [its.words for its in found.rows] == [words]
    assert (found.next, found.looked_through) == (None, 2)


async def test_translations_are_looked_through_and_what_is_masked_is_not(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await give(session, alice, "Karim hit me", spoken=False)
        held = await moderation.hold(session, PROCESS, keys, name, None)
        assert held is not None
        await moderation.mask(session, PROCESS, held, "▇▇▇ hit me")
        await moderation.translate(session, PROCESS, held, {"fr": Translation("m’a frappé", "amina", NOW)})
        found = {
            sought: len((await inbox.search(session, HERE, keys, ALL, None, sought)).rows)
            for sought in ("frappe", "hit", "Karim")
        }
    assert found == {"frappe": 1, "hit": 1, "Karim": 0}


async def test_it_ends_before_all_were_opened_and_goes_on_from_there(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_OPENED", 6)
    monkeypatch.setattr(inbox, "BATCH", 3)
    monkeypatch.setattr(inbox, "TURN", 2)
    async with database.writing() as session:
        alice = await meet(session, keys)
        for number in range(14):
            await give(session, alice, f"bus {number}" if number % 5 == 0 else "x", spoken=False)
        seen, looked, begin = list[str](), list[int | None](), None
        while True:
            found = await inbox.search(session, HERE, keys, ALL, begin, "bus")
            seen += [its.words for its in found.rows]
            looked.append(found.looked_through)
            begin = found.next
            if begin is None:
                break
    assert sorted(seen) == ["bus 0", "bus 10", "bus 5"]
    assert looked == [6, 6, 2]


async def test_a_full_page_goes_on_behind_the_last_that_was_found(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "AT_ONCE", 2)
    monkeypatch.setattr(inbox, "TURN", 4)
    async with database.writing() as session:
        alice = await meet(session, keys)
        names = {await give(session, alice, "bus", spoken=False) for _number in range(5)}
        first = await inbox.search(session, HERE, keys, ALL, None, "bus")
        second = await inbox.search(session, HERE, keys, ALL, first.next, "bus")
        third = await inbox.search(session, HERE, keys, ALL, second.next, "bus")
    assert [len(page.rows) for page in (first, second, third)] == [2, 2, 1]
    assert {its.id for page in (first, second, third) for its in page.rows} == names
    assert third.next is None


async def test_others_are_answered_while_it_looks(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for _number in range(600):
            await give(session, alice, "x" * 400, spoken=False)
    ticks = 0

    async def ticking() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    other = asyncio.create_task(ticking())
    async with database.reading() as session:
        rows = await inbox.search(session, HERE, keys, ALL, None, "bus")
    other.cancel()
    assert rows.looked_through == 600
    assert ticks > 3


def test_what_comes_before_what() -> None:
    soon, late = Place(TODAY, TODAY, "b"), Place(TODAY.replace(year=2027), TODAY, "a")
    assert inbox.comes_before(Selection(), soon, late)
    assert inbox.comes_before(Selection(order=Order.NEWEST), soon, late)
    assert not inbox.comes_before(Selection(order=Order.NEWEST), late, soon)


async def test_who_has_done_with_one_goes_on_to_the_next_unread_of_the_same_kind(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for _number in range(3):
            await give(session, alice, spoken=False)
        await give(session, alice)
        places = [
            its.place for its in (await inbox.page(session, HERE, keys, Selection(kind=Kind.RECOMMENDATION), None)).rows
        ]
        await moderation.read(session, PROCESS, [places[1].id], "amina", NOW)
        everything = Selection(pile=Pile.ALL, kind=Kind.RECOMMENDATION)
        assert await inbox.following(session, HERE, everything, places[0]) == places[2]
        await moderation.hide(session, PROCESS, [place.id for place in places[:2]], "amina", NOW)
        hidden = Selection(pile=Pile.HIDDEN)
        assert await inbox.following(session, HERE, hidden, places[0]) == places[1]


async def test_the_language_of_the_words_is_said_where_it_is_another(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for words, language in (("لا يوجد مترجم في العيادة.", "fr"), ("لا يوجد مترجم في العيادة.", "ar"), ("ok", "fr")):
            await give(session, alice, words, language=language, spoken=False)
        rows = (await inbox.page(session, HERE, keys, ALL, None)).rows
        other = {(its.words, its.language): inbox.in_another_language(its) for its in rows}
    assert [its.language for its in other.values() if its] == ["ar"]
    assert other["لا يوجد مترجم في العيادة.", "fr"] is not None
