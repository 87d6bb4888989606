"""One person in two chats: linked by a number, written to once, apart again when they say so."""

import asyncio
import re
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select, update

from handlers import bulletins, responses, rounds
from handlers.writing import contents
from storage.tables import address, ballot, contribution, link, membership, participation, person, roll
from tests.stories.test_council import seated, to_vote
from tests.stories.town import Person, StoryTown

CHANNELS = ("telegram", "whatsapp", "sms")
NUMBER = re.compile(r"\b\d{8}\b")
JOINED = "Another chat has just been linked with this one"
TOGETHER = "Both chats are linked now."
NEWS = contents.Bulletin({"en": "The hearing is on Friday.", "ar": "الجلسة يوم الجمعة."})


async def hears(person: Person, *words: str) -> str:
    """As `Person.hears`, also where what is said leaves as two messages: then the choices come in the second."""
    together = await person.hears()
    while not all(word in together for word in words):
        together = f"{together}\n{await asyncio.wait_for(person.hears(), 10)}"
    return together


async def number_of(person: Person, word: str = "link") -> str:
    person.says(word)
    while True:
        if found := NUMBER.findall(await person.hears()):
            return str(found[0])


async def link_chats(first: Person, second: Person) -> None:
    """The second is asked, says yes, and the first is told."""
    second.says(await number_of(first))
    await hears(second, "Whoever holds either phone can read and answer for both.")
    second.says("1")
    await hears(second, TOGETHER, "UNLINK")
    await hears(first, JOINED, "UNLINK")


async def both(square: StoryTown, first: str = "telegram", second: str = "sms") -> tuple[Person, Person]:
    """Two chats that are linked."""
    chats = square.on(first), square.on(second)
    for chat in chats:
        await chat.joins()
    await link_chats(*chats)
    return chats


async def count(square: StoryTown, table: object) -> int:
    async with square.parts.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


async def publish(square: StoryTown) -> None:
    await square.acts(lambda session, process, now: bulletins.publish(session, process, NEWS, now))


@pytest.mark.parametrize(("first", "second"), list(permutations(CHANNELS, 2)))
async def test_two_chats_become_one_person(square: StoryTown, first: str, second: str) -> None:
    alice, phone = await both(square, first, second)
    assert await count(square, person) == 1
    assert await count(square, address) == 2
    assert await count(square, link) == 0

    await publish(square)
    await hears(phone, "The hearing is on Friday.")
    await alice.hears_nothing(square)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_in_arabic(square: StoryTown, channel: str) -> None:
    alice, phone = square.on_telegram() if channel != "telegram" else square.on_sms(), square.on(channel)
    for chat in (alice, phone):
        await chat.joins("العربية")
    phone.says("".join(chr(0x660 + int(digit)) for digit in await number_of(alice, "ربط")))
    await hears(phone, "من يملك أحد الهاتفين")
    phone.says("١")
    await hears(phone, "تم ربط المحادثتين")
    await hears(alice, "تم الآن ربط محادثة أخرى بهذه المحادثة")
    assert await count(square, person) == 1
    await publish(square)
    await hears(phone, "الجلسة يوم الجمعة.")
    await alice.hears_nothing(square)


