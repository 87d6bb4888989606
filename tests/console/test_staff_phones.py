"""Members of staff link their own phones, see which are, and send there what they write, as a test."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.journal import Act
from handlers.staff_phones import MOST
from storage import Session, senders, staff
from storage import staff_phones as stored_phones
from storage.tables import delivery, staff_phone
from tests.console.conftest import Town
from tests.console.test_tell import acts, begins
from tests.storage.rows import NOW, another, meet

NUMBER = re.compile(r"\b(\d{4}) (\d{4})\b")
PHONES = "/me/phone"


async def link(town: Town, login: str) -> None:
    """As when they have sent us the number that the console shows them."""
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
        phone = await meet(session, town.office.keys, "70001", process=town.process)
        who = await staff.called(session, login)
        assert who is not None
        await stored_phones.offer(session, "number", who.id, NOW + timedelta(minutes=1))
        assert await stored_phones.take_code(session, "number", phone.address, NOW)


async def bodies(session: Session) -> int:
    return len((await session.execute(select(delivery.c.id))).all())


async def test_a_number_is_shown_once_and_what_it_linked_by_the_name_of_our_sender_alone(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    assert "None yet." in (await amina.opens(PHONES)).text
    page = await amina.sends("/code")
    first = NUMBER.findall(page.text)
    page = await amina.sends("/code")
    assert len(first) == len(NUMBER.findall(page.text)) == 1
    assert NUMBER.findall(page.text) != first
    await link(town, "amina")
    page = await amina.opens(PHONES)
    assert "telegram" in page.text
    assert not NUMBER.search(page.text)
    assert "70001" not in page.html
    page = await amina.sends("/unlink")
    assert "No more tests go there." in page.text
    assert "None yet." in page.text


async def test_nobody_unlinks_a_colleagues_phone(sqlite_town: Town) -> None:
    await sqlite_town.signed_in(login="amina")
    await link(sqlite_town, "amina")
    async with sqlite_town.office.database.reading() as session:
        name = (await session.execute(select(staff_phone.c.id))).scalar_one()
    bilal = await sqlite_town.signed_in(login="bilal")
    page = await bilal.opens(PHONES)
    assert "telegram" not in page.text
    token = dict(page.form("/code").fields)["form-token"]
    assert (await bilal.posts(f"{PHONES}/{name}/unlink", [("form-token", token)])).status == 404
    async with sqlite_town.office.database.reading() as session:
        assert (await session.execute(select(staff_phone.c.id))).scalar_one() == name


async def test_a_test_leaves_from_the_page_of_the_item_and_stands_in_the_journal(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    item = await begins(amina)
    await amina.opens(item)
    page = await amina.sends("/test")
    assert page.path == PHONES
    assert "Nothing was sent: no phone of yours is linked" in page.text
    assert Act.ITEM_TEST not in await acts(town)
    await link(town, "amina")
    for _time in range(MOST):
        await amina.opens(item)
        page = await amina.sends("/test")
        assert page.path == item
        assert "Sent to your own phone, and to nobody else." in page.text
    page = await amina.sends("/test")
    assert "many tests in one minute" in page.text
    assert (await acts(town)).count(Act.ITEM_TEST) == MOST
    async with town.office.database.reading() as session:
        assert await bodies(session) == MOST
        assert "hearing" not in str((await session.execute(select(delivery.c.body))).all()).casefold()


async def test_a_sender_of_another_process_carries_no_test_of_this(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    item = await begins(amina)
    await link(town, "amina")
    async with town.office.database.writing() as session:
        await senders.bind(session, await another(session), ["telegram"])
    await amina.opens(item)
    assert (await amina.sends("/test")).path == PHONES


@pytest.mark.parametrize("language", ["es", "xx", "", "../fr"])
async def test_a_language_without_a_text_is_not_there(sqlite_town: Town, language: str) -> None:
    amina = await sqlite_town.signed_in(login="amina")
    item = await begins(amina)
    await link(sqlite_town, "amina")
    await amina.opens(item)
    assert (await amina.sends("/test", language=language)).status == 404
    async with sqlite_town.office.database.reading() as session:
        assert await bodies(session) == 0
