"""An organizer asks for a file, sees how far it is, and fetches it once."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document

from bot.exporting import Exporting
from handlers import journal, processes
from handlers.exports import KEPT
from handlers.journal import Act
from handlers.signing_in import CONFIRMED_HOLDS
from storage.roles import Role
from tests.console.browser import Browser, Page
from tests.console.conftest import Town
from tests.exports import reading
from tests.hostile import TEXTS
from tests.review import PROCESS
from tests.storage.rows import give, meet, statements

EXPORTS = "/p/regional-review/exports"


async def works(town: Town) -> None:
    """A worker has its turn."""
    await Exporting(town.office.database, town.office.keys, "worker", lambda: town.clock.now).go_on()


async def says(town: Town, number: int, words: str = "Interpreters.") -> None:
    async with town.office.database.writing() as session:
        for place in range(number):
            who = await meet(session, town.office.keys, f"7{place:04}", process=town.process)
            await give(session, who, words, process=town.process, topic="services")


async def asks(browser: Browser, what: str = "contributions.xlsx", **more: str) -> Page:
    await browser.opens(EXPORTS)
    return await browser.sends("/exports", what=what, **more)


async def fetches(browser: Browser) -> tuple[int, bytes, str]:
    """Its status, what came, and what it is called."""
    assert browser.page is not None
    form = browser.page.form("/fetch")
    async with browser.client.post(form.action, data=dict(form.fields)) as response:
        return response.status, await response.read(), response.headers.get("Content-Disposition", "")


async def test_it_is_asked_for_made_and_fetched_once(town: Town) -> None:
    await says(town, 9)
    amina = await town.signed_in(login="amina")
    page = await asks(amina, tagged="yes")
    assert "A worker makes it now." in page.text
    assert "Waits" in page.text
    await works(town)
    page = await amina.opens(EXPORTS)
    assert "ready" in page.text
    assert "about 10 rows" in page.text
    form = page.form("/fetch")
    status, file, name = await fetches(amina)
    assert (status, name) == (200, 'attachment; filename="regional-review-contributions-en-2026-11-23.xlsx"')
    table = reading.workbook(file).rows["Contributions"]
    assert len(table) == 11
    assert ["Asked for by", "Amina"] in [list(row) for row in reading.workbook(file).rows["About this file"]]
    page = await amina.posts(form.action, form.fields)
    assert page.status == 422
    assert "This file is not here, or no more." in page.text
    assert "fetched" in page.text
    async with town.office.database.reading() as session:
        acts = [(entry.act, entry.facts) for entry in await journal.page(session, town.process, 9)]
    assert acts == [
        (Act.EXPORT_FETCH, {"kind": "contributions", "number": 10}),
        (Act.EXPORT_ASK, {"kind": "contributions", "language": "en", "state": "xlsx"}),
    ]


async def test_a_paper_is_had_in_each_language_of_the_process(sqlite_town: Town) -> None:
    await says(sqlite_town, 9)
    amina = await sqlite_town.signed_in()
    await asks(amina, "paper.docx", language="fr")
    await works(sqlite_town)
    await amina.opens(EXPORTS)
    _status, file, name = await fetches(amina)
    assert name.endswith('regional-review-paper-fr-2026-11-23.docx"')
    assert "Examen régional" in Document(BytesIO(file)).paragraphs[0].text


async def test_nobody_but_who_asked_fetches_it(sqlite_town: Town) -> None:
    amina, bilal = await sqlite_town.signed_in(login="amina"), await sqlite_town.signed_in(login="bilal")
    await asks(amina)
    await works(sqlite_town)
    address = (await amina.opens(EXPORTS)).form("/fetch").action
    for other in (bilal, await sqlite_town.signed_in(Role.AUDITOR)):
        page = await other.opens(EXPORTS)
        assert "Amina" in page.text
        assert not any(form.action.endswith("/fetch") for form in page.seen.forms)
    token = (await bilal.opens(EXPORTS)).form("/exports").fields
    assert (await bilal.posts(address, token)).status == 422
    assert (await fetches(amina))[0] == 200


async def test_it_is_fetched_by_whoever_gave_the_password_just_now(sqlite_town: Town) -> None:
    amina = await sqlite_town.signed_in()
    await asks(amina)
    await works(sqlite_town)
    sqlite_town.clock.now += CONFIRMED_HOLDS + timedelta(seconds=1)
    page = await amina.opens(EXPORTS)
    form = page.form("/fetch")
    assert "Is it you?" in (await amina.posts(form.action, form.fields)).text
    assert "ready" in (await amina.opens(EXPORTS)).text


async def test_a_file_of_another_process_is_not_there(sqlite_town: Town) -> None:
    async with sqlite_town.office.database.writing() as session:
        national = replace(PROCESS, title={"en": "National"}, slug="national")
        await processes.begin(session, national, sqlite_town.clock.now)
    owner = await sqlite_town.signed_in(Role.ORGANIZER, everywhere=True)
    await asks(owner)
    await works(sqlite_town)
    form = (await owner.opens(EXPORTS)).form("/fetch")
    page = await owner.posts(form.action.replace("regional-review", "national"), form.fields)
    assert page.status == 422
    assert "This file is not here" in page.text
    assert "Nobody has asked for a file yet." in page.text
    assert "ready" in (await owner.opens(EXPORTS)).text


async def test_the_part_that_lives_is_fetched_again_only_when_something_changed(sqlite_town: Town) -> None:
    amina = await sqlite_town.signed_in()
    await asks(amina)
    page = await amina.opens(f"{EXPORTS}/live")
    assert 'hx-trigger="every 3s"' in page.html
    tag = page.headers["Etag"]
    async with amina.client.get(f"{EXPORTS}/live", headers={"If-None-Match": tag}) as same:
        assert same.status == 304
    await works(sqlite_town)
    page = await amina.opens(f"{EXPORTS}/live", **{"If-None-Match": tag})
    assert "ready" in page.text
    sqlite_town.clock.now += timedelta(minutes=1)
    await amina.opens(EXPORTS)
    assert (await fetches(amina))[0] == 200
    assert "hx-trigger" not in (await amina.opens(f"{EXPORTS}/live")).html


@pytest.mark.parametrize("what", ["", "contributions", "contributions.docx", "people.xlsx", "paper.csv", *TEXTS[:20]])
async def test_what_is_not_offered_is_refused_in_a_sentence(sqlite_town: Town, what: str) -> None:
    page = await asks(await sqlite_town.signed_in(), what)
    assert page.status == 422
    assert "Choose what the file is to hold." in page.text or "cannot be had in that format" in page.text
    assert "Nobody has asked for a file yet." in page.text


async def test_the_list_is_read_in_few_statements(sqlite_town: Town) -> None:
    amina = await sqlite_town.signed_in()
    for _number in range(5):
        await asks(amina)
    assert "Several files are being made already." in (await asks(amina)).text
    with statements(sqlite_town.office.database, reading=True) as seen:
        await amina.opens(EXPORTS)
    assert 2 < len(seen) <= 8


async def test_it_says_when_it_is_erased(sqlite_town: Town) -> None:
    amina = await sqlite_town.signed_in(language="fr")
    await asks(amina)
    await works(sqlite_town)
    page = await amina.opens(EXPORTS)
    assert "Effacé ici" in page.text
    assert f"{(sqlite_town.clock.now + KEPT).day} nov" in page.text
