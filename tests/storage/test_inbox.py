"""What came in is found page by page, in the order of promises, and by nobody who may not read it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import Database, Keyring, Session, inbox, people
from storage.inbox import NONE, Kind, Order, Pile, Place, Received, Selection
from tests.storage.rows import NOW, PROCESS, TODAY, another, give, meet, plan, statements

DAY = timedelta(days=1)
EVERYTHING = Selection(pile=Pile.ALL)


async def words(session: Session, keys: Keyring, selection: Selection = EVERYTHING) -> list[str]:
    return [its.words for its in await inbox.page(session, PROCESS, keys, selection, None, 50)]


async def some(session: Session, keys: Keyring) -> dict[str, str]:
    """Ids, by the words."""
    alice = await meet(session, keys, "70001", language="fr", region="north")
    bob = await meet(session, keys, "70002", language="ar", region="")
    return {
        "old": await give(session, alice, "old", spoken=False, language="fr", moment=NOW - 3 * DAY, topic=""),
        "new": await give(session, bob, "new", spoken=False, language="ar", topic="work"),
        "promised": await give(session, bob, "promised", spoken=False, language="ar", answer_by=TODAY + 9 * DAY),
        "due": await give(session, alice, "due", spoken=False, language="fr", answer_by=TODAY),
        "voice": await give(session, alice, "voice", language="fr", moment=NOW - 2 * DAY),
    }


async def test_the_oldest_promise_comes_first_and_then_what_was_given_first(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await some(session, keys)
        assert await words(session, keys) == ["due", "promised", "old", "voice", "new"]
        newest = await words(session, keys, replace(EVERYTHING, order=Order.NEWEST))
    assert (set(newest[:3]), newest[3:]) == ({"new", "promised", "due"}, ["voice", "old"])


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(language="fr"), {"old", "due", "voice"}),
        (Selection(languages=("ar",)), {"new", "promised"}),
        (Selection(languages=("ar",), language="fr"), set()),
        (Selection(languages=()), set()),
        (Selection(topic="work"), {"new"}),
        (Selection(topic=NONE), {"old"}),
        (Selection(region="north"), {"old", "due", "voice"}),
        (Selection(region=NONE), {"new", "promised"}),
        (Selection(kind=Kind.VOICE), {"voice"}),
        (Selection(kind=Kind.RECOMMENDATION, region=NONE), {"new", "promised"}),
        (Selection(kind=Kind.ANSWER), set()),
        (Selection(written_in="es"), set()),
        (Selection(pile=Pile.HIDDEN), set()),
        (Selection(pile=Pile.TO_TRANSLATE), set()),
        (Selection(pile=Pile.WAITING, topic="work"), {"new"}),
    ],
)
async def test_filters(database: Database, keys: Keyring, selection: Selection, found: set[str]) -> None:
    async with database.writing() as session:
        await some(session, keys)
        assert set(await words(session, keys, selection)) == found


@pytest.mark.parametrize("order", Order)
async def test_page_after_page_each_comes_once(database: Database, keys: Keyring, order: Order) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for number in range(11):
            day, promised = NOW - number % 3 * DAY, TODAY + number % 2 * DAY
            await give(session, alice, str(number), spoken=False, moment=day, answer_by=promised)
        selection, seen, begin = replace(EVERYTHING, order=order), list[Received](), None
        while True:
            rows = await inbox.page(session, PROCESS, keys, selection, begin, 5)
            seen += rows[:4]
            if len(rows) < 5:
                break
            begin = rows[4].place
        whole = await inbox.page(session, PROCESS, keys, selection, None, 50)
    assert [its.id for its in seen] == [its.id for its in whole]
    assert {its.words for its in seen} == {str(number) for number in range(11)}


async def test_the_next_is_the_one_behind_and_then_the_first_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await some(session, keys)
        places = [its.place for its in await inbox.page(session, PROCESS, keys, EVERYTHING, None, 50)]
        ahead = [await inbox.following(session, PROCESS, EVERYTHING, place) for place in places]
        assert ahead == [*places[1:], places[0]]
        assert await inbox.following(session, PROCESS, EVERYTHING, None) == places[0]
        only = replace(EVERYTHING, topic="work")
        new = next(place for place in places if place.id == names["new"])
        assert await inbox.following(session, PROCESS, only, new) is None


async def test_nothing_of_another_process_or_of_who_was_forgotten_or_in_another_language(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        names = await some(session, keys)
        elsewhere = await another(session)
        assert await inbox.page(session, elsewhere, keys, EVERYTHING, None, 50) == []
        assert await inbox.get(session, elsewhere, keys, names["old"], None) is None
        assert await inbox.get(session, PROCESS, keys, names["old"], ("ar",)) is None
        found = await inbox.get(session, PROCESS, keys, names["old"], ("fr",))
        assert found is not None
        assert (found.words, found.region, found.answer_by, found.is_unread) == ("old", "north", None, True)
        assert "old" not in repr(found)
        assert await inbox.unread(session, PROCESS, None) == 5
        assert await inbox.unread(session, PROCESS, ("ar",)) == 2
        [alice] = {its.pseudonym for its in await inbox.page(session, PROCESS, keys, Selection(language="fr"), None, 9)}
        person = (await session.exec_driver_sql("SELECT id FROM person")).scalars().all()
        await people.erase(session, next(name for name in person if name.startswith(alice)))
        assert set(await words(session, keys)) == {"new", "promised"}
        assert await inbox.get(session, PROCESS, keys, names["old"], None) is None


MANY = """
    INSERT INTO contribution (id, process_id, person_id, topic, language, given, words, read)
    SELECT md5('c' || n), 'review', md5('p' || 1 + mod(n, 2000)), 'work',
           (array['en', 'fr', 'es', 'ar'])[1 + mod(n, 4)], '2026-01-01'::date + mod(n, 300), '\\x03',
           CASE WHEN n > 500 THEN now() END
    FROM generate_series(1, 20000) n
