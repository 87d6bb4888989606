"""People stop, come back, and are forgotten, whatever was being talked about."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from channels.verdicts import Reach
from handlers import bulletins, people
from handlers.writing import contents
from storage.tables import address, participation, person
from tests.stories.town import Person, StoryTown


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
async def test_stop_in_the_middle_of_a_question_ends_everything_until_start(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    await alice.joins()
    alice.says("share")
    question = await alice.hears()
    alice.says("STOP")
    goodbye = await alice.hears("START")
    assert question not in goodbye

    news = contents.Bulletin({"en": "There is news."})
    await square.acts(lambda session, process, now: bulletins.publish(session, process, news, now))
    await alice.hears_nothing(square)

    alice.says("START")
    await alice.hears("Welcome back", question)


async def test_who_left_is_told_once_how_to_come_back(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    alice.says("/stop")
    await alice.hears("START")
    for words in ("share", "stop", "hello?"):
        alice.says(words)
    await alice.hears_nothing(square)
    alice.says("help")
    await alice.hears("Harbour Migration Forum")
    alice.says("start")
    await alice.hears("Welcome back")


@pytest.mark.parametrize("word", ["توقف", "وقف", "«إيقاف»", "arrêter", "Detener.", "STOP"])
async def test_stop_is_heard_in_every_language_whatever_the_person_speaks(square: StoryTown, word: str) -> None:
    alice = square.on_whatsapp()
    await alice.joins()
    alice.says(word)
    await alice.hears("We will not write to you any more")


async def test_stop_is_heard_from_someone_who_never_agreed(square: StoryTown) -> None:
    stranger = square.on_sms()
    stranger.says("stop")
    await stranger.hears("START")
    async with square.parts.database.reading() as session:
        found = (await session.exec_driver_sql("SELECT reach FROM address")).scalars().all()
    assert found == [Reach.OPTED_OUT]


async def test_twilio_own_answer_to_stop_is_not_doubled(square: StoryTown) -> None:
    square.twilio.keywords = True
    alice = square.on_sms()
    await alice.joins()
    alice.says("STOP")
    await alice.hears("unsubscribed")
    await alice.hears_nothing(square)


@pytest.mark.parametrize("words", ["START", "YES", "unstop", "Begin"])
async def test_who_comes_back_by_any_word_that_twilio_takes_for_start_is_back(square: StoryTown, words: str) -> None:
    square.twilio.keywords, square.twilio.starts = True, frozenset({"START", "YES", "UNSTOP", "BEGIN"})
    alice = square.on_sms()
    await alice.joins()
    alice.says("STOP")
    await alice.hears("unsubscribed")
    alice.says(words)
    await alice.hears("re-subscribed")
    await alice.hears("Welcome back")


async def test_stop_among_blanks_is_no_contribution(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    for words in ("share",):
        alice.says(words)
        await alice.hears()
    alice.says(" " * 100 + "STOP" + "\n" * 100 + ".")
    await alice.hears("We will not write to you any more")
    async with square.parts.database.reading() as session:
        assert (await session.exec_driver_sql("SELECT reach FROM address")).scalar_one() == Reach.OPTED_OUT


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
async def test_forget_leaves_nothing_readable(square: StoryTown, channel: str, database_url: str) -> None:
    alice = square.on(channel)
    await _gives(alice, "cranes-over-the-harbour")
    async with square.parts.database.reading() as session:
        wrapped = (await session.exec_driver_sql("SELECT key FROM person")).scalars().one()

    alice.says("forget")
    await alice.hears("cannot be undone")
    alice.says("1")
    await alice.hears("Goodbye")
    await alice.hears_nothing(square)
    await square.parts.worker.keep_house()

    async with square.parts.database.reading() as session:
        for table in ("person", "address", "membership", "ballot", "parked"):
            assert (await session.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table  # noqa: S608
        [contribution] = (await session.exec_driver_sql("SELECT words, voice, person_id FROM contribution")).all()
        assert await square.received() == []
        bodies = (await session.exec_driver_sql("SELECT body, provider_id, person_id FROM delivery")).all()
    assert tuple(contribution) == (None, None, None)
    assert all(tuple(body) == (None, None, None) for body in bodies)
    _holds_nothing_of_hers(database_url, bytes(wrapped), alice)


async def test_who_is_forgotten_and_writes_again_is_new(square: StoryTown) -> None:
    alice = square.on_telegram()
    await _gives(alice, "x marks the spot")
    alice.says("/forget")
    await alice.hears()
    alice.says("1")
    await alice.hears("Goodbye")
    alice.says("hello again")
    await alice.hears("Français")


async def test_who_does_not_agree_is_not_kept(square: StoryTown) -> None:
    stranger = square.on_whatsapp()
    stranger.says("hi")
    await stranger.hears_choices("Do you want to take part?")
    stranger.says("2")
    await stranger.hears("We keep nothing about you")
    await square.quiet()
    await square.parts.worker.keep_house()
    async with square.parts.database.reading() as session:
        assert (await session.exec_driver_sql("SELECT count(*) FROM person")).scalar_one() == 0


async def test_housekeeping_erases_who_never_agreed(square: StoryTown, database_url: str) -> None:
    stranger, alice = square.on_sms(), square.on_telegram()
    await alice.joins()
    stranger.says("cranes-over-the-harbour")
    await stranger.hears("Do you want to take part?")
    await square.quiet()
    long_ago = square.clock() - people.UNDECIDED - timedelta(days=1)
    async with square.parts.database.writing() as session:
        undecided = select(participation.c.person_id).where(~participation.c.consented)
        wrapped = (await session.execute(select(person.c.key).where(person.c.id.in_(undecided)))).scalar_one()
        await session.execute(update(participation).values(joined=long_ago.date()))
        await session.execute(update(address).values(spoke=long_ago))
    await square.parts.worker.keep_house()
    async with square.parts.database.reading() as session:
        assert (await session.execute(select(address.c.channel))).scalars().all() == ["telegram"]
    _holds_nothing_of_hers(database_url, bytes(wrapped), stranger)


async def _gives(person: Person, words: str) -> None:
    await person.joins()
    for message in ("share", words):
        person.says(message)
        await person.hears()


def _holds_nothing_of_hers(database_url: str, wrapped: bytes, person: Person) -> None:
    """Not in the file's bytes either. PostgreSQL's own files wait for a new epoch of the keys (safety.md 2.2)."""
    if not database_url.startswith("sqlite"):
        return
    file = Path(database_url.split("///")[1])
    for kept in (file, Path(f"{file}-wal")):
        held = kept.read_bytes() if kept.exists() else b""
        for canary in (b"cranes-over-the-harbour", person.address.encode(), wrapped):
            assert canary not in held


async def test_what_has_left_is_not_kept(square: StoryTown) -> None:
    alice = square.on_whatsapp()
    await alice.joins()
    await square.quiet()
    async with square.parts.database.reading() as session:
        bodies = (await session.exec_driver_sql("SELECT body FROM delivery")).scalars().all()
    assert len(bodies) == 7
    assert set(bodies) == {None}


async def test_no_name_of_a_platform_leads_from_an_event_to_a_person(square: StoryTown) -> None:
    alice = square.on_sms()
    form = square.twilio.says(alice.address, "hello")
    await alice.hears()
    async with square.parts.database.reading() as session:
        [known] = (await session.exec_driver_sql("SELECT id FROM event")).scalars().all()
    assert form["MessageSid"] not in known


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_who_leaves_the_review_hears_nothing_more_of_it_and_can_come_back(
    square: StoryTown, channel: str
) -> None:
    amal = square.on(channel)
    await amal.joins()
    amal.says("share")
    await amal.hears("What")
    amal.says("We need more buses to the clinic, every day of the week.")
    await amal.hears("Thank you.")
    amal.says("leave")
    await amal.hears_choices("we send you nothing more about: Regional review", "What you told us stays.")
    amal.says("1")
    await amal.hears("You have left: Regional review")
    await square.acts(
        lambda session, process, now: bulletins.publish(session, process, contents.Bulletin({"en": "News"}), now)
    )
    await amal.hears_nothing(square)
    amal.says("hello")
    await amal.hears_choices("Do you want to take part?")
    amal.says("1")
    await amal.hears("Thank you.")
    amal.says("status")
    await amal.hears("you told us what should change.", "There is no response yet.")


async def test_who_would_rather_stay_stays(square: StoryTown) -> None:
    amal = square.on("sms")
    await amal.joins()
    amal.says("leave")
    await amal.hears_choices("Do you want to leave?")
    amal.says("2")
    await amal.hears("You have not left.")
    await square.acts(
        lambda session, process, now: bulletins.publish(session, process, contents.Bulletin({"en": "News"}), now)
    )
    await amal.hears("News")
