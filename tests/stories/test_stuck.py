"""Somebody who is not understood among many choices is shown few, and by one more step all of them again."""

from tests.stories.town import Person, StoryTown

NEAR_TWO = "work detention"
TOPIC = "What is it about?"
ALL = "Show all choices"


async def is_asked_for_the_topic(person: Person) -> None:
    await person.joins()
    person.says("share")
    await person.hears("What should change?")
    person.says("Interpreters at the clinic would help.")
    await person.hears_choices("Add the topic")
    person.says("1")
    await person.hears_choices("What is it about?", "Daily life")


async def is_not_understood(person: Person, question: str, *words: str) -> str:
    """What is heard after the last of these."""
    heard = ""
    for text in words:
        person.says(text)
        heard = await person.hears_choices(question)
    return heard


async def topic(square: StoryTown) -> str:
    async with square.parts.database.reading() as session:
        found = await session.exec_driver_sql("SELECT topic FROM contribution")
        return str(found.scalar_one())


async def test_by_sms_the_nearest_are_numbered_anew(square: StoryTown) -> None:
    alice = square.on_sms()
    await is_asked_for_the_topic(alice)
    heard = await is_not_understood(alice, TOPIC, "xyzzy", "plugh", NEAR_TWO)
    assert 'Send only the number: 1 means "Borders and detention".' in heard
    assert heard.splitlines()[-3:] == ["1 Borders and detention", "2 Work, skills and money", f"3 {ALL}"]
    alice.says("2")
    await alice.hears("Thank you.")
    assert await topic(square) == "working"


async def test_by_sms_the_first_are_shown_where_none_is_near_and_all_on_demand(square: StoryTown) -> None:
    alice = square.on_sms()
    await is_asked_for_the_topic(alice)
    heard = await is_not_understood(alice, TOPIC, "xyzzy", "plugh", "qwerty")
    numbered = ["1 Leaving home, legal ways", "2 Borders and detention", "3 Work, skills and money", f"4 {ALL}"]
    assert heard.splitlines()[-4:] == numbered
    alice.says("4")
    everything = await alice.hears_choices("What is it about?", "5 Daily life and respect")
    assert "do not understand" not in everything
    alice.says("5")
    await alice.hears("Thank you.")
    assert await topic(square) == "life"


async def test_on_telegram_the_nearest_are_buttons(square: StoryTown) -> None:
    alice = square.on_telegram()
    await is_asked_for_the_topic(alice)
    heard = await is_not_understood(alice, TOPIC, "xyzzy", "plugh", NEAR_TWO)
    assert 'Send only the number: 1 means "Borders and detention".' in heard
    assert heard.splitlines()[-3:] == ["1. Borders and detention", "2. Work, skills and money", f"3. {ALL}"]
    alice.taps(ALL)
    await alice.hears_choices("What is it about?", "Daily life and respect")
    alice.taps("Daily life")
    await alice.hears("Thank you.")
    assert await topic(square) == "life"


async def test_on_telegram_what_is_not_shown_can_be_typed(square: StoryTown) -> None:
    alice = square.on_telegram()
    await is_asked_for_the_topic(alice)
    assert "Daily life" not in await is_not_understood(alice, TOPIC, "xyzzy", "plugh", NEAR_TWO)
    alice.says("Daily life and respect")
    await alice.hears("Thank you.")
    assert await topic(square) == "life"


async def test_at_the_menu_too_a_tap_on_one_of_the_few_leads_there(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    menu = "What would you like to do?"
    heard = await is_not_understood(alice, menu, "xyzzy", "plugh", "qwerty")
    assert ALL not in heard, "there are no more than four to choose from"
    for words in ("share", "Interpreters at the clinic would help."):
        alice.says(words)
        await alice.hears()
    heard = await is_not_understood(alice, menu, "menu", "xyzzy", "plugh", "qwerty")
    few = ["1. Say what should change", "2. See what was done", "3. Change language", f"4. {ALL}"]
    assert heard.splitlines()[-4:] == few
    alice.taps("See what was done")
    await alice.hears("There is no response yet.")
