"""What everybody may read of the texts that are written together: their parts, what changed, what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import flows
from handlers import standings, texts
from handlers.processes import OpenProcess
from handlers.standings import Standing
from handlers.writing import contents, moments
from handlers.writing.differences import Span, difference
from storage import Session, amendments, items
from storage import texts as stored
from storage.amendments import Decided
from storage.items import StoredEdition
from storage.states import ResponseState
from storage.texts import PlacedPart, StoredText

MOST_EDITIONS = 10
"""So many of the newest stand on a part's page."""
MOST_DECISIONS = 20


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part where it stands, by its heading."""

    id: str
    number: int
    heading: flows.Renditions = field(repr=False)
    edition: int
    is_shared: bool
    """It is the part of the process above..."""
    differs: bool
    """...or stands in its place, or beside what is shared."""
    decided: tuple[Standing, ...] = ()
    """What rounds of this process decided on it, the first first: not everybody may read of each of them."""


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text that people read."""

    id: str
    title: flows.Renditions = field(repr=False)
    becomes: flows.Renditions = field(repr=False)
    decides: flows.Renditions = field(repr=False)
    until: date | None
    takes: bool
    """Something can be proposed."""
    parts: Sequence[ShownPart]


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """What was decided on something that somebody proposed; nobody's words stand in it."""

    state: ResponseState
    reason: flows.Renditions = field(repr=False)
    decided_by: flows.Renditions = field(repr=False)
    day: date


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """An edition of a part, with what it changed and what it took up."""

    number: int
    day: date
    changes: Sequence[Span]
    decisions: Sequence[ShownDecision]


@dataclass(frozen=True, slots=True)
class Passage:
    """A part as everybody reads it."""

    language: str
    """In which it is written first: its editions are in that."""
    edition: int
    text: flows.Renditions = field(repr=False)
    editions: Sequence[ShownEdition]
    """The newest first."""
    declined: Sequence[ShownDecision]
    """What was not taken up."""


async def shown(session: Session, process: OpenProcess, today: date) -> Sequence[ShownText]:
    """Those that people read, the newest first. One statement, and four or six more for each of them."""
    return [await _text(session, process, text, today) for text in await stored.readable(session, process.id)]


async def _text(session: Session, process: OpenProcess, text: StoredText, today: date) -> ShownText:
    placed = await stored.parts(session, process.id, text.id, texts.ready(process.content))
    decided = await standings.of_parts(session, process.id, [part.id for part in placed if not part.is_shared])
    return ShownText(
        id=text.id,
        title=_read(text.title),
        becomes=_read(text.becomes),
        decides=_read(text.decides),
        until=text.until,
        takes=texts.takes(text, today),
        parts=[_part(text, part, tuple(it for it in decided if it.about == part.id)) for part in placed],
    )


def _part(text: StoredText, part: PlacedPart, decided: tuple[Standing, ...]) -> ShownPart:
    heads = {part.language: part.head} | dict(part.heads)
    heading = {code: flows.heading(head) for code, head in heads.items()}
    differs = text.origin_id is not None and not part.is_shared
    return ShownPart(part.id, part.number, heading, part.edition, part.is_shared, differs, decided)


async def passage(session: Session, process: OpenProcess, text: ShownText, part_id: str) -> Passage | None:
    """None: since a moment ago it stands there no more. Six statements, or eight where it is shared."""
    ready = texts.ready(process.content)
    part = await stored.part(session, process.id, text.id, part_id, ready)
    if part is None:
        return None
    every = await items.editions(session, part_id)
    is_shared = any(it.id == part_id and it.is_shared for it in text.parts)
    owner = process.parent if is_shared and process.parent is not None else process.id
    decided = await amendments.decided(session, owner, [part_id])
    return Passage(
        part.language,
        part.edition,
        {part.language: part.text} | dict(part.renditions),
        _editions(process, every, decided),
        [_decision(process, it) for it in decided if it.edition is None][:MOST_DECISIONS],
    )


def _editions(
    process: OpenProcess, every: Sequence[StoredEdition], decided: Sequence[Decided]
) -> Sequence[ShownEdition]:
    return [
        ShownEdition(
            edition.number,
            edition.written.astimezone(moments.zone_of(process.content)).date(),
            difference(older.text, edition.text),
            [_decision(process, it) for it in decided if it.edition == edition.number],
        )
        for edition, older in pairwise(every[: MOST_EDITIONS + 1])
    ]


def _decision(process: OpenProcess, it: Decided) -> ShownDecision:
    day = it.published.astimezone(moments.zone_of(process.content)).date()
    return ShownDecision(it.state, _read(it.reason), _read(it.decided_by), day)


def _read(packed: str) -> Mapping[str, str]:
    return contents.unpack(packed, dict[str, str])
