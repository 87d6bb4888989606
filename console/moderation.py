"""What is done with what came in, one or many at once; then the next one is open."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from hashlib import sha256

from aiohttp import web

from console import inbox as page
from console import recordings
from console._frame.desks import Desk
from console._frame.routes import KIB, post
from console.inbox import READERS, Query, Typed, moderator, query_of
from handlers import inbox, matters, moderation
from handlers.journal import Act, Entry, Fact
from handlers.matters import Draft
from handlers.moderation import ACTS, Copy, Gone, Mark, Newer, Refused
from handlers.recordings import NotKept
from handlers.recordings import Why as WhyNotKept
from handlers.writing import contents
from handlers.writing.masking import NotMasked, Why
from locales import N_, _, spoken
from storage import Session
from storage.inbox import Pile, Place
from storage.roles import Role

MOST = 256 * KIB
"""Bytes of a form with somebody's words in it."""
LONGEST_COPY = 20_000
WHYS = {
    Why.NOTHING: N_(
        "Nothing is masked yet. Put what is personal into double brackets, [[like this]], or replace it by ***."
    ),
    Why.CHANGED: N_("More was changed than is masked. Leave everything else exactly as it was written."),
}
MEANWHILE = N_("Somebody else has changed this meanwhile. Look at it again: nothing was overwritten.")
REFUSED = N_("Write a translation in another language than that of the words, of at most 10,000 characters.")


async def mark(desk: Desk) -> web.StreamResponse:
    """All that were chosen, in one transaction."""
    query = query_of(desk)
    chosen, what = _chosen(desk), desk.line("mark")
    if what not in tuple(Mark) or not chosen:
        raise _see(desk, query, done="nothing")
    async with desk.writing() as session:
        marked = await moderation.mark(session, desk.process, chosen, Mark(what), moderator(desk), desk.now)
        last = _last(query, marked.places)
        ahead = await inbox.following(session, desk.process, query.selection, last)
        if marked.number:
            await desk.note(session, Entry(ACTS[Mark(what)], *_named([place.id for place in marked.places])))
    raise _on(desk, query, ahead, done=what, number=marked.number, missing=marked.missing)


async def gather(desk: Desk) -> web.StreamResponse:
    """Put all that were chosen, or the one that is open, into a matter that there is, or into a new one."""
    query = query_of(desk)
    chosen = _chosen(desk) or [name for name in [query.open] if name]
    into, title = desk.line("matter"), desk.line("title")
    if not chosen or not (into or title):
        raise _see(desk, query, done="nothing")
    try:
        async with desk.writing() as session:
            marked = await moderation.mark(session, desk.process, chosen, Mark.READ, moderator(desk), desk.now)
            number = await _gather(desk, session, [place.id for place in marked.places], into, title)
    except contents.Unfit as unfit:
        return await page.shown(desk, query, Typed("matter", str(unfit), title))
    async with desk.writing() as session:
        ahead = await inbox.following(session, desk.process, query.selection, _last(query, marked.places))
    raise _on(desk, query, ahead, done="gathered", number=number, missing=marked.missing)


async def _gather(desk: Desk, session: Session, names: Sequence[str], into: str, title: str) -> int:
    """How many are new there. Raises `contents.Unfit`."""
    if not names:
        return 0
    if into:
        number = await matters.gather(session, desk.process, into, names, desk.who.id, desk.now)
        if number:
            await desk.note(session, Entry(Act.MATTER_GATHER, into, {"number": number}))
        return number
    languages = desk.process.content.languages
    draft = Draft({spoken() if spoken() in languages else languages[0]: title})
    name = await matters.open_one(session, desk.process, draft, names, desk.who.id, desk.now)
    await desk.note(session, Entry(Act.MATTER_OPEN, name, {"number": len(names)}))
    return len(names)


def _chosen(desk: Desk) -> list[str]:
    """Each once, and as many as stand on a page."""
    names = [name for name in dict.fromkeys(desk.many("chosen")) if name.isascii() and name.isalnum()]
    return names[: inbox.AT_ONCE]


async def mask(desk: Desk) -> web.StreamResponse:
    query, name = query_of(desk), desk.at("contribution")
    copy = Copy(desk.text("copy")[:LONGEST_COPY], desk.line("version"))

    async def work(session: Session) -> Place:
        place = await moderation.mask(session, desk.process, desk.office.keys, name, copy, moderator(desk), desk.now)
        await desk.note(session, Entry(Act.CONTRIBUTION_MASK, name))
        return place

    return await _with_words(desk, query, work, "mask", copy)


async def unmask(desk: Desk) -> web.StreamResponse:
    query, name = query_of(desk), desk.at("contribution")
    async with desk.writing() as session:
        try:
            await moderation.unmask(session, desk.process, desk.office.keys, name, moderator(desk))
        except Gone:
            raise web.HTTPNotFound from None
        await desk.note(session, Entry(Act.CONTRIBUTION_UNMASK, name))
    raise _see(desk, query, open=name, done="unmasked")


