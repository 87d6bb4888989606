"""What a process tells: what is written, what waits for somebody, what is going out and went out."""

from dataclasses import dataclass, field

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from handlers import digests, items, journal, schedules, sendings
from handlers.journal import Act
from locales import spoken
from storage import broadcasts, staff
from storage.broadcasts import Broadcast
from storage.roles import Role
from storage.states import SendingKind

ORGANIZERS = (Role.ORGANIZER,)
MOST = 20
"""Broadcasts, the newest."""
MOST_WRITTEN = 50
"""Items that stand on the page; what is older stands in Words."""
LONGEST = 100
"""Characters of the beginning of a text, by which it is known again."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A text by its beginning, in the reader's language or another."""

    text: str = field(repr=False)
    language: str


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        rows = await items.bulletins_matrix(session, desk.process)
        on_their_way = await sendings.on_their_way(session, desk.process)
        waiting = [sending for sending in on_their_way if sending.kind is SendingKind.ITEM]
        repeated = await schedules.waiting(session, desk.process)
        latest = await broadcasts.latest(session, desk.process.id, MOST)
        names = await staff.names(session, {sending.requested_by for sending in waiting})
    return desk.page(
        "tell.html",
        rows=rows[:MOST_WRITTEN],
        older=len(rows[MOST_WRITTEN:]),
        titles={row.item.id: row.item.title for row in rows},
        waiting=waiting,
        repeated=[(it, beginning(desk, it.bulletin.text)) for it in repeated],
        going=[(it, _beginning(desk, it)) for it in latest],
        names=names,
    )


async def put_together(desk: Desk) -> web.StreamResponse:
    """An e-bulletin, to go on writing at."""
    async with desk.writing() as session:
        name = await digests.put_together(session, desk.process, desk.now)
        if name is not None:
            await desk.note(session, journal.Entry(Act.ITEM_WRITE, name))
    if name is None:
        raise see(f"{desk.home}/tell", done="nothing")
    raise see(f"{desk.home}/tell/{name}", done="together")


def _beginning(desk: Desk, broadcast: Broadcast) -> Beginning:
    return beginning(desk, flows.told(broadcast.renditions).text)


def beginning(desk: Desk, text: flows.Renditions) -> Beginning:
    found = flows.rendition(text, spoken(), desk.process.content.languages)
    lines = found.text.strip().splitlines() or [""]
    return Beginning(lines[0] if len(lines[0]) <= LONGEST else f"{lines[0][:LONGEST]}…", found.language)


routes = [
    get("/p/{slug}/tell", show, ORGANIZERS),
    post("/p/{slug}/tell/digest", put_together, ORGANIZERS),
]
