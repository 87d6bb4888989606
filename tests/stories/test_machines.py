"""What answers us by itself is not answered without end, and who holds the phone is."""

import pytest

from tests.stories.town import Person, StoryTown

DRIVING = "I am driving and will answer later."


async def answers_by_itself(square: StoryTown, phone: Person) -> int:
    """How many messages of ours a phone gets that answers each at once."""
    before = len(phone.chat.ours())
    phone.says(DRIVING)
    number = 0
    while number < 50:
        await square.quiet()
        if len(phone.chat.ours()) - before == number:
            break
        number += 1
        phone.says(DRIVING)
    phone.chat.catch_up()
    return number


@pytest.mark.parametrize(("channel", "messages"), [("sms", 1), ("whatsapp", 2)])
async def test_a_phone_that_answers_by_itself_is_soon_not_answered_any_more(
    square: StoryTown, channel: str, messages: int
) -> None:
    """On WhatsApp a long text leaves before the question with its buttons: two messages, and the phone answers both."""
    phone = square.on(channel)
    assert await answers_by_itself(square, phone) == messages
    phone.says("English")
    await phone.hears_choices("Do you want to take part?")


async def test_after_stop_a_phone_that_answers_by_itself_gets_one_answer(square: StoryTown) -> None:
    phone = square.on_sms()
    await phone.joins()
    phone.says("STOP")
    await phone.hears("START")
    assert await answers_by_itself(square, phone) == 0
    phone.says("START")
    await phone.hears("Welcome back")


async def test_a_bot_is_not_answered_and_not_kept(square: StoryTown) -> None:
    bot = square.on_telegram()
    square.telegram.bots.add(bot.address)
    bot.says("Hello! I am a bot.")
    bot.says("/start")
    await bot.hears_nothing(square)
    async with square.parts.database.reading() as session:
        assert (await session.exec_driver_sql("SELECT count(*) FROM person")).scalar_one() == 0
