"""Items as files for translators: what leaves, and what came back, looked at before any of it is taken."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import ModuleType

from aiohttp import web

from console._frame import pages
from console._frame.desks import Desk, see
from console._frame.routes import KIB, get, post
from console.renditions import spoken_at
from console.words import WRITERS
from exports import po, xliff
from exports.units import Sheet, Unit, Unreadable
from handlers import items, journal, translations
from handlers.journal import Act
from handlers.translations import Incoming
from handlers.writing import contents
from handlers.writing.differences import Span, difference
from locales import _
from storage.states import RenditionState

MOST = 2048 * KIB
"""Bytes of a file that came back, with the form around it."""
MOST_TAKEN = 2 * MOST
"""What was looked at is sent once more, with what stood beside it."""
AT_ONCE = 100
"""Texts that are looked at together."""
MOST_LEFT = 50
"""Of those that cannot be taken so many are named."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One text that came back, beside what there is."""

    incoming: Incoming
    spans: Sequence[Span] = field(repr=False)

    @property
    def id(self) -> str:
        return self.incoming.change.id

    @property
    def after(self) -> Unit:
        return self.incoming.change.after


async def show(desk: Desk) -> web.StreamResponse:
    return await _show(desk, spoken_at(desk))


async def send_po(desk: Desk) -> web.StreamResponse:
    return await _file(desk, po)


async def send_xliff(desk: Desk) -> web.StreamResponse:
    return await _file(desk, xliff)


async def look(desk: Desk) -> web.StreamResponse:
    """What the file would change. Nothing of it is kept."""
    language = spoken_at(desk)
    try:
        sheet = await _read(desk, language)
    except Unreadable as unreadable:
        return await _show(desk, language, str(unreadable))
    async with desk.reading() as session:
        found = await translations.compare(session, desk.process, sheet)
    fit = [its for its in found if not its.change.problem]
    unfit = [its.change for its in found if its.change.problem]
    return desk.page(
        "translations_back.html",
        sheet=sheet,
        code=language,
        returned=[Returned(its, _spans(its)) for its in fit[:AT_ONCE]],
        later=len(fit[AT_ONCE:]),
        unfit=unfit[:MOST_LEFT],
        unnamed=len(unfit[MOST_LEFT:]),
        same=len(sheet.units) - len(found),
    )


async def take(desk: Desk) -> web.StreamResponse:
    """Those that were chosen, each over what it was looked at beside, and over nothing newer."""
    language = spoken_at(desk)
    chosen = [name for name in [*dict.fromkeys(desk.many("take"))][:AT_ONCE] if name.isalnum()]
    sheet = Sheet(desk.process.slug, desk.line("from"), language, tuple(_sent(desk, chosen)))
    seen = {name: _number(desk.line(f"edited-{name}")) for name in chosen}
    try:
        async with desk.writing() as session:
            left = await translations.take(session, desk.process, sheet, seen, desk.who.id, desk.now)
            taken = [unit for unit in sheet.units if unit.id not in left]
            if taken:
                facts: dict[str, journal.Fact] = {"language": language, "number": len(taken), "hash": _hashed(taken)}
                await desk.note(session, journal.Entry(Act.WORDS_IMPORT, facts=facts))
    except contents.Unfit as unfit:
        return await _show(desk, language, str(unfit))
    raise see(f"{desk.home}/words/files/{language}", taken=str(len(taken)), left=str(len(left)))


async def _show(desk: Desk, language: str, wrong: str = "") -> web.StreamResponse:
    async with desk.reading() as session:
        rows = await items.matrix(session, desk.process)
    written_in = {row.item.language for row in rows} - {language}
    return desk.page(
        "translations.html",
        422 if wrong else 200,
        code=language,
        sources=[code for code in desk.process.content.languages if code in written_in],
        wrong=wrong,
        taken=_number(desk.request.query.get("taken", "")),
        left=_number(desk.request.query.get("left", "")),
    )


async def _file(desk: Desk, kind: ModuleType) -> web.StreamResponse:
    language = spoken_at(desk)
    first = next((code for code in desk.process.content.languages if code != language), "")
    source = desk.request.query.get("from", first)
    if source not in desk.process.content.languages or source == language:
        raise web.HTTPNotFound
    async with desk.reading() as session:
        sheet = await translations.sheet(session, desk.process, source, language)
    return download(kind.write(sheet), kind.TYPE, f"{desk.process.slug}-{source}-{language}{kind.ENDING}")


def download(body: bytes, kind: str, name: str) -> web.Response:
    """A file that browsers keep and never open as a page of ours."""
    headers = {**pages.HEADERS, "Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, headers=headers)


async def _read(desk: Desk, language: str) -> Sheet:
    """Raises `Unreadable`."""
    file = desk.form.get("file")
    if not isinstance(file, web.FileField):
        raise Unreadable(_("Choose a file first."))
    content = file.file.read()
    meant = Sheet(desk.process.slug, desk.line("from"), language, ())
    kind = xliff if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") else po
    return await asyncio.to_thread(kind.read, content, meant)


def _spans(incoming: Incoming) -> Sequence[Span]:
    before = incoming.change.before
    return difference(before.target if before else "", incoming.change.after.target)


def _sent(desk: Desk, chosen: Iterable[str]) -> Iterable[Unit]:
    for name in chosen:
        is_begun = desk.line(f"state-{name}") == RenditionState.NEEDS_EDITING
        state = RenditionState.NEEDS_EDITING if is_begun else RenditionState.TRANSLATED
        yield Unit(name, desk.text(f"source-{name}"), desk.text(f"target-{name}"), state=state)


def _hashed(units: Iterable[Unit]) -> str:
    """By which it can be shown later that it was these texts."""
    return sha256("\0".join(unit.target for unit in units).encode("utf-8", "surrogatepass")).hexdigest()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


routes = [
    get("/p/{slug}/words/{language}.po", send_po, WRITERS),
    get("/p/{slug}/words/{language}.xlf", send_xliff, WRITERS),
    get("/p/{slug}/words/files/{language}", show, WRITERS),
    post("/p/{slug}/words/files/{language}", look, WRITERS, most=MOST),
    post("/p/{slug}/words/files/{language}/take", take, WRITERS, most=MOST_TAKEN),
]
