"""On a bot or number that several processes share people say which one they mean, and can go from one to another."""

from datetime import timedelta

import pytest

import flows
from handlers import closing, people, processes
from handlers.writing import contents
from storage import senders
from tests.handlers.house import CHANNELS, NOW, House, Writer
from tests.handlers.test_doors import each_channel

NATIONAL = flows.Process(
    slug="national",
    title={"en": "National review", "fr": "Examen national", "ar": "الاستعراض الوطني"},
    organizer={"en": "Hill Migration Forum"},
    languages=("en", "fr", "ar"),
    regions=(),
)
WHICH = "Which one do you want to write to?"


@pytest.fixture
async def two(house: House) -> House:
    """A second process is open, and every sender is shared."""
    async with house.database.writing() as session:
        await senders.keep(session, {name: name for name in CHANNELS})
        await processes.begin(session, NATIONAL, NOW + timedelta(seconds=1))
    return house


async def where(house: House) -> list[str | None]:
    return await house.column("SELECT process.slug FROM address LEFT JOIN process ON process.id = address.process_id")


async def enters(writer: Writer, number: str) -> None:
    """Says hello, goes into this process and agrees."""
    await writer.says("hello", number, "1", "menu")


@each_channel
async def test_who_comes_without_a_door_is_asked_which_process(two: House, channel: str) -> None:
    alice = two.meets("70001", channel)
    question = await alice.says("hello")
    assert WHICH in question
    assert "Regional review" in question
    assert "National review" in question
    assert "Do you want to take part?" not in question
    assert await where(two) == [None]
    assert await two.column("SELECT count(*) FROM participation") == [0]
    heard = await alice.says("2")
    assert "It is for: National review." in heard
    assert "Do you want to take part?" in heard
    assert await where(two) == ["national"]
    assert "What should change?" in await alice.says("1")


async def test_it_is_said_first_what_can_be_seen(two: House) -> None:
    assert "Text messages are not private." in await two.meets("+12025550101", "sms").says("hello")


async def test_it_is_asked_in_the_language_that_is_guessed_and_in_any_other(two: House) -> None:
    amal, luz = two.meets("70001"), two.meets("70002")
    assert "إلى أيها تريدون الكتابة؟" in await amal.says("مرحبا")
    assert "الاستعراض الوطني" in await luz.does(luz.message("hello", language="ar"))
    assert "¿A cuál quiere escribir?" in await luz.says("español")
    assert "À quel examen" in await luz.says("français")


@each_channel
async def test_another_language_is_a_tap_or_a_word_away(two: House, channel: str) -> None:
    alice = two.meets("70001", channel)
    await alice.says("hello")
    heard = await alice.says("language")
    assert "Français" in heard
    assert "À quel examen" in await alice.says("Français")


@pytest.mark.parametrize("typed", ["national review", "National", "2", "٢"])
async def test_a_process_can_be_named(two: House, typed: str) -> None:
    alice = two.meets()
    await alice.says("hello", typed)
    assert await where(two) == ["national"]


@pytest.mark.parametrize("word", ["share", "menu", "vote", "answer", "news", "status", "leave", "0", "hm", "/start"])
async def test_nothing_but_the_choice_is_possible(two: House, word: str) -> None:
    alice = two.meets()
    await alice.says("hello")
    assert WHICH in await alice.says(word)
    assert await where(two) == [None]
    assert await two.column("SELECT count(*) FROM contribution") == [0]


async def test_what_somebody_tells_us_there_is_not_kept(two: House) -> None:
    alice = two.meets()
    assert WHICH in await alice.says("hello", "We need interpreters at the clinic in our town.")
    assert await two.column("SELECT count(*) FROM contribution") == [0]


@each_channel
async def test_help_stop_and_start_work_there(two: House, channel: str) -> None:
    alice = two.meets("70001", channel)
    await alice.says("hello")
    heard = await alice.says("help")
    assert "Several reviews take place here." in heard
    assert "STOP: Stop messages" in heard
    assert "SWITCH" not in heard
    assert "We will not write to you any more." in await alice.says("stop")
    assert await two.column("SELECT reach FROM address") == ["opted_out"]
    assert WHICH in await alice.says("start", "menu")


@each_channel
async def test_forget_works_there(two: House, channel: str) -> None:
    alice = two.meets("70001", channel)
    await alice.says("hello")
    assert "Shall we erase it?" in await alice.says("forget")
    assert "It is done. Goodbye." in await alice.says("1")
    assert await two.column('SELECT count(*) FROM address WHERE "index" IS NOT NULL') == [0]


async def test_danger_is_answered_there(two: House) -> None:
    heard = await two.meets().says("they are beating me please help")
    assert heard.startswith("If you are in danger, call for help now.")
    assert WHICH in heard


async def test_who_never_says_which_is_forgotten_in_time(two: House) -> None:
    alice, bashir, carla = two.meets("70001"), two.meets("70002"), two.meets("70003")
    await alice.says("hello")
    await enters(bashir, "1")
    two.now = NOW + people.UNDECIDED - timedelta(days=1)
    await carla.says("hello")
    two.now = NOW + people.UNDECIDED + timedelta(days=2)
    assert await two.does(people.fade) == 1
    assert await two.column("SELECT count(*) FROM person") == [2]


async def test_where_only_one_is_open_nobody_is_asked(two: House) -> None:
    async with two.database.writing() as session:
        await closing.close(session, await processes.named(session, "national"), two.keys, NOW)
    alice = two.meets()
    assert "It is for: Regional review." in await alice.says("hello")
    assert "SWITCH" not in await alice.says("help")


