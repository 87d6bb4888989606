"""What people gave us is kept with what became of it, and is read by nobody once they are forgotten."""

from datetime import timedelta

from sqlalchemy import select, update

from storage import Database, Keyring, Session, consultations, contributions, gathering, matters, people, responses
from storage.contributions import GivenContribution
from storage.states import ResponseState
from storage.tables import contribution
from tests.storage.rows import NOW, PROCESS, give, meet

DAY = timedelta(days=1)


async def gave(session: Session, *who: str, most: int = 12) -> list[GivenContribution]:
    return await contributions.given_by(session, PROCESS, who, most)


async def test_what_somebody_gave_is_listed_newest_first_with_what_became_of_it(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        old = await give(session, alice, topic="o1", moment=NOW - 2 * DAY)
        new = await give(session, alice, topic="o2", moment=NOW)
        await give(session, bob, topic="o3", moment=NOW - DAY)
        for number, title in ((2, "Buses"), (1, "Schools")):
            opened = matters.NewMatter(f"m{number}", PROCESS, f'{{"en": "{title}"}}', "", None, None, NOW)
            await matters.add(session, opened)
            await gathering.gather(session, PROCESS, opened.id, [old], None, NOW + number * -DAY)
        await contributions.allow(session, PROCESS, alice.id, old, quotable=True)
        await contributions.allow(session, PROCESS, bob.id, new, quotable=True)
        await responses.respond(session, responses.NewResponse("r", PROCESS, ResponseState.TAKEN_UP, "{}", NOW), [old])
        found = await gave(session, alice.id)
        assert found == [
            GivenContribution(alice.id, NOW.date(), "o2", None, None, new, None, True, False),
            GivenContribution(
                alice.id, (NOW - 2 * DAY).date(), "o1", None, ResponseState.TAKEN_UP, old, '{"en": "Buses"}', True, True
            ),
        ]
        assert [contribution.topic for contribution in await gave(session, alice.id, bob.id)] == ["o2", "o3", "o1"]
        assert await gave(session) == []


async def test_at_most_so_many_of_each_are_listed(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        for ago in range(4):
            await give(session, alice, topic=f"o{ago}", moment=NOW - ago * DAY)
        await give(session, bob, topic="o9", moment=NOW - 9 * DAY)
        assert [contribution.topic for contribution in await gave(session, alice.id, bob.id, most=2)] == [
            "o0",
            "o1",
            "o9",
        ]


async def test_the_answers_to_one_consultation_count_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await consultations.add(session, "c", PROCESS, '{"title": "Work"}', NOW)
        for question in ("q1", "q2", "q3"):
            await give(session, alice, topic="", consultation="c", question=question)
        assert await gave(session, alice.id) == [
            GivenContribution(alice.id, NOW.date(), "", '{"title": "Work"}', None, "c", None, True, False)
        ]


async def test_two_recommendations_of_one_day_on_one_topic_count_twice(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for words in ("More buses", "Longer hours"):
            await give(session, alice, words, topic="o1")
        assert len(await gave(session, alice.id)) == 2


async def test_the_staff_read_the_words_but_not_who_said_them(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await give(session, alice, "More buses")
        (found,) = await contributions.newest(session, PROCESS, keys, 10)
    assert (found.id, found.words, found.spoken, found.state) == (name, "More buses", True, "received")
    assert found.pseudonym == alice.id[:6]
    assert "buses" not in repr(found)


async def test_what_waits_for_a_response_is_shown_before_the_rest(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        answered = await give(session, alice, "answered", moment=NOW)
        await give(session, alice, "older", moment=NOW - 2 * DAY)
        await give(session, alice, "old", moment=NOW - DAY)
        assert (
            await responses.respond(
                session, responses.NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW), [answered]
            )
            == 1
        )
        found = await contributions.newest(session, PROCESS, keys, 10)
        assert [(contribution.words, contribution.state) for contribution in found] == [
            ("old", "received"),
            ("older", "received"),
            ("answered", "read"),
        ]
        assert [contribution.words for contribution in await contributions.newest(session, PROCESS, keys, 1)] == ["old"]


async def test_one_response_answers_many(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        answered = [await give(session, who) for who in (alice, bob)]
        number = await responses.respond(
            session, responses.NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW), [*answered, "never given"]
        )
        assert number == 2
        assert [contribution.state for contribution in await contributions.newest(session, PROCESS, keys, 10)] == [
            "read",
            "read",
        ]


async def test_what_was_given_is_found_by_how_its_name_begins(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await give(session, await meet(session, keys))
        assert await contributions.like(session, PROCESS, name[:4]) == [name]
        assert await contributions.like(session, PROCESS, "%") == []
        assert await contributions.like(session, PROCESS, "_") == []


async def test_what_the_forgotten_gave_is_counted_but_can_be_read_by_nobody(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await give(session, alice, "More buses", topic="o1")
        await people.erase(session, alice.id)
        found = (await session.execute(select(contribution))).one()
        assert (found.person_id, found.words, found.voice, found.topic) == (None, None, None, "o1")
        assert await gave(session, alice.id) == []


async def test_a_consultation_is_closed_once(database: Database) -> None:
    async with database.writing() as session:
        await consultations.add(session, "c", PROCESS, "{}", NOW)
        closed = [await consultations.close(session, PROCESS, name, NOW) for name in ("c", "c", "other")]
    assert closed == [True, False, False]


async def test_what_is_left_of_the_forgotten_waits_for_no_answer(database: Database, keys: Keyring) -> None:
    """A choice stays: it is counted. So does what was answered."""
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "1"), await meet(session, keys, "2")
        await give(session, alice, "Erased")
        answered = await give(session, alice, "Answered")
        chosen = await give(session, alice, "Chosen")
        stays = await give(session, bob, "Stays")
        new = responses.NewResponse("r", PROCESS, ResponseState.TAKEN_UP, "{}", NOW)
        await responses.respond(session, new, [answered])
        await session.execute(update(contribution).where(contribution.c.id == chosen).values(option="yes"))
        await people.erase(session, alice.id)
    async with database.reading() as session:
        shown = await contributions.newest(session, PROCESS, keys, 9)
    assert [entry.id for entry in shown] == [*sorted([chosen, stays]), answered]
