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
from locales import to_staff
from storage import Session
from storage import items as stored
from storage.states import RenditionState


@dataclass(frozen=True, slots=True)
class Incoming:
    """One item that would have another text in the language of the file."""

    change: Change
    edited: int
    """The edition of the rendition that is there; 0: there is none. It is named when the change is taken."""


async def sheet(session: Session, process: OpenProcess, source: str, language: str) -> Sheet:
    """Every item that is written in `source`, for a translator into `language`."""
    written = await items.written_in(session, process, source, language)
    return Sheet(process.slug, source, language, tuple(_unit(item, language) for item in written))


async def compare(session: Session, process: OpenProcess, incoming: Sheet) -> list[Incoming]:
    """What a file that came back would change. Nothing is written."""
    current = await items.written_in(session, process, incoming.source, incoming.target)
    edited = {item.id: rendition.edition for item in current for rendition in item.renditions.values()}

    def unfit(_before: Unit, after: Unit) -> str:
        try:
            contents.check_rendered({incoming.target: after.target}, to_staff("text"))
            check_script(after.target, incoming.target, to_staff("text"))
        except contents.Unfit as why:
            return str(why)
        return ""

    changes = returned.compare((_unit(item, incoming.target) for item in current), incoming.units, unfit)
    return [Incoming(change, edited.get(change.id, 0)) for change in changes]


async def take(
    session: Session, process: OpenProcess, incoming: Sheet, seen: Mapping[str, int], staff_id: str, now: datetime
) -> Sequence[str]:
    """Keep what came back of these items; gives the ids of those that stay as they are.

    `seen`: by the id of each item that is wanted, the edition of the rendition beside which its change was looked at.
    What somebody has changed since is not overwritten.
    """
    changes = [its.change for its in await compare(session, process, incoming) if its.change.id in seen]
    left = set(seen) - {unit.id for unit in returned.taken(changes)}
    for unit in sorted(returned.taken(changes), key=lambda unit: unit.id):
        # Whoever takes others at the same time waits for these in the same order.
        item = await items.held(session, process, unit.id)
        new = Translation(unit.target, unit.state, seen[unit.id], await _source_edition(session, item, unit))
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


async def _source_edition(session: Session, item: Item, unit: Unit) -> int:
    """Of which text it is a translation: the newest that reads like the file's, or an older one than there is."""
    texts = {its.number: its.text for its in await stored.editions(session, item.id)}
    same = (number for number, text in texts.items() if returned.reads_like(text, unit.source))
    return max(same, default=max(item.edition - 1, 1))
