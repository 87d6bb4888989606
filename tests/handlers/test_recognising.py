"""A number that was silent for a year may be somebody else's: who writes is asked, before anything else happens."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from channels.messages import Kind
from channels.sms import RECYCLED
from channels.telegram import Telegram
from handlers import people, responses
from handlers.processes import OpenProcess
from handlers.talk import patience
from handlers.writing import contents
from storage import Session
from tests.handlers.house import House, Writer
from tests.handlers.test_conversations import became, loses
from tests.handlers.test_proofs import NUMBER as NUMBER_SENT
from tests.handlers.test_proofs import proven
from tests.handlers.test_rounds import opened, seated
from tests.handlers.written import to_vote
from tests.storage.rows import statements

NUMBER = "+12025550123"
ASKED = "This number last wrote to us more than a year ago. Was that you?"
OURS = "Interpreters at the clinic."
TERMS = "Do you want to take part?"


class Numbers(Telegram):
    """A channel whose addresses are given to somebody else when they are silent."""

    kind = "sms"
    recycled: timedelta | None = RECYCLED


def recycling(house: House) -> House:
    numbers = Numbers("4242:canary-token", "", "http://127.0.0.1:1", "")
    house.deployment = replace(house.deployment, channels={**house.deployment.channels, "sms": numbers})
    return house


async def silent(house: House, language: str = "English", days: int = 365) -> Writer:
    """A number whose owner joined, gave something, and has not written since."""
    writer = await recycling(house).meets(NUMBER, "sms").joins(language)
    await writer.gives(OURS)
    house.now += timedelta(days=days)
    return writer


@pytest.mark.parametrize("words", ["hello", "status", "menu", "news", "1", "2", "yes", "0", "start", "language"])
async def test_whatever_is_written_after_a_year_is_answered_with_a_question_alone(house: House, words: str) -> None:
    writer = await silent(house)
    assert await writer.says(words) == f"{ASKED}\nYes, that was me\nNo, I am new"


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.OTHER])
async def test_so_is_what_is_no_text(house: House, kind: Kind) -> None:
    writer = await silent(house)
    assert (await writer.does(writer.message(kind=kind))).startswith(ASKED)


async def test_before_a_year_nobody_is_asked(house: House) -> None:
    writer = await silent(house, days=364)
    assert "There is no response yet." in await writer.says("status")


async def test_where_addresses_are_not_given_to_others_nobody_is_asked(house: House) -> None:
    alice = await house.meets("70001", "telegram").joins()
    house.now += timedelta(days=3650)
    assert "What would you like to do?" in await alice.says("hello")


async def test_the_question_comes_in_english_too_for_the_new_owner_may_speak_another_language(house: House) -> None:
    writer = await silent(house, "Français")
    question = await writer.says("bonjour")
    assert question.startswith("La dernière fois que ce numéro nous a écrit")
    assert ASKED in question
    assert "Oui, c’était moi / Yes, that was me" in question


@pytest.mark.parametrize("words", ["hello?", "status", "forget", "vote", "3", "menu", "0", "99"])
async def test_who_does_not_answer_the_question_is_asked_again_and_shown_nothing(house: House, words: str) -> None:
    writer = await silent(house)
    await writer.says("hello", words)
    house.now += patience.ECHO
    assert await writer.says(words) == f"{ASKED}\nYes, that was me\nNo, I am new"
    assert len(await house.column("SELECT id FROM person")) == 1


@pytest.mark.parametrize("answer", ["1", "yes", "Yes, that was me"])
async def test_who_is_the_same_person_gets_what_they_wrote_for(house: House, answer: str) -> None:
    writer = await silent(house)
    await writer.says("status")
    heard = await writer.says(answer)
    assert heard.startswith("Welcome back.")
    assert "There is no response yet." in heard
    assert "What would you like to do?" in await writer.says("hello", "menu")


async def test_who_is_the_same_person_goes_on_where_they_were(house: House) -> None:
    writer = await recycling(house).meets(NUMBER, "sms").joins()
    await writer.says("share")
    house.now += RECYCLED
    await writer.says(OURS)
    assert await house.column("SELECT id FROM contribution") == []
    assert "What should change?" in await writer.says("1")
    assert await house.column("SELECT id FROM contribution") == []
    await writer.says(OURS)
    assert len(await house.column("SELECT id FROM contribution")) == 1


@pytest.mark.parametrize("answer", ["2", "no", "No, I am new"])
async def test_who_is_new_is_welcomed_as_a_stranger_in_no_language(house: House, answer: str) -> None:
    writer = await silent(house, "Français")
    await writer.says("hello")
    heard = await writer.says(answer.replace("No, I am new", "Non, c'est ma première fois"))
    assert TERMS in (await writer.says("english") if "Voulez-vous" in heard else heard)
    await writer.says("1", "menu")
    assert "You have not told us anything yet." in await writer.says("status")


async def test_who_was_there_before_keeps_what_they_gave_and_is_not_reached_there(house: House) -> None:
    writer = await silent(house)
    await writer.says("hello", "2")
    [old] = await house.column("SELECT person_id FROM contribution")
    assert await house.column("SELECT person_id FROM address") != [old]
    assert old in await house.column("SELECT id FROM person")
    await house.acts(_answered)
    assert await writer.hears() == ""
    assert await house.does(lambda session, now: people.part(session, now)) == 0


async def _answered(session: Session, process: OpenProcess, now: datetime) -> tuple[str, int]:
    (contribution,) = (await session.exec_driver_sql("SELECT id FROM contribution")).scalars()
    answer = contents.Response("taken_up", {"en": "It is in the draft."}, (contribution,))
    return await responses.respond(session, process, answer, now)


async def test_a_question_of_a_year_ago_is_not_answered_by_somebody_else(house: House) -> None:
    member = await seated(recycling(house), NUMBER, "sms")
    await opened(house, to_vote(days=900))
    await member.says("vote")
    house.now += RECYCLED
    assert await member.says("1") == f"{ASKED}\nYes, that was me\nNo, I am new"
    await member.says("2", "1", "menu")
    assert "vote" not in (await member.says("menu")).lower()
    assert await house.column("SELECT person_id FROM roll WHERE voted") == []


async def test_an_answer_that_comes_a_month_after_the_question_is_asked_for_again(house: House) -> None:
    """The number may have gone on once more."""
    writer = await silent(house)
    await writer.says("hello")
    house.now += timedelta(days=31)
    assert (await writer.says("1")).startswith(ASKED)
    assert (await writer.says("1")).startswith("Welcome back.")


async def test_an_invitation_is_not_taken_by_the_person_before(house: House) -> None:
    writer = await silent(house)
    code = await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))
    assert (await writer.says(code)).startswith(ASKED)
    assert await house.column("SELECT person_id FROM membership") == []
    await writer.says("2", "1")
    assert "Welcome to the council" in await writer.says(code)


async def test_stop_holds_at_once_for_the_number_whoever_has_it(house: House) -> None:
    writer = await silent(house)
    await writer.says("hello")
    assert "We will not write to you any more" in await writer.says("stop")
    assert await house.column("SELECT reach FROM address") == ["opted_out"]


async def test_stop_is_heard_before_any_question(house: House) -> None:
    writer = await silent(house)
    goodbye = await writer.says("stop")
    assert "Send START to come back." in goodbye
    assert ASKED not in goodbye
    assert (await writer.says("start")).startswith(ASKED)


async def test_forget_after_stop_erases_nobody_before_the_question_was_answered(house: House) -> None:
    writer = await silent(house)
    assert "Nothing was erased. Send START first" in await writer.says("stop", "forget")
    assert len(await house.column("SELECT id FROM person")) == 1
    assert (await writer.says("start")).startswith(ASKED)
    assert "Shall we erase it?" in await writer.says("1", "forget")
    assert "Goodbye" in await writer.says("1")


async def test_what_is_asked_for_while_the_question_is_open_is_done_after_it(house: House) -> None:
    writer = await silent(house)
    await writer.says("stop", "forget", "start")
    assert (await writer.says("forget")).startswith(ASKED)
    assert "Shall we erase it?" in await writer.says("1")
    assert "Goodbye" in await writer.says("1")


async def test_who_said_stop_before_the_silence_is_asked_when_they_come_back(house: House) -> None:
    writer = await recycling(house).meets(NUMBER, "sms").joins()
    await writer.says("stop")
    house.now += RECYCLED
    assert "Send START to come back." in await writer.says("hello")
    assert await writer.says("start") == f"{ASKED}\nYes, that was me\nNo, I am new"
    assert TERMS in await writer.says("2")


async def test_forget_is_done_once_the_person_is_recognised(house: House) -> None:
    writer = await silent(house)
    assert (await writer.says("forget")).startswith(ASKED)
    assert "Shall we erase it?" in await writer.says("1")
    assert "Goodbye" in await writer.says("1")


async def test_help_is_for_anybody_and_the_question_stays(house: House) -> None:
    writer = await silent(house)
    for _time in range(2):
        heard = await writer.says("help")
        assert "Harbour Migration Forum" in heard
        assert heard.endswith(f"{ASKED}\nYes, that was me\nNo, I am new")
    assert TERMS in await writer.says("2")


async def test_what_was_talked_of_and_cannot_be_read_any_more_is_not_shown_either(house: House) -> None:
    writer = await silent(house)
    async with house.database.writing() as session:
        await session.exec_driver_sql("UPDATE address SET talk = NULL")
    assert (await writer.says("status")).startswith(ASKED)
    assert TERMS in await writer.says("2")


async def test_the_same_message_twice_detaches_once(house: House) -> None:
    writer = await silent(house)
    await writer.says("hello")
    no = writer.message("2")
    assert TERMS in await writer.does(no)
    assert await writer.does(no) == ""
    assert len(await house.column("SELECT id FROM person")) == 2
    assert len(await house.column("SELECT id FROM address")) == 1


@pytest.mark.parametrize("answer", ["1", "2"])
async def test_an_answer_proves_that_the_question_arrived(house: House, answer: str) -> None:
    writer = await silent(house)
    await writer.says("hello")
    turn = await loses(writer)
    await writer.says(answer)
    assert await became(house, turn) == ["delivered"]


async def test_asking_and_recognising_cost_no_statement_more(postgresql_house: House) -> None:
    house = postgresql_house
    writer = await silent(house)
    with statements(house.database) as counted:
        await house.takes(writer.message("hello"))
        await house.takes(writer.message("1"))
    assert len(counted) == 4


@pytest.mark.parametrize("answer", ["1", "2"])
async def test_who_forges_the_sender_is_neither_recognised_nor_takes_the_number_away(house: House, answer: str) -> None:
    writer = await silent(await proven(house))
    await writer.says("hello")
    assert "Is it really you?" in await writer.says(answer)
    heard = await writer.says("111111", "status", "222222")
    assert heard == f"{ASKED}\nYes, that was me\nNo, I am new"
    [number] = NUMBER_SENT.findall(await writer.says(answer))
    assert {"1": "Welcome back.", "2": TERMS}[answer] in await writer.says(number)


async def test_who_was_recognised_is_not_asked_again(house: House) -> None:
    writer = await silent(house)
    await writer.says("hello", "1")
    house.now += timedelta(days=364)
    assert ASKED not in await writer.says("hello")
