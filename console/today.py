"""What needs somebody today in a process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

import flows
from console._frame.desks import Desk
from console._frame.routes import get
from console._frame.sections import ANY
from console.inbox import READERS, readable
from handlers import sendings, today
from handlers.today import Kind, Lacking, Need
from locales import in_words, spoken
from storage import Session
from storage.roles import Role
from storage.sendings import WaitingSending

WORKERS = (Role.OWNER, Role.ORGANIZER, Role.MODERATOR, Role.TRANSLATOR)
"""Who has something to do here; the others see figures."""
COUNTED = (Role.OWNER, Role.ORGANIZER, Role.MODERATOR, Role.CLERK, Role.AUDITOR)
"""Who sees figures of people."""
ENTRANCES = frozenset({Kind.SENDER, Kind.LANGUAGE, Kind.REGION})
"""What concerns who sees to it that people come in and are written to: owners and organizers."""
ANSWERS = frozenset({Kind.OVERDUE, Kind.NEAR, Kind.MATTER_OVERDUE, Kind.MATTER_NEAR, Kind.WAITING, Kind.ASKED})
"""What concerns organizers, who respond."""


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """Something that needs somebody, as the reader gets it."""

    need: Need
    name: str
    language: str
    """Of the name; "" where staff or we call it so."""
    day: str


@dataclass(frozen=True, slots=True)
class Needs:
    """All that needs this reader."""

    found: Sequence[ShownNeed] = ()
    on_their_way: Sequence[WaitingSending] = ()
    lacking: Sequence[Lacking] = ()

    @property
    def nobody(self) -> bool:
        return not (self.found or self.on_their_way or self.lacking)


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        is_counted = desk.has(*COUNTED)
        figures = (
            await today.heard_and_told(session, desk.office.figures, desk.process, desk.now) if is_counted else None
        )
        needs = await _needs(session, desk) if desk.has(*WORKERS) else None
    return desk.page("today.html", figures=figures, needs=needs)


async def _needs(session: Session, desk: Desk) -> Needs:
    """Six statements at most. What a reader may do nothing about is not shown to them."""
    is_organizer = desk.has(Role.ORGANIZER)
    return Needs(
        found=await _found(session, desk),
        on_their_way=await sendings.waiting(session, desk.process) if is_organizer else (),
        lacking=await _lacking(session, desk),
    )


async def _found(session: Session, desk: Desk) -> Sequence[ShownNeed]:
    kinds = set[Kind]()
    if desk.has(Role.OWNER, Role.ORGANIZER):
        kinds |= ENTRANCES
    if desk.has(Role.ORGANIZER):
        kinds |= ANSWERS
    if desk.has(*READERS):
        kinds.add(Kind.UNREAD)
    if not kinds:
        return ()
    needs = await today.needs(session, desk.office.crowds, desk.process, desk.now, readable(desk))
    return [_shown(desk, need) for need in needs if need.kind in kinds]


async def _lacking(session: Session, desk: Desk) -> Sequence[Lacking]:
    if not desk.has(Role.ORGANIZER, Role.TRANSLATOR):
        return ()
    only = None if desk.has(Role.ORGANIZER) else desk.languages(Role.TRANSLATOR)
    return await today.lacking(session, desk.process, only)


def _shown(desk: Desk, need: Need) -> ShownNeed:
    content = desk.process.content
    texts: flows.Renditions = need.title
    if need.kind is Kind.REGION:
        texts = next((region.label for region in content.regions if region.value == need.where), {})
    title = flows.rendition(texts, spoken(), content.languages) if texts else None
    name, language = (need.where, "") if title is None else (title.text, title.language)
    return ShownNeed(need, name, language, _day(need.day))


def _day(day: date | None) -> str:
    return "" if day is None else in_words(day)


routes = [get("/p/{slug}", show, ANY)]
