"""Texts that are written together: what each is to become, its parts, how far they are translated, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.matters import titled
from console.wording import typed
from handlers import counts, items, journal, standings, texts
from handlers.journal import Act
from handlers.standings import Standing
from handlers.texts import TextDraft
from handlers.writing import contents, moments
from locales import _, in_words
from storage import Session, amendments
from storage import texts as stored
from storage.items import ItemKind
from storage.roles import Role
from storage.texts import PlacedPart, StoredText

READERS = (Role.ORGANIZER, Role.MODERATOR)
ORGANIZERS = (Role.ORGANIZER,)
LONGEST_PASTED = 120_000


@dataclass(frozen=True, slots=True)
class Row:
    """A text in the list."""

    text: StoredText
    title: flows.Rendition
    until: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a round decided on a part."""

    round: str
    day: str
    sentence: str
    is_of_older_words: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part in its text."""

    part: PlacedPart
    heading: flows.Rendition
    waiting: int | None
    """About how many wait for a decision; None: too few to say."""
    has_waiting: bool
    languages: Sequence[str]
    """In which people read it, beside its own."""
    decided: Sequence[Decided]
    """What rounds decided on it, the first first."""


async def listed(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        found_ = await stored.listed(session, desk.process.id)
        shared = await texts.to_share(session, desk.process)
    rows = [Row(text, titled(desk, text.title), _day(text.until)) for text in found_]
    return desk.page("texts.html", rows=rows, may_share=bool(shared))


async def new(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _edit(desk, session, None, TextDraft({}, {}, {}, language=desk.process.content.languages[0]))


async def begin(desk: Desk) -> web.StreamResponse:
    try:
        draft = _draft(desk)
        async with desk.writing() as session:
            name = await texts.begin(session, desk.process, draft, desk.now)
            await desk.note(session, journal.Entry(Act.TEXT_BEGIN, name))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _edit(desk, session, None, _draft(desk, lenient=True), str(unfit))
    raise see(f"{desk.home}/texts/{name}", done="begun")


async def edit(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        text = await found(desk, session)
        return await _edit(desk, session, text, _standing(text))


async def keep(desk: Desk) -> web.StreamResponse:
    try:
        draft = _draft(desk)
        async with desk.writing() as session:
            text = await found(desk, session)
            await texts.change(session, desk.process, text.id, draft)
            await desk.note(session, journal.Entry(Act.TEXT_EDIT, text.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _edit(desk, session, await found(desk, session), _draft(desk, lenient=True), str(unfit))
    raise see(f"{desk.home}/texts/{text.id}", done="kept")


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session, await found(desk, session))


async def act(desk: Desk) -> web.StreamResponse:
    """Write more of it, publish it, close it, begin a bulletin about it, or put a part elsewhere."""
    does = next((does for name, does in ACTS.items() if desk.text(name)), None)
    if does is None:
        raise web.HTTPBadRequest
    try:
        async with desk.writing() as session:
            text = await found(desk, session)
            entry, path = await does(desk, session, text)
            await desk.note(session, entry)
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, await found(desk, session), str(unfit), desk.text("whole"))
    raise see(path, done=entry.act.value.partition(".")[2])


async def _write(desk: Desk, session: Session, text: StoredText) -> tuple[journal.Entry, str]:
    whole = desk.text("whole")
    if len(whole) > LONGEST_PASTED:
        raise contents.Unfit(_("text: this is too long to be added at once."))
    parts = await texts.write(session, desk.process, text.id, whole, desk.who.id, desk.now)
    return journal.Entry(Act.TEXT_WRITE, text.id, {"number": len(parts)}), _at(desk, text)


async def _publish(desk: Desk, session: Session, text: StoredText) -> tuple[journal.Entry, str]:
    await texts.publish(session, desk.process, text.id, desk.now)
    return journal.Entry(Act.TEXT_PUBLISH, text.id), _at(desk, text)


async def _close(desk: Desk, session: Session, text: StoredText) -> tuple[journal.Entry, str]:
    await texts.close(session, desk.process, text.id, desk.now)
    return journal.Entry(Act.TEXT_CLOSE, text.id), _at(desk, text)


async def _announce(desk: Desk, session: Session, text: StoredText) -> tuple[journal.Entry, str]:
    item = await texts.announce(session, desk.process, text.id, desk.who.id, desk.now)
    return journal.Entry(Act.TEXT_ANNOUNCE, item), f"{desk.home}/tell/{item}"


async def _up(desk: Desk, session: Session, text: StoredText) -> tuple[journal.Entry, str]:
    await texts.move(session, desk.process, text.id, desk.line("up"), up=True)
    return journal.Entry(Act.PART_MOVE, desk.line("up")), _at(desk, text)


async def _down(desk: Desk, session: Session, text: StoredText) -> tuple[journal.Entry, str]:
    await texts.move(session, desk.process, text.id, desk.line("down"), up=False)
    return journal.Entry(Act.PART_MOVE, desk.line("down")), _at(desk, text)


ACTS = {
    "write": _write, "publish": _publish, "close": _close, "announce": _announce, "up": _up, "down": _down,
}  # fmt: skip
"""By the button that was pressed."""


def _at(desk: Desk, text: StoredText) -> str:
    return f"{desk.home}/texts/{text.id}"


async def found(desk: Desk, session: Session) -> StoredText:
    try:
        return await texts.get(session, desk.process, desk.at("text"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


async def _show(desk: Desk, session: Session, text: StoredText, wrong: str = "", whole: str = "") -> web.StreamResponse:
    placed = await stored.parts(session, desk.process.id, text.id, texts.ready(desk.process.content))
    waiting = await amendments.waiting(session, desk.process.id, text.id)
    decided = await standings.of_parts(session, desk.process.id, [part.id for part in placed])
    return desk.page(
        "text.html",
        422 if wrong else 200,
        text=text,
        title=titled(desk, text.title),
        becomes=titled(desk, text.becomes),
        decides=titled(desk, text.decides),
        until=_day(text.until),
        rows=[_row(part, waiting, decided) for part in placed],
        most=items.LONGEST[ItemKind.PART],
        whole=whole,
        wrong=wrong,
    )


def _row(part: PlacedPart, waiting: Mapping[str, int], decided: Sequence[Standing]) -> PartRow:
    number = waiting.get(part.id, 0)
    heading = flows.Rendition(flows.heading(part.head), part.language)
    by_vote = [as_decided(it, part.edition) for it in decided if it.about == part.id]
    return PartRow(part, heading, counts.rounded(number), number > 0, sorted(part.heads), by_vote)


def as_decided(standing: Standing, edition: int) -> Decided:
    """`edition`: the part's newest."""
    older = standing.edition != edition
    return Decided(standing.round, in_words(standing.day), standing.sentence(), is_of_older_words=older)


