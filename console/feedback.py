"""Why responses to a matter do not answer those whom they were told, in their own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from console._frame.desks import Desk
from console._frame.routes import get
from console.matters import READERS, found, titled
from locales import _, in_words
from storage import feedback, responses
from storage.feedback import Reason
from storage.roles import Role
from storage.states import Helped

MOST = 30
"""So many of each response; the newest."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, which its reader may read or not."""

    reason: Reason
    is_theirs_to_read: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A response, with why it does not answer some."""

    day: str
    reasons: Sequence[Why]


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        matter = await found(desk, session)
        published = await responses.to_matter(session, desk.process.id, matter.id)
        names = [response.id for response in published]
        reasons = await feedback.reasons(session, desk.process.id, desk.office.keys, names, MOST)
    answers = [
        Answered(in_words(response.published.date()), [_why(desk, it) for it in reasons.get(response.id, ())])
        for response in published
    ]
    return desk.page("feedback.html", matter=matter, title=titled(desk, matter.title), answers=answers, labels=labels())


def labels() -> dict[Helped, str]:
    return {Helped.YES: _("It does"), Helped.PARTLY: _("In part"), Helped.NO: _("It does not")}


def _why(desk: Desk, reason: Reason) -> Why:
    languages = None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)
    return Why(reason, languages is None or reason.language in languages)


routes = [get("/p/{slug}/matters/{matter}/feedback", show, READERS)]
