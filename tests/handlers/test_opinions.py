"""Opinions on statements: one at a time, each once, changed or gone when their person wants."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

import flows
from bot.counting import AGAIN, Counting
from handlers import closing, statements
from handlers.opinions import GONE
from handlers.writing import contents
from handlers.writing.contents import Sounding
from storage import opinions
from storage import statements as stored
from storage.statements import StoredStatement
from storage.states import Opinion
from tests.handlers.house import NOW, House, Writer
from tests.handlers.test_links import NUMBER

PHONE = ("+12025550123", "sms")
STAFF = "0" * 32
CONTENT = Sounding(
    {"en": "Life in the region", "fr": "La vie dans la région"},
    flows.Promise(
        {"en": "We want to know what you agree on."},
        {"en": "The ministers."},
        {"en": "The list of priorities."},
        "consultation",
        date(2026, 12, 31),
    ),
)
CLINICS = {"en": "Clinics need interpreters.", "ar": "تحتاج العيادات إلى مترجمين."}
BUSES = {"en": "Buses should be free."}
SCHOOLS = {"fr": "Les écoles doivent être ouvertes à tous."}


async def opens(house: House, *first: flows.Renditions, closes: Any = None) -> str:
    texts = first or (CLINICS, BUSES)
    return await house.acts(
        lambda session, process, now: statements.open_(session, process, CONTENT, texts, now, closes)
    )


async def shown(house: House, sounding: str) -> Sequence[StoredStatement]:
    async with house.database.reading() as session:
        return await stored.of_sounding(session, house.process, sounding)


async def counts(house: House, *, groups: bool = True) -> None:
    """As a worker counts, some minutes later."""
    house.now += AGAIN + timedelta(seconds=1)
    await Counting(house.database, house.keys, "worker", lambda: house.now, lambda: groups).go_on()


async def tallies(house: House, sounding: str) -> dict[str, tuple[int, int, int]]:
    await counts(house)
    return {
        contents.unpack(it.texts, dict[str, str]).get("en", ""): (it.agrees, it.disagrees, it.passes)
        for it in await shown(house, sounding)
    }


def first(heard: str) -> str:
    """Which of the two was asked."""
    return "Clinics" if "Clinics need" in heard else "Buses"


async def test_each_is_asked_once_until_all_are_answered(house: House) -> None:
    sounding = await opens(house)
    alice = await house.meets().joins()
    heard = await alice.says("opinion")
    assert "Life in the region" in heard
    assert "2 are left." in heard
    again = await alice.says("Agree")
    assert "1 is left." in again
    assert "Life in the region" not in again
    assert first(again) != first(heard)
    assert "You have answered every statement. Thank you." in await alice.says("3")
    assert "You have answered every statement." in await alice.says("menu", "opinion")
    answered = {first(heard): (1, 0, 0), first(again): (0, 0, 1)}
    assert {name.split()[0]: numbers for name, numbers in (await tallies(house, sounding)).items()} == answered


async def test_yes_and_no_are_heard_in_any_language(house: House) -> None:
    sounding = await opens(house, BUSES)
    await (await house.meets().joins()).says("opinion", "yes")
    await (await house.meets("70002").joins()).says("opinion", "non")
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 1, 0)}


async def test_a_statement_that_they_can_read_comes_first_and_another_with_a_notice(house: House) -> None:
    await opens(house, SCHOOLS, {"en": "Buses should be free.", "fr": "Les bus doivent être gratuits."})
    alice = await house.meets().joins()
    assert "Buses should be free." in await alice.says("opinion")
    heard = await alice.says("1")
    assert "We do not have this in your language yet. It is in French." in heard
    assert SCHOOLS["fr"] in heard


async def test_who_stops_goes_on_another_day(house: House) -> None:
    await opens(house)
    alice = await house.meets().joins()
    await alice.says("opinion", "1", "menu")
    house.now += timedelta(days=3)
    heard = await alice.says("opinion")
    assert "1 is left." in heard


async def test_an_answer_is_changed(house: House) -> None:
    sounding = await opens(house)
    alice = await house.meets().joins()
    statement = first(await alice.says("opinion"))
    await alice.says("Agree")
    heard = await alice.says("earlier")
    assert "You answered: Agree. What do you say now?" in heard
    assert first(heard) == statement
    assert "1 is left." in await alice.says("Disagree")
    await alice.says("pass")
    assert first(await alice.says("earlier")) != statement
    assert first(await alice.says("earlier")) == statement
    found = {name.split()[0]: numbers for name, numbers in (await tallies(house, sounding)).items()}
    assert found[statement] == (0, 1, 0)


async def test_an_old_button_answers_nothing(house: House) -> None:
    sounding = await opens(house)
    alice = await house.meets().joins()
    await alice.says("opinion", "1")
    from channels.messages import Kind

    tap: dict[str, Any] = {"token": "1", "choice": "no"}
    assert "earlier question" in await alice.does(alice.message(kind=Kind.CHOICE, **tap))
    assert sum(map(sum, (await tallies(house, sounding)).values())) == 1


async def test_a_statement_that_is_withdrawn_meanwhile_is_not_answered(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion")
    (its,) = await shown(house, sounding)
    await house.acts(lambda session, process, _now: statements.withdraw(session, process, its.id, withdrawn=True))
    assert GONE in await alice.says("1")
    assert await house.column("SELECT count(*) FROM opinion") == [0]


async def test_nothing_is_answered_once_it_is_closed(house: House) -> None:
    sounding = await opens(house)
    alice = await house.meets().joins()
    await alice.says("opinion")
    await house.acts(lambda session, process, now: statements.close(session, process, sounding, now))
    assert "Nobody can answer these statements any more." in await alice.says("1")
    assert "There is nothing to agree or disagree with now." in await alice.says("opinion")
    assert "OPINION" not in await alice.says("help")


async def test_it_closes_by_itself(house: House) -> None:
    await opens(house, closes=NOW + timedelta(days=2))
    alice = await house.meets().joins()
    await alice.says("opinion")
    house.now += timedelta(days=3)
    assert "Nobody can answer these statements any more." in await alice.says("1")


async def test_it_closes_with_its_process(house: House) -> None:
    await opens(house)
    alice = await house.meets().joins()
    await alice.says("opinion")
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    await alice.says("1")
    assert await house.column("SELECT count(*) FROM opinion") == [0]
    assert await house.column("SELECT count(*) FROM sounding WHERE closed IS NULL") == [0]


async def test_of_who_was_forgotten_nothing_is_counted(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await alice.says("opinion", "1")
    await bob.says("opinion", "2")
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 1, 0)}
    await bob.says("forget", "1")
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 0, 0)}


async def test_who_left_keeps_what_they_said(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "1")
    await alice.says("leave", "1")
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 0, 0)}


async def test_who_has_not_agreed_to_take_part_answers_nothing(house: House) -> None:
    await opens(house)
    assert "are left" not in await house.meets().says("hello", "opinion")


async def test_what_was_said_can_be_read_by_nobody_from_the_database(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "1")
    (held,) = await house.column("SELECT held FROM opinion")
    assert b"yes" not in bytes(held)
    assert len(held) > 1024, "its length does not tell how much was said"


async def links(first: Writer, second: Writer) -> None:
    """The second chat is the first's from then on; a text message has to come back from where we wrote to."""
    [number] = NUMBER.findall(await first.says("link"))
    heard = await second.says("/menu", number, "1")
    if proof := re.search(r"\d{6}", heard):
        await second.says(proof[0])


