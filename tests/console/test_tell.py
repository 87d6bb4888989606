"""An organizer writes, sees it on the phones, chooses whom it reaches, and another approves exactly that."""

import pytest

from handlers import journal
from handlers.journal import Act
from storage import senders
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.hostile import TEXTS

TELL = "/p/regional-review/tell"
TEXT = "The hearing is on Friday."


@pytest.fixture
async def organizer(town: Town) -> Browser:
    return await seated(town)


@pytest.fixture
async def writer(sqlite_town: Town) -> Browser:
    """The same, for what no database decides."""
    return await seated(sqlite_town)


async def seated(town: Town) -> Browser:
    """An organizer of a process that has a sender of each kind."""
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms", "whatsapp": "whatsapp"})
    return await town.signed_in(login="amina")


async def begins(browser: Browser, text: str = TEXT, title: str = "Hearing") -> str:
    """An item in English; gives its address."""
    await browser.opens(f"{TELL}/new")
    page = await browser.sends("/tell/new", title=title, language="en", text=text)
    assert page.status == 200, page.text
    return page.path


async def acts(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return [entry.act for entry in await journal.page(session, town.process, 50)]


async def test_two_who_write_at_once_see_both_texts(town: Town, organizer: Browser) -> None:
    item = await begins(organizer)
    name = item.rpartition("/")[2]
    second = await town.signed_in(login="bilal")
    await second.opens(item)
    await organizer.sends(name, text="The hearing is on Monday.")
    page = await second.sends(name, text="The hearing is on Tuesday.")
    assert page.status == 422
    assert "Nothing was overwritten" in page.text
    assert "The hearing is on Monday." in page.text
    assert '<del class="removed">Monday.</del>' in page.html
    assert ("text", "The hearing is on Tuesday.") in page.form(name).fields
    page = await second.sends(name)
    assert page.status == 200
    assert ("text", "The hearing is on Tuesday.") in page.form(name).fields


async def test_what_is_too_long_or_empty_is_not_kept_and_not_lost(writer: Browser) -> None:
    await writer.opens(f"{TELL}/new")
    long = "A long sentence. " * 100
    page = await writer.sends("/tell/new", title="Hearing", language="en", text=long)
    assert page.status == 422
    assert "at most 1400 fit" in page.text
    assert "This is too long for one message." in page.text
    assert ("text", long.strip()) in page.form("/tell/new").fields
    page = await writer.sends("/tell/new", title="", text="")
    assert page.status == 422
    page = await writer.sends("/tell/new", title="Hearing", text=TEXT, show="1")
    assert page.status == 200
    assert "From Harbour Migration Forum" in page.text


async def test_while_it_is_written_only_the_phones_come_again(writer: Browser) -> None:
    item = await begins(writer)
    token = dict(writer.page.form("/drop").fields)["form-token"]  # type: ignore[union-attr]
    page = await writer.posts(f"{item}/preview", [("form-token", token), ("text", "Come on <b>Friday</b>.")])
    assert "<html" not in page.html
    assert "Come on &lt;b&gt;Friday&lt;/b&gt;." in page.html
    page = await writer.posts(f"{TELL}/new/preview", [("form-token", token), ("text", ""), ("language", "xx")])
    assert "What you write is shown here" in page.text


async def test_how_many_it_reaches_is_counted_without_scripts(writer: Browser) -> None:
    item = await begins(writer)
    await writer.opens(f"{item}/audience")
    page = await writer.sends("/audience", count="1")
    assert page.status == 200
    assert "People who would get it now: fewer than 8" in page.text


async def test_two_who_plan_at_once_overwrite_nothing(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    second = await sqlite_town.signed_in(login="bilal")
    await second.opens(f"{item}/audience")
    await writer.opens(f"{item}/audience")
    await writer.sends("/audience", urgent="yes")
    page = await second.sends("/audience", members="yes")
    assert page.status == 422
    assert "Somebody else has changed whom or when" in page.text
    assert ("members", "yes") in page.form("/audience").fields


async def test_what_attackers_write_stays_text(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    name, taken = item.rpartition("/")[2], 0
    for text in TEXTS[::12]:
        page = await writer.sends(name, text=text, title=text[:200])
        assert page.status in (200, 422)
        assert page.form(name).action
        assert "<script>alert" not in page.html
        taken += page.status == 200
    assert taken
    assert (await writer.opens(TELL)).status == 200


async def test_an_e_bulletin_is_put_together_only_of_what_is_new(writer: Browser) -> None:
    await writer.opens(TELL)
    assert "Nothing is new since the last e-bulletin." in (await writer.sends("/tell/digest")).text


async def test_what_was_given_up_is_not_there(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    page = await writer.sends("/drop")
    assert "Given up." in page.text
    assert (await writer.opens(item)).status == 404
    assert (await acts(sqlite_town))[0] == Act.ITEM_DROP
