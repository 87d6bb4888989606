"""What a process asks: what is written, what waits for somebody or for its day, what runs, and what is closed."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.tell import ORGANIZERS
from handlers import answers, drafts, journal, openings
from handlers.journal import Act
from handlers.writing import contents
from locales import spoken
from storage import consultations, staff
from storage.consultations import KeptConsultation
from storage.openings import StoredOpening
from storage.roles import Role

READERS = (Role.ORGANIZER, Role.MODERATOR)
"""Who sees what came of it."""
MOST = 20
"""Consultations, the newest."""


@dataclass(frozen=True, slots=True)
class ListedConsultation:
    """One that has opened."""

    kept: KeptConsultation
    title: flows.Rendition
    number: int | None
    """About how many answered; None: too few to be told, or nobody."""


@dataclass(frozen=True, slots=True)
class ListedOpening:
    """One that is to open."""

    opening: StoredOpening
    title: flows.Rendition


async def show(desk: Desk) -> web.StreamResponse:
    writes = desk.has(*ORGANIZERS)
    async with desk.reading() as session:
        written = await drafts.being_written(session, desk.process) if writes else ()
        waiting = await openings.on_their_way(session, desk.process) if writes else ()
        newest = await consultations.newest(session, desk.process.id, MOST)
        numbers = await answers.numbers(session, desk.office.tallies, newest, desk.now)
        names = await staff.names(session, {opening.requested_by for opening in waiting})
    listed = [ListedConsultation(kept, title_of(desk, kept), numbers[kept.id]) for kept in newest]
    to_come = [ListedOpening(it, titled(desk, openings.asking_of(it).consultation.title)) for it in waiting]
    return desk.page(
        "ask.html",
        written=[(draft, titled(desk, draft.content.title)) for draft in written],
        waiting=to_come,
        running=[it for it in listed if is_open(it.kept, desk.now)],
        closed=[it for it in listed if not is_open(it.kept, desk.now)],
        names=names,
        writes=writes,
    )


async def begin(desk: Desk) -> web.StreamResponse:
    async with desk.writing() as session:
        name = await drafts.begin(session, desk.process, desk.who.id, desk.now)
        await desk.note(session, journal.Entry(Act.DRAFT_WRITE, name))
    raise see(f"{desk.home}/ask/drafts/{name}")


def is_open(kept: KeptConsultation, now: datetime) -> bool:
    return kept.closed is None and (kept.closes is None or kept.closes > now)


def title_of(desk: Desk, kept: KeptConsultation) -> flows.Rendition:
    return titled(desk, contents.unpack(kept.content, contents.Consultation).title)


def titled(desk: Desk, title: flows.Renditions) -> flows.Rendition:
    """In the reader's language, or another."""
    return flows.rendition(title, spoken(), desk.process.content.languages)


routes = [
    get("/p/{slug}/ask", show, READERS),
    post("/p/{slug}/ask/new", begin, ORGANIZERS),
]
