"""Who forges the sender of a text message votes for nobody and erases nobody, where the process says so."""

import re
from dataclasses import replace

import pytest

import flows
from handlers import processes
from handlers.writing import contents
from tests.handlers.house import PROCESS, House
from tests.handlers.test_rounds import opened, seated
from tests.handlers.written import to_vote

PROVEN = replace(PROCESS, safety=flows.Safety(second_step=("sms",)))
NUMBER = re.compile(r"\b\d{6}\b")


async def proven(house: House) -> House:
    await house.does(lambda session, now: processes.begin(session, PROVEN, now))
    return house


async def votes(house: House) -> int:
    return len(await house.column("SELECT person_id FROM roll WHERE voted"))


async def test_a_vote_by_text_message_counts_after_the_number_that_we_sent(house: House) -> None:
    member = await seated(await proven(house), "+12025550123", "sms")
    await opened(house, to_vote())
    await member.says("vote", "1 2")
    [number] = NUMBER.findall(await member.says("1"))
    assert await votes(house) == 0
    assert "We have your vote." in await member.says(number)
    assert await votes(house) == 1


async def test_who_does_not_read_our_messages_erases_nobody(house: House) -> None:
    writer = await (await proven(house)).meets("+12025550123", "sms").joins()
    await writer.says("forget", "1", "111111", "222222")
    assert "Nothing was erased." in await writer.says("333333")
    assert len(await house.column("SELECT id FROM person")) == 1


async def test_each_talk_has_a_number_of_its_own(house: House) -> None:
    writer = await (await proven(house)).meets("+12025550123", "sms").joins()
    numbers = {NUMBER.findall(await writer.says("forget", "1"))[0] for _time in range(3)}
    assert len(numbers) > 1


async def test_who_said_stop_is_erased_by_way_of_start(house: House) -> None:
    writer = await (await proven(house)).meets("+12025550123", "sms").joins()
    assert "send START and then FORGET" in await writer.says("stop")
    assert "Send START first" in await writer.says("forget")
    await writer.says("start")
    [number] = NUMBER.findall(await writer.says("forget", "1"))
    assert "Goodbye" in await writer.says(number)


async def test_on_other_channels_nothing_is_asked(house: House) -> None:
    member = await seated(await proven(house), "1", "telegram")
    await opened(house, to_vote())
    assert "We have your vote." in await member.says("vote", "1", "1")


async def test_a_channel_that_there_is_not_is_refused(house: House) -> None:
    wrong = replace(PROCESS, safety=flows.Safety(second_step=("pigeon",)))
    with pytest.raises(contents.Unfit, match="second_step: choose from"):
        await house.does(lambda session, now: processes.begin(session, wrong, now))
