"""An item as the tests of it begin one, and who of the staff does what."""

from typing import Any

from handlers import items
from handlers.items import Item, ItemDraft, Translation
from handlers.writing import contents
from storage.states import RenditionState
from tests.handlers.house import House

WRITER, TRANSLATOR, ORGANIZER, SECOND = "writer", "translator", "organizer", "second"
TEXT = "The hearing is on Friday."
FRENCH = "L’audition a lieu vendredi."
ARABIC = "جلسة الاستماع يوم الجمعة."


async def drafted(house: House, text: str = TEXT, staff_id: str = WRITER, **plan: Any) -> str:
    """An item in English; gives its id."""
    new = ItemDraft("Hearing", "en", text, contents.Bulletin({}, **plan))
    return await house.acts(lambda session, process, now: items.draft(session, process, new, staff_id, now))


async def item_of(house: House, item_id: str) -> Item:
    return await house.acts(lambda session, process, _now: items.get(session, process, item_id))


async def writes(house: House, item_id: str, text: str, staff_id: str = WRITER, edited: int = 0) -> int:
    """Over what stands there now, or over the edition that is named."""
    edited = edited or (await item_of(house, item_id)).edition
    return await house.acts(
        lambda session, process, now: items.write(session, process, item_id, text, edited, staff_id, now)
    )


async def translates(
    house: House,
    item_id: str,
    text: str = FRENCH,
    language: str = "fr",
    state: RenditionState = RenditionState.TRANSLATED,
    staff_id: str = TRANSLATOR,
    **over: int,
) -> int:
    """Of what stands there now, over what stands there now, unless it is said otherwise."""
    item = await item_of(house, item_id)
    before = item.renditions.get(language)
    known = {"edited": 0 if before is None else before.edition, "source_edition": item.edition}
    new = Translation(text, state, **known | over)
    return await house.acts(
        lambda session, process, now: items.translate(session, process, item_id, language, new, staff_id, now)
    )


async def approves(house: House, item_id: str, language: str = "fr", staff_id: str = SECOND, edited: int = 0) -> int:
    """The translation as it stands now, or the edition that is named."""
    edited = edited or (await item_of(house, item_id)).renditions[language].edition
    return await house.acts(
        lambda session, process, now: items.approve(session, process, item_id, language, edited, staff_id, now)
    )