"""
CROWD = """
    INSERT INTO person (id, key, key_epoch, language, met)
    SELECT md5('p' || n), '', 1, 'en', '2026-01-01' FROM generate_series(1, 2000) n
"""


@pytest.mark.parametrize(
    ("selection", "index"),
    [
        (Selection(languages=("fr", "ar")), "ix_contribution_unread"),
        (Selection(order=Order.NEWEST), "ix_contribution_unread"),
        (Selection(pile=Pile.ALL), "ix_contribution_promised"),
        (Selection(pile=Pile.ALL, order=Order.NEWEST), "ix_contribution_newest"),
        (Selection(pile=Pile.WAITING, language="fr"), "ix_contribution_promised"),
        (Selection(pile=Pile.HIDDEN), "ix_contribution_hidden"),
        (Selection(pile=Pile.TO_TRANSLATE), "ix_contribution_to_translate"),
    ],
    ids=lambda part: part if isinstance(part, str) else f"{part.pile}-{part.order}",
)
async def test_a_page_reads_no_more_than_it_shows(
    postgresql: Database, keys: Keyring, selection: Selection, index: str
) -> None:
    async with postgresql.writing() as session:
        with statements(postgresql) as seen:
            await inbox.sealed(session, PROCESS, selection, Place(TODAY, TODAY, "a"), 51)
            await inbox.following(session, PROCESS, selection, Place(TODAY, TODAY, "a"))
        await session.exec_driver_sql(CROWD)
        await session.exec_driver_sql(MANY)
        await session.exec_driver_sql("ANALYZE")
        plans = [await plan(session, query) for query in seen]
    assert plans
    assert all(index in its for its in plans), plans
    assert not any("Seq Scan on contribution" in its for its in plans), plans


async def test_what_is_unread_is_counted_without_reading_it(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        with statements(postgresql) as seen:
            await inbox.unread(session, PROCESS, ("fr",))
        await session.exec_driver_sql(CROWD)
        await session.exec_driver_sql(MANY)
        await session.exec_driver_sql("ANALYZE")
        planned = await plan(session, seen[0])
    assert "Index Only Scan using ix_contribution_unread" in planned
