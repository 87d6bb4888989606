"""A sender is on a platform, and belongs to one process or is shared."""

from storage import Database, Keyring, processes, senders
from storage.broadcasts import Audience
from storage.outbox import expansion
from storage.senders import StoredSender
from tests.storage.rows import NOW, PROCESS, another, meet

KINDS = {"telegram": "telegram", "telegram-emea": "telegram", "sms": "sms"}


async def test_what_is_there_is_written_down_and_stays_whose_it_was(database: Database) -> None:
    async with database.writing() as session:
        await senders.keep(session, KINDS)
        assert await senders.bind(session, PROCESS, ["telegram-emea"]) == set()
        await senders.keep(session, KINDS | {"whatsapp": "whatsapp"})
        found = await senders.all_of(session)
    assert [sender.name for sender in found] == ["sms", "telegram", "telegram-emea", "whatsapp"]
    assert [sender.name for sender in found if sender.content is not None] == ["telegram-emea"]


async def test_what_is_not_named_any_more_is_shared_again(database: Database) -> None:
    async with database.writing() as session:
        await senders.keep(session, KINDS)
        await senders.bind(session, PROCESS, ["telegram-emea", "sms"])
        await senders.let_go(session, PROCESS, ["sms"])
        found = await senders.all_of(session)
    assert StoredSender("telegram-emea", "telegram", None, None) in found
    assert [sender.name for sender in found if sender.content is not None] == ["sms"]


async def test_an_audience_names_a_platform_or_a_sender(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await senders.keep(session, KINDS)
        for number, channel in enumerate(KINDS):
            await meet(session, keys, f"7000{number}", channel=channel)
        reached = {
            called: await expansion.reachable(session, PROCESS, Audience(channels=called))
            for called in (("telegram",), ("telegram-emea",), ("sms",), ("sms", "telegram-emea"), ("whatsapp",))
        }
    assert list(reached.values()) == [2, 1, 1, 2, 0]


async def test_a_sender_is_beside_others_while_it_is_shared_by_several_open_processes(database: Database) -> None:
    async with database.writing() as session:
        await senders.keep(session, KINDS)
        assert await senders.beside_others(session) == set()
        national = await another(session)
        await senders.bind(session, national, ["telegram-emea"])
        assert await senders.beside_others(session) == {"telegram", "sms"}
        await processes.close(session, national, NOW)
        assert await senders.beside_others(session) == set()
