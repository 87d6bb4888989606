"""A vote opens: who may vote in it is settled, and they are invited."""

from datetime import UTC, datetime, time
from itertools import product

import council
import flows
from flows.vote import NONE_OF_THESE
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.rounds import results
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import N_, _, in_words, to_staff
from storage import Session, fresh, people, rounds
from storage.broadcasts import ROUND, Audience, Subject
from storage.rounds import NewRound

INVITED = N_("The council votes: {title}. To vote, send {word}. You can change your vote until {day}.")


async def open_(session: Session, process: OpenProcess, round_: contents.Round, now: datetime) -> str:
    """Open a round for everyone who sits on the council now, and invite them; gives its id.

    It closes at the end of the day `closes`, in UTC. Raises `contents.Unfit`.
    """
    _check(round_, now)
    roll = await people.members(session, process.id)
    if not roll:
        raise contents.Unfit(to_staff("Nobody sits on the council yet: hearback council invite"))
    _check_announcement(process, round_, len(roll))
    await processes.touch(session, process)
    name = fresh()
    closes = datetime.combine(round_.closes, time.max, UTC)
    new = NewRound(name, process.id, contents.pack(round_), round_.rule, opened=now, closes=closes)
    await rounds.open_(session, new, roll)

    invited = telling.in_every_language(
        process,
        lambda render: _(INVITED, title=render(round_.title), word=flows.to_send("vote"), day=in_words(round_.closes)),
    )
    announcement = Announcement(Subject(ROUND, name), invited, Audience(roll=name))
    await telling.tell_now(session, process, announcement, now, closes)
    return name


async def opened_before(session: Session, process: OpenProcess, round_: contents.Round) -> datetime | None:
    """When this very round was opened, so that a slip calls nobody to vote twice; None: never."""
    return await rounds.opened(session, process.id, contents.pack(round_))


def _check(round_: contents.Round, now: datetime) -> None:
    contents.check_line(round_.title, to_staff("title"))
    contents.check_options(round_.matters, to_staff("matters"), least=2, ours=NONE_OF_THESE)
    for matter in round_.matters:
        if matter.about:
            about = to_staff("matters: {matter}: about", matter=matter.value)
            contents.check_rendered(matter.about, about, contents.LONGEST_ABOUT)
    if round_.rule not in council.every_rule():
        raise contents.Unfit(to_staff("rule is one of: {choices}.", choices=naming.listed(council.every_rule())))
    if round_.closes < now.date():
        raise contents.Unfit(to_staff("closes must be today or a day to come."))


def _check_announcement(process: OpenProcess, round_: contents.Round, roll: int) -> None:
    """When the round closes it is too late to shorten anything: no result may take more words than fit.

    None takes more than these, in which everything stands alone or in pairs, all of it is approved, and all of it by
    nobody or by everybody.
    """
    matters = tuple(matter.value for matter in round_.matters)
    voters = max(roll, council.LEAST_COUNTED)
    for together, count in product((1, 2), (0, voters)):
        order = tuple(matters[place : place + together] for place in range(0, len(matters), together))
        longest = council.Result(voters, dict.fromkeys(matters, count), order, matters)
        telling.check_fits(
            results.announcement(process, round_, longest, voters, voters), to_staff("title and matters")
        )
