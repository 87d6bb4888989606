"""A translator's day, by forms only: what is open, what has changed, what somebody else has to approve."""

from dataclasses import replace

from handlers import items
from handlers.items import ItemDraft
from storage.roles import Role
from storage.states import RenditionState
from tests import hostile
from tests.console.conftest import Town
from tests.console.items import (
    HEARING,
    OFFICE,
    ON_FRIDAY,
    ON_TUESDAY,
    WORDS,
    acts,
    drafted,
    process_of,
    rendition,
    rewritten,
    sheet_of,
)
from tests.storage.rows import NOW, statements


async def test_a_translators_day(town: Town) -> None:
    hearing = await drafted(town, "Hearing", HEARING)
    office = await drafted(town, "Office hours", OFFICE)
    amina = await town.signed_in(Role.TRANSLATOR, ("fr",))
    page = await amina.opens(WORDS)
    assert ("Hearing" in page.text, "Office hours" in page.text) == (True, True)
    assert ("French" in page.text, "Spanish" in page.text) == (True, False)
    page = await amina.opens(f"{WORDS}/{hearing}/fr")
    assert HEARING in page.text
    page = await amina.sends(f"{hearing}/fr", text=ON_FRIDAY)
    assert page.path == f"{WORDS}/{office}/fr"
    assert "Kept. Next: Office hours" in page.text
    page = await amina.sends(f"{office}/fr", text="Fermé lundi.", state="needs_editing")
    assert (page.path, await rendition(town, office)) == (WORDS, ("Fermé lundi.", RenditionState.NEEDS_EDITING))

    await rewritten(town, hearing, "The hearing is on Tuesday.")
    page = await amina.opens(f"{WORDS}?language=fr&state=stale")
    assert ("Hearing" in page.text, "Office hours" in page.text) == (True, False)
    page = await amina.opens(page.link("Source changed"))
    assert "[taken out: Friday. ] [put in: Tuesday. ]" in page.text
    await amina.sends(f"{hearing}/fr", text=ON_TUESDAY)
    assert "Approve it as it stands" not in (await amina.opens(f"{WORDS}/{hearing}/fr")).text

    benoit = await town.signed_in(Role.TRANSLATOR, ("fr",))
    await benoit.opens(f"{WORDS}/{hearing}/fr")
    page = await benoit.sends(f"{hearing}/fr", text="Mardi.", approve="1")
    assert (page.status, "You have changed this text" in page.text) == (422, True)
    assert dict(page.form(f"{hearing}/fr").fields)["text"] == "Mardi."
    page = await benoit.sends(f"{hearing}/fr", text=ON_TUESDAY, approve="1")
    assert "Approved. Nothing else waits for it" in page.text
    assert await rendition(town, hearing) == (ON_TUESDAY, RenditionState.APPROVED)
    assert await acts(town) == [("rendition.translate", "fr")] * 3 + [("rendition.approve", "fr")]


async def test_a_translator_opens_no_other_language(sqlite_town: Town) -> None:
    name = await drafted(sqlite_town, "Hearing", HEARING)
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    assert (await amina.opens(f"{WORDS}/{name}/es")).status == 403
    for path in (f"{name}/en", f"{name}/xx", f"{'0' * 32}/fr"):
        assert (await amina.opens(f"{WORDS}/{path}")).status in (403, 404), path
    token = next(value for name, value in (await amina.opens(f"{WORDS}/{name}/fr")).form("/fr").fields)
    fields = [("form-token", token), ("text", "Hola."), ("edited", "0"), ("source", "1")]
    for path in (f"{name}/es", f"{name}/es/size"):
        assert (await amina.posts(f"{WORDS}/{path}", fields)).status == 403, path
    assert (await sheet_of(sqlite_town, "es")).units[0].target == ""


async def test_who_is_slower_sees_both_and_loses_nothing(sqlite_town: Town) -> None:
    name = await drafted(sqlite_town, "Hearing", HEARING)
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    benoit = await sqlite_town.signed_in(Role.ORGANIZER)
    for browser in (amina, benoit):
        await browser.opens(f"{WORDS}/{name}/fr")
    await amina.sends(f"{name}/fr", text=ON_FRIDAY)
    page = await benoit.sends(f"{name}/fr", text="C’est vendredi.")
    assert (page.status, ON_FRIDAY in page.text) == (422, True)
    assert dict(page.form(f"{name}/fr").fields)["text"] == "C’est vendredi."
    assert (await rendition(sqlite_town, name))[0] == ON_FRIDAY
    await benoit.sends(f"{name}/fr")
    assert (await rendition(sqlite_town, name))[0] == "C’est vendredi."


async def test_a_source_that_changes_while_it_is_translated_is_shown_at_once(sqlite_town: Town) -> None:
    name = await drafted(sqlite_town, "Hearing", HEARING)
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    await amina.opens(f"{WORDS}/{name}/fr")
    await rewritten(sqlite_town, name, "The hearing is on Tuesday.")
    page = await amina.sends(f"{name}/fr", text=ON_FRIDAY)
    assert page.path == f"{WORDS}/{name}/fr"
    assert "The source has changed while you wrote" in page.text
    assert "[put in: Tuesday. ]" in page.text
    fields = dict(page.form(f"{name}/fr").fields) | {"text": "x" * 1401}
    page = await amina.posts(f"{WORDS}/{name}/fr/size", list(fields.items()))
    assert "1401 characters: at most 1,400 fit" in page.text


async def test_two_hundred_items_take_eight_statements(sqlite_town: Town) -> None:
    process, database = await process_of(sqlite_town), sqlite_town.office.database
    async with database.writing() as session:
        name = ""
        for number in range(200):
            name = await items.draft(session, process, ItemDraft(f"Item {number}", "en", HEARING), None, NOW)
    organizer = await sqlite_town.signed_in()
    await organizer.opens(WORDS)
    for path in ("", "?page=3", f"/{name}/fr"):
        with statements(replace(database, writer=database.reader)) as seen:
            page = await organizer.opens(f"{WORDS}{path}")
        assert page.status == 200
        assert 2 < len(seen) <= 8, path


async def test_what_attackers_write_stays_text(sqlite_town: Town) -> None:
    name = await drafted(sqlite_town, "<script>hostile()</script>", "<img src=x onerror=hostile()>")
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    await amina.opens(f"{WORDS}/{name}/fr")
    texts = "\n".join(text for text in hostile.TEXTS if "<" in text)
    pages = [await amina.sends(f"{name}/fr", text=f"</textarea>{texts}", edited="9")]
    assert dict(pages[0].form(f"{name}/fr").fields)["text"].startswith("</textarea>")
    pages.append(await amina.opens(f"{WORDS}?language=%3Cscript%3E&state=%22%3E%3Cscript%3Ehostile&page=x"))
    assert "<img src=x onerror=hostile()>" in pages[0].text
    for page in pages:
        assert "<script>hostile" not in page.html
        assert "<img" not in page.html
