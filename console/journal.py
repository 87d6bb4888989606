"""The journal: what staff did in a process, or in the whole deployment, and whether anybody changed it."""

from collections.abc import Sequence

from aiohttp import web

from console._frame.desks import Desk
from console._frame.routes import get
from handlers import journal, staff
from handlers.journal import ShownEntry, Wrong
from storage.roles import Role

AT_ONCE = 50
READERS = (Role.OWNER, Role.AUDITOR)


async def of_process(desk: Desk) -> web.StreamResponse:
    return await _page(desk, desk.process.id, f"{desk.home}/journal")


async def of_deployment(desk: Desk) -> web.StreamResponse:
    return await _page(desk, None, "/journal")


async def check(desk: Desk) -> web.StreamResponse:
    """Looks through all of it."""
    async with desk.reading() as session:
        outcome = await journal.verify(session, {})
    return desk.page("journal_checked.html", outcome=outcome, is_wrong=isinstance(outcome, Wrong))


async def _page(desk: Desk, process_id: str | None, path: str) -> web.StreamResponse:
    before = desk.request.query.get("before", "")
    async with desk.reading() as session:
        entries = await journal.page(
            session, process_id, AT_ONCE + 1, int(before) if before.isdecimal() and len(before) < 10 else None
        )
        names = await staff.names(session, {entry.staff_id for entry in entries})
    return desk.page(
        "journal.html", entries=entries[:AT_ONCE], names=names, path=path, older=_older(entries), home=process_id
    )


def _older(entries: Sequence[ShownEntry]) -> int | None:
    """Before which entry the next page begins; None: this is the last."""
    return entries[AT_ONCE - 1].number if len(entries) > AT_ONCE else None


routes = [
    get("/p/{slug}/journal", of_process, READERS),
    get("/journal", of_deployment, READERS),
    get("/journal/check", check, READERS),
]
