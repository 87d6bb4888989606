"""A vote closes: it is counted, the single votes are thrown away, and the roll is told."""

from dataclasses import dataclass, replace
from datetime import datetime

import council
import flows
from handlers import processes, standings, telling
from handlers.processes import OpenProcess
from handlers.rounds import publishing, results, rolls
from handlers.rounds.results import COUNTS_FROM, LEAST_TURNOUT
from handlers.telling import Announcement
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, ballots, remarks, rounds
from storage.broadcasts import Audience
from storage.rounds import StoredRound, Turnout


async def close_overdue(session: Session, keys: Keyring, overdue: StoredRound, now: datetime) -> None:
    """Close a round of any process whose time has passed."""
    await close(session, await processes.get(session, overdue.process), keys, overdue.id, now)


async def close(
    session: Session,
    process: OpenProcess,
    keys: Keyring,
    round_id: str,
    now: datetime,
    why: flows.Renditions | None = None,
) -> council.Result:
    """Count, publish, destroy what joins people and votes, and tell everybody concerned, in this one transaction.

    `why`: it is closed before its day, for this reason. The exact counts are given, and not kept: `counted` says what
    may be told of them. Raises `contents.Unfit` when the process has no such open round.
    """
    if why is not None:
        contents.check_line(why, to_staff("reason"))
    found = await rounds.get(session, round_id, lock=True)
    if found is None or found.process != process.id or found.closed is not None:
        raise contents.Unfit(to_staff("No round that is open has this id."))
    round_ = contents.unpack(found.content, contents.Round)
    rule = council.every_rule()[round_.rule]
    cast = await ballots.ballots(session, keys, round_id)
    turnout = await rounds.turnout(session, round_id)
    filled_in = [rule.unpacked(ballot.filled_in) for ballot in cast]
    result = rule.tally(filled_in, [matter.value for matter in round_.matters], round_.terms, turnout.voters)
    if result.voters < LEAST_TURNOUT:
        result = council.Result(result.voters, {}, (), abstained=result.abstained)
    elif result.parts is not None and result.voters < COUNTS_FROM:
        # The parts of a sum are its points, told exactly.
        result = replace(result, parts=None, tied=())
    file = publishing.compose(found, cast, result, turnout, now)
    kept = replace(result, counts={}, against={}, abstained=0, deciding=())
    await rounds.close(session, round_id, contents.pack(kept), now, file)
    await remarks.part_from_people(session, keys, round_id)
    if why is not None:
        await rounds.end_early(session, round_id, contents.pack(why))
    await _tell(session, process, round_, Counted(round_id, result, turnout, why), now)
    await standings.settle(session, process, round_id, round_, result, results.outcome(process, round_, result), now)
    await processes.touch(session, process)
    return result


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a round."""

    round: str
    result: council.Result
    turnout: Turnout
    why: flows.Renditions | None = None
    """It was closed before its day, for this reason."""


async def _tell(
    session: Session, process: OpenProcess, round_: contents.Round, counted: Counted, now: datetime
) -> None:
    """Each on the roll is told whether it says that they voted: who finds it wrong can say so."""
    voters, voted = counted.turnout
    # Where few chose something only the order is told, as in the file.
    result = counted.result if counted.result.voters >= COUNTS_FROM else replace(counted.result, counts={})
    for has_voted in (True, False):
        renditions = results.announcement(process, round_, result, voted, voters, counted.why, has_voted=has_voted)
        if counted.why is not None:
            telling.check_fits(renditions, to_staff("reason"))
        audience = Audience(roll=counted.round, has_voted=has_voted, has_not_voted=not has_voted)
        announcement = Announcement(rolls.result(round_, counted.round), renditions, audience)
        await rolls.tell(session, process, round_, announcement, now)
