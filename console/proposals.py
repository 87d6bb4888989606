"""Statements that people propose: shown to everybody, laid to another one, or refused with a reason."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.matters import titled
from console.statements import READERS
from console.wording import typed
from flows.opine import LONGEST
from handlers import journal, moderating, statements
from handlers.journal import Act
from handlers.statements import LONGEST_REASON
from handlers.writing import contents
from locales import in_words
from storage import Session
from storage.proposals import WaitingProposal
from storage.roles import Role
from storage.statements import StoredStatement

MOST = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal in the list."""

    proposal: WaitingProposal
    day: str
    texts: flows.Renditions = field(repr=False)
    """What would be shown: what stands in the form, or their words."""
    reason: flows.Renditions = field(repr=False)
    others: list[StoredStatement] = field(repr=False)
    """What it could be laid to, what is most alike first."""
    wrong: str = ""


async def listed(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _listed(desk, session)


async def accept(desk: Desk) -> web.StreamResponse:
    async def work(session: Session) -> Act:
        texts = typed(desk, "statement")
        it = desk.process, desk.office.keys, desk.at("proposal")
        await statements.accept(session, *it, texts, desk.who.id, desk.now)
        return Act.PROPOSAL_ACCEPT

    return await _decide(desk, work, "accepted")


async def lay(desk: Desk) -> web.StreamResponse:
    async def work(session: Session) -> Act:
        it = desk.process, desk.office.keys, desk.at("proposal")
        await statements.accept_as(session, *it, desk.line("same_as"), desk.who.id, desk.now)
        return Act.PROPOSAL_ACCEPT

    return await _decide(desk, work, "accepted")


async def refuse(desk: Desk) -> web.StreamResponse:
    async def work(session: Session) -> Act:
        it = desk.process, desk.office.keys, desk.at("proposal")
        await statements.refuse(session, *it, typed(desk, "reason"), desk.who.id, desk.now)
        return Act.PROPOSAL_REFUSE

    return await _decide(desk, work, "refused")


async def _decide(desk: Desk, work: Callable[[Session], Awaitable[Act]], done: str) -> web.StreamResponse:
    """Who may not read its language does not decide on it."""
    try:
        async with desk.writing() as session:
            waiting = await moderating.one_waiting(
                session, desk.office.keys, desk.process, desk.at("proposal"), _languages(desk)
            )
            await desk.note(session, journal.Entry(await work(session), waiting.sounding_id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _listed(desk, session, str(unfit))
    raise see(f"{desk.home}/proposals", done=done)


async def _listed(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    waiting = await moderating.waiting(session, desk.office.keys, desk.process, _languages(desk), MOST + 1)
    rows = [await _row(desk, session, proposal, wrong) for proposal in waiting[:MOST]]
    is_here = any(row.wrong for row in rows)
    return desk.page(
        "proposals.html",
        422 if wrong else 200,
        rows=rows,
        has_more=len(waiting) > MOST,
        wrong="" if is_here else wrong,
        titled=lambda packed: titled(desk, packed),
        longest=LONGEST,
        longest_reason=LONGEST_REASON,
    )


async def _row(desk: Desk, session: Session, proposal: WaitingProposal, wrong: str) -> Row:
    is_this = bool(wrong) and desk.request.match_info.get("proposal") == proposal.id
    texts = typed(desk, "statement") if is_this else {}
    return Row(
        proposal=proposal,
        day=in_words(proposal.proposed),
        texts=texts or {proposal.language: proposal.words},
        reason=typed(desk, "reason") if is_this else {},
        others=await moderating.alike(session, desk.process, proposal),
        wrong=wrong if is_this else "",
    )


def _languages(desk: Desk) -> tuple[str, ...] | None:
    return None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)


routes = [
    get("/p/{slug}/proposals", listed, READERS),
    post("/p/{slug}/proposals/{proposal}/accept", accept, READERS),
    post("/p/{slug}/proposals/{proposal}/same", lay, READERS),
    post("/p/{slug}/proposals/{proposal}/refuse", refuse, READERS),
]