async def _edit(
    desk: Desk, session: Session, text: StoredText | None, draft: TextDraft, wrong: str = ""
) -> web.StreamResponse:
    shared = await texts.to_share(session, desk.process) if text is None else ()
    return desk.page(
        "text_edit.html",
        422 if wrong else 200,
        text=text,
        draft=draft,
        origins=[(origin.id, titled(desk, origin.title)) for origin in shared],
        day=desk.line("until") or (draft.until.isoformat() if draft.until else ""),
        wrong=wrong,
    )


def _draft(desk: Desk, *, lenient: bool = False) -> TextDraft:
    """What stands in the form. Raises `contents.Unfit` where a day is none, unless it is only shown again."""
    return TextDraft(
        title=typed(desk, "title"),
        becomes=typed(desk, "becomes"),
        decides=typed(desk, "decides"),
        until=None if lenient else moments.day(desk.line("until"), _("day")),
        language=desk.line("language"),
        origin=desk.line("origin") or None,
    )


def _standing(text: StoredText) -> TextDraft:
    title, becomes, decides = (
        contents.unpack(packed, dict[str, str]) for packed in (text.title, text.becomes, text.decides)
    )
    return TextDraft(title, becomes, decides, text.until, text.language, text.origin_id)


def _day(day: date | None) -> str:
    return "" if day is None else in_words(day)


routes = [
    get("/p/{slug}/texts", listed, READERS),
    get("/p/{slug}/texts/new", new, ORGANIZERS),
    post("/p/{slug}/texts/new", begin, ORGANIZERS),
    get("/p/{slug}/texts/{text}", show, READERS),
    post("/p/{slug}/texts/{text}", act, ORGANIZERS),
    get("/p/{slug}/texts/{text}/edit", edit, ORGANIZERS),
    post("/p/{slug}/texts/{text}/edit", keep, ORGANIZERS),
]