@each_channel
async def test_switch_leads_into_another_process_and_back(two: House, channel: str) -> None:
    alice = two.meets("70001", channel)
    await enters(alice, "1")
    assert "SWITCH: Go to another review" in await alice.says("help")
    question = await alice.says("switch")
    assert "Which review do you want to go to?" in question
    assert "National review" in question
    assert "Regional review" not in question
    assert "Stay here" in question
    heard = await alice.says("1")
    assert "It is for: National review." in heard
    await alice.says("1", "Buses at night.", "menu")
    assert "Hill Migration Forum" in await alice.says("help")
    await alice.says("switch", "1")
    assert await where(two) == ["regional-review"]
    assert "Say where you live" in await alice.says("menu")
    assert "You have not told us anything yet." in await alice.says("/status")


async def test_who_says_no_to_one_keeps_what_they_gave_to_another(two: House) -> None:
    alice = two.meets()
    await enters(alice, "1")
    await alice.gives("Interpreters at the clinic.")
    assert "You do not take part in:" in await alice.says("menu", "switch", "1", "2")
    assert await two.column("SELECT count(*) FROM contribution WHERE person_id IS NOT NULL") == [1]
    assert "See what was done" in await alice.says("switch", "1")


async def test_nothing_is_kept_of_who_says_no_and_takes_part_nowhere(two: House) -> None:
    alice = two.meets()
    assert "We keep nothing about you." in await alice.says("hello", "1", "switch", "1", "2")
    assert await two.column('SELECT count(*) FROM address WHERE "index" IS NOT NULL') == [0]
    assert await two.column("SELECT count(*) FROM participation") == [0]


async def test_who_stays_goes_on_where_they_were(two: House) -> None:
    alice = two.meets()
    await enters(alice, "1")
    question = await alice.says("share")
    await alice.says("switch")
    assert question in await alice.says("Stay here")


async def test_the_menu_leads_to_switch_where_it_can_do_something(two: House) -> None:
    alice = two.meets()
    await enters(alice, "1")
    assert "Go to another review" in await alice.says("menu")
    assert "Which review do you want to go to?" in await alice.says("Go to another review")


async def test_with_one_process_nothing_says_that_there_could_be_more(house: House) -> None:
    alice = await house.meets().joins()
    assert "review" not in (await alice.says("menu")).lower()
    assert "There is no other review here." in await alice.says("switch")


async def test_a_sender_of_its_own_asks_nothing_and_switches_nowhere(two: House) -> None:
    owned = flows.Process(
        **{name: getattr(NATIONAL, name) for name in NATIONAL.__dataclass_fields__} | {"senders": ("sms",)}
    )
    async with two.database.writing() as session:
        await processes.begin(session, owned, NOW)
    alice = two.meets("+12025550101", "sms")
    assert "It is for: National review." in await alice.says("hello")
    await alice.says("1", "menu")
    assert "SWITCH" not in await alice.says("help")


async def test_whoever_has_the_number_now_is_asked_for_themselves(two: House) -> None:
    alice = two.meets("+12025550101", "sms")
    await enters(alice, "2")
    two.now += timedelta(days=500)
    assert "Was that you?" in await alice.says("hello")
    assert WHICH in await alice.says("2")
    assert await where(two) == [None]


async def test_a_process_that_opens_later_is_known_at_once(house: House) -> None:
    async with house.database.writing() as session:
        await senders.keep(session, {name: name for name in CHANNELS})
    alice = await house.meets().joins()
    assert "Go to another review" not in await alice.says("menu")
    async with house.database.writing() as session:
        await processes.begin(session, NATIONAL, NOW)
    assert "Go to another review" in await alice.says("menu")


async def test_two_short_titles_that_read_the_same_are_refused(two: House) -> None:
    def called(slug: str, **short: str) -> flows.Process:
        return flows.Process(
            slug=slug,
            title={"en": "National review of the Global Compact for Migration"},
            organizer={"en": "Forum"},
            languages=("en",),
            regions=(),
            short=short,
        )

    async with two.database.writing() as session:
        await processes.begin(session, called("first"), NOW)
    for process in (called("second"), called("second", en="National review of the…")):
        with pytest.raises(contents.Unfit, match="short: write a short title by which people can tell it from first"):
            async with two.database.writing() as session:
                await processes.begin(session, process, NOW)
    with pytest.raises(contents.Unfit, match="short: the text in en has 25 characters, at most 24 fit"):
        async with two.database.writing() as session:
            await processes.begin(session, called("second", en="x" * 25), NOW)
    async with two.database.writing() as session:
        await processes.begin(session, called("second", en="Hills"), NOW)
    assert "National review of the…" in (heard := await two.meets().says("hello"))
    assert "Hills" in heard


async def test_where_all_are_over_the_last_one_says_so(two: House) -> None:
    async with two.database.writing() as session:
        for slug, later in (("regional-review", timedelta(0)), ("national", timedelta(hours=1))):
            await closing.close(session, await processes.named(session, slug), two.keys, NOW + later)
    assert "This review is over: National review." in await two.meets().says("hello")


async def test_who_is_in_one_that_is_over_is_told_how_to_go_to_another(two: House) -> None:
    alice = two.meets()
    await enters(alice, "2")
    async with two.database.writing() as session:
        await closing.close(session, await processes.named(session, "national"), two.keys, NOW)
    heard = await alice.says("/share")
    assert "This review is over: National review." in heard
    assert "To go to another review, send SWITCH." in heard
    assert "It is for: Regional review." in await alice.says("switch", "1")
