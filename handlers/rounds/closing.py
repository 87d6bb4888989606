"""A vote closes: it is counted, the single votes are thrown away, and the roll is told."""

from dataclasses import replace
from datetime import datetime

import council
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.rounds import results
from handlers.rounds.results import LEAST_TURNOUT
from handlers.telling import Announcement
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, rounds
from storage.broadcasts import Audience, Subject
from storage.rounds import StoredRound


async def close_overdue(session: Session, keys: Keyring, overdue: StoredRound, now: datetime) -> None:
    """Close a round of any process whose time has passed."""
    await close(session, await processes.get(session, overdue.process), keys, overdue.id, now)


async def close(session: Session, process: OpenProcess, keys: Keyring, round_id: str, now: datetime) -> council.Result:
    """Count, keep the result, throw the single votes away and tell the roll, in this one transaction.

    The exact counts are given, and not kept: `counted` says what may be told of them.
    Raises `contents.Unfit` when the process has no such open round.
    """
    found = await rounds.get(session, round_id, lock=True)
    if found is None or found.process != process.id or found.closed is not None:
        raise contents.Unfit(to_staff("No round that is open has this id."))
    round_ = contents.unpack(found.content, contents.Round)
    rule = council.every_rule()[round_.rule]
    ballots = [rule.unpacked(text) for text in await rounds.ballots(session, keys, round_id)]
    result = rule.tally(ballots, [matter.value for matter in round_.matters])
    voters, voted = await rounds.turnout(session, round_id)
    if voted < LEAST_TURNOUT:
        result = council.Result(len(ballots), {}, ())
    await rounds.close(session, round_id, contents.pack(replace(result, counts={})), now)
    renditions = results.announcement(process, round_, result, voted, voters)
    announcement = Announcement(Subject("result", round_id), renditions, Audience(roll=round_id))
    await telling.tell_now(session, process, announcement, now)
    return result
