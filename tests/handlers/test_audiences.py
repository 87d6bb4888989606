"""Whoever writes sees about how many it reaches and in which language, and nothing that points at anybody."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from handlers import audiences
from handlers.audiences import Cost, Crowds, Draft
from handlers.processes import OpenProcess
from storage import Database, Keyring, Session, senders, templates
from storage.broadcasts import Audience
from storage.outbox import expansion
from storage.tables import participation
from storage.templates import StoredTemplate
from tests.handlers.house import PROCESS as CONTENT
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, another, meet, statements

HERE = OpenProcess(PROCESS, "main", CONTENT)
TEXT = {"en": "The hearing is on Friday.", "fr": "L’audience est vendredi."}
SENTENCE = StoredTemplate("bulletin", "en", "HX1", "approved", "", "News:\n{{1}}\n\nSend STOP to stop.")


async def come(session: Session, keys: Keyring, number: int, language: str, channel: str) -> list[Somebody]:
    names = [f"+1202555{language}{channel}{place}" for place in range(number)]
    return [await meet(session, keys, name, channel=channel, language=language) for name in names]


@pytest.fixture
async def town(database: Database, keys: Keyring) -> Database:
    """23 read English on Telegram, 12 Arabic by SMS, 3 French on WhatsApp, 2 Spanish by SMS."""
    async with database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms", "whatsapp": "whatsapp"})
        for number, language, channel in ((23, "en", "telegram"), (12, "ar", "sms"), (3, "fr", "whatsapp")):
            await come(session, keys, number, language, channel)
        await come(session, keys, 2, "es", "sms")
    return database


async def test_every_number_is_rounded_and_a_small_one_is_not_told(town: Database) -> None:
    async with town.reading() as session:
        reach = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
    assert (reach.number, reach.foreign) == (40, 15)
    assert {it.language: (it.number, it.written_in) for it in reach.languages} == {
        "en": (25, "en"), "fr": (None, "fr"), "es": (None, "en"), "ar": (10, "en"),
    }  # fmt: skip
    assert reach.senders == {"sms": 15, "telegram": 25, "whatsapp": None}
    assert reach.regions == {"north": 40, "south": None, "": None}


async def test_a_language_that_few_read_is_not_listed_unless_the_process_or_the_text_has_it(
    town: Database, keys: Keyring
) -> None:
    async with town.writing() as session:
        await come(session, keys, 7, "ti", "telegram")
        few = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
        await come(session, keys, 1, "ti", "sms")
        many = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
    assert "ti" not in [it.language for it in few.languages]
    assert [it.number for it in many.languages if it.language == "ti"] == [10]


async def test_what_text_messages_cost_is_told_from_rounded_segments(town: Database) -> None:
    async with town.reading() as session:
        reach = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW, "0.05 EUR")
        free = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
        dear = await audiences.reach(session, Crowds(), HERE, Draft(TEXT, Audience(languages=("es",))), NOW, "1")
    segments = {it.language: it.segments for it in reach.languages}
    raw = 12 * segments["ar"] + 2 * segments["es"]
    assert reach.cost is not None
    assert reach.cost.segments == 5 * round(raw / 5)
    assert (reach.cost.amount, reach.cost.currency) == (reach.cost.segments * Decimal("0.05"), "EUR")
    assert free.cost == Cost(reach.cost.segments, None)
    assert dear.cost is None, "two people would pay for it"


async def test_it_is_said_in_which_languages_an_approved_text_carries_it(town: Database) -> None:
    async with town.writing() as session:
        without = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
        await templates.keep(session, "whatsapp", [SENTENCE, replace(SENTENCE, language="fr", status="pending")], NOW)
        approved = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
        long = await audiences.reach(session, Crowds(), HERE, Draft({**TEXT, "fr": "mot " * 300}), NOW)
    assert {it.has_template for it in without.languages} == {False}
    assert {it.has_template for it in approved.languages} == {True}, "the common one carries the others"
    assert [it.language for it in long.languages if not it.has_template] == ["fr"]


async def test_a_sender_of_another_process_carries_nothing_of_this_one(town: Database) -> None:
    async with town.writing() as session:
        await senders.bind(session, await another(session), ["sms", "whatsapp"])
        reach = await audiences.reach(session, Crowds(), HERE, Draft(TEXT), NOW)
    assert reach.senders == {"telegram": 25}
    assert (reach.number, reach.cost) == (25, None)
    assert {it.has_template for it in reach.languages} == {None}


@pytest.mark.parametrize(
    "audience",
    [
        Audience(),
        Audience(languages=("ar", "es"), channels=("sms",)),
        Audience(regions=("south",)),
        Audience(sources=("poster",)),
        Audience(channels=("telegram-emea",)),
        Audience(languages=("en",), members=True),
    ],
)
async def test_who_is_counted_from_memory_is_who_would_be_written_to(
    town: Database, keys: Keyring, audience: Audience
) -> None:
    async with town.writing() as session:
        several = (await come(session, keys, 1, "en", "telegram-emea"))[0]
        await also_at(session, keys, several, "+12025550177", channel="sms", spoke=NOW + timedelta(hours=1))
        await session.execute(
            update(participation).where(participation.c.person_id == several.id).values(source="poster", region="south")
        )
        parts = await Crowds().of(session, PROCESS, audience, NOW)
        assert sum(part.number for part in parts) == await expansion.reachable(session, PROCESS, audience)


async def test_whoever_chooses_asks_the_database_once_and_again_after_a_while(town: Database) -> None:
    crowds = Crowds(timedelta(minutes=1))
    with statements(town) as seen:
        async with town.writing() as session:
            await audiences.reach(session, crowds, HERE, Draft(TEXT), NOW)
            assert len(seen) == 4
            for language in CONTENT.languages:
                await crowds.of(session, PROCESS, Audience(languages=(language,)), NOW)
            assert len(seen) == 4
            await crowds.of(session, PROCESS, Audience(), NOW + timedelta(minutes=1))
            await crowds.of(session, "another", Audience(), NOW)
    assert len(seen) == 6
