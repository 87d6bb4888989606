"""Who has not voted is reminded once."""

from datetime import datetime, timedelta

import flows
from handlers import processes, telling
from handlers.rounds import rolls
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words
from storage import Session, rounds
from storage.broadcasts import Audience

REMIND = N_("The vote ends soon: {title}. You have not voted yet. To vote, send {word}. You can vote until {day}.")
REMINDED_BEFORE = timedelta(hours=36)
"""How long before a round closes: whoever sleeps at that moment has a morning and a day left, wherever they are."""
SHORTEST_ROUND = timedelta(hours=12)
"""How long a round has been open before anybody is reminded of it."""


async def remind(session: Session, now: datetime) -> int:
    """Write once, by day, to who has not voted in a round of any process that ends soon; gives how many of councils are
    told.

    What waits for a morning is taken back from who votes meanwhile, and does not leave when the round is over.
    """
    number = 0
    for round_id in await rounds.to_remind(session, now + REMINDED_BEFORE, now - SHORTEST_ROUND, now):
        number += await _remind(session, round_id, now)
        await rounds.reminded(session, round_id, now)
    return number


async def _remind(session: Session, round_id: str, now: datetime) -> int:
    found = await rounds.get(session, round_id)
    if found is None:
        return 0
    process = await processes.get(session, found.process)
    round_ = contents.unpack(found.content, contents.Round)
    title, day = round_.title, found.closes.date()
    reminder = telling.in_every_language(
        process, lambda render: _(REMIND, title=render(title), word=flows.to_send("vote"), day=in_words(day))
    )
    audience = Audience(roll=round_id, has_not_voted=True)
    announcement = Announcement(rolls.calls(round_, round_id), reminder, audience)
    return await rolls.tell(session, process, round_, announcement, now, found.closes)
