"""A vote opens: who may vote in it is settled, and they are invited."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import product

import council
from flows.vote import RESERVED
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.rounds import parts, results, rolls
from handlers.writing import contents, naming, sums
from locales import to_staff
from storage import Session, councils, fresh, matters, rounds, standings
from storage import rolls as stored_rolls
from storage.rounds import NewRound
from storage.states import Power, Roll

FEWEST_POINTS, MOST_POINTS = 2, 100
"""To share out: who has one approves one, and nobody reckons with more in a text message."""
LONGEST_DECIDED = 3000
"""What stands behind an option where a council uses a power: it reads all that it decides on, in several messages."""


async def open_(
    session: Session, process: OpenProcess, round_: contents.Round, now: datetime, power: Power | None = None
) -> str:
    """Open a round for everyone who may vote in it now, and invite them; gives its id.

    It closes at the end of the day `closes`, in UTC. `power`: which one a council uses by it; None: the organizers
    open it. Raises `contents.Unfit`.
    """
    # First: whoever dissolves its council has done so by now, or waits.
    await processes.touch(session, process)
    await check(session, process, round_, now, power)
    name = fresh()
    closes = datetime.combine(round_.closes, time.max, UTC)
    new = NewRound(name, process.id, contents.pack(round_), round_.rule, now, closes, round_.roll, power)
    await rounds.open_(session, new, ())
    await stored_rolls.freeze(session, name, process.id, round_.roll, round_.council)
    about = {option.value: option.matter for option in round_.matters if option.matter}
    await standings.add(session, name, about, len(round_.matters))
    await standings.add_parts(session, name, await parts.put_to_vote(session, process, round_), len(round_.matters))
    invitation = rolls.invitation(process, round_, name, power)
    await rolls.tell(session, process, round_, invitation, now, closes)
    return name


async def check(
    session: Session, process: OpenProcess, round_: contents.Round, now: datetime, power: Power | None = None
) -> None:
    """Raises `contents.Unfit` where this could not open now."""
    _check(round_, now, contents.LONGEST_ABOUT if power is None else LONGEST_DECIDED)
    await _check_matters(session, process, round_)
    await parts.put_to_vote(session, process, round_)
    if round_.council and await councils.get(session, process.id, round_.council) is None:
        raise contents.Unfit(to_staff("No council of this process has this id."))
    number = await stored_rolls.size(session, process.id, round_.roll, round_.council)
    if not number:
        raise contents.Unfit(_nobody(round_.roll))
    if round_.budget and number < results.COUNTS_FROM and not round_.terms.costs:
        few = results.COUNTS_FROM
        raise contents.Unfit(
            to_staff("budget: fewer than {number} may vote: parts would show who chose what.", number=few)
        )
    telling.check_fits(rolls.invitation(process, round_, power=power).renditions, to_staff("title"))
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


def _check(round_: contents.Round, now: datetime, longest_about: int) -> None:
    contents.check_line(round_.title, to_staff("title"))
    if round_.rule not in council.every_rule():
        raise contents.Unfit(to_staff("rule is one of: {choices}.", choices=naming.listed(council.every_rule())))
    rule = council.every_rule()[round_.rule]
    contents.check_options(round_.matters, to_staff("matters"), least=rule.kind.fewest_matters, ours=RESERVED)
    if len(round_.matters) > rule.kind.most_matters:
        most = {"rule": round_.rule, "most": rule.kind.most_matters}
        raise contents.Unfit(to_staff("matters: under the rule {rule} at most {most} can be voted on at once.", **most))
    for matter in round_.matters:
        if matter.about:
            about = to_staff("matters: {matter}: about", matter=matter.value)
            contents.check_rendered(matter.about, about, longest_about)
    _check_terms(round_, rule)
    if round_.closes < now.date():
        raise contents.Unfit(to_staff("closes must be today or a day to come."))


async def _check_matters(session: Session, process: OpenProcess, round_: contents.Round) -> None:
    names = [option.matter for option in round_.matters if option.matter]
    found = {matter.id for matter in await matters.several(session, process.id, names)} if names else set()
    if len(found) < len(names):
        raise contents.Unfit(to_staff("A matter that is voted on is there twice, or not any more. Choose anew."))
    if round_.answer_by is not None and round_.answer_by <= round_.closes:
        raise contents.Unfit(to_staff("The day until which you respond must come after the last day of the vote."))


def _check_terms(round_: contents.Round, rule: council.Rule) -> None:
    """What a rule does not read is a slip of the pen: a quorum that nobody counts would be thought to hold."""
    for field in ("quorum", "elects", "points", "budget"):
        if getattr(round_, field) and field not in rule.settles:
            wrong = {"field": field, "rule": round_.rule}
            raise contents.Unfit(to_staff("{field}: the rule {rule} does not know this; leave it out.", **wrong))
    if not 0 <= round_.quorum <= 100:
        raise contents.Unfit(to_staff("quorum: write how many of 100 members have to vote, from 0 to 100."))
    if "elects" in rule.settles and not 1 <= round_.elects < len(round_.matters):
        raise contents.Unfit(to_staff("elects: write how many are chosen, at least 1 and not all of them."))
    if round_.points and not FEWEST_POINTS <= round_.points <= MOST_POINTS:
        between = {"fewest": FEWEST_POINTS, "most": MOST_POINTS}
        raise contents.Unfit(to_staff("points: give from {fewest} to {most} points to share out.", **between))
    sums.check(round_, rule)


def _check_announcement(process: OpenProcess, round_: contents.Round, roll: int) -> None:
    """When the round closes it is too late to shorten anything: no result may take more words than fit."""
    for result in longest_results(round_, roll):
        texts = results.announcement(process, round_, result, roll, roll)
        telling.check_fits(texts, to_staff("title and matters"))
        if any(option.matter for option in round_.matters):
            telling.check_fits(results.outcome(process, round_, result), to_staff("title and matters"))


def longest_results(round_: contents.Round, roll: int) -> Iterator[council.Result]:
    """None takes more words than these, in which everything stands alone or in pairs, all of it is adopted, or chosen,
    or tied, and all of it has nothing or everything.
    """
    matters = tuple(matter.value for matter in round_.matters)
    voters = max(roll, council.LEAST_COUNTED)
    plain = council.every_rule()[round_.rule].tally([], matters, round_.terms)
    adopted, elected = (None if part is None else matters for part in (plain.adopted, plain.elected))
    for together, is_all in product((1, 2), (False, True)):
        order = tuple(matters[place : place + together] for place in range(0, len(matters), together))
        counts = dict.fromkeys(matters, plain.most * voters if is_all else 0) if plain.counts else {}
        against = dict.fromkeys(matters, 0 if is_all else voters) if plain.against else {}
        longest = replace(
            plain, voters=voters, counts=counts, order=order, adopted=adopted, against=against, elected=elected
        )
        yield longest
        if elected:
            yield replace(longest, elected=elected[:-1], tied=elected[-1:])
        elif round_.budget:
            yield replace(longest, parts=dict.fromkeys(matters, round_.budget), tied=matters)
        if round_.quorum:
            yield replace(longest, adopted=(), quorum_met=False)
