"""What came of a consultation: its numbers for who asks, its words for who may read them, one language at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.ask import READERS, is_open, title_of, titled
from console.tell import ORGANIZERS
from flows import QuestionKind
from handlers import answers, consultations, journal
from handlers.answers import QuestionResult
from handlers.journal import Act
from handlers.writing import contents
from locales import languages, spoken
from storage import Session
from storage import answers as stored
from storage.answers import GivenWords
from storage.consultations import KeptConsultation
from storage.roles import Role

AT_ONCE = 50
"""Answers in words on a page."""
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers in words that stand on the page."""

    question: str
    """Its key; "" where no question is answered in words."""
    language: str
    words: Sequence[GivenWords] = field(repr=False)
    page: int
    """1 for the newest."""
    has_more: bool


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        kept = await _found(desk, session)
        results = await answers.results(session, desk.office.tallies, kept, desk.now)
        reading = await _reading(desk, session, kept.id, results)
    return desk.page(
        "ask_results.html",
        kept=kept,
        content=contents.unpack(kept.content, contents.Consultation),
        title=title_of(desk, kept),
        is_open=is_open(kept, desk.now),
        closes_by_hand=desk.has(*ORGANIZERS),
        results=results,
        reading=reading,
        offered=_readable(desk),
        titled=partial(titled, desk),
        levels=flows.LEVELS,
    )


async def ask_to_close(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _closing(desk, session)


async def close(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            kept = await _found(desk, session)
            await consultations.close(session, desk.process, kept.id, desk.now)
            await desk.note(session, journal.Entry(Act.CONSULTATION_CLOSE, kept.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _closing(desk, session, str(unfit))
    raise see(f"{desk.home}/ask/{kept.id}/results", done="closed")


async def _closing(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    kept = await _found(desk, session)
    return desk.page("ask_close.html", 422 if wrong else 200, kept=kept, title=title_of(desk, kept), wrong=wrong)


async def _reading(
    desk: Desk, session: Session, consultation_id: str, results: Sequence[QuestionResult]
) -> Reading | None:
    """None where no question is answered in words."""
    opened = [result.question.key for result in results if result.question.kind is QuestionKind.OPEN]
    if not opened:
        return None
    wanted = desk.request.query.get("question", "")
    question, language, page = wanted if wanted in opened else opened[0], _language(desk), _page(desk)
    words = await stored.words(
        session, desk.office.keys, consultation_id, question, language, AT_ONCE + 1, (page - 1) * AT_ONCE
    )
    return Reading(question, language, words[:AT_ONCE], page, len(words) > AT_ONCE)


def _language(desk: Desk) -> str:
    """The one that they want to read, if it is one of theirs; else the one in which they read this page, or their
    first."""
    offered = _readable(desk)
    wanted = desk.request.query.get("language", "")
    if wanted in languages() and wanted not in offered:
        raise web.HTTPForbidden
    return next((code for code in (wanted, spoken(), *offered) if code in offered), "")


def _readable(desk: Desk) -> Sequence[str]:
    """In which languages they read people's words: organizers in all, moderators in theirs."""
    everything = tuple(dict.fromkeys((*desk.process.content.languages, *languages())))
    theirs = None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)
    return everything if theirs is None else tuple(code for code in everything if code in theirs)


def _page(desk: Desk) -> int:
    wanted = desk.request.query.get("page", "")
    return min(max(1, int(wanted)), MOST_PAGES) if wanted.isdecimal() and len(wanted) < 9 else 1


async def _found(desk: Desk, session: Session) -> KeptConsultation:
    """The consultation of the path. One of another process is not there."""
    try:
        return await consultations.get(session, desk.process, desk.at("consultation"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


routes = [
    get("/p/{slug}/ask/{consultation}/results", show, READERS),
    get("/p/{slug}/ask/{consultation}/close", ask_to_close, ORGANIZERS),
    post("/p/{slug}/ask/{consultation}/close", close, ORGANIZERS),
]
