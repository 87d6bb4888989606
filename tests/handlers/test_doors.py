"""People come into a process by a door: a link to a bot, or a word that they send."""

from typing import Any

import pytest

import flows
from channels.messages import Kind
from handlers import people
from handlers import processes as opened
from handlers.writing import contents
from storage import doors, processes, senders
from storage.doors import Door
from storage.processes import NewProcess
from tests.handlers.house import CHANNELS, NOW, House
from tests.storage.rows import statements

OTHER = flows.Process(
    title={"en": "National review", "fr": "Examen national", "ar": "الاستعراض الوطني"},
    organizer={"en": "Hill Migration Forum"},
    languages=("en", "fr", "ar"),
    regions=(),
)

each_channel = pytest.mark.parametrize("channel", CHANNELS)


@pytest.fixture
async def both(house: House) -> House:
    """A second process is open; every sender is shared, and has a door to each."""
    async with house.database.writing() as session:
        first = await the_first(house)
        await processes.add(session, NewProcess("other", "other", None, contents.pack(OTHER), NOW))
        await senders.keep(session, {name: name for name in CHANNELS})
        for sender in CHANNELS:
            await doors.add(session, Door(sender, "regional", first, None, "poster"))
            await doors.add(session, Door(sender, "nation", "other", None, "radio"))
            await doors.add(session, Door(sender, "nation-fr", "other", "fr", "radio"))
            await doors.add(session, Door(sender, "nation-es", "other", "es", None))
    return house


async def the_first(house: House) -> str:
    return str((await house.column("SELECT id FROM process WHERE id <> 'other'"))[0])


def link(channel: str, word: str) -> str:
    """What arrives when somebody comes by it."""
    return f"/start {word}" if channel == "telegram" else word


async def came(house: House) -> dict[str, int]:
    words = await house.column("SELECT word || ' ' || sum(came) FROM door GROUP BY word")
    return {word: int(number) for word, number in map(str.split, words)}


async def where(house: House) -> list[Any]:
    return await house.column("SELECT process_id FROM address WHERE index IS NOT NULL".replace("index", '"index"'))


@each_channel
async def test_who_comes_by_a_door_is_in_its_process(both: House, channel: str) -> None:
    alice = both.meets("70001", channel)
    assert "It is for: National review." in await alice.says(link(channel, "Nation"))
    assert "Welcome" not in await alice.says("1")
    assert "Hill Migration Forum" in await alice.says("Buses at night.")
    assert await both.column("SELECT process_id FROM contribution") == ["other"]
    assert await both.column("SELECT process_id FROM participation WHERE consented") == ["other"]
    assert await where(both) == ["other"]


@each_channel
async def test_the_door_says_the_first_language(both: House, channel: str) -> None:
    assert "Voulez-vous participer" in await both.meets("70001", channel).says(link(channel, "NATION-FR"))


async def test_a_language_that_the_process_does_not_have_is_guessed_as_ever(both: House) -> None:
    heard = await both.meets().does(both.meets().message("/start nation-es", language="ar"))
    assert "الاستعراض الوطني" in heard


async def test_the_word_itself_is_in_no_language(both: House) -> None:
    alice = both.meets("+33639980001", "sms")
    assert "Examen national" in await alice.says("nation")


@each_channel
async def test_who_takes_part_in_one_comes_into_another(both: House, channel: str) -> None:
    alice = both.meets("70001", channel)
    await alice.says(link(channel, "regional"), "1", "menu")
    heard = await alice.says(link(channel, "nation"))
    assert "It is for: National review." in heard
    assert "What would you like to do?" not in heard
    assert await both.column("SELECT consented FROM participation WHERE process_id = 'other'") in ([False], [0])
    await alice.says("1", "menu")
    back = await alice.says(link(channel, "regional"))
    assert "What would you like to do?" in back
    assert await where(both) == [await the_first(both)]
    assert len(await both.column("SELECT id FROM person")) == 1


async def test_what_was_open_before_is_not_asked_in_the_other_process(both: House) -> None:
    alice = both.meets()
    await alice.says("/start nation", "1", "menu", "/start regional", "1", "/share")
    assert "What would you like to do?" in await alice.says("/start nation")
    assert await both.column("SELECT count(*) FROM contribution") == [0]


async def test_what_they_gave_in_one_is_not_theirs_in_the_other(both: House) -> None:
    alice = both.meets()
    await alice.says("/start nation", "1", "Buses at night.", "menu", "/start regional", "1")
    assert "You have not told us anything yet." in await alice.says("/status")
    assert "See what was done" not in await alice.says("/menu")
    assert "See what was done" in await alice.says("/start nation")


@each_channel
async def test_a_word_stays_an_answer_where_it_is_one(both: House, channel: str) -> None:
    """The second region is called "The south"."""
    async with both.database.writing() as session:
        await doors.add(session, Door(channel, "south", await the_first(both), None, None))
    alice = both.meets("70001", channel)
    await alice.says(link(channel, "regional"), "1", "menu", "region", "south")
    assert await both.column("SELECT region FROM participation") == ["south"]


