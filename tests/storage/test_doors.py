"""A door is a word on a sender that leads into a process; how many came by it is counted, never who."""

from dataclasses import replace

from storage import Database, doors, processes, senders
from storage.doors import Door, Leading, Place
from storage.processes import NewProcess
from tests.storage.rows import NOW, PROCESS

POSTER = Door("sms", "harbour", PROCESS, "fr", "poster")
OTHER = "other"


async def test_a_word_leads_to_one_process_on_each_sender(database: Database) -> None:
    elsewhere = replace(POSTER, sender="telegram", process_id=OTHER, language=None)
    async with database.writing() as session:
        await senders.keep(session, {"sms": "sms", "telegram": "telegram"})
        await processes.add(session, NewProcess(OTHER, OTHER, None, "{}", NOW))
        assert await doors.add(session, POSTER)
        assert not await doors.add(session, replace(POSTER, process_id=OTHER))
        assert await doors.add(session, elsewhere)
        found = await doors.find(session, [Place("sms", "harbour"), Place("telegram", "harbour"), Place("sms", "port")])
        assert await doors.of(session, PROCESS) == [POSTER]
    assert found == {
        Place("sms", "harbour"): Leading(PROCESS, 1, True, "fr", "poster"),
        Place("telegram", "harbour"): Leading(OTHER, 1, True, None, "poster"),
    }


async def test_how_many_came_is_counted_for_each_door(database: Database) -> None:
    radio = replace(POSTER, word="radio", source=None)
    async with database.writing() as session:
        await senders.keep(session, {"sms": "sms"})
        for new in (POSTER, radio):
            await doors.add(session, new)
        await doors.count(session, [Place("sms", "radio"), Place("sms", "harbour"), Place("sms", "radio")])
        await doors.count(session, [Place("sms", "radio"), Place("sms", "gone")])
        assert await doors.of(session, PROCESS) == [replace(POSTER, came=1), replace(radio, came=3)]


async def test_a_process_removes_its_own_doors_only(database: Database) -> None:
    async with database.writing() as session:
        await senders.keep(session, {"sms": "sms"})
        await doors.add(session, POSTER)
        assert not await doors.remove(session, OTHER, "sms", "harbour")
        assert await doors.remove(session, PROCESS, "sms", "harbour")
        assert not await doors.remove(session, PROCESS, "sms", "harbour")
        assert await doors.find(session, [Place("sms", "harbour")]) == {}
