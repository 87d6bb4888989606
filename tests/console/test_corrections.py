"""What we say ourselves is corrected text by text, by whoever translates, and said so at once."""

from collections.abc import Iterator

import pytest

import locales
from handlers.writing.wordings import id_of
from locales import _, speaking
from storage.roles import Role
from tests.console.conftest import Town
from tests.console.items import acts

THANKS = "Nothing was erased."


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    locales.correct({})


async def test_a_text_of_ours_is_corrected_and_said_at_once(town: Town) -> None:
    amina = await town.signed_in(Role.TRANSLATOR, ("fr",))
    page = await amina.opens("/words/catalogs/fr?q=Nothing+was+ERASED.")
    assert "2 texts · corrected: 0" in page.text
    page = await amina.opens(page.link(THANKS))
    assert "flows/" in page.text
    page = await amina.sends(id_of(THANKS), wording="Rien n'a {disparu}.")
    assert (page.status, "{disparu}" in page.text) == (422, True)
    assert dict(page.form(id_of(THANKS)).fields)["wording"] == "Rien n'a {disparu}."
    page = await amina.sends(id_of(THANKS), wording="Rien n'a disparu.")
    assert "It is said so from now on" in page.text
    with speaking("fr"):
        assert _(THANKS) == "Rien n’a disparu."
    async with amina.client.get("/words/catalogs/fr.po") as response:
        assert 'msgstr "Rien n’a disparu."' in await response.text()
    page = await amina.opens("/words/catalogs/fr?only=corrected")
    assert "1 text · corrected: 1" in page.text
    await amina.opens(page.link(THANKS))
    page = await amina.sends(id_of(THANKS), back="1")
    assert "Our own words are said again" in page.text
    with speaking("fr"):
        assert _(THANKS) != "Rien n’a disparu."
    assert await acts(town) == [("text.correct", "fr")] * 2


async def test_who_corrects_our_texts_translates_or_owns_the_deployment(sqlite_town: Town) -> None:
    for role, everywhere, status in (
        (Role.ORGANIZER, False, 403),
        (Role.OWNER, False, 403),
        (Role.OWNER, True, 200),
        (Role.TRANSLATOR, True, 200),
    ):
        colleague = await sqlite_town.signed_in(role, everywhere=everywhere)
        assert (await colleague.opens("/words/catalogs/fr")).status == status, role
        assert (await colleague.opens("/words/catalogs/en")).status == 404
        assert (await colleague.opens(f"/words/catalogs/fr/{'0' * 32}")).status == (status if status == 403 else 404)
    amina = await sqlite_town.signed_in(Role.TRANSLATOR, ("fr",))
    assert (await amina.opens("/words/catalogs/es")).status == 403
    page = await amina.opens("/words/catalogs/fr?q=%22%3E%3Cscript%3Ehostile")
    assert (page.status, "<script>hostile" in page.html) == (200, False)
