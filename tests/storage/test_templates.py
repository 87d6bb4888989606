"""What a platform has approved is as it said last."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import Database, Keyring, templates
from storage.broadcasts import Plan, Way
from storage.codes import Code
from storage.outbox.deliveries import NEVER
from storage.tables import template
from storage.templates import StoredTemplate
from tests.storage.rows import NOW, announce, meet, owe, queue, row

BULLETIN = StoredTemplate("bulletin", "en", "HX1", "approved", "", "News: {{1}} Send STOP.")
REFUSED = StoredTemplate("bulletin", "ar", "HX2", "rejected", "INVALID_FORMAT")
RESPONSE = StoredTemplate("response", "en", "HX3", "pending", "")


async def test_what_there_is_takes_the_place_of_what_there_was(database: Database) -> None:
    async with database.writing() as session:
        await templates.keep(session, "whatsapp", [RESPONSE, BULLETIN, REFUSED], NOW)
        await templates.keep(session, "other", [BULLETIN], NOW)
        assert await templates.all_of(session, "whatsapp") == [REFUSED, BULLETIN, RESPONSE]
        await templates.keep(session, "whatsapp", [BULLETIN], NOW + timedelta(hours=1))
        assert await templates.all_of(session, "whatsapp") == [BULLETIN]
        checked = select(template.c.checked).where(template.c.channel == "whatsapp")
        assert (await session.execute(checked)).scalar_one() == NOW + timedelta(hours=1)
        await templates.keep(session, "whatsapp", [], NOW)
        assert await templates.all_of(session, "whatsapp") == []
        assert await templates.all_of(session, "other") == [BULLETIN]


async def test_whether_any_is_newly_approved_is_said(database: Database) -> None:
    pending = StoredTemplate("bulletin", "en", "HX1", "pending", "")
    async with database.writing() as session:
        assert not await templates.keep(session, "whatsapp", [pending, REFUSED], NOW)
        assert await templates.keep(session, "whatsapp", [BULLETIN, REFUSED], NOW)
        assert not await templates.keep(session, "whatsapp", [BULLETIN], NOW)
        assert await templates.keep(session, "whatsapp", [replace(BULLETIN, provider_id="HX9")], NOW)
        assert not await templates.keep(session, "whatsapp", [pending], NOW)
        assert await templates.keep(session, "other", [BULLETIN], NOW)


SOON = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("outside", "language", "code", "wakes"),
    [
        ((Way.TEMPLATE, Way.WAIT), "en", Code.SHUT, True),
        ((Way.WAIT,), "en", Code.SHUT, False),
        ((Way.ELSEWHERE, Way.WAIT), "en", Code.SHUT, False),
        ((Way.TEMPLATE, Way.WAIT), "ar", Code.SHUT, True),
        ((Way.TEMPLATE, Way.WAIT), "en", "night", False),
    ],
)
async def test_who_waits_for_what_is_approved_now_is_woken(
    database: Database, keys: Keyring, outside: tuple[Way, ...], language: str, code: str, wakes: bool
) -> None:
    async with database.writing() as session:
        await announce(session, plan=Plan(outside=outside))
        alice = await meet(session, keys, channel="whatsapp", language=language)
        name = await owe(session, alice, code=code, due=NEVER)
        reply = await queue(session, alice, code=Code.SHUT, due=NEVER)
        await templates.keep(session, "whatsapp", [BULLETIN, RESPONSE, REFUSED], NOW)
        assert await templates.wake(session, "whatsapp", "en", SOON, 9) == int(wakes)
        assert (await row(session, name)).due == (SOON if wakes else NEVER)
        assert (await row(session, reply)).due == NEVER
        assert await templates.wake(session, "whatsapp", "en", SOON, 9) == 0


async def test_many_are_woken_a_batch_at_a_time_and_nobody_of_another_channel(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await announce(session)
        for channel, number in (("whatsapp", 3), ("other", 1)):
            for _person in range(number):
                alice = await meet(session, keys, f"{channel}{_person}", channel=channel)
                await owe(session, alice, code=Code.SHUT, due=NEVER)
        await templates.keep(session, "whatsapp", [BULLETIN], NOW)
        assert [await templates.wake(session, "whatsapp", "en", SOON, 2) for _time in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_of_another_purpose_or_language_nobody_is_woken(database: Database, keys: Keyring, language: str) -> None:
    async with database.writing() as session:
        await announce(session)
        await owe(session, await meet(session, keys, channel="whatsapp", language=language), code=Code.SHUT, due=NEVER)
        texts = [replace(BULLETIN, language="es"), replace(BULLETIN, name="response")]
        await templates.keep(session, "whatsapp", texts, NOW)
        assert await templates.wake(session, "whatsapp", "en", SOON, 9) == 0


@pytest.mark.parametrize(("language", "refused"), [("en", "en"), ("ar", "ar"), ("fr", "en")])
async def test_the_text_that_was_not_taken_is_not_used_any_more(
    database: Database, keys: Keyring, language: str, refused: str
) -> None:
    arabic, result = replace(BULLETIN, language="ar"), replace(BULLETIN, name="result")
    async with database.writing() as session:
        await announce(session)
        alice = await meet(session, keys, channel="whatsapp", language=language)
        name = await owe(session, alice)
        await templates.keep(session, "whatsapp", [BULLETIN, arabic, result], NOW)
        await templates.refuse(session, "whatsapp", name, "en", "63040")
        await templates.refuse(session, "whatsapp", await queue(session, alice), "en", "63040")
        found = await templates.all_of(session, "whatsapp")
    status = {(template.name, template.language): (template.status, template.reason) for template in found}
    assert status.pop(("bulletin", refused)) == ("refused", "63040")
    assert set(status.values()) == {("approved", "")}
