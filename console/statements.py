"""Statements to agree or disagree with: opened, added to, laid together, closed, and what came of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.matters import titled
from console.tell import ORGANIZERS
from console.wording import shown, typed
from flows.opine import LONGEST
from handlers import journal, moderating, soundings, statements
from handlers.journal import Act
from handlers.soundings import Outcome
from handlers.writing import contents, moments
from locales import _, in_words
from storage import Session
from storage import soundings as stored
from storage import statements as stored_statements
from storage.roles import Role
from storage.soundings import StoredSounding
from storage.statements import StoredStatement

READERS = (Role.ORGANIZER, Role.MODERATOR)
MOST = 20
FIRST = 5
"""So many statements can be written where a sounding is opened; more are added later."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A sounding in the list."""

    sounding: StoredSounding
    title: flows.Rendition
    people: int | None


async def listed(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        found = await stored.newest(session, desk.process.id, MOST)
        waiting = await moderating.number_waiting(session, desk.process, _languages(desk))
    rows = [Listed(its, _title(desk, its), soundings.outcome(its, ()).people) for its in found]
    return desk.page(
        "statements.html",
        rows=rows,
        waiting=waiting,
        may_open=desk.has(*ORGANIZERS) and not any(its.is_open(desk.now) for its in found),
    )


async def new(desk: Desk) -> web.StreamResponse:
    return _edit(desk)


async def begin(desk: Desk) -> web.StreamResponse:
    try:
        content = _content(desk)
        first = [texts for texts in _first(desk) if texts]
        async with desk.writing() as session:
            closes = moments.end_of(content.promise.answer_by, moments.zone_of(desk.process.content), _("answer_by"))
            name = await statements.open_(session, desk.process, content, first, desk.now, closes)
            await desk.note(session, journal.Entry(Act.SOUNDING_OPEN, name, {"number": len(first)}))
    except contents.Unfit as unfit:
        return _edit(desk, str(unfit))
    raise see(f"{desk.home}/statements/{name}", done="opened")


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session)


async def add(desk: Desk) -> web.StreamResponse:
    async def work(session: Session, sounding: StoredSounding) -> journal.Entry:
        name = await statements.add(session, desk.process, sounding.id, typed(desk, "statement"), desk.now)
        return journal.Entry(Act.STATEMENT_ADD, name)

    return await _act(desk, work, "added")


async def close(desk: Desk) -> web.StreamResponse:
    async def work(session: Session, sounding: StoredSounding) -> journal.Entry:
        await statements.close(session, desk.process, sounding.id, desk.now)
        return journal.Entry(Act.SOUNDING_CLOSE, sounding.id)

    return await _act(desk, work, "closed")


async def _act(
    desk: Desk, work: Callable[[Session, StoredSounding], Awaitable[journal.Entry]], done: str
) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            sounding = await _sounding(desk, session)
            await desk.note(session, await work(session, sounding))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, str(unfit))
    raise see(f"{desk.home}/statements/{sounding.id}", done=done)


