"""What a page says of the council that decides on something before it leaves: which, by when, and what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flows
from console._frame.desks import Desk
from console.wording import shown
from handlers import powers, rulings
from handlers.writing import contents
from locales import in_words
from storage import Session
from storage.rounds import Turnout
from storage.states import Power


@dataclass(frozen=True, slots=True)
class First:
    """A council that decides first."""

    name: flows.Rendition
    days: int
    obstacle: str
    """Why it could not approve this now; "": it could."""


@dataclass(frozen=True, slots=True)
class ShownVote:
    """Its vote."""

    round: str
    until: str
    turnout: Turnout | None
    """None while people vote."""
    is_whole: bool
    """As in `rulings.Vote`."""


async def first(desk: Desk, session: Session, power: Power, check: Callable[[], Awaitable[object]]) -> First | None:
    """None: no council holds this power. `check` raises `contents.Unfit` where it could not approve this now."""
    held, obstacle = await powers.holder(session, desk.process, power), ""
    if held is None:
        return None
    try:
        await check()
    except contents.Unfit as unfit:
        obstacle = str(unfit)
    return First(shown(desk, held.content.name), held.content.answers_within, obstacle)


async def vote(session: Session, round_id: str | None) -> ShownVote | None:
    """None: there is none."""
    its = await rulings.vote(session, round_id)
    return None if its is None else ShownVote(its.round, in_words(its.closes), its.turnout, its.is_whole)
