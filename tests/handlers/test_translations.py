"""Items leave as a file for translators, and what comes back is kept as theirs, never over somebody else's."""

from dataclasses import replace

import pytest

from exports import po, xliff
from exports.units import Sheet
from handlers import processes, translations
from handlers.translations import Incoming
from storage.states import RenditionState
from tests.handlers.house import House
from tests.handlers.items import ARABIC, FRENCH, TRANSLATOR, drafted, item_of, translates, writes
from tests.storage.rows import statements


async def sheet(house: House, language: str = "fr") -> Sheet:
    return await house.acts(lambda session, process, _now: translations.sheet(session, process, "en", language))


async def compares(house: House, incoming: Sheet) -> list[Incoming]:
    return list(await house.acts(lambda session, process, _now: translations.compare(session, process, incoming)))


async def takes(house: House, incoming: Sheet, seen: dict[str, int]) -> list[str]:
    return list(
        await house.acts(
            lambda session, process, now: translations.take(session, process, incoming, seen, TRANSLATOR, now)
        )
    )


def translated(out: Sheet, text: str, state: RenditionState = RenditionState.TRANSLATED) -> Sheet:
    return replace(out, units=tuple(replace(unit, target=text, state=state) for unit in out.units))


@pytest.mark.parametrize("format_", [po, xliff], ids=["po", "xliff"])
async def test_an_item_comes_back_translated_and_is_taken(sqlite_house: House, format_) -> None:  # type: ignore[no-untyped-def]
    house, name = sqlite_house, await drafted(sqlite_house)
    out = await sheet(house, "ar")
    back = format_.read(format_.write(translated(out, ARABIC, RenditionState.APPROVED)), out)
    [found] = await compares(house, back)
    assert (found.change.id, found.change.after.target, found.change.problem, found.edited) == (name, ARABIC, "", 0)
    assert await takes(house, back, {name: 0}) == []
    rendition = (await item_of(house, name)).renditions["ar"]
    assert (rendition.text, rendition.staff_id) == (ARABIC, TRANSLATOR)
    assert rendition.state is RenditionState.TRANSLATED
    assert await compares(house, back) == []


async def test_what_somebody_changed_since_it_was_looked_at_stays(sqlite_house: House) -> None:
    house, name = sqlite_house, await drafted(sqlite_house)
    back = translated(await sheet(house), "Autre chose.")
    await translates(house, name, FRENCH, "fr")
    assert await takes(house, back, {name: 0}) == [name]
    assert (await item_of(house, name)).renditions["fr"].text == FRENCH
    assert await takes(house, back, {name: 1}) == []


async def test_what_was_translated_from_an_older_text_is_stale_and_has_to_be_edited(sqlite_house: House) -> None:
    house, name = sqlite_house, await drafted(sqlite_house)
    back = translated(await sheet(house), FRENCH)
    await writes(house, name, "The hearing is on Monday.")
    [found] = await compares(house, back)
    assert found.change.is_stale
    assert await takes(house, back, {name: 0}) == []
    item = await item_of(house, name)
    assert (item.renditions["fr"].state, item.is_stale("fr")) == (RenditionState.NEEDS_EDITING, True)


async def test_what_cannot_be_sent_or_is_not_here_is_not_taken(sqlite_house: House) -> None:
    house, name = sqlite_house, await drafted(sqlite_house)
    out = await sheet(house, "ar")
    for text in (FRENCH, ARABIC * 500, f"{ARABIC}\u202e"):
        [found] = await compares(house, translated(out, text))
        assert found.change.problem
        assert await takes(house, translated(out, text), {name: 0}) == [name]
    elsewhere = replace(out, units=(replace(out.units[0], id="elsewhere", target=ARABIC),))
    assert await takes(house, elsewhere, {"elsewhere": 0}) == ["elsewhere"]
    assert (await item_of(house, name)).renditions == {}


async def test_however_many_items_leave_in_two_statements(sqlite_house: House) -> None:
    house = sqlite_house
    for language in ("fr", "es", "fr"):
        await translates(house, await drafted(house), FRENCH, language)
    async with house.database.writing() as session:
        process = await processes.named(session)
        with statements(house.database) as seen:
            out = await translations.sheet(session, process, "en", "fr")
    assert (len(out.units), len(seen)) == (3, 2)
    assert sorted(unit.target for unit in out.units) == ["", FRENCH, FRENCH]