async def test_each_who_comes_is_counted_once(both: House) -> None:
    alice, bashir, carla = both.meets("70001"), both.meets("70002"), both.meets("70003")
    await alice.says("/start regional", "/start regional", "1", "/start regional", "/start nation", "/start regional")
    await bashir.says("/start nation-fr", "/start nation-fr")
    repeated = carla.message("/start nation-fr")
    await carla.does(repeated)
    await carla.does(repeated)
    assert await came(both) == {"regional": 1, "nation": 1, "nation-fr": 2, "nation-es": 0}


async def test_many_who_come_at_once_are_all_counted(both: House) -> None:
    writers = [both.meets(f"7{number:04}") for number in range(5)]
    await both.takes(*(writer.message("/start nation") for writer in writers))
    assert (await came(both))["nation"] == 5


async def test_of_who_came_nothing_says_by_which_door(both: House) -> None:
    alice = both.meets()
    await alice.says("/start nation-fr", "1")
    assert set(await both.column("SELECT came FROM door WHERE word = 'nation-fr'")) == {0, 1}
    await alice.says("forget", "1")
    assert (await came(both))["nation-fr"] == 1


async def source(house: House) -> list[Any]:
    return await house.column("SELECT source FROM participation ORDER BY process_id")


async def test_where_the_door_stands_is_kept_with_who_came_by_it_until_they_leave(both: House) -> None:
    alice = both.meets()
    await alice.says("/start nation", "1")
    assert await source(both) == ["radio"]
    async with both.database.writing() as session:
        await doors.add(session, Door("telegram", "square", "other", None, "poster"))
        await processes.touch_all(session)
    await alice.says("menu", "/start square")
    assert await source(both) == ["radio"]
    await alice.says("leave", "1")
    assert await source(both) == [""]
    await alice.says("/start square", "2")
    assert await source(both) == [""]
    await alice.says("/start square", "1")
    assert await source(both) == ["poster"]


async def test_a_door_of_which_nobody_said_where_it_stands_is_kept_with_nobody(both: House) -> None:
    await both.meets().says("/start nation-es", "1")
    assert await source(both) == [""]


async def test_the_same_word_is_no_door_on_another_sender(both: House) -> None:
    async with both.database.writing() as session:
        await doors.remove(session, "other", "telegram", "nation")
    alice = both.meets()
    await alice.says("/start regional", "1")
    assert "What would you like to do?" in await alice.says("menu", "/start nation")
    assert await where(both) == [await the_first(both)]


async def test_on_a_sender_of_its_own_another_process_cannot_be_entered(both: House) -> None:
    async with both.database.writing() as session:
        await senders.bind(session, "other", ["telegram"])
        owned = contents.pack(flows.Process(**{**as_fields(OTHER), "senders": ("telegram",)}))
        await processes.edit(session, "other", owned)
    alice = both.meets()
    heard = await alice.says("/start regional")
    assert "This chat is only for: National review." in heard
    assert "It is for: National review." in heard
    assert await came(both) == dict.fromkeys(("regional", "nation", "nation-fr", "nation-es"), 0)
    await alice.says("1", "menu")
    assert "This chat is only for: National review." in await alice.says("/start regional")
    assert "This chat is only for" not in await alice.says("/start nation")


def as_fields(process: flows.Process) -> dict[str, Any]:
    return {name: getattr(process, name) for name in process.__dataclass_fields__}


@each_channel
async def test_after_stop_a_door_is_no_way_around_it(both: House, channel: str) -> None:
    alice = both.meets("70001", channel)
    await alice.says(link(channel, "regional"), "1", "stop")
    heard = await alice.says(link(channel, "nation"))
    assert ("Welcome back." in heard) == (channel == "telegram")
    assert await both.column("SELECT consented FROM participation WHERE process_id = 'other'") in ([False], [0])


async def test_who_may_be_somebody_else_leads_the_chat_nowhere(both: House) -> None:
    alice = both.meets("+12025550101", "sms")
    await alice.says("regional", "1", "menu")
    both.now = both.now.replace(year=both.now.year + 2)
    assert "Was that you?" in await alice.says("nation")
    assert await where(both) == [await the_first(both)]


async def test_a_voice_note_and_a_picture_are_no_door(both: House) -> None:
    alice = both.meets()
    await alice.says("/start regional", "1")
    await alice.does(alice.message("nation", kind=Kind.VOICE, voice="v"))
    assert await where(both) == [await the_first(both)]


async def test_an_invitation_is_no_door(both: House) -> None:
    alice = both.meets()
    code = await both.does(lambda session, now: invite(session, both, now))
    await alice.says("/start regional", "1")
    assert "Welcome to the council." in await alice.says(f"/start {code}")


async def invite(session: Any, house: House, now: Any) -> str:
    return await people.invite(session, house.keys, await opened.get(session, await the_first(house)), now)


async def test_what_is_no_word_of_a_door_costs_no_statement(postgresql_house: House) -> None:
    house = postgresql_house
    alice = await house.meets().joins()
    with statements(house.database) as seen:
        for text in ("hello", "harbour", "/start harbour"):
            await house.takes(alice.message(text))
    assert len(seen) == 6