async def statement(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _statement(desk, session)


async def word(desk: Desk) -> web.StreamResponse:
    async def work(session: Session, its: StoredStatement) -> Act:
        await statements.word(session, desk.process, its.id, typed(desk, "statement"))
        return Act.STATEMENT_WORD

    return await _change(desk, work, "kept")


async def withdraw(desk: Desk) -> web.StreamResponse:
    async def work(session: Session, its: StoredStatement) -> Act:
        await statements.withdraw(session, desk.process, its.id, withdrawn=True)
        return Act.STATEMENT_WITHDRAW

    return await _change(desk, work, "withdrawn")


async def bring_back(desk: Desk) -> web.StreamResponse:
    async def work(session: Session, its: StoredStatement) -> Act:
        await statements.withdraw(session, desk.process, its.id, withdrawn=False)
        return Act.STATEMENT_BRING_BACK

    return await _change(desk, work, "kept")


async def lay(desk: Desk) -> web.StreamResponse:
    async def work(session: Session, its: StoredStatement) -> Act:
        other = desk.line("same_as") or None
        await statements.lay_together(session, desk.process, its.id, other)
        return Act.STATEMENT_LAY_TOGETHER if other else Act.STATEMENT_PART

    return await _change(desk, work, "kept")


async def _change(
    desk: Desk, work: Callable[[Session, StoredStatement], Awaitable[Act]], done: str
) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            its = await _one(desk, session)
            await desk.note(session, journal.Entry(await work(session, its), its.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _statement(desk, session, str(unfit))
    raise see(f"{desk.home}/statements/{its.sounding_id}", done=done)


def _edit(desk: Desk, wrong: str = "") -> web.StreamResponse:
    written = {name: typed(desk, name) for name in ("title", "purpose", "who_decides", "what_can_change")}
    return desk.page(
        "statements_new.html",
        422 if wrong else 200,
        written=written,
        first=_first(desk),
        level=desk.line("level"),
        answer_by=desk.line("answer_by"),
        levels=flows.LEVELS,
        longest=LONGEST,
        wrong=wrong,
    )


def _content(desk: Desk) -> contents.Sounding:
    day = moments.day(desk.line("answer_by"), _("answer_by"))
    if day is None:
        raise contents.Unfit(_("Say until when people can answer."))
    promise = flows.Promise(
        typed(desk, "purpose"), typed(desk, "who_decides"), typed(desk, "what_can_change"), desk.line("level"), day
    )
    return contents.Sounding(typed(desk, "title"), promise)


def _first(desk: Desk) -> list[flows.Renditions]:
    return [typed(desk, f"statement{number}") for number in range(FIRST)]


async def _show(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    sounding = await _sounding(desk, session)
    each = await stored_statements.of_sounding(session, desk.process.id, sounding.id)
    came: Outcome = soundings.outcome(sounding, each)
    return desk.page(
        "statements_outcome.html",
        422 if wrong else 200,
        sounding=sounding,
        title=_title(desk, sounding),
        promise=contents.unpack(sounding.content, contents.Sounding).promise,
        is_open=sounding.is_open(desk.now),
        came=came,
        rested=[its for its in each if not its.is_shown],
        text=lambda texts: shown(desk, texts),
        titled=lambda packed: titled(desk, packed),
        until="" if sounding.closes is None else in_words(sounding.closes.date()),
        draft=typed(desk, "statement") if wrong else {},
        longest=LONGEST,
        wrong=wrong,
    )


async def _statement(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    its = await _one(desk, session)
    each = await stored_statements.of_sounding(session, desk.process.id, its.sounding_id)
    texts = contents.unpack(its.texts, dict[str, str])
    return desk.page(
        "statement.html",
        422 if wrong else 200,
        statement=its,
        texts=(typed(desk, "statement") or texts) if wrong else texts,
        others=[other for other in each if other.is_shown and other.id != its.id],
        titled=lambda packed: titled(desk, packed),
        longest=LONGEST,
        wrong=wrong,
    )


async def _sounding(desk: Desk, session: Session) -> StoredSounding:
    try:
        return await statements.get(session, desk.process, desk.at("sounding"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


async def _one(desk: Desk, session: Session) -> StoredStatement:
    try:
        return await statements.statement(session, desk.process, desk.at("statement"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


def _title(desk: Desk, sounding: StoredSounding) -> flows.Rendition:
    return shown(desk, contents.unpack(sounding.content, contents.Sounding).title)


def _languages(desk: Desk) -> tuple[str, ...] | None:
    """In which languages they may read what is proposed; None: in any."""
    return None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)


routes = [
    get("/p/{slug}/statements", listed, READERS),
    get("/p/{slug}/statements/new", new, ORGANIZERS),
    post("/p/{slug}/statements/new", begin, ORGANIZERS),
    get("/p/{slug}/statements/{sounding}", show, READERS),
    post("/p/{slug}/statements/{sounding}/add", add, ORGANIZERS),
    post("/p/{slug}/statements/{sounding}/close", close, ORGANIZERS),
    get("/p/{slug}/statement/{statement}", statement, READERS),
    post("/p/{slug}/statement/{statement}", word, READERS),
    post("/p/{slug}/statement/{statement}/withdraw", withdraw, READERS),
    post("/p/{slug}/statement/{statement}/bring-back", bring_back, READERS),
    post("/p/{slug}/statement/{statement}/same", lay, READERS),
]
