"""The words of a process: how far every item is in every language, for whoever may translate it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from aiohttp import web

import locales
from console._frame.desks import Desk
from console._frame.routes import get
from handlers import items
from handlers.items import Cell, MatrixRow
from storage.roles import Role
from storage.states import RenditionState

WRITERS = (Role.ORGANIZER, Role.TRANSLATOR)
AT_ONCE = 50
"""Items on a page."""


class Wanted(StrEnum):
    """Which items are listed, beside those that are in one state: all those that are not done."""

    OPEN = "open"
    """Empty, begun, or made of a text that has changed since."""
    STALE = "stale"
    """Only those whose source has changed since."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many items are how far in one language."""

    language: str
    states: Mapping[str, int]
    """By the state, and by `Wanted`."""


async def show(desk: Desk) -> web.StreamResponse:
    columns = theirs(desk)
    language = desk.request.query.get("language", "")
    state = desk.request.query.get("state", "")
    shown = (language,) if language in columns else columns
    async with desk.reading() as session:
        rows = await items.matrix(session, desk.process)
    listed = [row for row in rows if any(_is_wanted(row.cells.get(column), state) for column in shown)]
    page = _page(desk)
    return desk.page(
        "words.html",
        counts=[_count(rows, column) for column in columns],
        rows=listed[page * AT_ONCE : (page + 1) * AT_ONCE],
        columns=shown,
        chosen=language if language in columns else "",
        state=state,
        states=(*RenditionState, *Wanted),
        later=page + 1 if len(listed) > (page + 1) * AT_ONCE else None,
        catalogs=[code for code in corrigible(desk) if code in columns or not columns],
    )


def theirs(desk: Desk) -> Sequence[str]:
    """The languages of the process that whoever sits there may see and write."""
    offered = [code for code in desk.process.content.languages if code in locales.languages()]
    granted = None if desk.has(Role.ORGANIZER) else desk.languages(Role.TRANSLATOR)
    return [code for code in offered if granted is None or code in granted]


def corrigible(desk: Desk) -> Sequence[str]:
    """The languages in which they may correct what we say ourselves, in whatever process they translate."""
    return [code for code in locales.languages() if code != locales.ENGLISH and may_correct(desk, code)]


def may_correct(desk: Desk, language: str) -> bool:
    """Translators into it, and who owns the whole deployment: what we say ourselves is said in every process."""
    return any(
        (grant.role is Role.TRANSLATOR and (not grant.languages or language in grant.languages))
        or (grant.role is Role.OWNER and grant.process_id is None)
        for grant in desk.who.grants
    )


def following(
    rows: Sequence[MatrixRow], language: str, item_id: str, states: Collection[str] = (Wanted.OPEN,)
) -> MatrixRow | None:
    """The next item after this one, from the beginning again, that is in one of these states; None: no other is."""
    place = next((place for place, row in enumerate(rows) if row.item.id == item_id), 0)
    others = (*islice(rows, place + 1, None), *islice(rows, place))
    return next((row for row in others if any(_is_wanted(row.cells.get(language), state) for state in states)), None)


def _is_wanted(cell: Cell | None, state: str) -> bool:
    """No state is named: every item is. Nothing is to be done in the language that it is written in."""
    return not state or (cell is not None and state in _states(cell))


def _states(cell: Cell) -> Iterator[str]:
    """All by which it is found."""
    yield cell.state
    if cell.is_stale:
        yield Wanted.STALE
    if cell.is_stale or cell.state in (RenditionState.EMPTY, RenditionState.NEEDS_EDITING):
        yield Wanted.OPEN


def _count(rows: Sequence[MatrixRow], language: str) -> Count:
    states = dict.fromkeys((*RenditionState, *Wanted), 0)
    for row in rows:
        for state in _states(row.cells[language]) if language in row.cells else ():
            states[state] += 1
    return Count(language, states)


def _page(desk: Desk) -> int:
    """Counted from 0."""
    page = desk.request.query.get("page", "")
    return int(page) if page.isdecimal() and len(page) < 5 else 0


routes = [get("/p/{slug}/words", show, WRITERS)]
