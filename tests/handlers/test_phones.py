"""Whoever writes sees what people will get on each platform, as the senders themselves put it."""

from decimal import Decimal

from handlers import phones
from handlers.audiences import Cost
from handlers.phones import Screen
from handlers.processes import OpenProcess
from storage import Database, senders, templates
from storage.templates import StoredTemplate
from tests.handlers.house import PROCESS as CONTENT
from tests.storage.rows import NOW, PROCESS

HERE = OpenProcess(PROCESS, "main", CONTENT)
SENTENCE = StoredTemplate("bulletin", "en", "HX1", "approved", "", "News:\n{{1}}\n\nSend STOP to stop.")


async def seen(database: Database, text: dict[str, str], language: str, price: str = "") -> dict[str, Screen]:
    async with database.reading() as session:
        [found] = [it for it in await phones.screens(session, HERE, text, price=price) if it.language == language]
    return {phone.kind: phone for phone in found.phones}


async def test_a_text_message_ends_with_who_writes_and_costs_by_segment(database: Database) -> None:
    phone = (await seen(database, {"en": "The hearing is on Friday."}, "en", "0.05 EUR"))["sms"]
    assert phone.texts[0].startswith("The hearing is on Friday.\nFrom ")
    assert phone.cost == Cost(1, Decimal("0.05"), "EUR")
    assert (await seen(database, {"en": "Friday 🎉 ж"}, "en"))["sms"].cost == Cost(1, None)


async def test_who_reads_another_language_is_told_so_first(database: Database) -> None:
    telegram = (await seen(database, {"en": "The hearing is on Friday."}, "fr"))["telegram"]
    assert "anglais" in telegram.texts[0]
    assert telegram.texts[0].endswith("The hearing is on Friday.")


async def test_what_is_too_long_for_one_message_is_shown_in_several(database: Database) -> None:
    there = await seen(database, {"en": "A long sentence. " * 120}, "en")
    assert {kind: len(phone.texts) for kind, phone in there.items()} == {"sms": 2, "telegram": 1, "whatsapp": 2}


async def test_nothing_is_written_where_there_is_no_text(database: Database) -> None:
    assert all(not phone.texts for phone in (await seen(database, {}, "en")).values())


async def test_a_sender_that_needs_an_approved_text_says_whether_it_has_one(database: Database) -> None:
    text = {"en": "The hearing is on Friday."}
    async with database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "whatsapp": "whatsapp"})
    there = await seen(database, text, "en")
    assert [(kind, phone.is_here, phone.has_template) for kind, phone in there.items()] == [
        ("sms", False, None), ("telegram", True, None), ("whatsapp", True, False),
    ]  # fmt: skip
    async with database.writing() as session:
        await templates.keep(session, "whatsapp", [SENTENCE], NOW)
    assert (await seen(database, text, "en"))["whatsapp"].has_template is True
