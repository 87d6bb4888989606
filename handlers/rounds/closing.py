"""A vote closes: it is counted, the single votes are thrown away, and the roll is told."""

from dataclasses import replace
from datetime import datetime

import council
import flows
from handlers import processes, standings, telling
from handlers.processes import OpenProcess
from handlers.rounds import results, rolls
from handlers.rounds.results import LEAST_TURNOUT
from handlers.telling import Announcement
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, remarks, rounds
from storage.broadcasts import Audience
from storage.rounds import StoredRound


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
    """Count, keep the result, throw the single votes away and tell everybody concerned, in this one transaction.

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
    ballots = [rule.unpacked(text) for text in await rounds.ballots(session, keys, round_id)]
    voters, voted = await rounds.turnout(session, round_id)
    result = rule.tally(ballots, [matter.value for matter in round_.matters], round_.terms, voters)
    if result.voters < LEAST_TURNOUT:
        result = council.Result(result.voters, {}, (), abstained=result.abstained)
    await rounds.close(session, round_id, contents.pack(replace(result, counts={}, against={}, abstained=0)), now)
    await remarks.part_from_people(session, keys, round_id)
    if why is not None:
        await rounds.end_early(session, round_id, contents.pack(why))
    renditions = results.announcement(process, round_, result, voted, voters, why)
    if why is not None:
        telling.check_fits(renditions, to_staff("reason"))
    announcement = Announcement(rolls.result(round_, round_id), renditions, Audience(roll=round_id))
    await rolls.tell(session, process, round_, announcement, now)
    await standings.settle(session, process, round_id, round_, result, results.outcome(process, round_, result), now)
    await processes.touch(session, process)
    return result