async def test_who_is_new_on_the_second_phone_agrees_first(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    await alice.joins()
    number = await number_of(alice)
    phone.says(number)
    await hears(phone, "send the number again", "Do you want to take part?")
    phone.says("1")
    await hears(phone, "Thank you.")
    phone.says(number)
    await hears(phone, "Shall we link them?")
    phone.says("1")
    await hears(phone, TOGETHER)
    await hears(alice, JOINED)


async def test_whoever_says_no_stays_apart(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    phone.says(await number_of(alice))
    await hears(phone, "Shall we link them?")
    phone.says("2")
    await hears(phone, "The chats were not linked.")
    await alice.hears_nothing(square)
    assert await count(square, person) == 2


@pytest.mark.parametrize("answer", ["yeah sure", "👍", "ok then"])
async def test_yes_is_never_guessed(square: StoryTown, answer: str) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    phone.says(await number_of(alice))
    await hears(phone, "Shall we link them?")
    phone.says(answer)
    await phone.hears()
    assert await count(square, person) == 2


async def test_a_number_of_the_own_chat_and_of_a_chat_that_is_linked(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    alice.says(await number_of(alice))
    await hears(alice, "This number is for your other chat")
    await link_chats(alice, phone)
    phone.says(await number_of(alice))
    await hears(phone, "These two chats are linked already.")


async def test_a_number_that_is_too_old_or_was_replaced(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    before, number = await number_of(alice), await number_of(alice)
    phone.says(before)
    await hears(phone, "We do not know this number.")
    async with square.parts.database.writing() as session:
        await session.execute(update(link).values(until=square.clock() - timedelta(seconds=1)))
    phone.says(number)
    await hears(phone, "This number is too old.")
    await square.parts.worker.keep_house()
    assert await count(square, link) == 0


async def test_who_guesses_is_stopped_and_the_number_still_holds(square: StoryTown) -> None:
    alice, mallory, phone = square.on_telegram(), square.on_telegram(), square.on_sms()
    for chat in (alice, mallory, phone):
        await chat.joins()
    number = await number_of(alice)
    for place in range(5):
        mallory.says(f"{(int(number) + place + 1) % 90_000_000 + 10_000_000}")
        if place < 4:  # whoever gets nowhere is answered less and less
            await hears(mallory, "We do not know this number.")
    mallory.says(number)
    await mallory.hears_nothing(square)
    phone.says(number)
    await hears(phone, "Shall we link them?")


async def test_eight_digits_are_an_answer_where_words_are_wanted(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    alice.says("share")
    await alice.hears()
    alice.says("12025550")
    await hears(alice, "Thank you")
    assert await count(square, contribution) == 1


async def test_the_same_number_from_two_chats_at_once(square: StoryTown) -> None:
    alice, phone, other = square.on_telegram(), square.on_sms(), square.on_whatsapp()
    for chat in (alice, phone, other):
        await chat.joins()
    number = await number_of(alice)
    for chat in (phone, other):
        chat.says(number)
        await hears(chat, "Shall we link them?")
    for chat in (phone, other):
        chat.says("1")
    heard = [await chat.hears() for chat in (phone, other)]
    assert sorted(TOGETHER in words for words in heard) == [False, True]
    assert any("too old" in words for words in heard)
    await hears(alice, JOINED)
    assert await count(square, person) == 2


async def test_two_chats_that_link_each_other_at_once(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    numbers = await number_of(alice), await number_of(phone)
    for chat, number in ((alice, numbers[1]), (phone, numbers[0])):
        chat.says(number)
        await hears(chat, "Shall we link them?")
    for chat in (alice, phone):
        chat.says("1")
    await square.quiet()
    assert await count(square, person) == 1
    together = "\n".join(bubble.text for chat in (alice, phone) for bubble in chat.chat.ours())
    assert together.count(TOGETHER) == 1
    assert together.count(JOINED) == 1


async def test_both_chats_in_the_middle_of_a_vote(square: StoryTown) -> None:
    alice, phone, bob, cosma = square.on_telegram(), square.on_whatsapp(), square.on_sms(), square.on_sms()
    for chat in (alice, phone, bob, cosma):
        await seated(square, chat)
    round_id = await square.acts(lambda session, process, now: rounds.open_(session, process, to_vote(), now))
    for chat in (alice, phone, bob, cosma):
        await hears(chat, "The council votes")
    for chat in (bob, cosma):
        chat.says("vote")
        await hears(chat, "Which of these")
        chat.says("2")
        await hears(chat, "You approve 1 of them")
        chat.says("1")
        await hears(chat, "We have your vote.")
    for chat in (alice, phone):
        chat.says("vote")
        await hears(chat, "Which of these")
    number = await number_of(alice)
    phone.says(number)
    await hears(phone, "Shall we link them?")
    phone.says("1")
    await hears(phone, TOGETHER, "You keep one", "Which of these")
    await hears(alice, JOINED, "You keep one")
    assert await count(square, membership) == 3
    assert await count(square, roll) == 3

    phone.says("1")
    await hears(phone, "Is this right?")
    phone.says("1")
    await hears(phone, "We have your vote.")
    alice.says("vote")
    await hears(alice, "You approve 1 of them:\nInterpreters at the clinic", "Change my vote")
    result = await square.acts(
        lambda session, process, now: rounds.close(session, process, square.parts.keys, round_id, now)
    )
    assert result.voters == 3


@pytest.mark.parametrize("later", ["first", "second"])
async def test_of_two_votes_that_were_cast_the_later_counts(square: StoryTown, later: str) -> None:
    alice, phone = square.on_telegram(), square.on_whatsapp()
    for chat in (alice, phone):
        await seated(square, chat)
    await square.acts(lambda session, process, now: rounds.open_(session, process, to_vote(), now))
    for chat in (alice, phone):
        await hears(chat, "The council votes")
    order = ((phone, "2"), (alice, "1")) if later == "first" else ((alice, "2"), (phone, "1"))
    for chat, choice in order:
        chat.says("vote")
        await hears(chat, "Which of these")
        chat.says(choice)
        await hears(chat, "Is this right?")
        chat.says("1")
        await hears(chat, "We have your vote.")
    await link_chats(alice, phone)
    alice.says("vote")
    await hears(alice, "You approve 1 of them:\nInterpreters at the clinic")
    async with square.parts.database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(ballot))).scalar_one() == 1


async def test_forget_in_one_chat_while_the_other_links(square: StoryTown) -> None:
    """Whoever was about to erase one chat is not taken to mean both."""
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    phone.says(await number_of(alice))
    await hears(phone, "Shall we link them?")
    alice.says("/forget")
    await hears(alice, "cannot be undone")
    phone.says("1")
    await hears(phone, TOGETHER)
    await hears(alice, JOINED)
    alice.says("1")
    await alice.hears()
    assert await count(square, person) == 1
    alice.says("/forget")
    await hears(alice, "In all linked chats", "cannot be undone")
    alice.says("1")
    await hears(alice, "Goodbye")
    await hears(phone, "You asked us in another chat to erase everything.")
    await square.quiet()
    await square.parts.worker.keep_house()
    assert await count(square, person) == 0


async def test_who_was_forgotten_meanwhile_is_linked_with_nobody(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    phone.says(await number_of(alice))
    await hears(phone, "Shall we link them?")
    alice.says("/forget")
    await hears(alice, "cannot be undone")
    alice.says("1")
    await hears(alice, "Goodbye")
    phone.says("1")
    await hears(phone, "This number is too old.")


async def test_who_said_stop_meanwhile_is_linked_with_nobody(square: StoryTown) -> None:
    alice, phone = square.on_telegram(), square.on_sms()
    for chat in (alice, phone):
        await chat.joins()
    phone.says(await number_of(alice))
    await hears(phone, "Shall we link them?")
    alice.says("/stop")
    await hears(alice, "START")
    phone.says("1")
    await hears(phone, "We cannot link these two chats.")
    await alice.hears_nothing(square)
    assert await count(square, person) == 2


@pytest.mark.parametrize("place", [0, 1])
async def test_stop_is_for_one_chat_and_forget_for_all(square: StoryTown, place: int) -> None:
    chats = await both(square)
    stopping, other = chats[place], chats[1 - place]
    stopping.says("stop")
    await hears(stopping, "This is for this chat.", "START")
    await publish(square)
    await hears(other, "The hearing is on Friday.")
    await stopping.hears_nothing(square)
    other.says("forget")
    await hears(other, "In all linked chats")
    other.says("1")
    await hears(other, "Goodbye")
    await stopping.hears_nothing(square)
    await square.parts.worker.keep_house()
    assert await count(square, person) == 0


@pytest.mark.parametrize("place", [0, 1])
async def test_what_we_send_comes_to_the_chat_that_they_prefer(square: StoryTown, place: int) -> None:
    chats = await both(square)
    preferred, other = chats[place], chats[1 - place]
    preferred.says("prefer")
    await hears(preferred, "comes to this chat from now on")
    other.says("menu")
    await other.hears_choices()
    await publish(square)
    await hears(preferred, "The hearing is on Friday.")
    await other.hears_nothing(square)


async def test_a_response_goes_back_to_where_it_was_given(square: StoryTown) -> None:
    alice, phone = await both(square)
    alice.says("share")
    await alice.hears()
    alice.says("Interpreters at the clinic.")
    await alice.hears()
    phone.says("prefer")
    await hears(phone, "Answers come where you wrote.")
    async with square.parts.database.reading() as session:
        name = (await session.execute(select(contribution.c.id))).scalar_one()
    response = contents.Response("taken_up", {"en": "It is point 4."}, (name,))
    await square.acts(lambda session, process, now: responses.respond(session, process, response, now))
    await hears(alice, "It is point 4.")
    await phone.hears_nothing(square)

    alice.says("stop")
    await hears(alice, "START")
    again = contents.Response("taken_up", {"en": "It is point 5."}, (name,))
    await square.acts(lambda session, process, now: responses.respond(session, process, again, now))
    await phone.hears_nothing(square)


async def test_the_second_chat_leaves_again(square: StoryTown) -> None:
    alice, phone = await both(square)
    phone.says("unlink")
    await hears(phone, "Shall we separate this chat from the others?")
    phone.says("1")
    await hears(phone, "The chats are apart now.")
    await hears(alice, "is apart from it now")
    assert await count(square, person) == 2
    await publish(square)
    for chat in (alice, phone):
        await hears(chat, "The hearing is on Friday.")
    phone.says("unlink")
    await hears(phone, "No other chat is linked with this one.")


async def test_the_first_chat_sends_the_second_away_and_keeps_what_was_given(square: StoryTown) -> None:
    alice, phone = await both(square)
    for chat, words in ((alice, "Interpreters at the clinic."), (phone, "Lower fees for cards.")):
        chat.says("share")
        await chat.hears()
        chat.says(words)
        await chat.hears()
    alice.says("menu")
    await alice.hears_choices()
    alice.says("unlink")
    await hears(alice, "Shall we separate the other chats from this one?")
    alice.says("1")
    await hears(alice, "The chats are apart now.")
    await hears(phone, "What you gave so far stays there.")
    phone.says("status")
    await hears(phone, "You have not told us anything yet")
    async with square.parts.database.reading() as session:
        givers = (await session.execute(select(contribution.c.person_id))).scalars().all()
        agreed = (await session.execute(select(participation.c.consented))).scalars().all()
    assert len(set(givers)) == 1
    assert agreed == [True, True]
    await publish(square)
    for chat in (alice, phone):
        await hears(chat, "The hearing is on Friday.")


async def test_linked_apart_and_linked_again(square: StoryTown) -> None:
    alice, phone = await both(square)
    phone.says("unlink")
    await phone.hears()
    phone.says("1")
    await hears(phone, "The chats are apart now.")
    await alice.hears()
    await link_chats(phone, alice)
    assert await count(square, person) == 1


async def test_both_chats_write_at_once(square: StoryTown) -> None:
    alice, phone = await both(square)
    for chat in (alice, phone):
        chat.says("help")
    for chat in (alice, phone):
        await hears(chat, "UNLINK", "PREFER")
    await asyncio.gather(alice.hears_nothing(square), phone.hears_nothing(square))
