"""A vote opens: who may vote in it is settled, and they are invited."""

from datetime import UTC, datetime, time
from itertools import product

import council
from flows.vote import NONE_OF_THESE
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.rounds import results, rolls
from handlers.writing import contents, naming
from locales import to_staff
from storage import Session, councils, fresh, matters, rounds, standings
from storage import rolls as stored_rolls
from storage.rounds import NewRound
from storage.states import Roll


async def open_(session: Session, process: OpenProcess, round_: contents.Round, now: datetime) -> str:
    """Open a round for everyone who may vote in it now, and invite them; gives its id.

    It closes at the end of the day `closes`, in UTC. Raises `contents.Unfit`.
    """
    await check(session, process, round_, now)
    await processes.touch(session, process)
    name = fresh()
    closes = datetime.combine(round_.closes, time.max, UTC)
    new = NewRound(name, process.id, contents.pack(round_), round_.rule, now, closes, round_.roll)
    await rounds.open_(session, new, ())
    await stored_rolls.freeze(session, name, process.id, round_.roll, round_.council)
    about = {option.value: option.matter for option in round_.matters if option.matter}
    await standings.add(session, name, about, len(round_.matters))
    await rolls.tell(session, process, round_, rolls.invitation(process, round_, name), now, closes)
    return name


async def check(session: Session, process: OpenProcess, round_: contents.Round, now: datetime) -> None:
    """Raises `contents.Unfit` where this could not open now."""
    _check(round_, now)
    await _check_matters(session, process, round_)
    if round_.council and await councils.get(session, process.id, round_.council) is None:
        raise contents.Unfit(to_staff("No council of this process has this id."))
    number = await stored_rolls.size(session, process.id, round_.roll, round_.council)
    if not number:
        raise contents.Unfit(_nobody(round_.roll))
    telling.check_fits(rolls.invitation(process, round_).renditions, to_staff("title"))
    _check_announcement(process, round_, number)


async def opened_before(session: Session, process: OpenProcess, round_: contents.Round) -> datetime | None:
    """When this very round was opened, so that a slip calls nobody to vote twice; None: never."""
    return await rounds.opened(session, process.id, contents.pack(round_))


def _nobody(roll: Roll) -> str:
    if roll is Roll.COUNCIL:
        return to_staff("Nobody sits on the council yet: hearback council invite")
    if roll is Roll.GAVE:
        return to_staff("Nobody who takes part has given anything yet, so nobody could vote.")
    return to_staff("Nobody takes part yet, so nobody could vote.")


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


async def _check_matters(session: Session, process: OpenProcess, round_: contents.Round) -> None:
    names = [option.matter for option in round_.matters if option.matter]
    found = {matter.id for matter in await matters.several(session, process.id, names)} if names else set()
    if len(found) < len(names):
        raise contents.Unfit(to_staff("A matter that is voted on is there twice, or not any more. Choose anew."))
    if round_.answer_by is not None and round_.answer_by <= round_.closes:
        raise contents.Unfit(to_staff("The day until which you respond must come after the last day of the vote."))


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
        told = results.announcement(process, round_, longest, voters, voters)
        telling.check_fits(told, to_staff("title and matters"))
        if any(option.matter for option in round_.matters):
            telling.check_fits(results.outcome(process, round_, longest), to_staff("title and matters"))
