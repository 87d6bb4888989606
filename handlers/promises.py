"""What the people of a matter are told when the day of its promise has passed without a response."""

from datetime import datetime, timedelta

import flows
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, moments
from locales import _, in_words, spoken
from storage import Session, matters
from storage.broadcasts import PROMISE, Audience, Subject
from storage.matters import LateMatter
from storage.states import ProcessState

AGAIN = timedelta(days=30)
"""After so long without a response its people are told again that there is none."""
MOST_LATE = 20
"""So many matters are told of in one transaction."""


async def tell_late(session: Session, now: datetime) -> int:
    """Tell the people of every matter whose day has passed that there is no response yet, and again after 30 days.

    Any number of workers may do this at once: what one of them holds the others pass over. Gives how many matters.
    """
    late = await matters.take_late(session, now.date(), (now - AGAIN).date(), MOST_LATE)
    return sum([await _tell_late(session, matter, now) for matter in late])


async def _tell_late(session: Session, matter: LateMatter, now: datetime) -> bool:
    """By the clock of its process. Nothing leaves for one that is over."""
    process = await processes.get(session, matter.process_id)
    today = now.astimezone(moments.zone_of(process.content)).date()
    if matter.due >= today or process.state is not ProcessState.OPEN:
        return False
    await matters.told_late(session, [matter.id], today)
    texts = telling.in_every_language(process, lambda _render: _is_late(process, matter))
    about = Announcement(Subject(PROMISE, f"{matter.id}.{today}"), texts, Audience(about=(matter.id,)))
    await telling.tell_now(session, process, about, now)
    return True


def _is_late(process: OpenProcess, matter: LateMatter) -> str:
    order = process.content.languages
    title = flows.rendition(contents.unpack(matter.title, dict[str, str]), spoken(), order).text
    note = contents.unpack(matter.note, dict[str, str])
    late = _(
        "You told us about, or follow: {title}\n\nWe promised a response by {day}. We are sorry: there is none yet.",
        title=title,
        day=in_words(matter.due),
    )
    return f"{late}\n\n{flows.with_notice(flows.rendition(note, spoken(), order), spoken())}" if note else late