async def test_of_two_chats_of_one_person_the_later_opinion_counts(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice, phone = await house.meets().joins(), await house.meets(*PHONE).joins()
    await alice.says("opinion", "1")
    house.now += timedelta(minutes=5)
    await phone.says("opinion", "2")
    await links(alice, phone)
    assert await tallies(house, sounding) == {"Buses should be free.": (0, 1, 0)}
    assert await house.column("SELECT count(*) FROM opinion") == [1]


def test_of_one_minute_the_first_counts() -> None:
    earlier = opinions.Held(1, Opinion.AGREES, 5)
    later = opinions.Held(1, Opinion.DISAGREES, 5)
    assert opinions.merged([earlier], [later]) == (earlier,)
    assert opinions.merged([earlier], [opinions.Held(1, Opinion.PASSES, 6)])[0].opinion == "pass"


async def test_what_is_said_of_two_that_say_the_same_counts_once_and_both_again_apart(house: House) -> None:
    sounding = await opens(house, BUSES, {"en": "No fares on buses."})
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await alice.says("opinion", "1", "1")
    buses, fares = await shown(house, sounding)
    await house.acts(lambda session, process, _now: statements.lay_together(session, process, fares.id, buses.id))
    assert "1 is left." in await bob.says("opinion")
    await bob.says("2")
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 1, 0), "No fares on buses.": (0, 0, 0)}
    await house.acts(lambda session, process, _now: statements.lay_together(session, process, fares.id, None))
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 1, 0), "No fares on buses.": (1, 0, 0)}


@pytest.mark.parametrize("again", [False, True])
async def test_a_change_counts_once_however_often_it_is_counted(house: House, again: bool) -> None:
    sounding = await opens(house, BUSES)
    await (await house.meets().joins()).says("opinion", "1")
    if again:
        await counts(house)
    assert await tallies(house, sounding) == {"Buses should be free.": (1, 0, 0)}
