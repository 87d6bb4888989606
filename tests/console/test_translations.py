"""Files for translators go out and come back, and are taken when somebody has looked at what they change."""

from dataclasses import replace
from io import BytesIO

import pytest
from aiohttp import FormData

from exports import po, xliff
from exports.units import Sheet
from storage.roles import Role
from storage.states import RenditionState
from tests.console.browser import Browser, Page
from tests.console.conftest import Town
from tests.console.items import HEARING, OFFICE, ON_FRIDAY, WORDS, acts, drafted, rendition, sheet_of
from tests.storage.rows import statements

BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xliff>&b;</xliff>'


def filled(sheet: Sheet, *texts: str) -> Sheet:
    units = (replace(unit, target=text, state=RenditionState.TRANSLATED) for unit, text in zip(sheet.units, texts))  # noqa: B905
    return replace(sheet, units=tuple(units))


async def brings(browser: Browser, content: bytes, language: str = "fr") -> Page:
    """A file, by the form for it."""
    assert browser.page is not None
    form = browser.page.form(f"/files/{language}")
    data = FormData(quote_fields=False)
    for name, value in form.fields:
        data.add_field(name, value)
    data.add_field("file", BytesIO(content), filename="words.po", content_type="application/octet-stream")
    async with browser.client.post(form.action, data=data) as response:
        return await browser._sees(response)


@pytest.mark.parametrize("kind", [po, xliff])
async def test_a_file_goes_out_comes_back_and_is_taken(town: Town, kind) -> None:  # type: ignore[no-untyped-def]
    hearing, office = await drafted(town, "Hearing", HEARING), await drafted(town, "Office hours", OFFICE)
    amina = await town.signed_in(Role.TRANSLATOR, ("fr",))
    page = await amina.opens(f"{WORDS}/files/fr")
    async with amina.client.get(page.link(kind.__name__.removeprefix("exports.").upper())) as response:
        assert response.headers["Content-Disposition"].startswith("attachment")
        sheet = kind.read(await response.read(), await sheet_of(town))
    back = replace(sheet, units=tuple(replace(unit, target=f"Oui : {unit.source}") for unit in sheet.units))
    page = await brings(amina, kind.write(back))
    assert "[put in: Oui : The hearing is on Friday. ]" in page.text
    benoit = await town.signed_in(Role.TRANSLATOR, ("fr",))
    await benoit.opens(f"{WORDS}/{hearing}/fr")
    await benoit.sends(f"{hearing}/fr", text=ON_FRIDAY)
    page = await amina.sends("/take", take=[hearing, office])
    assert "1 text was taken." in page.text
    assert "1 text stays as it is" in page.text
    assert (await rendition(town, hearing))[0] == ON_FRIDAY
    assert (await rendition(town, office))[0] == f"Oui : {OFFICE}"
    assert (await acts(town))[-1] == ("words.import", "fr")


async def test_what_came_back_and_cannot_be_taken_is_refused_in_a_sentence(sqlite_town: Town) -> None:
    await drafted(sqlite_town, "Hearing", "The hearing is at {place}.")
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    await amina.opens(f"{WORDS}/files/fr")
    sheet = filled(await sheet_of(sqlite_town), "L’audition a lieu à {lieu}.")
    foreign = replace(sheet, units=(replace(sheet.units[0], id="elsewhere", target="Ailleurs."),))
    for content, why in (
        (po.write(sheet), "It lacks {place}"),
        (po.write(foreign), "There is no such text here, or no more."),
        (po.write(replace(sheet, target="es")), "This file is of other languages"),
        (po.write(replace(sheet, subject="national")), "This file is of something else"),
        (BOMB, "document type or an entity"),
        (b"<xliff", "not an XLIFF file"),
        (b"\xff\xfe", "not in UTF-8"),
        (b"x" * 2_000_001, "too large"),
    ):
        page = await brings(amina, content)
        assert why in page.text, why
        assert "Take these" not in page.text
        await amina.opens(f"{WORDS}/files/fr")
    assert "That is too big" in (await brings(amina, b"x" * 2_200_000)).text
    assert await acts(sqlite_town) == []


async def test_no_file_of_another_language_leaves_or_is_taken(sqlite_town: Town) -> None:
    await drafted(sqlite_town, "Hearing", HEARING)
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    for path in ("es.po?from=en", "es.xlf?from=en", "files/es"):
        assert (await amina.opens(f"{WORDS}/{path}")).status == 403, path
    for path in ("xx.po?from=en", "fr.po?from=fr", "fr.po?from=xx"):
        assert (await amina.opens(f"{WORDS}/{path}")).status == 404, path
    fields = (await amina.opens(f"{WORDS}/files/fr")).form("/files/fr").fields
    for path in ("files/es", "files/es/take"):
        assert (await amina.posts(f"{WORDS}/{path}", fields)).status == 403, path


async def test_a_file_leaves_in_eight_statements(sqlite_town: Town) -> None:
    for _number in range(5):
        await drafted(sqlite_town, "Hearing", HEARING)
    organizer, database = await sqlite_town.signed_in(), sqlite_town.office.database
    for path in ("fr.po", "files/fr"):
        with statements(replace(database, writer=database.reader)) as seen:
            page = await organizer.opens(f"{WORDS}/{path}")
        assert page.status == 200
        assert 2 < len(seen) <= 8, path


async def test_what_came_back_stays_text(sqlite_town: Town) -> None:
    await drafted(sqlite_town, "<script>hostile()</script>", "<img src=x onerror=hostile()>")
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    await amina.opens(f"{WORDS}/files/fr")
    page = await brings(amina, po.write(filled(await sheet_of(sqlite_town), "</textarea><script>hostile()</script>")))
    assert "Take these" in page.text
    assert "<script>hostile" not in page.html
    assert "<img" not in page.html
