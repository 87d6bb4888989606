"""Items as files for translators: what leaves, and what comes back, which is looked at before it is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exports.units import Sheet, Unit
from handlers import items
from handlers.items import Item, Newer, Translation
from handlers.processes import OpenProcess
from handlers.writing import contents, returned
from handlers.writing.returned import Change
from handlers.writing.scripts import check_script
from storage import Session
from storage.states import RenditionState


@dataclass(frozen=True, slots=True)
class Incoming:
    """One item that would have another text in the language of the file."""

    change: Change
    edited: int
    """The edition of the rendition that is there; 0: there is none. It is named when the change is taken."""


async def sheet(session: Session, process: OpenProcess, source: str, language: str) -> Sheet:
    """Every item that is written in `source`, for a translator into `language`."""
    written = [row.item for row in await items.matrix(session, process) if row.item.language == source]
    units = [_unit(await items.get(session, process, item.id), language) for item in written]
    return Sheet(process.slug, source, language, tuple(units))


async def compare(session: Session, process: OpenProcess, incoming: Sheet) -> list[Incoming]:
    """What a file that came back would change. Nothing is written."""
    current = await sheet(session, process, incoming.source, incoming.target)

    def unfit(_before: Unit, after: Unit) -> str:
        try:
            contents.check_rendered({incoming.target: after.target}, "text")
            check_script(after.target, incoming.target, "text")
        except contents.Unfit as why:
            return str(why)
        return ""

    changes = returned.compare(current.units, incoming.units, unfit)
    return [Incoming(change, await _edited(session, process, change, incoming.target)) for change in changes]


async def take(
    session: Session, process: OpenProcess, incoming: Sheet, seen: Mapping[str, int], staff_id: str, now: datetime
) -> Sequence[str]:
    """Keep what came back of these items; gives the ids of those that stay as they are.

    `seen`: by the id of each item that is wanted, the edition of the rendition beside which its change was looked at.
    What somebody has changed since is not overwritten.
    """
    changes = [its.change for its in await compare(session, process, incoming) if its.change.id in seen]
    left = set(seen) - {unit.id for unit in returned.taken(changes)}
    for unit in returned.taken(changes):
        item = await items.held(session, process, unit.id)
        new = Translation(unit.target, unit.state, seen[unit.id], await _source_edition(session, process, item, unit))
        try:
            await items.translate(session, process, unit.id, incoming.target, new, staff_id, now)
        except Newer:
            left.add(unit.id)
    return sorted(left)


def _unit(item: Item, language: str) -> Unit:
    rendition = item.renditions.get(language)
    if rendition is None or not rendition.text:
        return Unit(item.id, item.text, context=item.title)
    state = RenditionState.NEEDS_EDITING if item.is_stale(language) else rendition.state
    return Unit(item.id, item.text, rendition.text, state=state, context=item.title)


async def _edited(session: Session, process: OpenProcess, change: Change, language: str) -> int:
    if change.before is None:
        return 0
    rendition = (await items.get(session, process, change.id)).renditions.get(language)
    return 0 if rendition is None else rendition.edition


async def _source_edition(session: Session, process: OpenProcess, item: Item, unit: Unit) -> int:
    """Of which text it is a translation: the newest that reads like the file's, or an older one than there is."""
    texts = {its.number: its.text for its in await items.editions(session, process, item.id)}
    same = (number for number, text in texts.items() if returned.reads_like(text, unit.source))
    return max(same, default=max(item.edition - 1, 1))
