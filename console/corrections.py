"""What we say ourselves, reviewed text by text: where it is said, in which words, and in which it is better said."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

import locales
from console._frame.desks import Desk, see
from console._frame.routes import Anyone, get, post
from console.renditions import hashed
from console.translations import download
from console.words import may_correct
from exports import po
from handlers import corrections, journal
from handlers.corrections import Place
from handlers.journal import Act
from handlers.writing import contents
from handlers.writing.wordings import OwnText
from locales import catalogs
from storage import Session

AT_ONCE = 50


async def listed(desk: Desk) -> web.StreamResponse:
    language = _language(desk)
    words = " ".join(desk.request.query.get("q", "").split())[:100]
    only, page = desk.request.query.get("only", ""), _number(desk.request.query.get("page", ""))
    async with desk.reading() as session:
        texts = await corrections.listed(session, language)
    found = [text for text in texts if _is_meant(text, only) and _has(text, words.casefold())]
    return desk.page(
        "corrections.html",
        code=language,
        words=words,
        only=only,
        texts=found[page * AT_ONCE : (page + 1) * AT_ONCE],
        number=len(found),
        corrected=sum(text.is_corrected for text in texts),
        later=page + 1 if len(found) > (page + 1) * AT_ONCE else None,
    )


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return _show(desk, await _found(desk, session))


async def keep(desk: Desk) -> web.StreamResponse:
    """Say it in these words, or again in ours. It is said so at once."""
    place = Place(_language(desk), desk.at("wording"), _number(desk.line("form")))
    edition = _number(desk.line("edition"))
    try:
        async with desk.writing() as session:
            text = await _corrected(desk, session, place, edition)
            wording = text.wordings[place.form]
            facts: dict[str, journal.Fact] = {
                "language": place.language,
                "number": wording.edition,
                "hash": hashed(wording.now),
            }
            await desk.note(session, journal.Entry(Act.TEXT_CORRECT, text.id, facts))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return _show(desk, await _found(desk, session), str(unfit))
    async with desk.reading() as session:
        locales.correct(await corrections.load(session))
    raise see(desk.request.path, done="back" if desk.text("back") else "corrected")


async def send(desk: Desk) -> web.StreamResponse:
    """The catalog as a file that can take the place of ours."""
    language, staff = _language(desk), desk.request.query.get("of") == "staff"
    async with desk.reading() as session:
        its = (await corrections.load(session)).get(language, {})
    path = (locales.STAFF if staff else locales.FOLDER) / f"{language}.po"
    catalog = await asyncio.to_thread(lambda: catalogs.written(catalogs.corrected(path, its)))
    return download(catalog.encode(), po.TYPE, f"hearback-staff-{language}.po" if staff else f"hearback-{language}.po")


def _language(desk: Desk) -> str:
    language = desk.at("language")
    if language == locales.ENGLISH or language not in locales.languages():
        raise web.HTTPNotFound
    if not may_correct(desk, language):
        raise web.HTTPForbidden
    return language


async def _found(desk: Desk, session: Session) -> OwnText:
    try:
        return await corrections.find(session, _language(desk), desk.at("wording"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


async def _corrected(desk: Desk, session: Session, place: Place, edition: int) -> OwnText:
    """Raises `Unfit`."""
    if desk.text("back"):
        return await corrections.take_back(session, place, desk.who.id, edition, desk.now)
    return await corrections.correct(session, place, desk.text("wording"), desk.who.id, edition, desk.now)


def _show(desk: Desk, text: OwnText, wrong: str = "") -> web.StreamResponse:
    return desk.page(
        "correction.html",
        422 if wrong else 200,
        code=text.language,
        text=text,
        wrong=wrong,
        typed=_typed(desk) if wrong and not desk.text("back") else {},
    )


def _typed(desk: Desk) -> dict[int, str]:
    return {_number(desk.line("form")): desk.text("wording")}


def _is_meant(text: OwnText, only: str) -> bool:
    return not only or (text.is_stale if only == "stale" else text.is_corrected)


def _has(text: OwnText, words: str) -> bool:
    """In English, in ours, in what is said now, or where it is said."""
    return not words or any(words in part.casefold() for part in _parts(text))


def _parts(text: OwnText) -> Sequence[str]:
    ours = [part for wording in text.wordings for part in (wording.ours, wording.now)]
    return [text.english, text.plural, *ours, *(part for use in text.uses for part in (use.file, use.talk))]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


routes = [
    get("/words/catalogs/{language}.po", send, Anyone.STAFF),
    get("/words/catalogs/{language}", listed, Anyone.STAFF),
    get("/words/catalogs/{language}/{wording}", show, Anyone.STAFF),
    post("/words/catalogs/{language}/{wording}", keep, Anyone.STAFF),
]
