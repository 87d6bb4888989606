"""Who may vote in a round, and how all of them are told something of it."""

from datetime import datetime

import flows
from handlers import telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words
from storage import Session
from storage.broadcasts import OUTCOME, RESULT, ROUND, VOTE, Audience, Plan, Subject
from storage.states import Power, Roll

INVITED = N_("The council votes: {title}. To vote, send {word}. You can change your vote until {day}.")
INVITED_ALL = N_("You can vote now: {title}. To vote, send {word}. You can change your vote until {day}.")


def invitation(
    process: OpenProcess, round_: contents.Round, name: str = "", power: Power | None = None
) -> Announcement:
    """What calls them to vote. `name`: the round's id. `power`: which one a council uses by it."""
    sentence = INVITED if round_.roll is Roll.COUNCIL else INVITED_ALL

    def compose(render: telling.Render) -> str:
        called = _(sentence, title=render(round_.title), word=flows.to_send("vote"), day=in_words(round_.closes))
        return called if power is None else f"{called} {_(flows.ENDS_SOONER)}"

    return Announcement(calls(round_, name), telling.in_every_language(process, compose), Audience(roll=name))


def would_reach(round_: contents.Round) -> Audience:
    """Whom an invitation would reach if the round opened now."""
    votes = round_.roll is Roll.COUNCIL
    council = round_.council if votes and round_.council else None
    return Audience(members=votes, council=council, gave=round_.roll is Roll.GAVE)


def calls(round_: contents.Round, name: str) -> Subject:
    """What calls people to vote in it."""
    return Subject(ROUND if round_.roll is Roll.COUNCIL else VOTE, name)


def result(round_: contents.Round, name: str) -> Subject:
    """What tells those who could vote what came of it."""
    return Subject(RESULT if round_.roll is Roll.COUNCIL else OUTCOME, name)


async def tell(
    session: Session,
    process: OpenProcess,
    round_: contents.Round,
    announcement: Announcement,
    now: datetime,
    until: datetime | None = None,
) -> int:
    """Tell a council in this transaction; others are many, and workers queue what they get. Gives how many are queued.

    Nothing of it leaves after `until`.
    """
    if round_.roll is Roll.COUNCIL:
        return await telling.tell_now(session, process, announcement, now, until)
    plan = Plan(not_after=until, hours=telling.hours(process.content))
    await telling.tell_many(session, process, announcement, now, plan)
    return 0
