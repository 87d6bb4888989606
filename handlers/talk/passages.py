"""Looking up what somebody reads of the texts that are written together."""

from collections.abc import Mapping, Sequence

import flows
from handlers import texts
from handlers.talk.visits import Visit
from handlers.writing import contents
from storage import Session, amendments
from storage import texts as stored
from storage.texts import PartOption, PlacedPart

PARTS_AT_ONCE = 8
"""Beside "more" they fit a list on WhatsApp."""
MOST_PROPOSALS = 10
LONGEST_PIECE, LONGEST_PAID_PIECE = 1000, 300
"""In letters: of a message, and of one that is paid by length."""


async def titles(session: Session, visit: Visit) -> tuple[flows.Option, ...]:
    """The texts that can be read, each by its title in one language: what is kept with a talk stays small."""
    found = await stored.readable(session, visit.board.process) if visit.board.drafted else ()
    return tuple(flows.Option(text.id, _in_one(visit, contents.unpack(text.title, dict[str, str]))) for text in found)


async def opened(session: Session, visit: Visit, among: tuple[flows.Option, ...]) -> flows.OpenText | None:
    """The text that they read, or the only one. None: they have to choose one."""
    place = visit.passage
    if not place.text and len(among) == 1:
        place = flows.PlaceInText(among[0].value)
    text = await stored.get(session, visit.board.process, place.text) if place.text else None
    if text is None or text.id not in {option.value for option in among}:
        return None
    takes = not visit.is_over and texts.takes(text, visit.now.date())
    parts = await stored.parts(session, visit.board.process, text.id, texts.ready(visit.board.content))
    reads = next((number for number, part in enumerate(parts) if part.id == place.part), None)
    if reads is None:
        return _list(visit, place, parts, takes=takes)
    return flows.OpenText(place, takes, part=await _part(session, visit, place, parts, reads))


def _list(visit: Visit, place: flows.PlaceInText, parts: Sequence[PlacedPart], *, takes: bool) -> flows.OpenText:
    shown = parts[place.after : place.after + PARTS_AT_ONCE]
    options = tuple(flows.Option(part.id, _heading(visit, part)) for part in shown)
    return flows.OpenText(place, takes, options, place.after + len(shown) < len(parts))


async def _part(
    session: Session, visit: Visit, place: flows.PlaceInText, parts: Sequence[PlacedPart], reads: int
) -> flows.OpenPart:
    part = parts[reads]
    behind = parts[reads + 1].id if reads + 1 < len(parts) else ""
    whole = await stored.part(session, visit.board.process, place.text, part.id, texts.ready(visit.board.content))
    cut = () if whole is None else in_pieces(visit, whole)
    proposed = await amendments.open_to(session, visit.board.process, visit.person, part.id, MOST_PROPOSALS)
    proposals = tuple(flows.Proposal(proposal.id, proposal.supports) for proposal in proposed)
    return flows.OpenPart(part.id, part.edition, len(cut), behind, proposals)


def in_pieces(visit: Visit, part: PartOption) -> tuple[str, ...]:
    """The words of a part as this person reads them, in messages; the first says where they are in another language."""
    return cut(visit, {part.language: part.text} | dict(part.renditions))


def cut(visit: Visit, words: flows.Renditions) -> tuple[str, ...]:
    """The same of the words of any part, the language first in which it is written first."""
    found = flows.rendition(words, visit.language, tuple(words))
    longest = LONGEST_PAID_PIECE if visit.surroundings.costs_by_length else LONGEST_PIECE
    first, *others = flows.pieces(found.text, longest)
    return (flows.with_notice(flows.Rendition(first, found.language), visit.language), *others)


def _heading(visit: Visit, part: PlacedPart) -> Mapping[str, str]:
    heads = {part.language: part.head} | dict(part.heads)
    found = flows.rendition(heads, visit.language, (part.language,))
    return {found.language: flows.heading(found.text)}


def _in_one(visit: Visit, renditions: flows.Renditions) -> flows.Renditions:
    found = flows.rendition(renditions, visit.language, visit.board.content.languages)
    return {found.language: found.text}
