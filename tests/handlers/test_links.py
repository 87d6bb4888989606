"""What is said and done when chats are linked and separated, where a story would take too long to tell it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.inbox import Inbox
from broadcast.wake import Waker
from channels.messages import Message
from handlers import links
from handlers.conversations import hear
from storage import joining
from storage.tables import address, contribution, delivery, event, link, person
from tests.handlers.house import House, Writer
from tests.handlers.test_proofs import NUMBER as PROOF
from tests.handlers.test_proofs import proven
from tests.storage.rows import statements

NUMBER = re.compile(r"\b\d{8}\b")
ASKED = "Shall we link them?"
PHONE = "+12025550123"


async def number_of(writer: Writer) -> str:
    [number] = NUMBER.findall(await writer.says("link"))
    return str(number)


async def linked(house: House) -> tuple[Writer, Writer]:
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    number = await number_of(alice)
    assert ASKED in await phone.says(number)
    assert links.SECOND_JOINED[:40] not in await phone.says("1")
    assert "Another chat has just been linked" in await alice.hears()
    return alice, phone


async def count(house: House, table: object) -> int:
    async with house.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["{}", " {}. ", "\u200f{}", "({})", "{0:.4} {0:>.8}"])
async def test_the_number_is_read_however_it_is_typed(house: House, typed: str) -> None:
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    number = await number_of(alice)
    words = f"{number[:4]} {number[4:]}" if ":" in typed else typed.format(number)
    assert ASKED in await phone.says(words)


async def test_who_guesses_is_told_so_and_may_try_again_after_an_hour(house: House) -> None:
    alice, mallory = await house.meets("1").joins(), await house.meets("2").joins()
    number = await number_of(alice)
    for place in range(links.TRIES):
        house.now += timedelta(minutes=1)
        await mallory.says(str(int(number) % 90_000_000 + 10_000_000 - place))
    house.now += timedelta(minutes=1)
    assert "too many wrong numbers" in await mallory.says(number)
    house.now += timedelta(hours=1)
    assert ASKED in await mallory.says(await number_of(alice))


async def test_guesses_where_words_are_wanted_are_counted_too(house: House) -> None:
    alice, mallory = await house.meets("1").joins(), await house.meets("2").joins()
    number = await number_of(alice)
    for _time in range(links.TRIES):
        await mallory.says("/share", "12025550")
    assert await count(house, contribution) == links.TRIES
    assert "too many wrong numbers" in await mallory.says("menu", number)


async def test_a_link_by_text_message_counts_after_the_number_that_we_sent(house: House) -> None:
    await proven(house)
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    await phone.says(await number_of(alice))
    [proof] = PROOF.findall(await phone.says("1"))
    assert await count(house, person) == 2
    assert "Both chats are linked now." in await phone.says(proof)
    assert await count(house, person) == 1


async def test_who_does_not_read_our_messages_links_nobody(house: House) -> None:
    await proven(house)
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    await phone.says(await number_of(alice), "1", "111111", "222222")
    assert "The chats were not linked." in await phone.says("333333")
    assert await count(house, person) == 2


async def test_a_number_that_was_silent_for_a_year_is_asked_who_it_is_first(house: House) -> None:
    phone = await house.meets(PHONE, "sms").joins()
    house.now += timedelta(days=366)
    alice = await house.meets("1").joins()
    heard = await phone.says(await number_of(alice))
    assert "Was that you?" in heard
    assert ASKED not in heard


async def test_who_gave_too_much_is_told_that_it_cannot_be_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "MOST", 0)
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    await phone.gives()
    assert "We cannot link these two chats." in await phone.says("/menu", await number_of(alice), "1")
    assert await count(house, person) == 2


async def test_after_linking_they_are_written_to_in_the_language_of_the_first(house: House) -> None:
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins("Français")
    number = await number_of(alice)
    await phone.says(number)
    heard = await phone.says("1")
    assert "Les deux conversations sont maintenant reliées." in heard
    assert "From now on we write to you in English." in heard


async def test_status_tells_in_either_chat_what_was_given_in_both(house: House) -> None:
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    for writer in (alice, phone):
        await writer.gives()
        await writer.says("menu")
    await phone.says(await number_of(alice), "1")
    await alice.hears()
    for writer in (alice, phone):
        assert (await writer.says("status")).count("It has arrived.") == 2


async def test_two_chats_of_one_person_are_not_taken_together(house: House) -> None:
    alice, phone = await linked(house)
    batch = [alice.message("help"), phone.message("help")]
    with pytest.raises(links.Apart):
        await house.takes(*batch)
    inbox = Inbox(house.database, house.deployment, Waker(), lambda: house.now)
    await inbox.take(batch)
    for writer in (alice, phone):
        assert "UNLINK" in await writer.hears()


async def test_a_yes_is_taken_by_itself(house: House) -> None:
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    bob = await house.meets("3").joins()
    await phone.says(await number_of(alice))
    batch = [phone.message("1"), bob.message("help")]
    with pytest.raises(links.Apart):
        await house.takes(*batch)
    assert await count(house, person) == 3
    await Inbox(house.database, house.deployment, Waker(), lambda: house.now).take(batch)
    assert await count(house, person) == 2
    assert "You can send these words" in await bob.hears()


async def test_a_yes_that_comes_twice_links_once(house: House) -> None:
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    await phone.says(await number_of(alice))
    yes = phone.message("1")
    for _time in range(2):
        await house.takes(yes)
    assert (await phone.hears()).count("Both chats are linked now.") == 1
    assert (await alice.hears()).count("Another chat") == 1


async def dies(house: House, message: Message) -> None:
    """Take a message, and be killed before the commit."""
    async with house.database.writing() as session:
        await hear(session, house.deployment, [message], house.now)
        raise KeyboardInterrupt


async def test_a_turn_that_dies_before_its_commit_links_nobody(house: House) -> None:
    """And the platform's repeat links them then: nothing was half done."""
    alice, phone = await house.meets("1").joins(), await house.meets(PHONE, "sms").joins()
    await phone.says(await number_of(alice))
    yes = phone.message("1")
    before = [await count(house, table) for table in (person, address, delivery, event, link)]
    with pytest.raises(KeyboardInterrupt):
        await dies(house, yes)
    assert [await count(house, table) for table in (person, address, delivery, event, link)] == before
    await house.takes(yes)
    assert "Both chats are linked now." in await phone.hears()
    assert await count(house, person) == 1


async def test_who_never_links_costs_no_statement_more(house: House) -> None:
    alice = await house.meets("1").joins()
    with statements(house.database) as plain:
        await house.takes(alice.message("menu"))
    await alice.hears()
    for word, more in (("help", 0), ("unlink", 1), ("prefer", 0)):  # UNLINK also ends the tests of a member of staff
        with statements(house.database) as counted:
            await house.takes(alice.message(word))
        await alice.hears()
        assert len(counted) <= len(plain) + more, word


async def test_a_chat_that_is_somebody_elses_by_now_is_linked_with_nobody(house: House) -> None:
    """Whoever has the number now begins anew; who had it before has one chat left."""
    alice, phone = await linked(house)
    house.now += timedelta(days=366)
    await phone.says("hello", "2")
    assert await count(house, person) == 2
    assert "UNLINK" not in await alice.says("help")
    assert "No other chat is linked" in await alice.says("unlink")
