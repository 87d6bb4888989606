"""Opening a matter, and what the organizers say of it: its title, its topic, who sees to it, by when."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.matters import READERS, found, topics
from console.wording import typed
from handlers import journal, matters
from handlers.journal import Act
from handlers.matters import Draft
from handlers.writing import contents, moments
from locales import _
from storage import Session, staff
from storage.matters import StoredMatter
from storage.roles import Role


async def new(desk: Desk) -> web.StreamResponse:
    chosen = tuple(desk.request.query.getall("contribution", ()))
    async with desk.reading() as session:
        return await _edit(desk, session, None, Draft({}), chosen)


async def begin(desk: Desk) -> web.StreamResponse:
    chosen = desk.many("contribution")
    try:
        draft = _draft(desk)
        async with desk.writing() as session:
            name = await matters.open_one(session, desk.process, draft, chosen, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.MATTER_OPEN, name, {"number": len(chosen)}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _edit(desk, session, None, _draft(desk, lenient=True), chosen, str(unfit))
    raise see(f"{desk.home}/matters/{name}", done="opened")


async def edit(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        matter = await found(desk, session)
        return await _edit(desk, session, matter, _standing(matter), ())


async def keep(desk: Desk) -> web.StreamResponse:
    try:
        draft = _draft(desk)
        async with desk.writing() as session:
            matter = await found(desk, session)
            if not desk.has(Role.ORGANIZER):
                draft = replace(draft, is_public=matter.public is not None)
            await matters.change(session, desk.process, matter.id, draft, desk.now)
            await desk.note(session, journal.Entry(Act.MATTER_EDIT, matter.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            matter = await found(desk, session)
            return await _edit(desk, session, matter, _draft(desk, lenient=True), (), str(unfit))
    raise see(f"{desk.home}/matters/{matter.id}", done="kept")


async def _edit(
    desk: Desk,
    session: Session,
    matter: StoredMatter | None,
    draft: Draft,
    chosen: Sequence[str],
    wrong: str = "",
) -> web.StreamResponse:
    owners = await staff.workers(session, desk.process.id, matters.OWNERS)
    return desk.page(
        "matter_edit.html", 422 if wrong else 200, matter=matter, draft=draft, chosen=chosen, owners=owners,
        topics=topics(), wrong=wrong, day=desk.line("due") or (draft.due.isoformat() if draft.due else ""),
    )  # fmt: skip


def _draft(desk: Desk, *, lenient: bool = False) -> Draft:
    """What stands in the form. Raises `contents.Unfit` where a day is none, unless it is only shown again."""
    return Draft(
        title=typed(desk, "title"),
        topic=desk.line("topic"),
        owner=desk.line("owner") or None,
        due=None if lenient else moments.day(desk.line("due"), _("due")),
        note=typed(desk, "note"),
        is_public=bool(desk.text("public")) and desk.has(Role.ORGANIZER),
    )


def _standing(matter: StoredMatter) -> Draft:
    return Draft(
        title=contents.unpack(matter.title, dict[str, str]),
        topic=matter.topic,
        owner=matter.owner,
        due=matter.due,
        note=contents.unpack(matter.note, dict[str, str]),
        is_public=matter.public is not None,
    )


routes = [
    get("/p/{slug}/matters/new", new, READERS),
    post("/p/{slug}/matters/new", begin, READERS),
    get("/p/{slug}/matters/{matter}/edit", edit, READERS),
    post("/p/{slug}/matters/{matter}/edit", keep, READERS),
]
