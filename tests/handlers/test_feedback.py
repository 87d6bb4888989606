"""Whether a response helped: once a person and response, changeable, and shown from eight on."""

import pytest

from channels.messages import Kind, Outgoing
from handlers import feedback
from storage import feedback as stored
from storage.states import Helped
from tests.handlers.house import House, Writer
from tests.handlers.test_matters import opens, publishes

PHONE = ("+12025550123", "sms")


async def counted(house: House) -> feedback.Counts:
    async with house.database.reading() as session:
        [response] = await house.column("SELECT id FROM response")
        return (await feedback.counted(session, house.process, [response]))[response]


async def heard(house: House, who: Writer) -> Outgoing:
    await house.sends()
    return house.left.pop(who.sender)[-1]


async def taps(who: Writer, under: Outgoing, helped: str) -> str:
    choice = next(choice.value for choice in under.choices if choice.value.startswith(helped))
    return await who.does(who.message(kind=Kind.CHOICE, token=under.token, choice=choice))


async def said_of_it(house: House) -> list[tuple[str, bool]]:
    async with house.database.reading() as session:
        rows = await session.exec_driver_sql("SELECT helped, why IS NOT NULL AS why FROM feedback")
        return [(row.helped, bool(row.why)) for row in rows]


async def test_what_is_said_later_takes_the_place_of_what_was_said_before(house: House) -> None:
    alice = await house.meets().joins()
    await publishes(house, await opens(house, await alice.gives()))
    response = await heard(house, alice)
    await taps(alice, response, "no")
    await alice.says("It says nothing of schools.")
    assert await said_of_it(house) == [("no", True)]
    await taps(alice, response, "yes")
    assert await said_of_it(house) == [("yes", False)]


async def test_why_is_sealed_and_read_by_the_staff(house: House) -> None:
    alice = await house.meets().joins()
    response = await publishes(house, await opens(house, await alice.gives()))
    await taps(alice, await heard(house, alice), "partly")
    await alice.says("It says nothing of schools.")
    [box] = await house.column("SELECT why FROM feedback")
    assert b"schools" not in bytes(box)
    async with house.database.reading() as session:
        found = await stored.reasons(session, house.process, house.keys, [response], 10)
    [reason] = found[response]
    assert (reason.helped, reason.words) == (Helped.PARTLY, "It says nothing of schools.")
    await alice.says("forget", "1")
    assert await said_of_it(house) == []


@pytest.mark.parametrize("choice", ["yes.nothing", "maybe.{response}", "yes.{response}"])
async def test_nobody_rates_what_they_were_not_told(house: House, choice: str) -> None:
    alice, mallory = await house.meets().joins(), await house.meets("70002").joins()
    response = await publishes(house, await opens(house, await alice.gives()))
    forged = mallory.message(kind=Kind.CHOICE, token="helped", choice=choice.format(response=response))
    await mallory.does(forged)
    assert await said_of_it(house) == []


async def test_a_tap_of_who_stopped_counts_nothing(house: House) -> None:
    alice = await house.meets().joins()
    await publishes(house, await opens(house, await alice.gives()))
    response = await heard(house, alice)
    await alice.says("stop")
    await taps(alice, response, "yes")
    assert await said_of_it(house) == []


async def test_by_sms_a_number_still_answers_what_is_open(house: House) -> None:
    alice = await house.meets(*PHONE).joins()
    matter = await opens(house, await alice.gives())
    await alice.says("menu")
    await publishes(house, matter)
    assert "Send RATE to tell us." in (await heard(house, alice)).instead
    assert "What should change?" in await alice.says("1")
    assert await said_of_it(house) == []
    assert "On November 23, 2026 we told you: It was taken up." in await alice.says("rate")
    assert "What is missing?" in await alice.says("3")
    assert await said_of_it(house) == [("no", False)]


async def test_seven_answers_are_shown_to_nobody_and_eight_are(house: House) -> None:
    people = [await house.meets(f"7100{number}").joins() for number in range(8)]
    await publishes(house, await opens(house, *[await who.gives() for who in people]))
    for who in people[:7]:
        await taps(who, await heard(house, who), "yes")
    assert await counted(house) == feedback.NOBODY
    await taps(people[7], await heard(house, people[7]), "no")
    assert await counted(house) == feedback.Counts(10, None, None, None)
    await who_changes(house, people[7])
    assert await counted(house) == feedback.Counts(10, 10, None, None)


async def who_changes(house: House, who: Writer) -> None:
    await who.says("/rate", "1")


async def test_who_was_told_nothing_has_nothing_to_rate(house: House) -> None:
    alice = await house.meets().joins()
    assert "There is no response to you yet." in await alice.says("rate")


async def test_why_is_taken_in_writing_only(house: House) -> None:
    alice = await house.meets().joins()
    await publishes(house, await opens(house, await alice.gives()))
    asked_why = await taps(alice, await heard(house, alice), "no")
    assert "voice note" not in asked_why
    refused = await alice.does(alice.message(kind=Kind.VOICE, voice="file-1"))
    assert "We can take this in writing only." in refused
    assert await said_of_it(house) == [("no", False)]
    assert await house.column("SELECT count(*) FROM recording") == [0]