async def original(desk: Desk) -> web.StreamResponse:
    """For an appeal. That it was opened stands in the journal."""
    query, name = query_of(desk), desk.at("contribution")
    async with desk.writing() as session:
        try:
            words = await moderation.original(session, desk.process, desk.office.keys, name, moderator(desk))
        except Gone:
            raise web.HTTPNotFound from None
        await desk.note(session, Entry(Act.CONTRIBUTION_ORIGINAL, name))
    return await page.shown(desk, _opened(query, name), original=words)


async def write_down(desk: Desk) -> web.StreamResponse:
    """What they heard in the voice note that is open, which stays open: it may have to be translated as well."""
    query, name = query_of(desk), desk.at("contribution")
    try:
        async with desk.writing() as session:
            await recordings.keep(desk, session)
    except NotKept as refused:
        is_newer = refused.why is WhyNotKept.NEWER
        typed = Typed("voice", recordings.reason(refused.why), desk.text("words"), is_newer=is_newer)
        return await page.shown(desk, _opened(query, name), typed)
    raise _see(desk, query, open=name, done="written")


async def translate(desk: Desk) -> web.StreamResponse:
    query, name, language = query_of(desk), desk.at("contribution"), desk.line("language")
    copy = Copy(desk.text("translation").strip(), desk.line(f"version-{language}"))

    async def work(session: Session) -> Place:
        place = await moderation.translate(
            session, desk.process, desk.office.keys, name, language, copy, moderator(desk), desk.now
        )
        await desk.note(session, Entry(Act.CONTRIBUTION_TRANSLATE, name, {"language": language}))
        return place

    return await _with_words(desk, query, work, "translate", copy)


async def _with_words(
    desk: Desk, query: Query, work: Callable[[Session], Awaitable[Place]], where: str, copy: Copy
) -> web.StreamResponse:
    """Do it and go on; or show again what was written, and why it was not taken."""
    name = desk.at("contribution")
    try:
        async with desk.writing() as session:
            place = await work(session)
    except Gone:
        raise web.HTTPNotFound from None
    except (NotMasked, Newer, Refused) as refused:
        is_outdated = where == "mask" and isinstance(refused, Newer)
        typed = Typed(where, _why(refused), "" if is_outdated else copy.text, desk.line("language"))
        return await page.shown(desk, _opened(query, name), typed)
    async with desk.writing() as session:
        ahead = await inbox.following(session, desk.process, query.selection, place)
    raise _on(desk, query, ahead, done=where)


def _why(refused: NotMasked | Newer | Refused) -> str:
    if isinstance(refused, NotMasked):
        return _(WHYS[refused.why])
    return _(MEANWHILE if isinstance(refused, Newer) else REFUSED)


def _last(query: Query, places: Collection[Place]) -> Place | None:
    """The one of them that comes last; None: there is none."""
    last: Place | None = None
    for place in places:
        if last is None or inbox.comes_before(query.selection, last, place):
            last = place
    return last


def _named(names: Collection[str]) -> tuple[str, dict[str, Fact]]:
    """As the journal names them: one by its id; of many how many, and a hash that shows later which they were."""
    if len(names) == 1:
        return next(iter(names)), {}
    return "", {"number": len(names), "hash": sha256("\0".join(sorted(names)).encode()).hexdigest()}


def _on(desk: Desk, query: Query, ahead: Place | None, **done: object) -> web.HTTPSeeOther:
    """To the next one, on the page of the list that it stands on. What was searched for stays as it is."""
    if query.sought:
        return _see(desk, query, open=query.open, **done)
    return _see(desk, query, begin=_begin(desk, query, ahead), open="" if ahead is None else ahead.id, **done)


def _begin(desk: Desk, query: Query, ahead: Place | None) -> Place | None:
    """Where the list begins from now on: what was done with leaves the pile of what is unread by itself."""
    begin, end = query.begin, page.place_of(desk.line("end"))
    if ahead is None:
        return None
    is_above = begin is not None and inbox.comes_before(query.selection, ahead, begin)
    is_below = end is not None and inbox.comes_before(query.selection, end, ahead)
    if query.selection.pile is Pile.UNREAD:
        return None if is_above else begin
    return ahead if is_above or is_below else begin


def _see(desk: Desk, query: Query, **others: object) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"{desk.home}/inbox?{query.address(**others)}")


def _opened(query: Query, name: str) -> Query:
    return Query(query.selection, query.sought, query.begin, name)


routes = [
    post("/p/{slug}/inbox", mark, READERS),
    post("/p/{slug}/inbox/matter", gather, READERS),
    post("/p/{slug}/inbox/{contribution}/mask", mask, READERS, most=MOST),
    post("/p/{slug}/inbox/{contribution}/unmask", unmask, (Role.ORGANIZER,)),
    post("/p/{slug}/inbox/{contribution}/original", original, (Role.ORGANIZER,)),
    post("/p/{slug}/inbox/{contribution}/heard", write_down, READERS, most=MOST),
    post("/p/{slug}/inbox/{contribution}/translate", translate, READERS, most=MOST),
]
