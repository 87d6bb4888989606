"""Items and their translations for tests of the console's pages, and what the journal says of them."""

from exports.units import Sheet
from handlers import items, journal, processes, translations
from handlers.items import ItemDraft
from handlers.processes import OpenProcess
from storage.states import RenditionState
from tests.console.conftest import Town
from tests.storage.rows import NOW

WORDS = "/p/regional-review/words"
HEARING, OFFICE = "The hearing is on Friday.", "The office is closed on Monday."
ON_FRIDAY, ON_TUESDAY = "L’audition a lieu vendredi.", "L’audition a lieu mardi."


async def process_of(town: Town) -> OpenProcess:
    async with town.office.database.reading() as session:
        return await processes.named(session, "regional-review")


async def drafted(town: Town, title: str, text: str) -> str:
    process = await process_of(town)
    async with town.office.database.writing() as session:
        return await items.draft(session, process, ItemDraft(title, "en", text), None, NOW)


async def rewritten(town: Town, name: str, text: str, edited: int = 1) -> None:
    process = await process_of(town)
    async with town.office.database.writing() as session:
        await items.write(session, process, name, text, edited, "organizer", NOW)


async def rendition(town: Town, name: str, language: str = "fr") -> tuple[str, RenditionState]:
    process = await process_of(town)
    async with town.office.database.reading() as session:
        its = (await items.get(session, process, name)).renditions[language]
    return its.text, its.state


async def sheet_of(town: Town, language: str = "fr") -> Sheet:
    process = await process_of(town)
    async with town.office.database.reading() as session:
        return await translations.sheet(session, process, "en", language)


async def acts(town: Town) -> list[tuple[str, object]]:
    async with town.office.database.reading() as session:
        entries = await journal.page(session, None, 20)
    return [(entry.act, (entry.facts or {}).get("language")) for entry in reversed(entries)]
